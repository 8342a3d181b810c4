"""Asks any operation of a service, and keeps what was asked as lines that a person can read."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import define, evolve, field

from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.contract.service import Service
from conformance.endpoint.answer import Answer
from conformance.endpoint.findings import Inconclusive, Violation
from conformance.endpoint.judge import secrets_about
from conformance.endpoint.opening import open_target
from conformance.endpoint.settings import RunSettings
from conformance.endpoint.target import Target
from conformance.generate.required import given_values
from conformance.wire.environment import credentials_from
from conformance.wire.exchange import Exchange
from conformance.wire.redaction import REDACTED, redact_text

# parameters of which a value may be secret, by a part of their names in small letters
SECRET = ("password", "passwd", "secret", "privatekey", "userdata", "securitytoken")
SHOWN_VALUE = 60
# ends of the names of members that are told of an answer, and how many of them
TOLD = ("Id", "Status", "State", "Process", "Progress")
MOST_TOLD = 4


@define(eq=False)
class Asker:
    """One service at one endpoint. `values` are by parameter, and by operation and parameter.

    Each operation has a target of its own; they share one allowance where the settings name its file. `lines` are what
    was asked since they were last cleared.
    """

    service: Service
    protocol: Protocol
    settings: RunSettings
    values: Mapping[str, object] = field(factory=dict)
    lines: list[str] = field(factory=list)
    requests: int = 0
    _targets: dict[str, Target] = field(factory=dict)

    def contract(self, operation: str) -> Contract:
        """The contract of an operation."""
        return self.target(operation).contract

    def target(self, operation: str) -> Target:
        """The endpoint under the contract of an operation."""
        if operation not in self._targets:
            contract = self.service.contract(operation)
            settings = evolve(
                self.settings,
                contract_dir=str(self.service.contract_folder(operation)),
                values=given_values(contract, self.values),
            )
            self._targets[operation] = open_target(settings, contract, self.protocol)
        return self._targets[operation]

    def ask(self, operation: str, parameters: Mapping[str, str], region: str | None = None) -> Answer:
        """Send a request and read its answer. Raises Inconclusive where there is none, or none that can be read."""
        target = self.target(operation)
        call = target.call(dict(parameters), region=region)
        before = target.traffic.requests
        try:
            answer = target.send(call, watched=False)
        except Violation as broken:
            raise Inconclusive(f"not judged: {operation}: {broken.message}", broken.exchange) from None
        finally:
            self.requests += target.traffic.requests - before
        self._note(operation, dict(call.parameters), answer)
        if answer.kind == "unreadable":
            raise Inconclusive(f"not judged: the answer of {operation} is {answer.outline()}", answer.exchange)
        return answer

    def _note(self, operation: str, sent: Mapping[str, str], answer: Answer) -> None:
        shown = ", ".join(f"{name}={_shown(name, value)}" for name, value in sent.items())
        said = f"{answer.status} {answer.code}" if answer.kind == "refusal" else _said(answer)
        self.lines.append(" ".join(without_secrets(f"{operation}({shown}) → {said}", answer.exchange).split()))


def without_secrets(text: str, exchange: Exchange | None = None) -> str:
    """What is told of an endpoint, without the secrets that it may have repeated."""
    return redact_text(text, secrets_about(exchange, credentials_from()))


def _shown(name: str, value: str) -> str:
    if any(word in name.casefold() for word in SECRET):
        return REDACTED
    return value if len(value) <= SHOWN_VALUE else f"{value[:SHOWN_VALUE]}…"


def _said(answer: Answer) -> str:
    """The status of a success, and how many items it lists or which ids it gives."""
    if answer.contract.semantics.items:
        return f"{answer.status}, {len(answer.items)} items"
    told = [
        f"{f.name} {answer.text(f.name)}"
        for f in answer.contract.response
        if f.name.endswith(TOLD) and f.name != answer.contract.semantics.request_id and answer.text(f.name)
    ]
    return ", ".join([str(answer.status), *told[:MOST_TOLD]])
