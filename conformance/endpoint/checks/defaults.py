"""Defaults of parameters: what leaving one out means."""

from __future__ import annotations

from conformance.contract.model import Parameter
from conformance.endpoint.answer import Answer
from conformance.endpoint.checks.company import Given, is_trial
from conformance.endpoint.checks.ways import same, use_of
from conformance.endpoint.claims import claim_same_page
from conformance.endpoint.findings import NotApplicable
from conformance.endpoint.target import Target
from conformance.generate.required import as_sent
from conformance.wire.exchange import Channel


def claim_default_region(target: Target, subject: str, default: str, channel: Channel) -> None:
    """A request without a region is one in the default region, where this run knows it."""
    if default not in target.regions:
        raise NotApplicable(f"{default} is none of the regions of this run; --region {default} adds it")
    sent = target.ask((), channel, region=default).listing()
    claim_same_page(f"{subject} left out", sent, target.ask((), channel, without=subject).listing())


def default_of(target: Target) -> Given:
    """The default of each parameter that need not be sent, but for those of pages."""

    def given(parameter: Parameter) -> tuple[str, ...] | None:
        default = parameter.value("default")
        left_out = (
            default is None
            or parameter.is_required
            or is_trial(parameter)
            or use_of(target, parameter.name) in ("page", "region")
        )
        return None if left_out else (as_sent(default),)

    return given


def same_page(one: Answer, other: Answer) -> bool:
    """Whether two results hold the same items in the same order, the same total and beside them the same data."""
    return same(one, other) and (one.contract.semantics.items is not None or one.facts == other.facts)
