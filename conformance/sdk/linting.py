"""What is wrong with the recording of an SDK by today's protocol and requirements."""

from __future__ import annotations

from collections.abc import Iterator

from conformance.cassettes.linting import few
from conformance.cassettes.sdk_cassette import SdkCassette
from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.drivers.protocol import ProtocolError, decode_answer, encode
from conformance.sdk.cases import Case
from conformance.sdk.plan import Plan
from conformance.sdk.recording import observed_in


def problems_of(cassette: SdkCassette, contract: Contract, protocol: Protocol) -> list[str]:
    """A phrase for each thing that is wrong."""
    unknown = few(unknown_cases(cassette, Plan(contract, protocol)), "cases that are not known")
    return [*few(undriven(cassette), "answers that no driver gives"), *unknown]


def undriven(cassette: SdkCassette) -> Iterator[str]:
    """The answers that today's driver protocol refuses."""
    for place, kept in enumerate(cassette.cases, 1):
        for call in kept.calls:
            try:
                decode_answer(encode({"id": 1, "ok": "result" in call.answer, **call.answer}), 1)
            except ProtocolError as e:
                yield f"an answer in case {place} does not fit today's driver schema: {e}"


def unknown_cases(cassette: SdkCassette, plan: Plan) -> Iterator[str]:
    """The cases that the requirements do not have now, so that a replay cannot judge by them."""
    try:
        found = observed_in(cassette, plan).cases
    except ValueError as e:
        yield f"its cases cannot be read: {e}"
        return
    for place, kept in enumerate(cassette.cases, 1):
        if Case.key_of(kept.case) not in found:
            yield f"no requirement has case {place} now: {Case.key_of(kept.case)[:120]}"
