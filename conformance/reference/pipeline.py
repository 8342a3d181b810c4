"""The order in which a request is read, verified, validated and answered: the outermost steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference import paths, signatures
from conformance.reference.message import Request, Response
from conformance.reference.refusals import RefusedRequest

if TYPE_CHECKING:
    from conformance.reference.context import Context

MEDIA_TYPES = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
FORM = "application/x-www-form-urlencoded"


def answer(context: Context) -> Response:
    """The response to a request, success or refusal."""
    steps = context.steps
    steps.read(context)
    try:
        return steps.operate(context)
    except RefusedRequest as refusal:
        return steps.fail(context, refusal)


def operate(context: Context) -> Response:
    """Everything between reading a request and its result. Raises RefusedRequest."""
    steps = context.steps
    steps.method(context)
    steps.format(context)
    steps.names(context)
    steps.authenticate(context)
    context.query = steps.arguments(context)
    return steps.succeed(context)


def read(context: Context) -> None:
    """Take the pairs of query and form body, the common parameters, and the format of whatever is answered."""
    request, steps = context.request, context.steps
    sent = steps.decode(context, request.query)
    media_type = (request.header("content-type") or FORM).partition(";")[0].strip().lower()
    if request.body and media_type == FORM:
        context.form = steps.decode(context, request.body.decode("utf-8", "replace"))
    context.sent = sent + context.form
    if context.contract.path is not None:
        context.sent += [*paths.given(context), *paths.headers(context)]
    context.parameters = dict(context.sent)
    if len(context.parameters) < len(context.sent) and context.take("repeated-parameter", "request") == "first":
        context.parameters = dict(reversed(context.sent))
    context.signature = steps.signature_version(context)
    context.common = signatures.read_common(context)
    wanted = (context.parameters.get("Format") or "").lower()
    if context.contract.path is not None:
        context.format = "json"
    elif wanted in MEDIA_TYPES:
        context.format = wanted
    elif not wanted and context.signature == "v3":
        context.format = _accepted(request)


def signature_version(context: Context) -> str:
    """`v1` or `v3`."""
    return "v3" if signatures.is_v3(context) else "v1"


def _accepted(request: Request) -> str:
    accept = (request.header("accept") or "").lower()
    return "json" if "json" in accept else "xml"


def method(context: Context) -> None:
    """GET and POST, to the root path, or the method and path of the operation. Raises RefusedRequest."""
    if context.request.method not in context.contract.methods:
        context.steps.refuse(context, "unsupported-method")
    if context.contract.path is not None:
        paths.check(context)
    elif context.request.path != "/":
        context.steps.refuse(context, "unknown-path")


def answer_format(context: Context) -> None:
    """A Format that is documented, or none. Raises RefusedRequest."""
    wanted = context.parameters.get("Format")
    if wanted and wanted.lower() not in MEDIA_TYPES and context.take("unknown-format", "Format") == "rejected":
        context.steps.invalid(context, "Format")


def names(context: Context) -> None:
    """Action and Version: there, and ours. Raises RefusedRequest."""
    refuse, common = context.steps.refuse, context.common
    contract = context.contract
    # a page may call the parameter optional; of the header of V3 it does not speak
    optional = context.signature == "v1" and context.take("required", "Action") == "optional"
    optional = optional or contract.path is not None
    if not common["Action"] and not optional:
        refuse(context, "missing-action")
    if not common["Version"]:
        refuse(context, "missing-version")
    if common["Version"] and common["Version"] != contract.version:
        refuse(context, "unknown-version")
    if common["Action"] and common["Action"] != contract.operation:
        refuse(context, "unknown-action")


def succeed(context: Context) -> Response:
    """The result of the operation. Raises RefusedRequest."""
    steps, query = context.steps, context.query
    page = steps.page(context, query, steps.select(context, query))
    return steps.respond(context, 200, f"{context.contract.operation}Response", steps.result(context, query, page))


def fail(context: Context, refusal: RefusedRequest) -> Response:
    """A refusal as a response."""
    return context.steps.respond(context, refusal.status, "Error", context.steps.error(context, refusal))


def respond(context: Context, status: int, root: str, tree: dict[str, Any]) -> Response:
    """A tree of members as a response in the format asked for."""
    steps = context.steps
    write = steps.as_json if context.format == "json" else steps.as_xml
    return Response(status, steps.encoded(context, write(context, root, tree)), MEDIA_TYPES[context.format])


def request_id(context: Context) -> str:
    """An id that no other answer has."""
    return context.server.request_ids()


def send(context: Context, response: Response) -> Response:
    """How a response travels."""
    return response


def take(context: Context, kind: str, subjects: tuple[str, ...]) -> str | None:
    """The alternative taken at a choice."""
    return context.server.dialect.alternative(kind, subjects, context.format)[1]
