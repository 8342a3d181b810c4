"""Faults of what signatures cover: something that is sent need not be signed, or may be signed otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256

from attrs import evolve

from conformance.reference.context import Context
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import Condition, in_form, is_v1, is_v3
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.message import Request
from conformance.reference.refusals import RefusedRequest
from conformance.reference.signatures import V3_HEADERS
from conformance.reference.steps import STEP, CheckStep, Middleware, Pairs, replacing

Reading = Callable[[Context], Context]
COMMON = ("Action", "Version", "Timestamp", "SignatureNonce", "AccessKeyId", "SignatureMethod", "SignatureVersion")
HEADERS = ("host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256")


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of the parameters, headers, method, path and body that a signature is made over."""
    return (*_parameters(roles), *_texts(), *_common(), *_headers(), *_request())


def also(condition: Condition, read_as: Reading) -> Middleware[[], None]:
    """A request is let through as well where its signature fits the request that `read_as` makes of it."""

    def verify(inner: CheckStep, context: Context) -> None:
        try:
            inner(context)
        except RefusedRequest:
            if not condition(context):
                raise
            inner(read_as(context))

    return verify


def with_pairs(change: Callable[[Pairs], Pairs]) -> Reading:
    """The request with other parameters in its query and in its form body; its signature stays as it is."""

    def read_as(context: Context) -> Context:
        query, form = change(context.steps.decode(context, context.request.query)), change(context.form)
        body = _written(context, form).encode() if context.form else context.request.body
        request = _with_body(evolve(context.request, query=_written(context, query)), body)
        return evolve(context, request=request, sent=query + form, form=form)

    return read_as


def _written(context: Context, pairs: Pairs) -> str:
    encode = context.steps.percent
    return "&".join(f"{encode(context, name)}={encode(context, value)}" for name, value in pairs)


def _with_body(request: Request, body: bytes) -> Request:
    """The request with another body, and the digest of that."""
    digest = sha256(body).hexdigest()
    return evolve(
        request,
        body=body,
        headers=tuple((k, digest if k == "x-acs-content-sha256" else v) for k, v in request.headers),
    )


def without(name: str) -> Reading:
    """The request without a parameter."""
    return with_pairs(lambda pairs: [pair for pair in pairs if pair[0] != name])


def _parameters(roles: FaultRoles) -> Iterator[Fault]:
    """The parameters of the operation that matter most, and one that nobody knows."""
    semantics = roles.contract.semantics
    names = [semantics.region, *(f.parameter for f in semantics.filters[:1])]
    names += [semantics.paging.size, semantics.paging.number] if semantics.paging else []
    names += [semantics.ids.parameter] if semantics.ids else []
    names += [semantics.range.start] if semantics.range else []
    for name in dict.fromkeys(name for name in names if name):
        for version, condition in (("v1", is_v1), ("v3", is_v3)):
            yield Fault(
                f"{version}-need-not-cover:{name}",
                f"accepts a {version} signature that leaves {name} out",
                ("signatures.covers-parameters",),
                replacing(STEP.verify).by(also(condition, without(name))),
            )


def _texts() -> Iterator[Fault]:
    """Parameters that are not signed as they are."""

    def values(change: Callable[[str], str]) -> Reading:
        return with_pairs(lambda pairs: [(name, change(value)) for name, value in pairs])

    known = (*COMMON, "Format", "Signature")
    changes: tuple[tuple[str, str, Reading], ...] = (
        ("unknown-parameters-are-not-covered", "accepts a signature that leaves Note out", without("Note")),
        (
            "values-are-signed-in-capitals",
            "accepts a signature over the value of Note in capitals",
            _of_note(str.upper),
        ),
        ("zeros-are-signed-or-not", "accepts a signature over a number with a 0 before it", _of_note("0{}".format)),
        ("blanks-are-signed-or-not", "accepts a signature over a value with a blank after it", _of_note("{} ".format)),
        ("long-values-are-cut", "accepts a signature over the first 256 characters", values(lambda text: text[:256])),
        (
            "empty-values-need-no-signature",
            "accepts a signature that leaves empty parameters out",
            with_pairs(lambda pairs: [pair for pair in pairs if pair[1]]),
        ),
        (
            "values-change-places",
            "accepts a signature over the same names and values in another pairing",
            with_pairs(lambda pairs: _turned([p for p in pairs if p[0] not in known], pairs)),
        ),
    )
    for name, description, read_as in changes:
        killed_by = ("signatures.covers-parameters",)
        yield Fault(name, description, killed_by, replacing(STEP.verify).by(also(lambda context: True, read_as)))


def _of_note(change: Callable[[str], str]) -> Reading:
    return with_pairs(lambda pairs: [(n, change(v) if n == "Note" else v) for n, v in pairs])


def _turned(own: Pairs, pairs: Pairs) -> Pairs:
    """The last two of the operation's own parameters with each other's values."""
    if len(own) < 2:
        return pairs
    (a, first), (b, second) = own[-2:]
    return [(name, {a: second, b: first}.get(name, value)) for name, value in pairs]


def _common() -> Iterator[Fault]:
    for name in (*COMMON, "Format"):
        # of Format the suite signs another value; the others it leaves out, too
        read_as = without(name) if name != "Format" else with_pairs(_other_format)
        yield Fault(
            f"v1-need-not-cover:{name}",
            f"accepts a v1 signature that {'leaves' if name != 'Format' else 'has another'} {name}"
            + (" out" if name != "Format" else ""),
            ("signatures.covers-common-parameters",),
            replacing(STEP.verify).by(also(is_v1, read_as)),
        )


def _other_format(pairs: Pairs) -> Pairs:
    other = {"JSON": "XML", "XML": "JSON"}
    return [(name, other.get(value, value) if name == "Format" else value) for name, value in pairs]


def _headers() -> Iterator[Fault]:
    for name in HEADERS:
        yield Fault(
            f"v3-value-may-be-blank:{name}",
            f"accepts a v3 signature over a blank {name}",
            ("signatures.covers-headers",),
            replacing(STEP.verify).by(also(is_v3, _with_header(name, ""))),
        )
    yield Fault(
        "v3-media-type-may-be-another",
        "accepts a v3 signature over the content-type text/plain",
        ("signatures.covers-headers",),
        replacing(STEP.verify).by(also(is_v3, _with_header("content-type", "text/plain"))),
    )
    yield Fault(
        "v3-signed-headers-may-be-any",
        "accepts a v3 signature whatever headers it names",
        ("signatures.names-core-headers",),
        replacing(STEP.coverage).by(lambda inner, context: None),
    )
    for name in ("host", V3_HEADERS["Action"]):
        yield Fault(
            f"v3-need-not-name:{name}",
            f"accepts a v3 signature that does not name {name}",
            ("signatures.names-core-headers",),
            replacing(STEP.coverage).by(_but_for(name)),
        )


def _with_header(name: str, value: str) -> Reading:
    def read_as(context: Context) -> Context:
        headers = tuple((k, value if k == name else v) for k, v in context.request.headers)
        # what is stated of the body was compared with the body before
        steps = evolve(context.steps, payload=lambda c: None)
        request = evolve(context.request, headers=headers)
        return evolve(context, request=request, server=evolve(context.server, steps=steps))

    return read_as


def _but_for(name: str) -> Middleware[[], None]:
    def coverage(inner: CheckStep, context: Context) -> None:
        headers = tuple((k, v) for k, v in context.request.headers if k != name)
        inner(evolve(context, request=evolve(context.request, headers=headers)))

    return coverage


def _request() -> Iterator[Fault]:
    """The method, the path and the body."""
    for version, condition in (("v1", is_v1), ("v3", is_v3)):
        yield Fault(
            f"{version}-method-is-not-covered",
            f"accepts a {version} signature for GET of a POST, and the other way round",
            ("signatures.covers-method",),
            replacing(STEP.verify).by(also(condition, _of_other_method)),
        )
        yield Fault(
            f"{version}-form-may-be-added",
            f"accepts a {version} signature of a request without its form body",
            ("signatures.covers-body",),
            replacing(STEP.verify).by(also(_in_form(condition), _without_form)),
        )
    yield Fault(
        "v3-path-may-be-the-operation",
        "accepts a v3 signature over a path of the operation's name",
        ("signatures.covers-path",),
        replacing(STEP.verify).by(also(is_v3, _at_operation)),
    )
    yield Fault(
        "v3-path-may-have-another-slash",
        "accepts a v3 signature over a path of two slashes",
        ("signatures.covers-path",),
        replacing(STEP.verify).by(also(is_v3, _at_two_slashes)),
    )
    yield Fault(
        "v3-digest-need-not-be-signed",
        "accepts a v3 signature over the digest of an empty body where the stated digest is right",
        ("signatures.covers-body",),
        replacing(STEP.verify).by(also(is_v3, _of_empty_body)),
    )


def _in_form(condition: Condition) -> Condition:
    return lambda context: condition(context) and in_form(context)


def _of_other_method(context: Context) -> Context:
    other = {"GET": "POST", "POST": "GET"}.get(context.request.method, "GET")
    return evolve(context, request=evolve(context.request, method=other))


def _without_form(context: Context) -> Context:
    sent = context.sent[: len(context.sent) - len(context.form)]
    if context.signature == "v1" and not sent:  # all of it was in the form
        sent = [pair for pair in context.form if pair[0] in (*COMMON, "Format")]
    return evolve(context, request=_with_body(context.request, b""), form=[], sent=sent)


def _at_operation(context: Context) -> Context:
    return evolve(context, request=evolve(context.request, path=f"/{context.contract.operation}"))


def _at_two_slashes(context: Context) -> Context:
    return evolve(context, request=evolve(context.request, path="//"))


def _of_empty_body(context: Context) -> Context:
    steps = evolve(context.steps, payload_hash=lambda c: sha256(b"").hexdigest())
    return evolve(context, server=evolve(context.server, steps=steps))
