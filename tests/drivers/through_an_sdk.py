"""Asks the operations of a service through the generated client of a real SDK, as a program that uses it would."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from attrs import define, field

from conformance.contract.model import Contract
from conformance.drivers.process import DriverProcess
from conformance.drivers.protocol import DriverCall, DriverOperation
from conformance.endpoint.answer import Answer
from conformance.endpoint.findings import Inconclusive
from conformance.endpoint.lifecycle.asker import Asker
from conformance.wire.exchange import Exchange, HttpRequest, HttpResponse

KEY_ID, SECRET = "mock-key-id", "the-secret-of-the-mock"
DEADLINE = 60.0


@define(eq=False)
class SdkAsker(Asker):
    """`called` are the operations that were answered with a result."""

    driver: DriverProcess = field(kw_only=True)
    called: set[str] = field(factory=set, kw_only=True)

    def ask(self, operation: str, parameters: Mapping[str, str], region: str | None = None) -> Answer:
        """The result, or the error, that the caller of the SDK gets, as an answer."""
        target = self.target(operation)
        call = target.call(dict(parameters), region=region)
        got = self.driver.call(
            DriverCall(
                endpoint=self.settings.url or "",
                operation=DriverOperation(self.service.product, self.service.version, operation),
                region=region or "cn-hangzhou",
                access_key_id=KEY_ID,
                access_key_secret=SECRET,
                parameters=as_given(target.contract, dict(call.parameters)),
                timeout=20,
            ),
            DEADLINE,
        )
        self.requests += 1
        if got.unsupported is not None:
            raise Inconclusive(f"the SDK has no {got.unsupported} of {operation}")
        if got.ok:
            self.called.add(operation)
            status, body = 200, got.result or {}
        else:
            assert got.error is not None
            assert got.error.code is not None, f"{operation}: {got.error.type}: {got.error.text}"
            status = got.error.http_status or 400
            body = {"Code": got.error.code, "Message": got.error.message, "HostId": "sdk", "RequestId": "sdk"}
        response = HttpResponse(status, (), json.dumps(body).encode())
        request = HttpRequest("POST", self.settings.url or "")
        return Answer(target.contract, Exchange(self.requests, call, request, response))


def as_given(contract: Contract, sent: Mapping[str, str]) -> dict[str, Any]:
    """Parameters as a caller gives them: numbers and truth values in their types, repetitions as lists."""
    kinds = {p.name: p.type for p in contract.parameters}
    found: dict[str, Any] = {}
    for name, text in sent.items():
        head, *rest = name.split(".")
        documented = ".".join("N" if part.isdigit() else part for part in name.split("."))
        value = typed(text, kinds.get(documented))
        if not rest:
            found[head] = value
        elif rest[0].isdigit():
            listed = found.setdefault(head, [])
            while len(listed) < int(rest[0]):
                listed.append({} if rest[1:] else None)
            if rest[1:]:
                listed[int(rest[0]) - 1][".".join(rest[1:])] = value
            else:
                listed[int(rest[0]) - 1] = value
        else:
            found.setdefault(head, {})[".".join(rest)] = value
    return found


def typed(text: str, kind: str | None) -> Any:
    """A text as a value of a documented type."""
    if kind == "integer":
        return int(text)
    if kind == "number":
        return float(text)
    return text == "true" if kind == "boolean" else text
