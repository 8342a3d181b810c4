"""One cassette, looked over: is it whole, as it was recorded, valid by today's schemas, and without secrets?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from conformance.cassettes import file
from conformance.cassettes.cassette import Cassette
from conformance.cassettes.scrubbing import secrets_left
from conformance.cassettes.sdk_cassette import SdkCassette
from conformance.cli.contracts import operation_folder
from conformance.cli.endpoint import Subject
from conformance.cli.errors import Refusal
from conformance.contract.files import dump_contract
from conformance.drivers.protocol import ProtocolError, decode_answer, encode
from conformance.plugin import credentials_from
from conformance.suite.answer import Answer
from conformance.suite.run_header import digest
from conformance.suite.sdk.cases import Case
from conformance.suite.sdk.plan import Plan
from conformance.suite.sdk.taping import untaped
from conformance.suite.validation import Validation
from conformance.wire.exchange import Exchange
from conformance.wire.redaction import secrets_of

MOST = 5


def lint_file(path: Path) -> tuple[list[str], list[str]]:
    """Problems and notes about a cassette, a phrase each. Raises BadCassette or ContractError."""
    loaded = file.load(path)
    cassette, provenance = loaded.cassette, loaded.cassette.provenance
    of_an_sdk = isinstance(cassette, SdkCassette)
    exchanges = cassette.arrived if of_an_sdk else cassette.interactions
    target = provenance.name if of_an_sdk else provenance.target
    notes = [f"{target} ({provenance.kind}), {len(exchanges):,} exchanges", f"recorded {provenance.recorded}"]
    problems = list(loaded.changes)
    if not provenance.complete:
        problems.append(f"incomplete: {provenance.reason or 'it was not recorded to its end'}")
    try:
        subject = Subject.load(operation_folder(provenance.operation, None))
    except Refusal as e:
        return [*problems, e.format_message()], notes
    if digest(dump_contract(subject.contract)) != provenance.contract_digest:
        notes.append("recorded under another contract than today's")
    if of_an_sdk:
        problems += few(undriven(cassette), "answers that no driver gives")
        problems += few(unknown_cases(cassette, Plan(subject.contract, subject.protocol)), "cases that are not known")
    else:
        problems += few(invalid(cassette, subject), "bodies that today's schemas refuse")
    problems += few(secrets_left(cassette, secrets_of(credentials_from())), "secrets")
    return problems, notes


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
        found = untaped(cassette, plan).cases
    except ValueError as e:
        yield f"its cases cannot be read: {e}"
        return
    for place, kept in enumerate(cassette.cases, 1):
        if Case.key_of(kept.case) not in found:
            yield f"no requirement has case {place} now: {Case.key_of(kept.case)[:120]}"


def invalid(cassette: Cassette, subject: Subject) -> Iterator[str]:
    """The bodies that the schemas refuse now."""
    validation = Validation(subject.contract)
    for i in cassette.interactions:
        if i.response is None:
            continue
        answer = Answer(subject.contract, Exchange(i.number, i.meaning.call(), i.request, i.response))
        problem = validation.problem(answer)
        if problem is not None:
            yield f"the body of {cassette.where(i)} does not fit today's schema: {problem}"


def few(problems: Iterator[str], what: str) -> list[str]:
    """The first of many problems, and how many more there are."""
    found = list(problems)
    return found if len(found) <= MOST else [*found[:MOST], f"{len(found) - MOST} more {what}"]
