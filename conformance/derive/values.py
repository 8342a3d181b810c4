"""Values as prose gives them: numbers, and the words at the head of a list item."""

from __future__ import annotations

import re
from typing import Any

NUMBER = r"(-?(?:\d{1,3}(?:,\d{3}){1,4}(?!\d)|\d{1,18})(?:\.\d{1,9})?)"

WORD = r"(?:-(?=\d))?[A-Za-z0-9][A-Za-z0-9_.+/-]*(?::[A-Za-z0-9_.]+)?"


def number(text: str) -> int | float:
    """A number that may have commas between its thousands."""
    text = text.replace(",", "")
    return float(text) if "." in text else int(text)


def listed(item: str) -> str | None:
    """The value at the head of a bullet: `normal: basic security group`."""
    text = re.split(r"[:：（(]\s*|\s+[-–—]+\s+|。|，|,\s", item.strip(), maxsplit=1)[0].strip().rstrip(".;；")
    text = text.strip("\"'“”")
    return text if re.fullmatch(r"(?a)-?[A-Za-z0-9][\w.+/-]*(?: [\w.]+)?", text) else None


def typed(values: list[str], type: str) -> list[Any]:
    """The values as the type has them; none where it is numbers or booleans and one of them is another thing.

    Bullets of an Integer may name categories (`large: 20 to 500`), which are no values that can be sent.
    """
    typed = [scalar(v, type) for v in values]
    if type in ("integer", "number"):
        return typed if all(re.fullmatch(NUMBER, v) for v in values) else []
    if type == "boolean":
        return typed if all(v is not None for v in typed) else []
    return typed if all(v is not None for v in typed) else values


def scalar(text: str, type: str) -> Any:
    """The value at the head of a text, of the parameter's type; None where there is none."""
    text = re.sub(r"^[\"'“‘\[（(]+", "", text.strip())
    if type in ("integer", "number"):
        match = re.match(NUMBER, text)
        return number(match.group(1)) if match else None
    if type == "boolean":
        match = re.match(r"(?i)(true|false)\b", text)
        return match.group(1).casefold() == "true" if match else None
    match = re.match(r"(?a)[A-Za-z0-9][\w./+-]*(?::[\w./]+)*", text)
    rest = text[match.end() :].strip() if match else ""
    if not match or re.match(r"[A-Za-z]", rest):
        return None
    return match.group().rstrip(".")
