"""Faults of HTTP: paths, bodies, methods and cases that are not expected break the server, and charsets are untrue."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import evolve

from conformance.reference.context import Context
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import (
    Condition,
    broken_where,
    in_form,
    in_json,
    in_xml,
    is_v1,
    media_type_of,
)
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.message import Response
from conformance.reference.pipeline import FORM
from conformance.reference.steps import STEP, CheckStep, Middleware, SendStep, replacing


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of what nobody expects, and of what answers say of themselves."""
    return (*_unexpected(), *_methods(), *_cases(roles), *_media_types())


def _unexpected() -> Iterator[Fault]:
    """Paths and bodies that nobody sends."""
    path, body = ("http.other-path",), ("http.other-body",)

    def is_elsewhere(context: Context) -> bool:
        return context.request.path != "/"

    def has_other_body(context: Context) -> bool:
        return bool(context.request.body) and not media_type_of(context).lower().startswith(FORM)

    yield Fault(
        "other-path-breaks", "answers another path with an internal error", path,
        replacing(STEP.answer).by(broken_where(is_elsewhere)),
    )  # fmt: skip
    yield Fault(
        "second-slash-breaks", "answers a second slash with an internal error", path,
        replacing(STEP.answer).by(broken_where(lambda c: c.request.path == "//")),
    )  # fmt: skip
    yield Fault(
        "other-path-is-empty", "answers another path without items", path,
        replacing(STEP.method).by(lambda inner, context: None)
        + replacing(STEP.stored).by(
            lambda inner, context, region: [] if is_elsewhere(context) else inner(context, region)
        ),
    )  # fmt: skip
    yield Fault(
        "json-body-breaks", "answers a JSON body with an internal error", body,
        replacing(STEP.answer).by(broken_where(lambda c: has_other_body(c) and "json" in media_type_of(c))),
    )  # fmt: skip
    yield Fault(
        "unknown-body-breaks", "answers a body of no known type with an internal error", body,
        replacing(STEP.answer).by(broken_where(lambda c: has_other_body(c) and "/" not in media_type_of(c))),
    )  # fmt: skip
    yield Fault(
        "text-body-empties-the-listing", "lists nothing where there is a text body", body,
        replacing(STEP.stored).by(
            lambda inner, context, region: (
                [] if has_other_body(context) and "text" in media_type_of(context) else inner(context, region)
            )
        ),
    )  # fmt: skip


def _methods() -> Iterator[Fault]:
    killed_by = ("methods.safe",)

    def is_method(*methods: str) -> Condition:
        return lambda context: context.request.method in methods

    yield Fault(
        "head-breaks",
        "answers HEAD with an internal error",
        killed_by,
        replacing(STEP.answer).by(broken_where(is_method("HEAD"))),
    )
    yield Fault(
        "trace-breaks", "answers TRACE with an internal error", killed_by,
        replacing(STEP.answer).by(broken_where(is_method("TRACE"))),
    )  # fmt: skip
    for method in ("OPTIONS", "TRACE"):
        yield Fault(
            f"{method.lower()}-is-served", f"serves {method} as GET", killed_by,
            replacing(STEP.method).by(_serving(method)),
        )  # fmt: skip
    yield Fault(
        "patch-is-served", "serves PATCH as POST", ("methods.other",),
        replacing(STEP.method).by(_serving("PATCH")),
    )  # fmt: skip


def _serving(method: str) -> Middleware[[], None]:
    return lambda inner, context: None if context.request.method == method else inner(context)


def _cases(roles: FaultRoles) -> Iterator[Fault]:
    """Names and formats in another case."""
    names, formats = ("http.name-case",), ("formats.other-case",)
    own = {p.name.lower() for p in roles.parameters}
    operation = roles.contract.operation
    yield Fault(
        "names-in-other-case-break", "answers a parameter whose name is in another case with an internal error", names,
        replacing(STEP.answer).by(broken_where(lambda c: bool(own & c.parameters.keys()))),
    )  # fmt: skip
    yield Fault(
        "action-in-lower-case-breaks", "answers an action in lower case with an internal error", names,
        replacing(STEP.answer).by(broken_where(lambda c: c.common["Action"] == operation.lower())),
    )  # fmt: skip
    yield Fault(
        "no-action-breaks", "answers a request without Action with an internal error", names,
        replacing(STEP.answer).by(broken_where(lambda c: is_v1(c) and "ACTION" in c.parameters)),
    )  # fmt: skip
    yield Fault(
        "format-in-lower-case-is-not-heard", "answers Format=json in XML", formats,
        replacing(STEP.read).by(_deaf),
    )  # fmt: skip
    yield Fault(
        "format-in-mixed-case-breaks", "answers Format=Json and Format=Xml with an internal error", formats,
        replacing(STEP.answer).by(broken_where(lambda c: c.parameters.get("Format") in ("Json", "Xml"))),
    )  # fmt: skip


def _deaf(inner: CheckStep, context: Context) -> None:
    inner(context)
    if context.parameters.get("Format") == "json":
        context.format = "xml"


def _media_types() -> Iterator[Fault]:
    """What answers say of themselves."""
    killed_by = ("envelope.charset",)

    def naming(condition: Callable[[Context, Response], bool], charset: str) -> Middleware[[Response], Response]:
        def send(inner: SendStep, context: Context, response: Response) -> Response:
            response = inner(context, response)
            if not condition(context, response):
                return response
            return evolve(response, media_type=f"{response.media_type.partition(';')[0]}; charset={charset}")

        return send

    named: tuple[tuple[str, str, Callable[[Context, Response], bool], str], ...] = (
        ("errors-are-latin", "errors are ISO-8859-1", lambda c, r: r.status >= 400, "ISO-8859-1"),
        ("xml-is-gbk", "XML is GBK", lambda c, r: in_xml(c), "gbk"),
        ("json-is-utf-16", "JSON is UTF-16", lambda c, r: in_json(c), "utf-16"),
        ("forms-get-windows-1252", "answers to forms are windows-1252", lambda c, r: in_form(c), "windows-1252"),
    )
    for name, what, condition, charset in named:
        yield Fault(
            f"{name}-by-name", f"says that {what}, which is UTF-8", killed_by,
            replacing(STEP.send).by(naming(condition, charset)),
        )  # fmt: skip
