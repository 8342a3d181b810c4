"""Where the parameters of an operation with a path of its own go, and how the signature covers them."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from attrs import evolve

from conformance.wire.exchange import Call, Channel, Credentials, HttpRequest
from conformance.wire.routes import OperationRoute, typed
from conformance.wire.signing import Origin, sign
from conformance.wire.verification import right_signature

KEY = Credentials("a-key", "a-secret")
ROUTE = OperationRoute(
    "/crates/{CrateId}/nodes", {"count": "integer", "force": "boolean", "tags": "array", "note": "string"}
)


def sent(*pairs: tuple[str, str], **changes: object) -> HttpRequest:
    call = Call("ScaleCrate", "2020-01-01", pairs, Channel("json", "v3", "PUT"), route=ROUTE)
    return sign(evolve(call, **changes), Origin("http://h/base/", "h"), KEY, "n", "2024-01-01T00:00:00Z", "agent")


def test_each_parameter_goes_to_its_place_with_its_type():
    request = sent(("CrateId", "c/ü 1"), ("count", "3"), ("force", "false"), ("tags", '["a"]'), ("dry", "x y"))
    parts = urlsplit(request.url)
    assert (request.method, parts.path, parts.query) == ("PUT", "/base/crates/c%2F%C3%BC%201/nodes", "dry=x%20y")
    assert json.loads(request.body) == {"count": 3, "force": False, "tags": ["a"]}
    headers = dict(request.headers)
    assert headers["Content-Type"] == "application/json"
    assert "Format" not in request.url, "what has a path answers in JSON, unasked"
    assert headers["Authorization"].endswith(right_signature(request, KEY))


def test_nothing_in_the_body_is_no_body():
    request = sent(("CrateId", "c"))
    assert request.body == b""
    assert "Content-Type" not in dict(request.headers)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("12", "integer", 12),
        ("012", "integer", "012"),
        ("1.5", "integer", "1.5"),
        ("9" * 5000, "integer", "9" * 5000),
        ("True", "boolean", "True"),
        ("true", "boolean", True),
        ("true", "string", "true"),
        ("x", "array", ["x"]),
        ('{"a":1}', "array", ['{"a":1}']),
        ('{"a":1}', "object", {"a": 1}),
        ("[" * 100_000, "object", "[" * 100_000),
        ("NaN", "number", "NaN"),
        ("1e2", "number", 100.0),
    ],
)
def test_a_text_that_is_no_value_of_its_type_is_sent_as_it_is(text, kind, value):
    found = typed(text, kind)
    assert (found, type(found)) == (value, type(value))


def test_a_change_after_signing_is_not_covered_wherever_it_is():
    for name in ("CrateId", "note", "dry"):
        pairs = (("CrateId", "c"), ("note", "a"), ("dry", "a"))
        request = sent(*pairs, tamper={name: "b"})
        stated = dict(request.headers)["x-acs-content-sha256"]
        assert request.url != sent(*pairs).url or request.body != sent(*pairs).body
        right = right_signature(request, KEY)
        signed_anew = not dict(request.headers)["Authorization"].endswith(right)
        assert signed_anew or stated != dict(sent(*pairs, common={"note": "b"}).headers)["x-acs-content-sha256"]
