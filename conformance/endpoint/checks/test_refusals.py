"""Refusals: a text that is longer than documented, a value that is not listed, an id that nothing has; where the page
has an error for it.
"""

from __future__ import annotations

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from conformance.endpoint.checks.company import MOST_IN_A_URL
from conformance.endpoint.checks.drawing import channel_of, long_way
from conformance.endpoint.claims import claim_refused
from conformance.endpoint.draws import Draws
from conformance.endpoint.findings import NotApplicable
from conformance.endpoint.marks import requirement
from conformance.endpoint.target import Target
from conformance.generate.required import allowed_value
from conformance.generate.texts import unknown_id
from conformance.generate.values import unlisted
from conformance.wire.exchange import Format


@requirement("parameters.length", shared=True)
@given(st.data())
def test_length(target: Target, subject: str, format: Format, data: Draws) -> None:
    """A text of one more character than is allowed is refused, where the same request with an allowed one is not."""
    parameter, channel = target.parameter(subject), channel_of(target, format, data)
    most = int(parameter.value("max_length"))
    if most > MOST_IN_A_URL:
        form = long_way(target, channel)
        if form is None:
            raise NotApplicable(f"this run sends no form bodies, and {most} characters are too many for a URL")
        channel = evolve(form, format=channel.format)
    plain = target.call((), channel)
    allowed = dict(plain.parameters).get(subject) or allowed_value(parameter)
    target.ask({subject: allowed}, channel).listing()
    more = data.draw(st.sampled_from([1, 2, most]), label="characters more than allowed")
    text = allowed.ljust(most + (1 if target.thrift.on else more), "x")
    answer = target.ask({subject: text}, channel)
    claim_refused(answer, f"{subject} of {len(text)} characters, where {most} are allowed,")


@requirement("parameters.listed-alone", shared=True)
@given(st.data())
def test_listed_alone(target: Target, subject: str, format: Format, data: Draws) -> None:
    """A value that is not listed is refused, where the same request with a listed one is not."""
    parameter, channel = target.parameter(subject), channel_of(target, format, data)
    value = data.draw(unlisted(parameter), label=subject)
    allowed = dict(target.call((), channel).parameters).get(subject) or allowed_value(parameter)
    target.ask({subject: allowed}, channel).listing()
    claim_refused(target.ask({subject: value}, channel), f"{subject} of {value!r}, which is not listed,")


@requirement("parameters.names-nothing", shared=True)
@given(st.data())
def test_names_nothing(target: Target, subject: str, format: Format, data: Draws) -> None:
    """An id of the form of one that there is, and that nothing has, is refused, where that one is not."""
    channel = channel_of(target, format, data)
    plain = target.ask((), channel).listing()
    unknown = unknown_id(dict(plain.exchange.call.parameters)[subject])
    claim_refused(target.ask({subject: unknown}, channel), f"{subject} of {unknown!r}, which nothing has,")
