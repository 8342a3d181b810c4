"""Operations with a path of their own: what a request to one gives, by the path's template and in a body of JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from conformance.reference.message import Request
from conformance.reference.refusals import RefusedRequest

if TYPE_CHECKING:
    from conformance.reference.context import Context

_PLACEHOLDER = re.compile(r"\{([^{}/]+)\}")


def in_path(template: str, path: str) -> dict[str, str] | None:
    """The values that a path has in the places of a template; None where it is another path."""
    names = _PLACEHOLDER.findall(template)
    found = _pattern(template).fullmatch(path)
    return dict(zip(names, map(unquote, found.groups()), strict=True)) if found else None


@lru_cache(maxsize=1024)
def _pattern(template: str) -> re.Pattern[str]:
    pieces = _PLACEHOLDER.split("/" + template.lstrip("/"))
    return re.compile("".join("([^/]+)" if n % 2 else re.escape(piece) for n, piece in enumerate(pieces)))


def literal_parts(template: str) -> int:
    """How many parts of a template stand for themselves: the path that says more is meant first."""
    return sum("{" not in part for part in template.split("/"))


def given(context: Context) -> list[tuple[str, str]]:
    """What a request gives outside of its query, as texts: a value that is no text as JSON has it."""
    values = in_path(context.contract.path or "", context.request.path) or {}
    body = _object(context.request) or {}
    return [*values.items(), *((name, _text(value)) for name, value in body.items() if value is not None)]


def headers(context: Context) -> list[tuple[str, str]]:
    """The parameters that are headers, and were sent."""
    names = [p.name for p in context.contract.parameters if p.place == "header"]
    return [(name, value) for name in names if (value := context.request.header(name.lower())) is not None]


def check(context: Context) -> None:
    """That the path is the documented one, and the body JSON. Raises RefusedRequest."""
    if in_path(context.contract.path or "", context.request.path) is None:
        context.steps.refuse(context, "unknown-path")
    if context.request.body and _object(context.request) is None:
        raise RefusedRequest("InvalidRequestBody", 400, "The body of the request is no JSON object.", "body")


def error(context: Context, refusal: RefusedRequest) -> dict[str, Any]:
    """The members of an error of such an operation."""
    return {"code": refusal.code, "message": refusal.message, "requestId": context.steps.request_id(context)}


def chosen(templates: Iterable[tuple[str, str, Iterable[str]]], method: str, path: str) -> str | None:
    """Of operations (name, template, methods) the one that a request is for; None where there is none."""
    fitting = [
        (name, template, methods) for name, template, methods in templates if in_path(template, path) is not None
    ]
    called = [(literal_parts(template), name) for name, template, methods in fitting if method in methods]
    return max(called)[1] if called else next((name for name, _, _ in fitting), None)


def _object(request: Request) -> Mapping[str, Any] | None:
    if not request.body:
        return {}
    try:
        value = json.loads(request.body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
