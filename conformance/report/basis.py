"""What a stream says that it was judged by, computed again: contract, ledger, selection, and what these allow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from attrs import frozen

from conformance import __version__
from conformance.contract.as_of import TooEarly
from conformance.contract.catalogue import operation_folder
from conformance.contract.files import dump_contract
from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.errors import NotEstablished, Refusal
from conformance.ledger.files import dump_ledger
from conformance.ledger.requirement import LEVELS, Ledger, Requirement
from conformance.ledger.specification import Specification
from conformance.ledger.templates import guarding
from conformance.report.events import CatalogueEntry, RunStarted, SettingsEntry
from conformance.report.header import catalogue_entry, choice_entries, digest, documented, sentence_entries
from conformance.report.results import of_an_sdk
from conformance.report.scope import asked
from conformance.report.stream import Run
from conformance.report.text import one_line

NAMED = 3


@frozen
class Basis:
    """The contract of an operation, the common protocol, and the ledger that follows from both."""

    contract: Contract
    protocol: Protocol
    ledger: Ledger

    @classmethod
    def of_run(cls, header: RunStarted, folder: Path | None) -> Basis:
        """That of a run by its header, as of the date of its settings. Raises Refusal or ContractError."""
        settings = [header.settings, *(part.settings for part in header.parts)]
        return cls.of(header.operation, folder, next((one.as_of for one in settings if one and one.as_of), None))

    @classmethod
    def of(cls, operation: str, folder: Path | None, date: str | None = None) -> Basis:
        """That of a shipped operation, or of a contract folder, as of a date. Raises Refusal or ContractError."""
        try:
            found = Specification.load(operation_folder(operation, folder), date)
        except TooEarly as e:
            raise Refusal(str(e)) from None
        return cls(found.contract, found.protocol, found.ledger)

    def disagreements(self, run: Run, *, every_format: bool = True) -> tuple[str, ...]:
        """Why the stream is not one of a run that was judged by this, a sentence each. Where an operation has a budget
        of requests, a check need not be in `every_format`.

        Raises NotEstablished for a run of another version of the suite, with requirements that this one does not have.
        """
        suite, operation = run.header.suite, self.contract.operation
        if run.header.operation != operation:
            return (f"The stream is of {one_line(run.header.operation, 60)}, and the contract of {operation}.",)
        ledger = next((one for one in self._ledgers() if digest(dump_ledger(one)) == suite.requirements_digest), None)
        right = digest(dump_contract(self.contract))
        if suite.version != __version__ and (ledger is None or suite.contract_digest != right):
            raise NotEstablished(
                f"The stream was made by version {one_line(suite.version, 40)} of the suite, whose requirements "
                f"version {__version__} cannot compute: verify it with that version."
            )
        found = []
        if suite.contract_digest != right:
            found.append(
                f"The stream names contract {one_line(suite.contract_digest[:23])}, and the contract of {operation} "
                f"here is {right[:23]}: give the one that was used with --contract."
            )
        if ledger is None:
            found.append(
                f"The stream names requirements {one_line(suite.requirements_digest[:23])}, and those of {operation} "
                f"are {digest(dump_ledger(self.ledger))[:23]}."
            )
        return (*found, *self._differences(run, ledger or self.ledger, every_format))

    def _ledgers(self) -> Iterator[Ledger]:
        yield self.ledger
        yield self.ledger.strict()
        yield self.ledger.raised(guarding())

    def _differences(self, run: Run, ledger: Ledger, every_format: bool) -> Iterator[str]:
        side = "sdk" if run.header.target.kind == "sdk" or of_an_sdk(run) else "endpoint"
        known = {r.id: r for r in ledger.requirements if r.side == side}
        yield from _of_the_catalogue(run.header, known)
        for selected, settings in asked(run):
            if settings is not None:
                yield from self._of_the_settings(frozenset(selected), settings, ledger, known)
        if run.header.sentences != sentence_entries(ledger):
            yield "The sentences of the documentation that the stream lists are not those of the contract."
        if run.header.choices != choice_entries(self.contract):
            yield "The choices that the stream lists are not those of the contract."
        yield from _of_the_verdicts(run, every_format)
        if not run.sealed:
            yield "The stream has no digest over its own lines, which every run of this version leaves."

    def _of_the_settings(
        self, selected: frozenset[str], settings: SettingsEntry, ledger: Ledger, known: dict[str, Requirement]
    ) -> Iterator[str]:
        globs = [p for word in settings.select for p in (word, f"sdk.{word}")]
        chosen = ledger.chosen(globs) if globs else set(known)
        levels = settings.levels or LEVELS
        if selected != {id for id, r in known.items() if id in chosen and r.level in levels}:
            yield "The requirements that the stream lists are not those that its settings select."
        if settings.documented and dict(settings.documented) != documented(self.protocol, self.contract):
            yield "The formats, signatures and methods that the stream calls documented are not those of the protocol."


def _of_the_catalogue(header: RunStarted, known: dict[str, Requirement]) -> Iterator[str]:
    listed = [entry.id for entry in header.catalogue]
    both = [*listed, *header.deselected]
    if made_up := [id for id in both if id not in known]:
        yield f"The stream lists requirements that do not exist: {_few(made_up)}."
    if missing := [id for id in known if id not in both]:
        yield f"The stream lists neither as selected nor as left out: {_few(missing)}."
    if len(set(both)) != len(both):
        yield "The stream lists a requirement twice."
    if not header.parts and not made_up and listed != [id for id in known if id in set(listed)]:
        yield "The stream lists the requirements in another order than the ledger has them."
    pairs = [(entry, known[entry.id]) for entry in header.catalogue if entry.id in known]
    levels = [(entry.id, entry.level, right.level) for entry, right in pairs]
    levels += [(id, level, known[id].level) for id, level in header.deselected_levels.items() if id in known]
    if wrong := [f"{id} is a {right}, not a {level}" for id, level, right in levels if level != right]:
        yield f"The stream gives requirements other levels than the ledger: {_few(wrong)}."
    if header.format_version > 1 and {*header.deselected} != {*header.deselected_levels}:
        yield "The stream does not give the level of each requirement that was left out."
    if other := [entry.id for entry, right in pairs if _words(entry) != _words(catalogue_entry(right))]:
        yield f"The stream words requirements otherwise than the ledger: {_few(other)}."


def _words(entry: CatalogueEntry) -> tuple[object, ...]:
    return (entry.theme, entry.statement, entry.citations, entry.choice, entry.subject)


def _of_the_verdicts(run: Run, every_format: bool) -> Iterator[str]:
    """What no run writes: a pass with what only a failure has, and a requirement judged in some of the formats."""
    odd = [v.requirement for v in run.verdicts if v.verdict == "passed" and (v.expected or v.received or v.cause)]
    if odd:
        yield f"Verdicts are `passed`, and say what was expected or received, as failures do: {_few(odd)}."
    for selected, settings in asked(run):
        if settings is None or run.header.parts or not every_format:
            continue
        formats = set(settings.formats)
        cases: dict[str, set[str]] = {}
        for verdict in run.verdicts:
            if verdict.case:
                cases.setdefault(verdict.requirement, set()).add(verdict.case)
        partly = [id for id, found in cases.items() if formats and id in selected and found < formats]
        if partly:
            yield f"Requirements have verdicts for some of the formats of the run only: {_few(partly)}."


def _few(found: Iterable[str]) -> str:
    names = [one_line(name, 120) for name in dict.fromkeys(found)]
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
