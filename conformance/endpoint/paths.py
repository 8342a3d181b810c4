"""Operations with a path of their own: how a run asks for them."""

from __future__ import annotations

from attrs import evolve

from conformance.contract.model import Contract
from conformance.endpoint.settings import RunSettings
from conformance.errors import Refusal
from conformance.wire.routes import OperationRoute


def route_of(contract: Contract) -> OperationRoute | None:
    """How calls of an operation find their way; None where all operations share one path."""
    if contract.path is None:
        return None
    body = {p.name: p.type for p in contract.parameters if p.place == "body"}
    headers = frozenset(p.name for p in contract.parameters if p.place == "header")
    return OperationRoute("/" + contract.path.lstrip("/"), body, headers)


def fitted(settings: RunSettings, contract: Contract) -> RunSettings:
    """The settings of a run as far as they are for an operation with a path: it answers in JSON, is called by the
    methods of its contract, and is signed with V3, or not at all.

    Raises Refusal where nothing is left.
    """
    if contract.path is None:
        return settings
    formats = tuple(f for f in settings.formats if f == "json")
    signatures = tuple(s for s in settings.signatures if s != "v1")
    if not formats:
        raise Refusal(f"{contract.operation} has a path of its own, and so answers in JSON; leave out --format xml.")
    if not signatures:
        raise Refusal(f"{contract.operation} has a path of its own, which V1 does not sign; give --signature v3.")
    return evolve(settings, formats=formats, signatures=signatures, methods=contract.methods)
