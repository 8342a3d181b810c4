"""Errors: each documented error where its cause is, with its code, status and message, and nothing left behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.model import ErrorCode
from conformance.endpoint.answer import Answer
from conformance.endpoint.checks.drawing import channel_of
from conformance.endpoint.claims import claim, claim_equal, claim_refused, claim_same_items, is_a_getter, need_items
from conformance.endpoint.draws import Draws
from conformance.endpoint.findings import NotApplicable
from conformance.endpoint.marks import requirement
from conformance.endpoint.target import Target
from conformance.wire.exchange import Call, Format

# families of codes, as the pages of errors name them
MISSING, NOT_FOUND = "Missing*", "*NotFound*"
# what the common error tables say under codes that operation pages word themselves
COMMON_WORDINGS: Mapping[str, tuple[str, ...]] = {
    "MissingParameter": (
        'The input parameter "{parameter}" that is mandatory for processing this request is not supplied.',
        'The input parameter "{parameter}" required for processing this request is not supplied.',
    )
}


def unknown_regions(target: Target) -> st.SearchStrategy[str]:
    """Ids of the documented form that name no documented region."""
    known = {*target.protocol.regions, *target.regions}
    words = st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=10)
    made = st.builds(lambda a, b: f"{a}-{b}", st.sampled_from(["cn", "ap", "zz"]), words)
    near = st.sampled_from([f"{r}{tail}" for r in sorted(target.regions) for tail in ("x", "-9", "0")])
    parts = st.sampled_from([r[:-1] for r in sorted(target.regions)])
    return st.one_of(near, parts, made).filter(lambda r: r not in known)


Cause = Callable[[Target, ErrorCode, Draws], Call]


def leave_out(target: Target, error: ErrorCode, data: Draws) -> Call:
    """A request without the parameter that the error is about."""
    return target.call(without=error.parameter)


def name_unknown_region(target: Target, error: ErrorCode, data: Draws) -> Call:
    """A request for a region that there is not."""
    region = error.parameter or ""
    return target.call({region: data.draw(unknown_regions(target), label=region)})


def cause_of(target: Target, error: ErrorCode) -> Cause | None:
    """What gives cause for a documented error, by the family of its code and what it is about; None: not known."""
    parameter = target.contract.parameter(error.parameter) if error.parameter else None
    if fnmatchcase(error.code, MISSING) and (parameter is None or not parameter.required):
        return None  # it may be left out, so its absence alone is no cause
    if fnmatchcase(error.code, MISSING):
        return leave_out
    if error.parameter and error.parameter == target.contract.semantics.region and fnmatchcase(error.code, NOT_FOUND):
        return name_unknown_region
    return None


def alike(target: Target, error: ErrorCode) -> list[ErrorCode]:
    """The other documented errors that the cause of this one may bring: no page says which of those about a value of
    one parameter is for which value.
    """
    missing = fnmatchcase(error.code, MISSING)
    about = [e for e in target.contract.errors if e.parameter == error.parameter and e.code != error.code]
    return [e for e in about if fnmatchcase(e.code, MISSING) == missing]


def in_common_tables(target: Target, error: ErrorCode) -> set[tuple[str, int]]:
    """What the tables of all operations call the cause of a documented error, with the status there."""
    cause = "absent" if fnmatchcase(error.code, MISSING) else "unknown-region"
    rows = (e for e in target.protocol.errors if e.cause == cause and error.parameter)
    return {(e.code.replace("{Parameter}", error.parameter or ""), e.status) for e in rows}


def provoke(target: Target, code: str, format: Format, data: Draws) -> tuple[list[ErrorCode], Answer]:
    """The errors that are documented under a code, and the answer to a request that gives cause for the first."""
    errors = [e for e in target.contract.errors if e.code == code]
    cause = cause_of(target, errors[0])
    if cause is None:
        raise NotApplicable("the suite does not know how to give cause for this error")
    call = cause(target, errors[0], data)
    return errors, target.send(evolve(call, channel=channel_of(target, format, data)))


@requirement("errors.documented", shared=True)
@given(st.data())
def test_documented(target: Target, subject: str, format: Format, data: Draws) -> None:
    """The documented error is answered with its code and a documented status when its cause is there."""
    errors, answer = provoke(target, subject, format, data)
    claim_refused(answer.with_a_code(), f"the cause of {subject}")
    choice = target.contract.choice_about("error", subject)
    allowed = {a.id for a in choice.alternatives} if choice else {f"{e.code}/{e.status}" for e in errors}
    allowed |= {f"{e.code}/{e.status}" for e in alike(target, errors[0])}
    allowed |= {f"{code}/{status}" for code, status in in_common_tables(target, errors[0])}
    claim(
        f"{answer.code}/{answer.status}" in allowed, "another error than documented", allowed, answer.outline(), answer
    )


@requirement("errors.message", shared=True)
@given(st.data())
def test_message(target: Target, subject: str, format: Format, data: Draws) -> None:
    """The error carries a documented message."""
    errors, answer = provoke(target, subject, format, data)
    parameter, code = next((e.parameter for e in errors if e.parameter), ""), answer.with_a_code().code
    others = {e.code for e in alike(target, errors[0])} | {code for code, _ in in_common_tables(target, errors[0])}
    if code in others - {subject}:
        raise NotApplicable(f"the cause of {subject} is answered with {answer.code}, which is documented too")
    in_common = {wording.format(parameter=parameter) for wording in COMMON_WORDINGS.get(subject, ())}
    choice = target.contract.choice_about("error-message", subject)
    common = [a.statement for a in choice.alternatives if a.id == "common"] if choice else []
    wording = {e.message for e in errors} | set(common) | in_common
    claim(answer.message in wording, "another message than documented", sorted(wording), answer.message, answer)


@requirement("errors.leave-no-trace", shared=True)
@given(st.data())
def test_leave_no_trace(target: Target, format: Format, data: Draws) -> None:
    """A request that is refused does not change the answer to the next one."""
    need_items(target)
    channel = channel_of(target, format, data)
    before = target.ask((), channel).listing()
    codes = [e.code for e in target.contract.errors if cause_of(target, e)]
    if not codes:
        raise NotApplicable("no error is documented that the suite knows how to give cause for")
    code = data.draw(st.sampled_from(codes), label="error")
    with target.thrift.afresh():
        provoke(target, code, format, data)
        after = target.ask((), channel).listing()
    claim(before.keys == after.keys, "a refused request changes the next answer", before.keys, after.keys, after)
    claim_same_items(target, before.items, after.items, "after a refused request", after)
    if target.contract.semantics.key is None and is_a_getter(target.contract):
        claim_as_before(target, before, after)


def claim_as_before(target: Target, before: Answer, after: Answer) -> None:
    """As many items of which nothing tells one from another, and the same data beside them. What has changed for good
    may have done so by itself; what a refused request did goes with the next one.
    """
    if (len(before.items), before.facts) == (len(after.items), after.facts):
        return
    later = target.again(after.exchange).listing()
    claim_equal("how many items there are after a refused request", len(later.items), len(after.items), after)
    if before.facts == later.facts:
        claim_equal("the result after a refused request", dict(before.facts), dict(after.facts), after)
