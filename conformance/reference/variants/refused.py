"""Another way to refuse what the page of an operation has an error of its own for."""

from __future__ import annotations

from conformance.contract.model import Contract, Parameter
from conformance.ledger.roles import error_of_absence, error_of_length, error_of_value
from conformance.reference import refusals
from conformance.reference.context import Context
from conformance.reference.refusals import RefusedRequest
from conformance.reference.steps import STEP, ParameterStep, replacing
from conformance.reference.variants.variant import Variant


def refused(contract: Contract) -> tuple[Variant, ...]:
    """Those of a contract that has an error for a text that is too long, a value that is not listed, or an id that
    nothing has.
    """
    errors = (error_of_length, error_of_value, error_of_absence)
    if not any(error(contract, parameter) for parameter in contract.parameters for error in errors):
        return ()

    def as_any_other(inner: ParameterStep, context: Context, parameter: Parameter) -> None:
        try:
            inner(context, parameter)
        except RefusedRequest as own:
            message = refusals.INVALID.format(name=parameter.name)
            raise RefusedRequest("InvalidParameter", 400, message, parameter.name) from own

    return (
        Variant(
            "refuses-all-alike",
            "refuses a text that is too long, a value that is not listed, and an id that nothing has, all alike",
            replacements=(
                *replacing(STEP.length).by(as_any_other),
                *replacing(STEP.listed).by(as_any_other),
                *replacing(STEP.there).by(as_any_other),
            ),
        ),
    )
