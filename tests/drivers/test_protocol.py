from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from conformance.drivers.protocol import (
    DriverCall,
    DriverOperation,
    ProtocolError,
    Ready,
    Refused,
    decode_answer,
    decode_ready,
    encode,
    schema,
)

READY = {
    "ready": True,
    "protocol": 1,
    "name": "sdk",
    "version": "1",
    "runtime": "X 1",
    "dependencies": {},
    "view": "json",
}


def test_a_member_of_an_error_that_is_none_is_named():
    """A misspelt `http_status` that is passed over would count against the SDK."""
    error = {"type": "a", "declared": True, "htt_status": 400}
    with pytest.raises(ProtocolError, match="htt_status"):
        decode_answer(line(id=1, ok=False, error=error), 1)


@pytest.mark.parametrize("deep", [b"[" * 900 + b"]" * 900, b'{"a":' * 200_000])
def test_a_deep_line_is_named(deep):
    with pytest.raises(ProtocolError, match="nested too deeply"):
        decode_answer(b'{"id":1,"ok":true,"result":' + deep + b"}\n", 1)


def line(**members) -> bytes:
    return json.dumps(members).encode() + b"\n"


def call(**changes) -> DriverCall:
    plain = {
        "endpoint": "http://127.0.0.1:1",
        "operation": DriverOperation("Ecs", "2014-05-26", "DescribeTasks"),
        "region": "cn-hangzhou",
        "access_key_id": "id",
        "access_key_secret": "keep-me-out",
        "parameters": {"A": "b", "L": ["x"]},
        "timeout": 2,
    }
    return DriverCall(**{**plain, **changes})


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("token", [None, "token"])
def test_what_the_suite_sends_is_of_its_own_schema(token):
    message = call(security_token=token, options={"method": "GET"}).message(7)
    Draft202012Validator(schema()).validate(message)
    assert json.loads(encode(message)) == message
    assert ("security_token" in message["credentials"]) == (token is not None)


def test_a_secret_does_not_show_in_a_call():
    assert "keep-me-out" not in repr(call())


def test_ready_and_refused():
    assert decode_ready(line(**READY)) == Ready("sdk", "1", "X 1", {}, "json")
    assert decode_ready(line(ready=False, reason="ImportError")) == Refused("ImportError")


@pytest.mark.parametrize(
    "bad",
    [
        b"Hello\n",
        b"[]\n",
        line(**{**READY, "protocol": 3}),
        line(**{**READY, "protocol": 2, "can": ["fly"]}),
        line(**{**READY, "version": ""}),
        line(**{**READY, "view": "yaml"}),
        line(**{k: v for k, v in READY.items() if k != "dependencies"}),
    ],
)
def test_what_is_not_ready_is_refused_with_the_line(bad):
    with pytest.raises(ProtocolError, match=r"line|ready"):
        decode_ready(bad)


@pytest.mark.parametrize(
    "bad",
    [
        b'{"id": 1, "ok": true, "result": NaN}\n',
        line(id=1, ok=True),
        line(id=1, ok=True, result={}, error={"type": "X", "declared": True}),
        line(id=1, ok=False, result={}),
        line(id=1, ok=False, error={"type": "X"}),
        line(id=1, ok=False, error={"type": "X", "declared": True, "http_status": "404"}),
        line(id=2, ok=True, result={}),
    ],
)
def test_what_is_no_answer_is_refused(bad):
    with pytest.raises(ProtocolError):
        decode_answer(bad, 1)


def test_answers():
    assert decode_answer(line(id=1, ok=True, result=None), 1).ok
    assert decode_answer(line(id=1, ok=False, unsupported="X"), 1).unsupported == "X"
    error = decode_answer(line(id=1, ok=False, error={"type": "E", "declared": False, "code": "C"}), 1).error
    assert (error.type, error.code, error.declared, error.text) == ("E", "C", False, "")
