"""HTTP: what a client may write in two ways means the same, and what nobody expects breaks nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve

from conformance.endpoint.answer import Answer
from conformance.endpoint.checks.signing import SIGNED
from conformance.endpoint.claims import (
    claim,
    claim_never_breaks,
    claim_refusable,
    claim_same_items,
    claim_same_page,
    need_items,
    stands,
)
from conformance.endpoint.findings import NotApplicable, Unanswered, Violation
from conformance.endpoint.marks import requirement
from conformance.endpoint.target import Target
from conformance.generate.required import allowed_value
from conformance.ledger.subjects import operation_parameters
from conformance.wire.exchange import FORM_TYPE, Channel, WireForm

FORM_TYPES = (f"{FORM_TYPE}; charset=UTF-8", f'{FORM_TYPE};charset="utf-8"', "Application/X-WWW-Form-URLEncoded")
ESCAPED = {
    "a request with escapes in lower case": WireForm(escapes="lower"),
    "a request with every character escaped": WireForm(escapes="every"),
}
SPLIT = {
    "a request with its common parameters in the query": WireForm(split="own-in-form"),
    "a request with one parameter in its form": WireForm(split="last-in-form"),
}


def one_format(target: Target) -> Sequence[Channel]:
    """The channels of the run in one format: these checks are about requests, not about answers."""
    return tuple(dict.fromkeys(evolve(c, format=target.channels[0].format) for c in target.channels))


def forms(target: Target) -> list[Channel]:
    """Those with a form body. Raises NotApplicable where the run has none."""
    found = [c for c in one_format(target) if c.placement == "form"]
    if not found:
        raise NotApplicable("this run does not use POST")
    return found


def page(target: Target) -> dict[str, str]:
    """A page that differs from the one that is answered where nothing is asked for, if there are pages."""
    paging = target.contract.semantics.paging
    return {paging.size: str(target.page_sizes(3)[0]), paging.number: "1"} if paging else {}


def some_parameter(target: Target) -> dict[str, str]:
    """A parameter of the operation with an allowed value, if there is one."""
    own = operation_parameters(target.contract, target.protocol)
    return {p.name: allowed_value(p) for p in own[:1]}


def claim_means_the_same(target: Target, channel: Channel, wire_forms: Mapping[str, WireForm]) -> None:
    """The same request in other forms, each with what it is, gets the same answer."""
    plain = target.ask(page(target), channel).listing()
    for what, wire_form in wire_forms.items():
        claim_like(target, plain, target.ask(page(target), channel, wire_form=wire_form), what)


def claim_like(target: Target, plain: Answer, other: Answer, what: str) -> None:
    """A result with the same items and the same total."""
    claim(other.accepted, f"{what} is refused", "a result", other.outline(), other)
    claim_same_page(f"{what} is read otherwise", plain, other)
    if target.contract.semantics.key:
        claim_same_items(target, plain.items, other.items, f"{what} is read otherwise", other)


@requirement("http.chunked-request")
def test_chunked_request(target: Target) -> None:
    """A form body in chunks is read like one of a stated length."""
    for channel in forms(target):
        try:
            claim_chunks_are_read(target, channel)
        except Unanswered:
            claim_answered(target, channel, WireForm(chunked=True))


def claim_chunks_are_read(target: Target, channel: Channel) -> None:
    """The same request in chunks gets the same answer. A server may ask for a length before it knows the operation, so
    a refusal's body is not judged.
    """
    plain = target.ask(page(target), channel).listing()
    call = target.call(page(target), channel, wire_form=WireForm(chunked=True))
    claim_like(target, plain, target.send(call, watched=False), "a form body in chunks")


def claim_answered(target: Target, channel: Channel, wire_form: WireForm) -> None:
    """A request that got no answer gets one where the same request gets one that is written plainly."""
    plain = target.ask((), channel)
    try:
        target.ask((), channel, wire_form=wire_form)
    except Unanswered as finding:
        what, expected = "a form body in chunks gets no answer", "an answer, as to a body of a stated length"
        raise Violation(what, expected=expected, received=finding.message, exchange=plain.exchange) from None


@requirement("http.form-media-type")
def test_form_media_type(target: Target) -> None:
    """The media type of a form may have a charset, and is in no particular case."""
    for channel in forms(target):
        claim_means_the_same(target, channel, {f"a form body as {t}": WireForm(media_type=t) for t in FORM_TYPES})


@requirement("http.split-parameters")
def test_split_parameters(target: Target) -> None:
    """Parameters may stand in the query and in the form body of one request."""
    for channel in forms(target):
        claim_means_the_same(target, channel, SPLIT)


@requirement("http.percent-escapes")
def test_percent_escapes(target: Target) -> None:
    """Escapes in lower case, and of characters that need none, stand for the same characters."""
    for channel in one_format(target):
        claim_means_the_same(target, channel, ESCAPED)


@requirement("http.header-case")
def test_header_case(target: Target) -> None:
    """The names of headers are in no particular case."""
    for channel in one_format(target):
        claim_means_the_same(target, channel, {"a request with headers in capitals": WireForm(headers="capitals")})


@requirement("http.sdk-escapes")
def test_sdk_escapes(target: Target) -> None:
    """A space written as + and a * written as it is, as SDKs do, are verified like their escapes."""
    note = {"Note": "a b*c"}
    for channel in one_format(target):
        if channel.signature not in SIGNED:
            raise NotApplicable("this run does not sign")
        if not target.ask(note, channel).accepted:
            raise NotApplicable("a parameter that is not documented is refused here, and others hold no space")
        for wire_form, what in (
            (WireForm(space="+"), "a space written as +"),
            (WireForm(star="*"), "a * that is not escaped"),
        ):
            answer = target.ask(note, channel, wire_form=wire_form)
            claim(answer.accepted, f"{what} is refused", "a result", answer.outline(), answer)


@requirement("http.repeated-parameter")
def test_repeated_parameter(target: Target) -> None:
    """Of a parameter that is sent twice the first or the last counts, or it is an error; the same throughout."""
    need_items(target, 3)
    sizes, size = target.page_sizes(1, 2), target.paging.size
    if len(sizes) < 2:
        raise NotApplicable(f"the documentation allows one value of {size}, which cannot be sent in two ways")
    twice = [(size, str(sizes[0])), (size, str(sizes[1]))]
    within = {_way(target.ask(twice, channel), sizes) for channel in one_format(target)}
    across = {
        _way(target.ask(twice, channel, wire_form=WireForm(split="last-in-form")), sizes)
        for channel in one_format(target)
        if channel.placement == "form"
    }
    for place, ways in (("one place", within), ("query and form", across)):
        if len(ways) > 1:
            raise Violation(f"{size} twice in {place} is taken in several ways", expected="one way", received=ways)


def _way(answer: Answer, sizes: Sequence[int]) -> str:
    claim_never_breaks(answer, "a parameter that is sent twice")
    if answer.refused:
        return "rejected"
    ways = {sizes[0]: "first", sizes[1]: "last"}
    here = len(answer.items)
    claim(here in ways, "of a parameter sent twice neither value counts", " or ".join(map(str, ways)), here, answer)
    return ways[here]


def queries(target: Target) -> list[Channel]:
    """Those with all parameters in the query."""
    return [c for c in one_format(target) if c.placement == "query"]


@requirement("http.other-path")
def test_other_path(target: Target) -> None:
    """Another path than the documented one is refused or means the same."""
    for channel in queries(target):
        plain = target.ask(page(target), channel).listing()
        for path in ("/", "index.html", f"{target.contract.operation}/"):
            # a server may refuse a path before it knows the format, so the body is not judged
            call = target.call(page(target), channel, wire_form=WireForm(path=path))
            _refused_or_like(target, plain, target.send(call, watched=False), f"a request to /{path}")


@requirement("http.other-body")
def test_other_body(target: Target) -> None:
    """A body that is no form is refused or passed over."""
    bodies = [c for c in queries(target) if c.method == "POST"]
    if not bodies:
        raise NotApplicable("this run does not use POST")
    for channel in bodies:
        plain = target.ask(page(target), channel).listing()
        for media_type, body in (("application/json", '{"Note": "a"}'), ("text/plain", "Note"), ("no type", "%zz=%")):
            call = target.call(page(target), channel, wire_form=WireForm(media_type=media_type, body=body))
            _refused_or_like(target, plain, target.send(call, watched=False), f"a body of {media_type}")


def _refused_or_like(target: Target, plain: Answer, answer: Answer, what: str) -> None:
    claim_refusable(stands(answer), f"{what} breaks the server", "a result or a refusal", answer.outline(), answer)
    if answer.accepted and answer.has_result:
        claim_like(target, plain, answer, what)


@requirement("http.name-case")
def test_name_case(target: Target) -> None:
    """Names of parameters, and of the operation, in another case break nothing."""
    operation = target.contract.operation
    for channel in queries(target):
        for name, value in (page(target) or some_parameter(target)).items():
            claim_never_breaks(target.ask({name.lower(): value}, channel), f"a parameter {name.lower()}")
        for text in (operation.lower(), operation.upper()):
            claim_never_breaks(target.ask((), channel, common={"Action": text}), f"an action {text}")
        if channel.signature != "v3":
            answer = target.ask((), channel, common={"Action": None, "ACTION": operation})
            claim_never_breaks(answer, "a parameter ACTION")
