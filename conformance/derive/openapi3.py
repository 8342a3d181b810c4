"""Descriptions in OpenAPI 3, as JSON or YAML, in the form of the vendor's API explorer, which `metadata` reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from attrs import frozen

from conformance.derive.page import PageError
from conformance.foreign import MISFITS

_METHODS = ("get", "put", "post", "delete", "patch", "head")
_DEEPEST = 12  # levels of schemas; one that refers to itself ends there
_NESTED = 500  # brackets within brackets, wherever they stand
_MOST = 20_000  # schemas of one operation, counted where they are used
_COMMON = (
    "Action", "Version", "Format", "Signature", "SignatureMethod", "SignatureNonce", "SignatureVersion", "AccessKeyId",
    "Timestamp", "SecurityToken",
)  # fmt: skip
_KEPT = ("description", "default", "enum", "minimum", "maximum", "minLength", "maxLength", "maxItems", "example")
_ADVICE = "expected OpenAPI 3 of one operation, as JSON or YAML"


@frozen
class _Call:
    """One way to call an operation: a method of a path."""

    path: str
    method: str
    operation: Mapping[str, Any]
    parameters: tuple[Mapping[str, Any], ...]


def is_openapi(text: str) -> bool:
    """Whether a text says of itself that it is OpenAPI or Swagger."""
    start = text.lstrip()
    if start.startswith("{"):
        return bool(re.search(r'"(?:openapi|swagger)"\s*:\s*"\d', text))
    return bool(re.search(r"(?m)^[\"']?(?:openapi|swagger)[\"']?\s*:\s*[\"']?\d", text)) and "\n# " not in start[:200]


def as_explorer(path: str, text: str) -> str | None:
    """The same in the explorer's form, None for what is no OpenAPI. Raises PageError."""
    if not is_openapi(text):
        return None
    data = _load(path, text)
    version = str(data.get("openapi") or "")
    if not version.startswith("3"):
        given = f"OpenAPI {version}" if version else f"Swagger {data.get('swagger')}"
        raise PageError(path, 1, f"is {given}; {_ADVICE}")
    scope = _Scope(path, data)
    named: dict[str, list[_Call]] = {}
    calls = list(_calls(scope))
    for call in calls:
        named.setdefault(_name(call, calls), []).append(call)
    if len(named) != 1:
        names = ", ".join(list(named)[:4])
        found = f"describes {len(named)} operations ({names}, …)" if named else "describes no operation"
        raise PageError(path, 1, f"{found}; {_ADVICE}")
    ((name, ways),) = named.items()
    info = _mapping(data.get("info"))
    product = _product(data, str(info.get("title") or ""), name)
    rpc = all(_is_rpc(way) for way in ways)
    explorer = {
        "info": {
            "style": "RPC" if rpc else "ROA",
            "product": product,
            "version": str(info.get("version") or "") or None,
        },
        "apis": {name: _api(scope, ways, rpc)},
    }
    return json.dumps(explorer, ensure_ascii=False, default=str)


# ----------------------------------------------------------------------------------------------------------- files


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Dates stay text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _load(path: str, text: str) -> Mapping[str, Any]:
    try:
        if text.lstrip().startswith("{"):
            data = json.loads(text)
        else:
            if _depth(text) > _NESTED:
                raise PageError(path, 1, f"is nested too deeply; {_ADVICE}")
            if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_Loader)):
                raise PageError(path, 1, f"has aliases of YAML, which are not followed; {_ADVICE}")
            data = yaml.load(text, Loader=_Loader)
    except json.JSONDecodeError as error:
        raise PageError(path, error.lineno, f"is not JSON: {error.msg}; {_ADVICE}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise PageError(path, mark.line + 1 if mark else 1, f"is not YAML; {_ADVICE}") from None
    except MISFITS as error:
        if isinstance(error, PageError):
            raise
        raise PageError(path, 1, f"holds a value that cannot be read; {_ADVICE}") from None
    if not isinstance(data, dict):
        raise PageError(path, 1, f"is no OpenAPI document; {_ADVICE}")
    return data


def _depth(text: str) -> int:
    """How deep the brackets of a text nest; libyaml takes seconds for some ten thousand."""
    deepest = depth = 0
    for bracket in re.findall(r"[\[\]{}]", text):
        depth += 1 if bracket in "[{" else -1 if depth else 0
        deepest = max(deepest, depth)
    return deepest


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


# ------------------------------------------------------------------------------------------------------ operations


def _calls(scope: _Scope) -> Iterator[_Call]:
    for path, item in _mapping(scope.document.get("paths")).items():
        item = scope.resolved(item)
        shared = _list(item.get("parameters"))
        for method in _METHODS:
            if isinstance(item.get(method), Mapping):
                own = [scope.resolved(p) for p in (*shared, *_list(item[method].get("parameters")))]
                last = {(p.get("in"), p.get("name")): p for p in own if p.get("name")}
                yield _Call(str(path), method, item[method], tuple(last.values()))


def _action(call: _Call) -> str | None:
    """The only value of the parameter that names an RPC operation."""
    for parameter in call.parameters:
        schema = _mapping(parameter.get("schema"))
        values = [schema["const"]] if "const" in schema else _list(schema.get("enum"))
        if parameter.get("name") == "Action" and len(values) == 1:
            return str(values[0])
    return None


def _is_rpc(call: _Call) -> bool:
    return call.path == "/" or _action(call) is not None


def _name(call: _Call, calls: list[_Call]) -> str:
    """What an operation is called; the same in each of the methods by which it can be called."""
    if action := _action(call):
        return action
    name = str(call.operation.get("operationId") or "")
    others = {str(c.operation.get("operationId")) for c in calls if c is not call and c.path == call.path}
    shorter = re.sub(rf"(?i)_?{call.method}$", "", name)
    if shorter in others:
        name = shorter
    if not re.fullmatch(r"[A-Za-z]\w*", name):
        words = re.findall(r"[A-Za-z0-9]+", name or f"{call.method} {call.path}")
        name = "".join(w[:1].upper() + w[1:] for w in words) or call.method.title()
    return name


def _product(document: Mapping[str, Any], title: str, operation: str) -> str | None:
    given = document.get("x-acs-product") or _mapping(document.get("info")).get("x-acs-product")
    if isinstance(given, str) and given:
        return given
    found = re.fullmatch(rf"([A-Za-z][\w-]*)\s+{re.escape(operation)}", title.strip())
    return found.group(1) if found else title.strip() if re.fullmatch(r"[A-Za-z][\w-]*", title.strip()) else None


def _api(scope: _Scope, ways: list[_Call], rpc: bool) -> dict[str, Any]:
    first = ways[0]
    operation = first.operation
    parameters = [_parameter(scope, p, rpc) for p in first.parameters if not _is_common(p, rpc)]
    taken = {p["name"] for p in parameters}
    bodies = [scope.resolved(way.operation.get("requestBody")) for way in ways]
    for body in bodies:
        for name, schema in _body(scope, body).items():
            if name not in taken and not (rpc and name in _COMMON):
                parameters.append(_parameter(scope, {"name": name, "in": "body", "schema": schema}, rpc))
                taken.add(name)
    responses = _mapping(operation.get("responses"))
    success = next((r for s, r in sorted(responses.items(), key=lambda x: str(x[0])) if str(s).startswith("2")), None)
    content = _mapping(scope.resolved(success or responses.get("default")).get("content"))
    media = _json_media(content)
    return {
        "summary": operation.get("summary"),
        "methods": sorted({way.method for way in ways}),
        "path": None if rpc else first.path,
        "parameters": parameters,
        "responses": {"200": {"schema": scope.schema(_mapping(media.get("schema")))}},
        "responseDemo": json.dumps(list(_demos(scope, content)), ensure_ascii=False, default=str),
        "errorCodes": _errors(scope, responses),
    }


def _is_common(parameter: Mapping[str, Any], rpc: bool) -> bool:
    """Whether a parameter is the protocol's, which a contract leaves out."""
    name, place = str(parameter.get("name")), parameter.get("in")
    if place in ("header", "cookie"):
        return rpc or place == "cookie" or bool(re.match(r"(?i)x-acs-|authorization$|content-type$|accept$", name))
    return rpc and name in _COMMON


def _parameter(scope: _Scope, parameter: Mapping[str, Any], rpc: bool) -> dict[str, Any]:
    given = parameter.get("schema")
    if given is None:
        given = _json_media(_mapping(parameter.get("content"))).get("schema")
    schema = scope.schema(_mapping(given))
    if parameter.get("description"):
        schema["description"] = str(parameter["description"])
    if "example" not in schema and (example := _example(scope, parameter)) is not None:
        schema["example"] = example
    name = str(parameter["name"])
    if rpc and re.search(r"\.[Nn]$", name):
        name = name[:-2]
        if schema.get("type") != "array":
            schema = {
                "type": "array",
                "items": schema,
                **{k: v for k, v in schema.items() if k in ("example", "description")},
            }
    if parameter.get("required") is True:
        schema["required"] = True
    return {"name": name, "in": parameter.get("in") or "query", "schema": schema}


def _body(scope: _Scope, body: Mapping[str, Any]) -> dict[str, Any]:
    media = next((m for m in _mapping(body.get("content")).values() if isinstance(m, Mapping)), {})
    schema = scope.flattened(_mapping(media.get("schema")))
    if schema and not _mapping(schema.get("properties")):
        return {"body": {**schema, **({"x-required": True} if body.get("required") is True else {})}}
    required = _list(schema.get("required"))
    members = _mapping(schema.get("properties"))
    return {str(n): {**_mapping(s), **({"x-required": True} if n in required else {})} for n, s in members.items()}


def _json_media(content: Mapping[str, Any]) -> Mapping[str, Any]:
    ordered = sorted(content.items(), key=lambda item: "json" not in str(item[0]))
    return next((m for _, m in ordered if isinstance(m, Mapping)), {})


def _examples(scope: _Scope, holder: Mapping[str, Any]) -> Iterator[Any]:
    if "example" in holder:
        yield holder["example"]
    for one in _mapping(holder.get("examples")).values():
        resolved = scope.resolved(one)
        if "value" in resolved:
            yield resolved["value"]


def _example(scope: _Scope, holder: Mapping[str, Any]) -> Any:
    return next(_examples(scope, holder), None)


def _demos(scope: _Scope, content: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for kind, media in content.items():
        form = "xml" if "xml" in str(kind) else "json"
        for example in _examples(scope, _mapping(media)):
            text = example if isinstance(example, str) else json.dumps(example, ensure_ascii=False, default=str)
            yield {"type": form, "example": text}


def _errors(scope: _Scope, responses: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    """The codes that examples of errors have."""
    found: dict[str, list[dict[str, str]]] = {}
    for status, response in responses.items():
        if not re.fullmatch(r"[345]\d\d", str(status)):
            continue
        for media in _mapping(scope.resolved(response).get("content")).values():
            for example in _examples(scope, _mapping(media)):
                code = _mapping(example).get("Code")
                entry = {"errorCode": str(code), "errorMessage": str(_mapping(example).get("Message") or "")}
                if isinstance(code, str) and entry not in found.setdefault(str(status), []):
                    found[str(status)].append(entry)
    return {status: codes for status, codes in found.items() if codes}


# --------------------------------------------------------------------------------------------------------- schemas


def _fits(keyword: str, value: Any) -> bool:
    """Whether a keyword's value is of its kind: limits are numbers."""
    if keyword in ("minimum", "maximum"):
        return isinstance(value, int | float) and not isinstance(value, bool)
    if keyword in ("minLength", "maxLength", "maxItems"):
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if keyword == "enum":
        return isinstance(value, list) and all(isinstance(v, str | int | float) for v in value)
    return keyword in ("description", "example") or isinstance(value, str | int | float)


class _Scope:
    """What `$ref`s lead to. Only those within the document are followed; the others are no schema."""

    def __init__(self, path: str, document: Mapping[str, Any]) -> None:
        self.path = path
        self.document = document
        self._count = 0

    def resolved(self, value: Any) -> dict[str, Any]:
        """What stands for a value that may be a reference."""
        for _ in range(_DEEPEST):
            reference = _mapping(value).get("$ref")
            if not isinstance(reference, str):
                break
            value = {**self._at(reference), **{k: v for k, v in value.items() if k != "$ref"}}
        return dict(_mapping(value))

    def _at(self, reference: str) -> Mapping[str, Any]:
        if not reference.startswith("#/"):
            raise PageError(
                self.path, 1, f"refers to {reference[:80]!r} outside itself; give one document that is whole"
            )
        found: Any = self.document
        for part in reference[2:].split("/"):
            found = _mapping(found).get(part.replace("~1", "/").replace("~0", "~"))
        if not isinstance(found, Mapping):
            raise PageError(self.path, 1, f"refers to {reference[:80]!r}, which is not there")
        return found

    def flattened(self, schema: Any) -> dict[str, Any]:
        """A schema with its references and `allOf`s put in place; of alternatives the first that is no null."""
        found = self.resolved(schema)
        for _ in range(_DEEPEST):
            first = next(
                (
                    one
                    for key in ("anyOf", "oneOf")
                    for one in _list(found.get(key))
                    if _mapping(one).get("type") != "null" and "enum" not in _mapping(one)
                ),
                None,
            )
            parts = [self.resolved(one) for one in _list(found.pop("allOf", None))]
            if first is not None:
                parts.append(self.resolved(first))
            found = {k: v for k, v in found.items() if k not in ("anyOf", "oneOf")}
            if not parts:
                break
            properties = {n: s for p in (*parts, found) for n, s in _mapping(p.get("properties")).items()}
            required = [n for p in (*parts, found) for n in _list(p.get("required"))]
            for part in parts:
                found = {**part, **found}
            found |= {"properties": properties} if properties else {}
            found |= {"required": required} if required else {}
        return found

    def schema(self, given: Mapping[str, Any], depth: int = 0, open: frozenset[str] = frozenset()) -> dict[str, Any]:
        """A schema as the explorer has it. One inside itself ends there, as an object without members.

        Raises PageError where references make it grow without end.
        """
        self._count += 1
        reference = _mapping(given).get("$ref")
        if isinstance(reference, str):
            if reference in open:
                return {"type": "object"}
            open = open | {reference}
        if self._count > _MOST:
            raise PageError(self.path, 1, f"has more than {_MOST} schemas where they are used; {_ADVICE}")
        found = self.flattened(given)
        kinds = [k for k in _list(found.get("type")) if k != "null"] or [found.get("type")]
        kind = next((k for k in kinds if k in ("boolean", "integer", "number")), kinds[0])
        made: dict[str, Any] = {k: found[k] for k in _KEPT if found.get(k) is not None and _fits(k, found[k])}
        if "const" in found:
            made["enum"] = [found["const"]]
        if "example" not in made and _list(found.get("examples")):
            made["example"] = found["examples"][0]
        if found.get("x-required") is True:
            made["required"] = True
        members = _mapping(found.get("properties"))
        if isinstance(kind, str):
            made["type"] = kind
        elif members:
            made["type"] = "object"
        else:
            made["type"] = "string"
        if depth >= _DEEPEST:
            return made
        if made["type"] == "array":
            made["items"] = self.schema(_mapping(found.get("items")), depth + 1, open)
        elif members:
            made["properties"] = {str(n): self.schema(_mapping(s), depth + 1, open) for n, s in members.items()}
        return made
