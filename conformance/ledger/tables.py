"""Tables of the suite: YAML lists of rows, each valid by a shipped JSON Schema, or one sentence says where not."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import jsonschema_rs
import yaml
from attrs import frozen

from conformance.contract.files import schemas_root
from conformance.errors import Refusal

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Row = Mapping[str, Any]


class BadTable(Refusal):
    """A table that cannot be used: its file, the line, the row, and what is wrong there."""


@frozen
class RequirementTable:
    """The rows of one file, in its order, and its text."""

    path: str
    text: str
    rows: tuple[Row, ...]

    def bad(self, row: int, problem: str, place: Sequence[str | int] = ()) -> BadTable:
        """The error for what is wrong in a row (from 0), at a place below it."""
        named = _name(self.rows[row])
        where = "".join(f" {word}:" for word in map(str, place))
        line = _line(self.text, (row, *place))
        return BadTable(f"{self.path}, line {line}: row {named or row + 1}:{where} {problem}")


def read_table(text: str, path: str, schema: str) -> RequirementTable:
    """The table in a text. `schema` names a file of `schemas/acs-conformance`. Raises BadTable."""
    try:
        data = yaml.load(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f", line {mark.line + 1}" if mark else ""
        raise BadTable(f"{path}{place}: not YAML: {getattr(error, 'problem', error)}") from None
    if not isinstance(data, list) or not data:
        raise BadTable(f"{path}, line 1: expected a list of rows")
    table = RequirementTable(path, text, tuple(data))
    if errors := list(_validator(schema).iter_errors(data)):
        found = min(errors, key=_order)
        raise table.bad(int(found.instance_path[0]), _said(found), found.instance_path[1:])
    # one check may have several rows, of another level each, where a condition tells their subjects apart
    names = [(_name(row), row.get("where")) for row in data]
    for number, (name, where) in enumerate(names):
        same = [condition for other, condition in names[:number] if other == name]
        if same and (None in (where, *same) or where in same):
            raise table.bad(number, "there is another row of that name")
    return table


@cache
def shipped_table(package: str, name: str, schema: str) -> RequirementTable:
    """The table in a file of a package of the suite. Raises BadTable."""
    text = resources.files(package).joinpath(name).read_text("utf-8")
    return read_table(text, f"{package.replace('.', '/')}/{name}", schema)


@cache
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    path = schemas_root() / "acs-conformance" / schema
    return jsonschema_rs.Draft202012Validator(json.loads(path.read_text("utf-8")))


def _name(row: object) -> str | None:
    """What a row is called: its id, or the check that it is for."""
    return (row.get("id") or row.get("check")) if isinstance(row, Mapping) else None


def _order(error: jsonschema_rs.ValidationError) -> tuple[int, bool]:
    """By rows; a misspelt member is missing too: the misspelling comes first."""
    misspelt = isinstance(error.kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties)
    return int(error.instance_path[0]), not misspelt


def _said(error: jsonschema_rs.ValidationError) -> str:
    if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.AnyOf):
        return ", or ".join(_said(ways[0]) for ways in error.kind.context)
    return " ".join(error.message.split())


def _line(text: str, place: Sequence[str | int]) -> int:
    """The line (from 1) of a place in a YAML document; of what is around it where there is no such place."""
    node, line = yaml.compose(text, Loader=_LOADER), 1
    for word in place:
        if isinstance(node, yaml.SequenceNode) and isinstance(word, int) and word < len(node.value):
            node = node.value[word]
        elif isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(word)), None)
            if found is None:
                return line
            node = found[1]
        else:
            return line
        line = node.start_mark.line + 1
    return line
