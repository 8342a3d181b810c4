"""Roles of parameters that keep some of the items of a listing, beside filters, id lists and the time range."""

from __future__ import annotations

import re
from typing import Literal

from attrs import frozen

# how several values are written: `Name.1`, `Name.2`; in one text with commas between; as a JSON array in one text
Form = Literal["repeated", "comma", "json-array"]


@frozen
class Selector:
    """`parameter` keeps the items whose `field` is one of its values, at most `limit` of them where that is stated."""

    parameter: str
    field: str
    form: Form = "repeated"
    limit: int | None = None


@frozen
class TagFilter:
    """Pairs of a key and a value keep the items that have such a tag.

    `key` and `value` are repeated parameters (`Tag.N.Key`), or both the one parameter that takes tags as the text of a
    JSON array; its objects then have the members `text_key` and `text_value`. The tags of an item are the list at
    `field`, a path in the item (`Tags.Tag`), with the members `key_member` and `value_member`.
    """

    key: str
    value: str
    field: str
    key_member: str
    value_member: str
    text_key: str = ""
    text_value: str = ""


@frozen
class Bound:
    """`parameter` keeps the items whose `field`, a number or a time, is not beyond its value: not under it where it is
    the `least`, not over it where it is the `most`.

    With a `word` the request says beside it, in the parameter `key`, what its value is: `Filter.1.Key` is
    `CreationStartTime`, `Filter.1.Value` the time. `any_number`: a pair of any other number does as well.
    """

    parameter: str
    field: str
    side: Literal["least", "most"]
    key: str = ""
    word: str = ""
    any_number: bool = False

    @property
    def documented(self) -> str:
        """The parameter as the documentation has it: `Filter.N.Value` where pairs may have any number."""
        return re.sub(r"\.\d+\.", ".N.", self.parameter) if self.any_number else self.parameter
