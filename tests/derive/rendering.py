"""Pages made up from contracts, in the layouts that documentation has: what is derived of them must be the contract.

The words are our own and say nothing; rows, their order and marks, the columns and the samples are what matters.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any
from xml.sax.saxutils import escape

from attrs import evolve, frozen

from conformance.contract.model import Contract, Field, Parameter

WORDS = {
    "en": {"name": "Parameter", "type": "Type", "required": "Required", "example": "Example",
           "description": "Description", "parameters": "Request parameters", "response": "Response parameters",
           "examples": "Examples", "yes": "Yes", "no": "No", "said": "Some words about it."},
    "zh": {"name": "名称", "type": "类型", "required": "是否必选", "example": "示例值", "description": "描述",
           "parameters": "请求参数", "response": "返回数据", "examples": "示例", "yes": "是", "no": "否",
           "said": "关于它的说明。"},
}  # fmt: skip
TYPES = {"string": "String", "integer": "Integer", "number": "Float", "boolean": "Boolean", "object": "Object",
         "array": "Array", "unknown": "String"}  # fmt: skip
VALUES: dict[str, Any] = {"string": "abc", "integer": 7, "number": 1.5, "boolean": True}


@frozen
class Layout:
    """How a page is written.

    `nesting`: `marks` (└ before the names of members), `flat`, `dotted` (a row has its whole path), or `unnamed` (the
    item of a list has a row without a name). `wrapper`: the element of the items of a list has a row. `samples`: their
    formats. `markup` changes the cells of the first column.
    """

    nesting: str = "flat"
    wrapper: bool = False
    samples: tuple[str, ...] = ("json", "xml")
    language: str = "en"
    columns: tuple[str, ...] = ("name", "type", "example", "description")
    bars: bool = True
    setext: bool = False
    markup: Callable[[str], str] = str
    sorted: bool = True


def bold(name: str) -> str:
    return f"**{name}**"


def code(name: str) -> str:
    return f"`{name}`"


LAYOUTS = {
    "2021": Layout(),
    "2021, JSON alone": Layout(samples=("json",)),
    "2021, XML alone": Layout(samples=("xml",)),
    "2021, Chinese": Layout(language="zh"),
    "2019, marks": Layout("marks", wrapper=True),
    "2019, marks, no samples": Layout("marks", wrapper=True, samples=()),
    "2019, marks, no rows of items": Layout("marks"),
    "2018, rows of items": Layout(wrapper=True, sorted=False),
    "dotted": Layout("dotted", samples=("json",)),
    "dotted, no samples": Layout("dotted", samples=()),
    "2023": Layout("unnamed", samples=("json",), columns=("name", "type", "description", "example"), bars=False),
    "2023, Chinese": Layout("unnamed", samples=("json",), columns=("name", "type", "description", "example"),
                            bars=False, language="zh"),
    "columns the other way round": Layout(columns=("description", "example", "type", "name")),
    "names in bold": Layout("marks", markup=bold),
    "names as code": Layout(markup=code, setext=True),
    "not sorted": Layout(sorted=False),
}  # fmt: skip


def page(contract: Contract, layout: Layout) -> str:
    """A page of this layout about the operation of a contract."""
    words = WORDS[layout.language]
    fields = tuple(_ordered(f) for f in sorted(contract.response, key=_folded)) if layout.sorted else contract.response
    action = contract.parameter("Action")
    asked = [{"name": "Action", "type": "String", "required": words["yes"], "example": contract.operation}]
    if action is not None:
        asked[0]["description"] = told(action, layout)
    asked += [
        {
            "name": p.name,
            "type": TYPES[p.type],
            "required": words["yes" if p.required else "no"],
            "example": shown(p),
            "description": told(p, layout),
        }
        for p in contract.parameters
        if p.name != "Action"
    ]
    requested = ("name", "type", "required", "example", "description")
    parts = [
        _heading(1, contract.operation, layout),
        words["said"],
        _heading(2, words["parameters"], layout),
        _table(requested, asked, evolve(layout, markup=str)),
        _heading(2, words["response"], layout),
        _table(layout.columns, list(_rows(fields, layout, 0, ())), layout),
    ]
    if layout.samples:
        parts.append(_heading(2, words["examples"], layout))
    if "json" in layout.samples:
        body = {f.name: _value(f) for f in contract.response}
        parts.append("```\n" + json.dumps(body, indent=4, ensure_ascii=False) + "\n```")
    if "xml" in layout.samples:
        inner = "".join(_element(f) for f in contract.response)
        parts.append(f"```\n<{contract.operation}Response>{inner}</{contract.operation}Response>\n```")
    return "\n\n".join(parts) + "\n"


RULES = ("enum", "minimum", "maximum", "default")


def told(parameter: Parameter, layout: Layout) -> str:
    """What a row says of its parameter: its values, its range and its default, as pages say it."""
    words, chinese = WORDS[layout.language], layout.language == "zh"
    values, low, high, default = (parameter.value(kind) for kind in RULES)
    texts = [words["said"]]
    if low is not None and high is not None:
        texts.append(f"取值范围：{low}~{high}。" if chinese else f"Valid values: {low} to {high}.")
    elif low is not None or high is not None:
        kind, limit = ("小", low) if high is None else ("大", high)
        english = "Minimum" if high is None else "Maximum"
        texts.append(f"最{kind}值：{limit}。" if chinese else f"{english} value: {limit}.")
    if values:
        bullets = "".join(f"\n-   {_literal(v)}{'：' if chinese else ': '}{words['said']}" for v in values)
        texts.append(f"\n\n{'取值范围：' if chinese else 'Valid values:'}\n{bullets}\n\n")
    if default is not None:
        texts.append(f"默认值：{_literal(default)}。" if chinese else f"Default value: {_literal(default)}.")
    return ("" if chinese else " ").join(texts)


def shown(parameter: Parameter) -> str:
    """An example where it says what the type does not: a text that is a number."""
    limits = (parameter.value("minimum"), parameter.value("maximum"))
    return next((str(limit) for limit in limits if limit is not None), "") if parameter.type == "string" else ""


def _literal(value: Any) -> str:
    return str(value).casefold() if isinstance(value, bool) else str(value).replace("_", "\\_")


def is_told_without_samples(contract: Contract) -> bool:
    """Whether rows alone say how the lists of an operation are written: each has a wrapper and is one of objects."""
    arrays = {path: f for path, f in contract.fields() if f.type == "array"}
    above = dict(contract.fields())
    wrapped = (len(path) > 1 and above[path[:-1]].type == "object" for path in arrays)
    return all(f.members for f in arrays.values()) and all(wrapped)


def shuffled(layout: Layout, random: Random) -> Layout:
    """The layout with its columns in another order."""
    return evolve(layout, columns=tuple(random.sample(layout.columns, len(layout.columns))))


def _folded(field: Field) -> str:
    return field.name.casefold()


def _ordered(field: Field) -> Field:
    return evolve(field, members=tuple(_ordered(m) for m in sorted(field.members, key=_folded)))


def _heading(depth: int, text: str, layout: Layout) -> str:
    return f"{text}\n{'===' if depth == 1 else '---'}" if layout.setext else f"{'#' * depth} {text}"


def _table(columns: Sequence[str], rows: Sequence[dict[str, str]], layout: Layout) -> str:
    words = WORDS[layout.language]
    lines = [[words[c] for c in columns], ["---"] * len(columns)]
    for row in rows:
        cells = {"description": words["said"], "example": "", **row}
        lines.append([layout.markup(cells[c]) if c == "name" and cells[c] else cells[c] for c in columns])
    if layout.bars:
        return "\n".join(f"|{'|'.join(line)}|" for line in lines)
    return "\n".join(" | ".join(line) + " |" for line in lines)


def _rows(fields: Sequence[Field], layout: Layout, depth: int, above: tuple[str, ...]) -> Iterator[dict[str, str]]:
    for f in fields:
        item = f.members[0] if f.type == "object" and len(f.members) == 1 and f.members[0].type == "array" else None
        path = (*above, f.name)
        name = {"marks": "└" * depth + f.name, "dotted": ".".join(path)}.get(layout.nesting, f.name)
        if item is not None and layout.nesting == "dotted":
            yield {"name": name, "type": "Object"}
            yield from _rows(f.members, layout, depth + 1, path)
        elif item is not None and not item.members:
            yield {"name": name, "type": "Array of String" if item.item_type == "string" else "Array",
                   "example": '["abc"]' if item.item_type == "string" else "[7]"}  # fmt: skip
        elif item is not None and (layout.wrapper or layout.nesting == "unnamed"):
            typed = "object" if layout.nesting == "unnamed" else f"Array of {item.name}"
            yield {"name": name, "type": typed}
            if layout.nesting == "unnamed":
                yield {"name": item.name, "type": "array<object>"}
                yield {"name": "", "type": "object"}
            else:
                yield {"name": "└" * (depth + 1) * (layout.nesting == "marks") + item.name, "type": ""}
            yield from _rows(item.members, layout, depth + 2, (*path, item.name))
        elif item is not None:
            yield {"name": name, "type": f"Array of {item.name}"}
            yield from _rows(item.members, layout, depth + 1, (*path, item.name))
        elif f.members:
            yield {"name": name, "type": TYPES[f.type]}
            yield from _rows(f.members, layout, depth + 1, path)
        elif f.type == "array":
            yield {"name": name, "type": f"Array of {TYPES[f.item_type or 'string']}", "example": '["abc"]'}
        else:
            yield {"name": name, "type": TYPES[f.type], "example": _text(f) if f.type != "object" else ""}


def _value(field: Field) -> Any:
    if field.members:
        inner = {m.name: _value(m) for m in field.members}
        return [inner] if field.type == "array" else inner
    if field.type == "array":
        return [VALUES.get(field.item_type or "string", "abc")]
    return {} if field.type == "object" else VALUES.get(field.type, "abc")


def _text(field: Field) -> str:
    return json.dumps(VALUES.get(field.type, "abc")).strip('"')


def _element(field: Field) -> str:
    if field.type == "array" and field.xml_item and not field.members:
        return f"<{field.name}><{field.xml_item}>abc</{field.xml_item}></{field.name}>"
    inner = "".join(_element(m) for m in field.members) if field.members else escape(_plain(field))
    return f"<{field.name}>{inner}</{field.name}>"


def _plain(field: Field) -> str:
    if field.type == "object":
        return ""
    return _text(evolve(field, type=field.item_type or "string") if field.type == "array" else field)
