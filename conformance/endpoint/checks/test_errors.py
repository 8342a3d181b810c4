"""Errors: each documented error where its cause is, with its code, status and message, and nothing left behind."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.endpoint.checks.drawing import channel_of
from conformance.endpoint.claims import claim, claim_refused, claim_same_items, need_items
from conformance.endpoint.findings import NotApplicable
from conformance.endpoint.marks import requirement


def unknown_regions(target):
    """Ids of the documented form that name no documented region."""
    known = {*target.protocol.regions, *target.regions}
    words = st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=10)
    made = st.builds(lambda a, b: f"{a}-{b}", st.sampled_from(["cn", "ap", "zz"]), words)
    near = st.sampled_from([f"{r}{tail}" for r in sorted(target.regions) for tail in ("x", "-9", "0")])
    return st.one_of(near, made).filter(lambda r: r not in known)


def cause(target, error, data):
    """What gives cause for a documented error: parameters to send, or one to leave out; by its code and parameter."""
    region = target.contract.semantics.region
    if error.code.startswith("Missing") and error.parameter:
        return {}, error.parameter
    if error.parameter == region and "NotFound" in error.code:
        return {region: data.draw(unknown_regions(target), label=region)}, None
    about = error.parameter or "no parameter"
    raise NotApplicable(f"the suite does not know how to give cause for {error.code} on {about}")


def provoke(target, code, format, data):
    errors = [e for e in target.contract.errors if e.code == code]
    parameters, without = cause(target, errors[0], data)
    return errors, target.ask(parameters, channel_of(target, format, data), without=without)


@requirement("errors.documented")
@given(st.data())
def test_documented(target, subject, format, data):
    """The documented error is answered with its code and a documented status when its cause is there."""
    errors, answer = provoke(target, subject, format, data)
    claim_refused(answer, f"the cause of {subject}")
    choice = target.contract.choice_about("error", subject)
    allowed = {a.id for a in choice.alternatives} if choice else {f"{e.code}/{e.status}" for e in errors}
    claim(
        f"{answer.code}/{answer.status}" in allowed, "another error than documented", allowed, answer.outline(), answer
    )


@requirement("errors.message")
@given(st.data())
def test_message(target, subject, format, data):
    """The error carries a documented message."""
    errors, answer = provoke(target, subject, format, data)
    parameter = next((e.parameter for e in errors if e.parameter), "")
    choice = target.contract.choice_about("error-message", subject)
    common = [a.statement for a in choice.alternatives if a.id == "common"] if choice else []
    wording = {e.message for e in errors} | set(common) | common_messages(subject, parameter)
    claim(answer.message in wording, "another message than documented", sorted(wording), answer.message, answer)


def common_messages(code, parameter):
    """The wording that the common error tables give to codes that operation pages word themselves."""
    return {
        "MissingParameter": {
            f'The input parameter "{parameter}" that is mandatory for processing this request is not supplied.',
            f'The input parameter "{parameter}" required for processing this request is not supplied.',
        }
    }.get(code, set())


@requirement("errors.leave-no-trace")
@given(st.data())
def test_leave_no_trace(target, format, data):
    """A request that is refused does not change the answer to the next one."""
    need_items(target)
    before, channel = target.ask().listing(), channel_of(target, format, data)
    codes = [e.code for e in target.contract.errors if e.code.startswith("Missing") or "NotFound" in e.code]
    if not codes:
        raise NotApplicable("no error is documented that the suite knows how to give cause for")
    provoke(target, data.draw(st.sampled_from(codes), label="error"), format, data)
    after = target.ask((), channel).listing()
    claim(before.keys == after.keys, "a refused request changes the next answer", before.keys, after.keys, after)
    claim_same_items(target, before.items, after.items, "after a refused request", after)
