"""Faults of operations that have a path of their own: what their errors are made of."""

from __future__ import annotations

from conformance.reference.context import Context
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.refusals import RefusedRequest
from conformance.reference.rendering import Tree
from conformance.reference.steps import STEP, ErrorStep, replacing


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of an operation with a path; none where all share one."""
    contract = roles.contract
    if contract.path is None:
        return ()
    return (
        Fault(
            "error-of-a-path-has-no-code",
            "answers errors with a message alone",
            ("envelope.error-members",),
            replacing(STEP.error).by(_without_code),
        ),
    )


def _without_code(inner: ErrorStep, context: Context, refusal: RefusedRequest) -> Tree:
    return {name: value for name, value in inner(context, refusal).items() if name.casefold() != "code"}
