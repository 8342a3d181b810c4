"""Variants of operations with a path of their own, whose errors no page describes."""

from __future__ import annotations

from attrs import evolve

from conformance.contract.model import Contract
from conformance.reference.context import Context
from conformance.reference.message import Response
from conformance.reference.refusals import RefusedRequest
from conformance.reference.rendering import Tree
from conformance.reference.steps import STEP, ErrorStep, NamedCheckStep, SendStep, replacing
from conformance.reference.variants.variant import Variant


def paths(contract: Contract) -> tuple[Variant, ...]:
    """The variants of an operation with a path; none where all share one."""
    if contract.path is None:
        return ()
    found = [
        Variant(
            "error-members-in-capitals",
            "errors have their members as those of operations without a path",
            replacements=replacing(STEP.error).by(_in_capitals),
        ),
        Variant(
            "error-says-its-status",
            "errors repeat their status, and have a member that nobody knows",
            replacements=replacing(STEP.error).by(_with_status),
        ),
        Variant(
            "path-alone-counts",
            "passes over a header that names another action or version",
            replacements=replacing(STEP.refuse).by(_by_path),
        ),
    ]
    if not contract.response:
        found.append(
            Variant(
                "nothing-to-say",
                "a result without documented members has no body, and status 204",
                replacements=replacing(STEP.send).by(_without_body),
            )
        )
    return tuple(found)


def _by_path(inner: NamedCheckStep, context: Context, situation: str) -> None:
    if situation not in ("unknown-action", "unknown-version"):
        inner(context, situation)


def _in_capitals(inner: ErrorStep, context: Context, refusal: RefusedRequest) -> Tree:
    return {name[0].upper() + name[1:]: value for name, value in inner(context, refusal).items()}


def _with_status(inner: ErrorStep, context: Context, refusal: RefusedRequest) -> Tree:
    return {**inner(context, refusal), "status": refusal.status, "accessDeniedDetail": {}}


def _without_body(inner: SendStep, context: Context, response: Response) -> Response:
    bare = response.status == 200 and response.body in (b"{}", b"")
    return inner(context, evolve(response, status=204, body=b"") if bare else response)
