"""The metadata of the vendor's command line, in the form of its API explorer.

One file an operation: `name`, `method` (`GET|POST`), `pathPattern` (empty for RPC), and `parameters` with `position`,
`type`, `required` and, of a list of objects, `sub_parameters`.
"""

from __future__ import annotations

import json
from typing import Any

_DEEPEST = 12  # levels of parameters within parameters
_PLACES = {"body": "body", "path": "path", "header": "header"}


def as_explorer(text: str) -> str | None:
    """The same in the explorer's form; None for what is none of these, or says nothing that `metadata` would miss."""
    if not text.lstrip().startswith("{") or not ('"sub_parameters"' in text or '"pathPattern"' in text):
        return None
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return None  # `metadata` says what is wrong
    if not isinstance(data.get("name"), str) or not isinstance(data.get("parameters"), list):
        return None
    path = data.get("pathPattern") or None
    nested = any(isinstance(p, dict) and p.get("sub_parameters") for p in data["parameters"])
    methods = [m.strip().casefold() for m in str(data.get("method") or "").split("|") if m.strip()]
    if not path and not nested and set(methods) in (set(), {"get", "post"}):
        return None
    api = {
        "methods": methods,
        "parameters": [_parameter(p) for p in data["parameters"] if isinstance(p, dict) and p.get("name")],
        **({"path": path} if isinstance(path, str) else {}),
    }
    info = {"style": "ROA" if path else "RPC", "product": data.get("product"), "version": data.get("version")}
    return json.dumps({"info": info, "apis": {data["name"]: api}}, ensure_ascii=False)


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    place = _PLACES.get(str(parameter.get("position") or "").casefold(), "query")
    return {"name": str(parameter["name"]), "in": place, "schema": _schema(parameter, 0)}


def _schema(parameter: dict[str, Any], depth: int) -> dict[str, Any]:
    kept = {k: v for k, v in parameter.items() if k in ("description", "required", "example")}
    inner = parameter.get("sub_parameters")
    kind = str(parameter.get("type") or "").casefold()
    members = {
        str(p["name"]): _schema(p, depth + 1)
        for p in (inner if isinstance(inner, list) and depth < _DEEPEST else ())
        if isinstance(p, dict) and p.get("name")
    }
    if kind in ("repeatlist", "array"):
        items = {"type": "object", "properties": members} if members else {"type": "string"}
        return {**kept, "type": "array", "items": items}
    return {**kept, "type": "object", "properties": members} if members else {**kept, "type": kind or "string"}
