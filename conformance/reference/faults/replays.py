"""Faults of replay protection: nonces and timestamps."""

from __future__ import annotations

from conformance.reference.context import Context
from conformance.reference.faults import clocks
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import in_form, is_v3, only, unchecked
from conformance.reference.faults.roles import FaultRoles, of_known_situations
from conformance.reference.signatures import epoch
from conformance.reference.steps import STEP, CheckStep, Middleware, replacing


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of nonces and of the clock window."""
    return (*_nonces(roles), *_clock(), *clocks.faults())


def _nonces(roles: FaultRoles) -> list[Fault]:
    killed_by = ("signatures.nonce-used.refused",)
    found = [
        Fault(
            "v3-nonces-are-forgotten",
            "does not remember the nonces of V3 requests",
            killed_by,
            replacing(STEP.nonce).by(only(is_v3, unchecked)),
        ),
        Fault(
            "nonces-of-forms-are-forgotten",
            "does not remember the nonces of requests with a form body",
            killed_by,
            replacing(STEP.nonce).by(only(in_form, unchecked)),
        ),
        Fault(
            "nonces-count-with-the-timestamp",
            "takes a nonce for new where the timestamp is another",
            killed_by,
            replacing(STEP.nonce_name).by(lambda inner, context: (*inner(context), context.common["Timestamp"])),
        ),
        Fault(
            "only-the-last-nonce-is-remembered",
            "remembers one nonce only",
            killed_by,
            replacing(STEP.nonce).by(_forgetful),
        ),
        Fault(
            "repeated-request-is-refused",
            "takes a request for a replay that asks for the same as the one before",
            ("signatures.nonce-per-request",),
            replacing(STEP.nonce).by(_replay_by_content),
        ),
        Fault(
            "one-request-a-second-and-key",
            "refuses every 20th request in a second as a replay",
            ("signatures.nonce-per-request",),
            replacing(STEP.nonce).by(_crowded),
        ),
    ]
    if roles.contract.semantics.region:
        region = roles.contract.semantics.region
        found.append(
            Fault(
                "nonces-count-by-region",
                "takes a nonce for new where it was used in another region",
                killed_by,
                replacing(STEP.nonce_name).by(lambda inner, context: (*inner(context), context.parameters.get(region))),
            )
        )
    return [
        *of_known_situations(roles, [f for f in found if f.killed_by == killed_by]),
        *(f for f in found if f.killed_by != killed_by),
    ]


def _forgetful(inner: CheckStep, context: Context) -> None:
    last = context.memory.get("nonce")
    context.server.nonces.clear()
    if last:
        context.server.nonces[last] = context.server.clock()
    context.memory["nonce"] = context.steps.nonce_name(context)
    inner(context)


def _replay_by_content(inner: CheckStep, context: Context) -> None:
    own = tuple(sorted((k, v) for k, v in context.sent if k not in context.common or k == "Format"))
    asked = (own, context.request.method, context.signature)
    before = context.memory.get("asked")
    context.memory["asked"] = asked
    inner(context)
    if before == asked:
        context.steps.refuse(context, "nonce-used")


def _crowded(inner: CheckStep, context: Context) -> None:
    inner(context)
    second = context.common["Timestamp"]
    seen = context.memory.get("second", ("", 0))
    count = seen[1] + 1 if seen[0] == second else 1
    context.memory["second"] = (second, count)
    if count % 20 == 0:
        context.steps.refuse(context, "nonce-used")


def _clock() -> list[Fault]:
    return [
        Fault(
            "window-of-five-minutes",
            "refuses timestamps more than five minutes off",
            ("signatures.clock-window",),
            replacing(STEP.timestamp).by(_within(300)),
        ),
        Fault(
            "clock-may-not-run-ahead",
            "refuses timestamps more than a minute ahead",
            ("signatures.clock-window",),
            replacing(STEP.timestamp).by(_not_ahead),
        ),
    ]


def _within(seconds: int) -> Middleware[[], None]:
    def timestamp(inner: CheckStep, context: Context) -> None:
        inner(context)
        sent = epoch(context.common["Timestamp"] or "")
        if sent is not None and abs(context.server.clock() - sent) > seconds:
            context.steps.refuse(context, "expired-timestamp")

    return timestamp


def _not_ahead(inner: CheckStep, context: Context) -> None:
    inner(context)
    sent = epoch(context.common["Timestamp"] or "")
    if sent is not None and sent - context.server.clock() > 60:
        context.steps.refuse(context, "future-timestamp")
