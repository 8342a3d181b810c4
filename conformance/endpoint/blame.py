"""Blame: which parameter of a request that is allowed, or the lack of which, has it refused."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.contract.model import Parameter
from conformance.endpoint.answer import Answer
from conformance.endpoint.findings import Explained
from conformance.endpoint.suspicion import Suspicion
from conformance.endpoint.target import Target
from conformance.generate.required import allowed_value, as_sent, sent_name


def about_a_refusal(of: Suspicion) -> Explained | None:
    """Whether a refusal of what is allowed is that of any request without an optional parameter, or with an allowed
    value of one, and with the same code.
    """
    answer = of.plain
    if answer is None or of.violation.refusable or answer.kind != "refusal" or not answer.code:
        return None
    return _demanded(of.target, answer) or _refused(of.target, answer, of.check)


def _demanded(target: Target, answer: Answer) -> Explained | None:
    """Whether not even a plain request is accepted, and is with a parameter that need not be there."""
    call = answer.exchange.call
    if not is_alike(target.ask((), call.channel), answer):
        return None
    sent = {name for name, _ in call.parameters}
    # one that was found before is the likeliest
    for parameter in sorted(target.contract.parameters, key=lambda p: p.name not in target.learnt.demanded):
        name, value = sent_name(parameter.name), allowed_value(parameter)
        if parameter.required or name in sent or value is None:
            continue
        if target.ask({name: value}, call.channel).accepted:
            target.learnt.demanded.add(parameter.name)
            why = f"no request is accepted without {parameter.name}, which is optional"
            about = f"parameters.{parameter.name}.optional"
            return Explained(f"not judged, because {why}", answer.exchange, because=about)
    return None


def _refused(target: Target, answer: Answer, check: str) -> Explained | None:
    """Whether a parameter of the request is refused when it is alone, with an allowed value that a requirement names,
    and the request is accepted without it.
    """
    call = answer.exchange.call
    for name, value in call.parameters:
        parameter = target.contract.parameter(name)
        if parameter is None or parameter.required or check.startswith(f"parameters.{parameter.name}."):
            continue
        about = next(_requirements_on(parameter, value), None)
        if about is None or not is_alike(target.ask({name: value}, call.channel), answer):
            continue
        if target.ask((), call.channel).accepted:
            why = f"{name} of {value}, which is allowed, is refused in any request"
            because = f"parameters.{parameter.name}.{about}"
            return Explained(f"not judged, because {why}", answer.exchange, because=because)
    return None


def _requirements_on(parameter: Parameter, value: str) -> Iterator[str]:
    """Which requirements say that a value is accepted."""
    for bound in ("minimum", "maximum"):
        if parameter.value(bound) is not None and as_sent(parameter.value(bound)) == value:
            yield bound
    if value in map(as_sent, parameter.value("enum") or ()):
        yield "listed-values"
    if parameter.value("time_format"):
        yield "time-format"


def is_alike(one: Answer, other: Answer) -> bool:
    """Whether two answers are the same error."""
    return (one.kind, one.code, one.status) == (other.kind, other.code, other.status)
