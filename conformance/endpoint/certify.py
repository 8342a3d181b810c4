"""The certification of an endpoint: one run, from its settings to its evidence."""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from attrs import evolve, frozen

from conformance.cassettes.recorder import Recorder
from conformance.contract.as_of import TooEarly
from conformance.contract.model import Contract
from conformance.derive.nouns import only_reads
from conformance.endpoint import run as runs
from conformance.endpoint.allowance import Allowance
from conformance.endpoint.certification import selected
from conformance.endpoint.embedded import NAME, embedded_reference
from conformance.endpoint.findings import Inconclusive, Violation
from conformance.endpoint.known import Held, entries, load_known
from conformance.endpoint.lifecycle.own import opened
from conformance.endpoint.opening import example_regions
from conformance.endpoint.pace import pace_of
from conformance.endpoint.paths import fitted
from conformance.endpoint.preflight import preflight, require_access_key
from conformance.endpoint.resumption import Resumption, keep_settings
from conformance.endpoint.settings import RunSettings, Settings
from conformance.endpoint.support import refuse_what_may_not_run
from conformance.endpoint.traffic import LATENCY_BOUNDS_MS, Limits
from conformance.endpoint.watch.dialect import Dialect
from conformance.errors import NotEstablished, Refusal, unknown
from conformance.ledger.profiles import pins_of, profiles
from conformance.ledger.requirement import Ledger, Requirement
from conformance.ledger.specification import Specification
from conformance.ledger.verdicts import VerdictName
from conformance.report import events
from conformance.report.evidence import EvidenceFolder, Live, RunEvidence, both, evidence_of
from conformance.report.folder import PROGRESS, bare
from conformance.report.header import documented, run_header
from conformance.wire.client import BadEndpoint
from conformance.wire.environment import changed_environment

# how many more examples are tried after a failing one: any number, or where each costs the judging of something else
SHRINKS, FEW_SHRINKS = 120, 4


def certify(
    settings: Settings,
    live: Live,
    recorder: Recorder | None = None,
    earlier: Resumption | None = None,
    *,
    one_of_many: bool = False,
) -> RunEvidence:
    """Certify an endpoint and write the evidence. `live` sees the run go on; a recorder keeps it as a cassette. With an
    `earlier` run, which did not come to its end, only what that one left is judged. What is `one_of_many` cannot be
    gone on with by itself, and leaves its stream and its page.

    Raises Refusal or NotEstablished where there is nothing to judge, ContractError for what is certified against.
    """
    name = settings.url or NAME
    target = events.TargetIdentity("endpoint", bare(name))
    place = evidence_of(
        settings.report_dir, name, settings.folder.name, target, settings.events_file, going_on=earlier is not None,
        one_of_many=one_of_many,
    )  # fmt: skip
    shared = changed_environment(settings.secrets.shared())
    with shared, place as evidence, tempfile.TemporaryDirectory(prefix="acs-") as scratch:
        try:
            specification = Specification.load(settings.folder, settings.as_of)
            refuse_what_may_not_run(settings, specification.contract)
            return _Certification(settings, specification, Path(scratch), live, recorder, evidence, earlier).run()
        except (BadEndpoint, TooEarly) as e:
            raise Refusal(str(e)) from None


def is_answered(settings: Settings) -> bool:
    """Whether an endpoint has a result for the barest request of an operation, in the first way that the settings have.
    Raises Inconclusive where it gives no answer, Refusal for what is asked wrongly.
    """
    specification = Specification.load(settings.folder, settings.as_of)
    with changed_environment(settings.secrets.shared()):
        plan = run_settings(settings, specification)
        target = opened(plan, specification.contract, specification.protocol)
        try:
            return target.ask().accepted
        except Violation:
            return False
        finally:
            target.client.close()


@frozen
class _Certification:
    settings: Settings
    specification: Specification
    scratch: Path
    live: Live
    recorder: Recorder | None
    evidence: EvidenceFolder
    earlier: Resumption | None = None

    def run(self) -> RunEvidence:
        settings, contract = self.settings, self.specification.contract
        plan = run_settings(settings, self.specification)
        ledger = self.specification.ledger.strict(plan.strict)
        selection = selected(ledger, plan)
        if not selection:
            raise Refusal("Nothing is selected: --select and --level together match no requirement.")
        known = load_known(settings.known_file, ledger, contract)
        evidence = self.evidence
        forked = evidence.one_of_many
        with target_of(settings, plan, self.specification, self.scratch, forked) as found:
            found, pace = self._begun(found, ledger, selection)
            target = events.TargetIdentity("endpoint", settings.url or NAME, found.url)
            profile, pins, _ = pins_of(settings.profiles, contract)
            header = run_header(
                contract, ledger, selection, target, found.seed, pinned_profile(profile, pins),
                settings=settings_entry(found, self.specification),
            )  # fmt: skip
            header = evolve(self._kept(header, found.seed), pace=pace)
            with evidence.recording(self.live) as show:
                on_event = both(show, self.recorder.hear) if self.recorder else show
                on_event(evolve(header, known_failures=entries(known), profiles=profile_entries(contract)))
                started = time.monotonic()
                held = Held(known, on_event)
                results, dialect = runs.run(
                    found,
                    held.on_verdict,
                    self.scratch / "settings.json",
                    settings.workers,
                    self.recorder,
                    self.live.on_requests,
                    progress=evidence.folder / PROGRESS if self._can_go_on else None,
                )
                held.settle(dialect.mapping(), lambda verdict, tries: again(found, verdict, tries, self.scratch))
                for observed in observations(dialect):
                    on_event(observed)
                on_event(footer(results, time.monotonic() - started))
        return evidence.conclude()

    @property
    def _can_go_on(self) -> bool:
        return self.recorder is None and not self.evidence.one_of_many

    def _kept(self, header: events.RunStarted, seed: int) -> events.RunStarted:
        """The header, which says what is gone on with; before the first event there is what to go on from."""
        digests = (header.suite.contract_digest, header.suite.requirements_digest)
        if (earlier := self.earlier) is not None:
            if digests != (earlier.contract_digest, earlier.requirements_digest):
                raise Refusal(
                    f"The run in {earlier.folder} was judged by another contract or other requirements than there are "
                    "now; run it again from the start."
                )
            return evolve(header, resumed=events.ResumedEntry(earlier.started, len(earlier.done)))
        if self._can_go_on:
            try:
                keep_settings(self.evidence.folder, evolve(self.settings, seed=seed), header.started, digests)
            except OSError as e:
                raise Refusal(f"Cannot write {e.filename}: {e.strerror}.") from None
        return header

    def _begun(
        self, plan: RunSettings, ledger: Ledger, selection: tuple[Requirement, ...]
    ) -> tuple[RunSettings, events.Pace | None]:
        """The plan, whose time runs from here on, and its pace, where it will be long.

        What the first look at the target takes of its budget is gone.
        """
        file, protocol = self.scratch / "allowance", self.specification.protocol
        Allowance.begun(plan.limits, file).close()
        plan = evolve(plan, allowance_file=str(file))
        target = opened(plan, self.specification.contract, protocol)
        try:
            seconds = preflight(target, protocol, self.settings.shown, self.settings.made)
            # what is left of a run that is gone on with is not known to be long
            workers, pace = self.settings.workers, None
            if self.earlier is None:
                pace = pace_of(target, seconds, plan, ledger, selection, workers)
        except Inconclusive as spent:
            why = spent.message.removeprefix("not judged: ")
            raise NotEstablished(f"Nothing is judged: {why}.") from None
        if plan.limits.max_requests is None:
            return plan, pace
        used = target.allowance.requests
        for _ in range(used):
            target.allowance.give_back()
        return evolve(plan, limits=evolve(plan.limits, max_requests=plan.limits.max_requests - used)), pace


def run_settings(settings: Settings, specification: Specification) -> RunSettings:
    """What a run goes by; the target is still to be found.

    Raises Refusal for globs that match nothing, unknown regions, profiles and choices, and for requests that are to be
    signed and unsigned: an endpoint that takes the one need not take the other.
    """
    if "none" in settings.signatures and len(set(settings.signatures)) > 1:
        others = ", ".join(s for s in settings.signatures if s != "none")
        raise Refusal(f"Signature none leaves every request unsigned, {others} signs it; give either, or run twice.")
    ledger, contract, listed = specification.ledger, specification.contract, specification.protocol.regions
    ledger.refuse_unknown(settings.select)
    for region in settings.regions:
        if region not in listed and not settings.unlisted_regions:
            advice = "A region that the documentation does not list is taken with --unlisted-regions."
            raise unknown("region", region, listed, advice)
    _, pins, strict = pins_of(settings.profiles, contract)
    plan = RunSettings(
        url=settings.url or "",
        contract_dir=str(settings.folder),
        regions=settings.regions or example_regions(contract, listed),
        formats=settings.formats,
        signatures=settings.signatures,
        methods=settings.methods,
        seed=secrets.randbelow(2**32) if settings.seed is None else settings.seed,
        max_examples=settings.max_examples,
        select=settings.select,
        levels=settings.levels,
        shrinks=SHRINKS if settings.budget is None else FEW_SHRINKS,
        pins=pins,
        timeout=settings.timeout,
        limits=_limits(settings),
        max_body=settings.max_body,
        items_file=str(settings.items_file) if settings.items_file else None,
        allow_plaintext=settings.allow_plaintext,
        strict=strict,
        access=settings.access,
        budget=settings.budget,
        traffic=settings.traffic,
        values=settings.values,
        fresh=settings.fresh,
        careful=settings.url is not None and not only_reads(contract.operation),
        as_of=settings.as_of,
        creations_file=str(settings.creations) if settings.creations else None,
        creates=settings.creates,
    )
    return fitted(plan, contract)


def _limits(settings: Settings) -> Limits:
    """The limits of a run; a budget is one on its requests."""
    asked = [n for n in (settings.budget, settings.limits.max_requests) if n is not None]
    return evolve(settings.limits, max_requests=min(asked, default=None))


def settings_entry(settings: RunSettings, specification: Specification) -> events.SettingsEntry:
    """The settings of a run, as its header says them."""
    return events.SettingsEntry(
        select=settings.select,
        levels=settings.levels,
        formats=settings.formats,
        signatures=settings.signatures,
        methods=settings.methods,
        regions=settings.regions,
        examples=settings.max_examples,
        documented=documented(specification.protocol, specification.contract),
        access=settings.access.words,
        as_of=settings.as_of,
        revisions=tuple(r.id for r in specification.contract.revisions) if settings.as_of else (),
    )


def pinned_profile(name: str | None, pins: Mapping[str, str]) -> events.RunProfile:
    """The profile of a run, as its header says it: which choices are pinned, and by what."""
    return events.RunProfile(name, dict(pins), dict.fromkeys(pins, f"profile {name}" if name else "command line"))


@contextmanager
def target_of(
    settings: Settings, plan: RunSettings, specification: Specification, scratch: Path, forked: bool = False
) -> Iterator[RunSettings]:
    """The plan with its target: a given URL, or the embedded reference, which runs while this is open; `forked` from
    this process, which then has no threads that do anything.
    """
    if settings.url is not None:
        if settings.faults or settings.variants:
            raise Refusal("--fault and --variant change the embedded reference; leave them out, or leave out the URL.")
        require_access_key(plan.signs, "--signature none")
        yield plan
        return
    if settings.access.words:
        given = settings.access.words[0].split(" ")[0]
        raise Refusal(f"{given} says how to reach an endpoint; give its URL.")
    with embedded_reference(
        specification.contract,
        specification.protocol,
        settings.faults,
        settings.variants,
        scratch,
        settings.items_file,
        plan.signs,
        forked,
    ) as reference:
        yield evolve(
            plan,
            url=reference.url,
            regions=settings.regions or reference.regions,
            items_file=str(reference.items_file) if reference.items_file else None,
        )


def again(settings: RunSettings, verdict: events.Verdict, tries: int, scratch: Path) -> list[VerdictName]:
    """The verdicts of a check that is run again, each time on other draws."""
    found: list[VerdictName] = []
    for n in range(1, tries + 1):
        once = evolve(settings, seed=settings.seed + n, select=(verdict.requirement,))
        results, _ = runs.run(once, lambda v: None, scratch / "again.json")
        found += [v.verdict for v in results.verdicts if (v.requirement, v.case) == (verdict.requirement, verdict.case)]
    return found


def profile_entries(contract: Contract) -> tuple[events.ProfileEntry, ...]:
    """The known profiles, as the run's header lists them."""
    return tuple(events.ProfileEntry(p.name, p.statement, p.pins_for(contract)) for p in profiles().values())


def observations(dialect: Dialect) -> Sequence[events.ChoiceObserved]:
    """The dialect as events."""
    return [events.ChoiceObserved(s.choice, s.alternative, s.format, s.count) for s in dialect.choice_observations()]


def footer(results: runs.Results, seconds: float) -> events.RunFinished:
    """The end of the stream. A suite that broke down proves nothing, like one that was interrupted."""
    traffic, reason = results.traffic, None
    if results.breakdowns:
        reason = f"the suite itself broke down: {results.breakdowns[0]}"
    elif results.interrupted:
        reason = "the run was interrupted"
    return events.RunFinished(
        requests=traffic.requests,
        throttled=traffic.throttled,
        seconds=round(seconds, 3),
        outcomes=dict(traffic.outcomes),
        latency=events.Latency(tuple(map(float, LATENCY_BOUNDS_MS)), tuple(traffic.latency)),
        interrupted=reason is not None,
        reason=reason,
    )
