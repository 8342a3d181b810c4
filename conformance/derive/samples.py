"""The samples of a page as values: requests as parameters, JSON and XML even where they are not well formed.

A repair is made only where it leaves one reading, and each is named in words.
"""

from __future__ import annotations

import re
from typing import Any, Literal
from urllib.parse import unquote

from attrs import frozen

from conformance.derive.loose_json import Unreadable, json_text, read_json
from conformance.derive.loose_xml import read_xml, xml_text
from conformance.derive.page import Block


@frozen
class Reading:
    """A sample that was read. `value` is parameters, a JSON value or an Element; None where it could not be read."""

    role: Literal["request", "response", "error"]
    format: Literal["url", "json", "xml", "other"]
    value: Any
    repairs: tuple[str, ...]
    line: int
    body: str


def read(block: Block) -> Reading:
    """What a sample holds. A block that is no sample has the format `other`."""
    text = block.text.strip()
    start = re.sub(r"^(?://[^\n]*\n\s*)+", "", text)
    caption = block.caption.casefold()
    role: Literal["response", "error"] = "error" if re.search(r"error|异常|错误", caption) else "response"
    try:
        if re.match(r"(GET|POST)?\s*(https?|http\(s\))://", start):
            return Reading("request", "url", request(start), (), block.line, _request_body(start))
        if start.startswith(("{", "[")) or ("json" in caption and re.match(r"[\"{\[]", start)):
            value, repairs = read_json(text)
            return Reading(role, "json", value, repairs, block.line, json_text(value))
        if start.startswith("<"):
            root, repairs = read_xml(text)
            return Reading(role, "xml", root, repairs, block.line, xml_text(root))
    except Unreadable as error:
        format: Literal["json", "xml"] = "xml" if start.startswith("<") else "json"
        return Reading(role, format, None, (f"unreadable: {error}",), block.line, text)
    return Reading(role, "other", None, (), block.line, text)


# ------------------------------------------------------------------------------------------------- requests


def request(text: str) -> tuple[tuple[str, str], ...]:
    """The parameters of a sample request, in order; placeholders for common parameters are left out."""
    query = re.sub(r"\s*\n\s*", "", text).partition("?")[2]
    pairs = (p.partition("=") for p in re.split(r"&(?=[\w.]+=|<|$)", query))
    return tuple((n.strip(), unquote(v.strip())) for n, eq, v in pairs if eq and re.fullmatch(r"[\w.]+", n.strip()))


def _request_body(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def host(text: str) -> str | None:
    """The host name of a sample request."""
    found = re.search(r"https?://([\w.-]+)", text)
    return found.group(1).casefold() if found else None
