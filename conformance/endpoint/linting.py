"""What is wrong with the recording of an endpoint by today's schemas."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cassettes.cassette import Cassette
from conformance.cassettes.linting import few
from conformance.contract.model import Contract
from conformance.endpoint.answer import Answer
from conformance.endpoint.watch.validation import Validation
from conformance.wire.exchange import Exchange


def problems_of(cassette: Cassette, contract: Contract) -> list[str]:
    """A phrase for each thing that is wrong."""
    return few(invalid(cassette, contract), "bodies that today's schemas refuse")


def invalid(cassette: Cassette, contract: Contract) -> Iterator[str]:
    """The bodies that the schemas refuse now."""
    validation = Validation(contract)
    for i in cassette.interactions:
        if i.response is None or i.request.method == "HEAD":  # which has no body, by HTTP
            continue
        answer = Answer(contract, Exchange(i.number, i.meaning.call(), i.request, i.response))
        problem = validation.problem(answer)
        if problem is not None:
            yield f"the body of {cassette.where(i)} does not fit today's schema: {problem}"
