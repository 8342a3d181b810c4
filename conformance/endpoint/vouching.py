"""Vouching: what is made up and need not be there is there after all, as the endpoint itself shows."""

from __future__ import annotations

from fnmatch import fnmatchcase

from conformance.endpoint.answer import Answer
from conformance.endpoint.findings import MadeUp, Violation
from conformance.endpoint.target import Target

# so often a plain request is accepted, and the one with something more in it refused
IN_TURNS = 2
# documented errors that say of a value what is the same whatever it is about
OF_ITS_FORM = ("*malformed*", "invalidparameter", "invalidparamater", "missing*")


def refusal_of_what_is_there(target: Target, finding: MadeUp) -> Violation | None:
    """The violation that a refusal is all the same: the plainest request with the same made-up values is accepted
    before it and after it, and not once. So neither what they name nor the state of that explains the refusal. None
    where it may, as where the page has that very error for what does not go with the thing, such as a size that is less
    than it has; and of what creates something, which is not sent for this.
    """
    refused = finding.exchange
    if refused is None or not finding.usual or target.guard is not None:
        return None
    usual = [(name, value) for name, value in refused.call.parameters if name in refused.call.usual]
    with target.thrift.afresh():
        for _ in range(IN_TURNS):
            if not target.ask(usual, refused.call.channel).accepted or not target.send(refused.call).refused:
                return None
        if not target.ask(usual, refused.call.channel).accepted:
            return None
        answer = target.send(refused.call)
    if not answer.refused or _may_be_of_the_thing(answer):
        return None
    return Violation(
        "the request is allowed, and the answer is not a result; one without what it varies is accepted",
        expected="a result with a 2xx status",
        received=answer.outline(),
        exchange=answer.exchange,
    )


def _may_be_of_the_thing(refusal: Answer) -> bool:
    """Whether the page has this error for something else than the form of a value."""
    code = (refusal.code or "").casefold()
    documented = any(e.code == refusal.code and e.status == refusal.status for e in refusal.contract.errors)
    return documented and not any(fnmatchcase(code, form) for form in OF_ITS_FORM)
