"""One cassette, looked over: is it whole, as it was recorded, valid by today's schemas, and without secrets?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from conformance.cassettes import file
from conformance.cassettes.cassette import Cassette
from conformance.cassettes.scrubbing import secrets_left
from conformance.cli.contracts import operation_folder
from conformance.cli.endpoint import Subject
from conformance.cli.errors import Refusal
from conformance.contract.files import dump_contract
from conformance.plugin import credentials_from
from conformance.suite.answer import Answer
from conformance.suite.run_header import digest
from conformance.suite.validation import Validation
from conformance.wire.exchange import Exchange
from conformance.wire.redaction import secrets_of

MOST = 5


def lint_file(path: Path) -> tuple[list[str], list[str]]:
    """Problems and notes about a cassette, a phrase each. Raises BadCassette or ContractError."""
    loaded = file.load(path)
    provenance = loaded.cassette.provenance
    notes = [f"{provenance.target} ({provenance.kind}), {len(loaded.cassette.interactions):,} exchanges"]
    notes.append(f"recorded {provenance.recorded}")
    problems = list(loaded.changes)
    if not provenance.complete:
        problems.append(f"incomplete: {provenance.reason or 'it was not recorded to its end'}")
    try:
        subject = Subject.load(operation_folder(provenance.operation, None))
    except Refusal as e:
        return [*problems, e.format_message()], notes
    if digest(dump_contract(subject.contract)) != provenance.contract_digest:
        notes.append("recorded under another contract than today's")
    problems += few(invalid(loaded.cassette, subject), "bodies that today's schemas refuse")
    problems += few(secrets_left(loaded.cassette, secrets_of(credentials_from())), "secrets")
    return problems, notes


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
