"""Roles of parameters that keep some of the items of a listing, beside filters, id lists and the time range."""

from __future__ import annotations

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

    `key` and `value` are repeated parameters (`Tag.N.Key`). The tags of an item are the list at `field`, a path in the
    item (`Tags.Tag`), with the members `key_member` and `value_member`.
    """

    key: str
    value: str
    field: str
    key_member: str
    value_member: str


@frozen
class Bound:
    """`parameter` keeps the items whose `field`, a number or a time, is not beyond its value: not under it where it is
    the `least`, not over it where it is the `most`.
    """

    parameter: str
    field: str
    side: Literal["least", "most"]
