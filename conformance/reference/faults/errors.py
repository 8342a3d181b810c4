"""Faults of errors: of their code, message, format, and of what they leave behind."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from conformance.contract.model import ErrorCode
from conformance.reference.context import Context, Query
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import Condition, in_json, in_xml, swapped
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.listing import ListingPage
from conformance.reference.message import Response
from conformance.reference.refusals import RefusedRequest
from conformance.reference.rendering import Tree
from conformance.reference.steps import STEP, ArgumentsStep, ErrorStep, FailStep, Middleware, SelectStep, replacing
from conformance.reference.store import Item


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of each documented error of the operation, and of errors as such."""
    codes = {e.code: e for e in roles.contract.errors}
    found = [f for e in codes.values() for f in _of_code(e)]
    return (*found, *_accepted(roles), *_formats(), *_statuses(roles), *_traces(roles))


def _of_code(error: ErrorCode) -> list[Fault]:
    code = error.code
    return [
        Fault(
            f"error-code-differs:{code}",
            f"answers {code}.Unexpected in place of {code}",
            (f"errors.{code}.documented",),
            replacing(STEP.fail).by(_changed(code, code=f"{code}.Unexpected")),
        ),
        Fault(
            f"error-status-differs:{code}",
            f"answers {code} with status 418",
            (f"errors.{code}.documented",),
            replacing(STEP.fail).by(_changed(code, status=418)),
        ),
        Fault(
            f"error-message-differs:{code}",
            f"answers {code} with a message that no page has",
            (f"errors.{code}.message",),
            replacing(STEP.fail).by(_changed(code, message="Something is wrong with your request.")),
        ),
    ]


def _changed(which: str, **changes: Any) -> Middleware[[RefusedRequest], Response]:
    return lambda inner, context, refusal: inner(
        context, evolve(refusal, **changes) if refusal.code == which else refusal
    )


def _accepted(roles: FaultRoles) -> list[Fault]:
    """What should be refused for the region and is not: with the first documented code of each kind."""
    region = roles.contract.semantics.region
    if not region:
        return []
    codes = [e.code for e in roles.contract.errors if e.parameter == region]
    missing = next((c for c in codes if c.startswith("Missing")), None)
    unknown = next((c for c in codes if not c.startswith("Missing")), None)
    found = {
        missing: Fault(
            f"missing-{region}-means-any",
            f"takes some region where {region} is missing",
            (f"errors.{missing}.documented",),
            replacing(STEP.argument).by(
                lambda inner, context, name: (
                    inner(context, name) or (next(iter(context.server.store.regions)) if name == region else None)
                )
            ),
        ),
        unknown: Fault(
            f"unknown-{region}-is-empty",
            "answers a region that does not exist as one without items",
            (f"errors.{unknown}.documented",),
            replacing(STEP.region).by(lambda inner, context, name: None),
        ),
    }
    return [found[code] for code in codes if code in (missing, unknown)]


def _formats() -> list[Fault]:
    killed_by = ("errors.in-the-asked-format",)
    return [
        Fault(
            "errors-are-always-xml", "writes every error as XML", killed_by, replacing(STEP.fail).by(_in_format("xml"))
        ),
        Fault(
            "refusals-of-parameters-are-always-json",
            "writes errors of the operation's parameters as JSON",
            killed_by,
            replacing(STEP.fail).by(_json_about_parameters),
        ),
        Fault(
            "error-with-an-empty-result",
            "puts an empty listing into errors in JSON",
            ("errors.no-result",),
            replacing(STEP.error).by(_with_result(in_json)),
        ),
        Fault(
            "error-with-a-result-in-xml",
            "puts an empty listing into errors in XML",
            ("errors.no-result",),
            replacing(STEP.error).by(_with_result(in_xml)),
        ),
    ]


def _statuses(roles: FaultRoles) -> list[Fault]:
    """Errors of the common tables with a status that no table has beside their code."""
    killed_by, own = ("errors.documented-status",), {e.code for e in roles.contract.errors}
    if not roles.situations:
        return []
    return [
        Fault(
            "common-errors-are-teapots",
            "answers errors of the common tables with status 418",
            killed_by,
            replacing(STEP.fail).by(
                lambda inner, context, refusal: inner(
                    context, refusal if refusal.code in own else evolve(refusal, status=418)
                )
            ),
        ),
        Fault(
            "unknown-key-is-unauthorized-in-xml",
            "answers an unknown access key with status 401 in XML",
            killed_by,
            replacing(STEP.fail).by(
                lambda inner, context, refusal: inner(
                    context,
                    evolve(refusal, status=401)
                    if in_xml(context) and refusal.about == "unknown-access-key"
                    else refusal,
                )
            ),
        ),
    ]


def _in_format(format: str) -> Middleware[[RefusedRequest], Response]:
    def fail(inner: FailStep, context: Context, refusal: RefusedRequest) -> Response:
        context.format = format
        return inner(context, refusal)

    return fail


def _json_about_parameters(inner: FailStep, context: Context, refusal: RefusedRequest) -> Response:
    if context.contract.parameter(refusal.about):
        context.format = "json"
    return inner(context, refusal)


def _with_result(condition: Condition) -> Middleware[[RefusedRequest], Tree]:
    def error(inner: ErrorStep, context: Context, refusal: RefusedRequest) -> Tree:
        tree = inner(context, refusal)
        if not condition(context):
            return tree
        empty = context.steps.result(context, Query(), ListingPage((), 0, 1, 10))
        return {**empty, **tree}

    return error


def _traces(roles: FaultRoles) -> list[Fault]:
    """What a refused request leaves for the next."""
    killed_by = ("errors.leave-no-trace",)
    found = [
        Fault(
            "nothing-found-after-an-error",
            "finds nothing in the request after one that was refused",
            killed_by,
            replacing(STEP.fail).by(_remembering) + replacing(STEP.arguments).by(_nothing_after_error),
        ),
    ]
    if roles.contract.semantics.items:
        found.append(
            Fault(
                "page-after-an-error-lacks-an-item",
                "loses the first item right after a refused request",
                killed_by,
                replacing(STEP.fail).by(_remembering) + replacing(STEP.select).by(_shorter_after_error),
            )
        )
    return found


def _remembering(inner: FailStep, context: Context, refusal: RefusedRequest) -> Response:
    swapped(context, "after error", True)
    return inner(context, refusal)


def _nothing_after_error(inner: ArgumentsStep, context: Context) -> Query:
    query = inner(context)
    return evolve(query, nothing=True) if swapped(context, "after error", False) else query


def _shorter_after_error(inner: SelectStep, context: Context, query: Query) -> list[Item]:
    found = inner(context, query)
    return found[1:] if swapped(context, "after error", False) else found
