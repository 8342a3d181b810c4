"""Requests to a mocked service, without sockets."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from attrs import define

from conformance.reference.message import Request
from conformance.reference.service import ServiceApplication


@define
class Clock:
    """A clock that a test sets."""

    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@define
class Caller:
    """Calls operations in JSON, in a region."""

    application: ServiceApplication
    clock: Clock
    region: str = "cn-hangzhou"

    def answer(self, action: str, format: str = "JSON", **parameters: Any) -> tuple[int, bytes]:
        """Status and body."""
        version = self.application.mock.service.version
        sent = {"Action": action, "Version": version, "Format": format, "RegionId": self.region, **parameters}
        sent = {name.replace("__", "."): value for name, value in sent.items() if value is not None}
        response = self.application.respond(Request("POST", "/", urlencode(sent)))
        return response.status, response.body

    def call(self, action: str, **parameters: Any) -> dict[str, Any]:
        """The result of a request that has to succeed."""
        status, body = self.answer(action, **parameters)
        assert status == 200, body
        found: dict[str, Any] = json.loads(body)
        return found

    def refused(self, action: str, **parameters: Any) -> tuple[int, str]:
        """Status and code of a request that has to be refused."""
        status, body = self.answer(action, **parameters)
        assert status >= 400, body
        return status, json.loads(body)["Code"]
