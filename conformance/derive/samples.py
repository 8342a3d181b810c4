"""The samples of a page as values: requests as parameters, JSON and XML even where they are not well formed.

A repair is made only where it leaves one reading, and each is named in words.
"""

from __future__ import annotations

import re
from typing import Any, Literal
from urllib.parse import unquote

from attrs import evolve, frozen

from conformance.derive.loose_json import Unreadable, json_text, read_json
from conformance.derive.loose_xml import Element, read_xml, xml_text
from conformance.derive.page import Block, Prose, Section
from conformance.derive.text import flat


@frozen
class Reading:
    """A sample that was read. `value` is parameters, a JSON value or an Element; None where it could not be read."""

    role: Literal["request", "response", "error"]
    format: Literal["url", "json", "xml", "other"]
    value: Any
    repairs: tuple[str, ...]
    line: int
    body: str


def read_section(section: Section) -> tuple[Reading, ...]:
    """The samples of a section, in order. A heading over several samples (`Error responses`) counts for each that has
    the members of an error.
    """
    found: list[Reading] = []
    errors = False
    for part in section.parts:
        if isinstance(part, Prose):
            heading = flat(part.text)
            if len(heading) <= _HEADING and _IN_ORDER.search(heading):
                errors = False
            elif len(heading) <= _HEADING and _OF_ERRORS.search(heading):
                errors = True
        elif isinstance(part, Block):
            reading = read(part)
            if errors and reading.role == "response" and "code" in {n.casefold() for n in _names(reading.value)}:
                reading = evolve(reading, role="error")
            found.append(reading)
    return tuple(found)


def read(block: Block) -> Reading:
    """What a sample holds. A block that is no sample has the format `other`."""
    text = block.text.strip()
    head = _STATUS_LINE.match(text)
    dropped: tuple[str, ...] = ("HTTP status line and headers left out",) if head else ()
    text = text[head.end() :].strip() if head else text
    start = re.sub(r"^(?://[^\n]*\n\s*)+", "", text)
    failed = _OF_ERRORS.search(block.caption) or (head and head.group(1) >= "400")
    role: Literal["response", "error"] = "error" if failed else "response"
    try:
        if re.match(r"(GET|POST)?\s*(https?|http\(s\))://", start):
            return Reading("request", "url", request(start), (), block.line, _request_body(start))
        if start.startswith(("{", "[")) or re.match(r'"[^"\n]{1,100}"\s*[:：]', start):
            value, repairs = read_json(text)
            role = "error" if _is_error(value) else role
            return Reading(role, "json", value, dropped + repairs, block.line, json_text(value))
        if start.startswith("<"):
            root, repairs = read_xml(text)
            role = "error" if _is_error(root) else role
            return Reading(role, "xml", root, dropped + repairs, block.line, xml_text(root))
    except Unreadable as error:
        format: Literal["json", "xml"] = "xml" if start.startswith("<") else "json"
        return Reading(role, format, None, (*dropped, f"unreadable: {error}"), block.line, text)
    return Reading(role, "other", None, dropped, block.line, text)


_HEADING = 80  # characters
_OF_ERRORS = re.compile(r"(?i)error|异常|错误")
_IN_ORDER = re.compile(r"(?i)\b(?:normal|success|successful|sample requests?)\b|正常|成功")
_STATUS_LINE = re.compile(r"HTTP/\d(?:\.\d)?[ \t]+(\d{3})[^\n]*(?:\n[ \t]*[A-Za-z][\w-]*[ \t]*[:：][^\n]*)*(?:\n|$)")
# the members of the body that all operations share for errors
_ERROR_MEMBERS = {"code", "message", "requestid", "hostid", "recommend"}


def _names(value: Any) -> tuple[str, ...]:
    """The names of the outermost members of a sample."""
    if isinstance(value, Element):
        return tuple(child.name for child in value.children)
    return tuple(value) if isinstance(value, dict) else ()


def _is_error(value: Any) -> bool:
    """Whether a sample is the body of an error by what it holds, whatever stands above it."""
    if isinstance(value, Element):
        if value.name == "Error":
            return True
        value = {child.name: child.text for child in value.children}
    if not isinstance(value, dict):
        return False
    members = {name.strip().casefold(): member for name, member in value.items()}
    code = members.get("code")
    # a success may have a code as well, a number or a word for good
    return (
        {"code", "message"} <= set(members) <= _ERROR_MEMBERS
        and isinstance(code, str)
        and bool(re.match(r"[A-Za-z]", code))
        and not re.match(r"(?i)(?:ok|success\w*|normal)$", code)
    )


# ------------------------------------------------------------------------------------------------- requests


def request(text: str) -> tuple[tuple[str, str], ...]:
    """The parameters of a sample request, in order; placeholders for common parameters are left out."""
    query = "".join(line.strip() for line in text.split("\n")).partition("?")[2]
    pairs = (p.partition("=") for p in re.split(r"&(?=[\w.]+=|<|$)", query))
    return tuple((n.strip(), unquote(v.strip())) for n, eq, v in pairs if eq and re.fullmatch(r"[\w.]+", n.strip()))


def _request_body(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def host(text: str) -> str | None:
    """The host name of a sample request."""
    found = re.search(r"https?://([\w.-]+)", text)
    return found.group(1).casefold() if found else None
