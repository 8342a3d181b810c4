"""The target of a run, opened by its settings: nothing is sent to it yet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.contract.scope import scopes, span, within_scope
from conformance.endpoint.allowance import Allowance
from conformance.endpoint.inventory_file import load_items
from conformance.endpoint.lifecycle.guard import CreationGuard
from conformance.endpoint.recording import Recording
from conformance.endpoint.served_ways import HeardWays
from conformance.endpoint.settings import RunSettings
from conformance.endpoint.target import Target
from conformance.endpoint.watch.dialect import Dialect
from conformance.endpoint.watch.statuses import statuses_of
from conformance.endpoint.watch.validation import Validation
from conformance.endpoint.watch.watch import Watch
from conformance.generate.channels import channels
from conformance.wire.access import Secrets
from conformance.wire.client import Client
from conformance.wire.environment import credentials_from


def example_regions(contract: Contract, listed: Sequence[str] = ()) -> tuple[str, ...]:
    """The documented example of a region, or the first one that is `listed` for every operation; one nameless region
    where the operation has none.
    """
    parameter = contract.parameter(contract.semantics.region) if contract.semantics.region else None
    return ((*parameter.examples, *listed) or ("",))[:1] if parameter else ("",)


def open_target(
    settings: RunSettings, contract: Contract, protocol: Protocol, recording: Recording | None = None
) -> Target:
    """The target of a run, with nothing sent to it yet; its client is the recording's, where there is one."""
    file = Path(settings.allowance_file) if settings.allowance_file else None
    allowance = Allowance.joined(settings.limits, file) if file else Allowance.begun(settings.limits)

    def make() -> Client:
        credentials = credentials_from() if settings.signs else None
        secrets = Secrets.from_environment()
        return Client(
            settings.url,
            credentials,
            allow_plaintext=settings.allow_plaintext,
            timeout=settings.timeout,
            max_body=settings.max_body,
            ends_at=allowance.ends_at,
            on_resend=allowance.take,
            route=settings.access.route(secrets),
            headers=secrets.headers,
            signed_host=settings.access.signed_host,
        )

    client = recording.client(make) if recording else make()
    chosen, spanned, contract = scopes(contract), span(contract), within_scope(contract)
    watch = Watch(contract, Validation(contract), Dialect(contract, settings.pins), statuses_of(contract, protocol))
    known = load_items(settings.items_file) if settings.items_file else None
    methods = tuple(m for m in settings.methods if m in contract.methods) or contract.methods
    ways = channels(settings.formats, settings.signatures, methods)
    if contract.path is not None:
        ways = tuple(w for w in ways if w.placement == "query")
    target = Target(
        contract, protocol, client, watch, settings.regions, ways, settings.limits, known, allowance, settings.values,
        chosen, CreationGuard.joined(settings, contract), spanned,
    )  # fmt: skip
    watch.dialect.is_heard = HeardWays(target)
    return target
