"""Other ways to refuse a text that is longer than documented."""

from __future__ import annotations

from conformance.contract.model import Contract, Parameter
from conformance.ledger.roles import error_of_length
from conformance.reference import refusals
from conformance.reference.context import Context
from conformance.reference.refusals import RefusedRequest
from conformance.reference.steps import STEP, LengthStep, replacing
from conformance.reference.variants.variant import Variant


def lengths(contract: Contract) -> tuple[Variant, ...]:
    """Those of a contract that has an error for a text that is too long."""
    if not any(error_of_length(contract, parameter) for parameter in contract.parameters):
        return ()

    def as_any_other(inner: LengthStep, context: Context, parameter: Parameter) -> None:
        try:
            inner(context, parameter)
        except RefusedRequest as refused:
            message = refusals.INVALID.format(name=parameter.name)
            raise RefusedRequest("InvalidParameter", 400, message, parameter.name) from refused

    return (
        Variant(
            "too-long-is-invalid",
            "refuses a text that is too long as any parameter that is not valid",
            replacements=replacing(STEP.length).by(as_any_other),
        ),
    )
