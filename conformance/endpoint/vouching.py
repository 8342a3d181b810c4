"""Vouching: what is made up and need not be there is there after all, as the endpoint itself shows."""

from __future__ import annotations

from conformance.endpoint.findings import MadeUp, Violation
from conformance.endpoint.target import Target

# so often a plain request is accepted, and the one with something more in it refused
IN_TURNS = 2


def refusal_of_what_is_there(target: Target, finding: MadeUp) -> Violation | None:
    """The violation that a refusal is all the same: the plainest request with the same made-up values is accepted
    before it and after it, and not once. So neither what they name nor the state of that explains the refusal. None
    where it may, and of what creates something, which is not sent for this.
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
    return Violation(
        "the request is allowed, and the answer is not a result; one without what it varies is accepted",
        expected="a result with a 2xx status",
        received=answer.outline(),
        exchange=answer.exchange,
    )
