"""The certification of an endpoint: one run, from its settings to its evidence."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from conformance.cassettes.recorder import Recorder
from conformance.contract.catalogue import common_folder
from conformance.contract.files import load_contract, load_protocol
from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.endpoint import run as runs
from conformance.endpoint.embedded import NAME, embedded_reference
from conformance.endpoint.known import Held, entries, load_known
from conformance.endpoint.plugin import KEY_ID, KEY_SECRET, credentials_from, open_target, selected
from conformance.endpoint.preflight import preflight
from conformance.endpoint.settings import RunSettings
from conformance.endpoint.traffic import LATENCY_BOUNDS_MS, Limits
from conformance.endpoint.watch.dialect import Dialect
from conformance.errors import Refusal, unknown
from conformance.ledger.files import load_ledger
from conformance.ledger.profiles import pins_of, profiles
from conformance.ledger.requirement import Ledger
from conformance.report import events
from conformance.report.evidence import EvidenceFolder, both, report_folder
from conformance.report.header import run_header


@frozen
class Specification:
    """What is certified against: the contract of an operation, its ledger, and the common protocol."""

    folder: Path
    contract: Contract
    ledger: Ledger
    protocol: Protocol

    @classmethod
    def load(cls, folder: Path) -> Specification:
        return cls(folder, load_contract(folder), load_ledger(folder), load_protocol(common_folder(folder)))


def certify(
    url: str | None, subject: Specification, options: dict[str, Any], scratch: Path, recorder: Recorder | None = None
) -> int:
    """Certify and return the exit status. A recorder keeps the run as a cassette."""
    settings = settings_of(subject, options)
    profile, pins, strict = pins_of(options["profiles"], subject.contract)
    ledger = subject.ledger.strict() if strict else subject.ledger
    selection = selected(ledger, settings)
    if not selection:
        raise Refusal("Nothing is selected: --select and --level together match no requirement.")
    known = load_known(options["known_file"], ledger, subject.contract)
    folder = report_folder(options["report_dir"], url or NAME)
    evidence = EvidenceFolder(folder, options["events_file"], options["quiet"], options.get("as_json", False))
    with target_of(url, subject, options, scratch) as found:
        settings = evolve(settings, **found, pins=pins, strict=strict)
        preflight(open_target(settings, subject.contract, subject.protocol), subject.protocol)
        pinned = events.RunProfile(
            profile, pins, dict.fromkeys(pins, f"profile {profile}" if profile else "command line")
        )
        target = events.TargetIdentity("endpoint", NAME if url is None else url, settings.url)
        header = run_header(subject.contract, ledger, selection, target, settings.seed, pinned)
        with evidence.recording() as show:
            on_event = both(show, recorder.hear) if recorder else show
            on_event(evolve(header, known_failures=entries(known), profiles=profile_entries(subject.contract)))
            started = time.monotonic()
            held = Held(known, on_event)
            file, workers = scratch / "settings.json", options["workers"]
            results, dialect = runs.run(settings, held.on_verdict, file, workers, recorder, show.on_requests)
            held.settle(dialect.mapping(), lambda verdict, tries: again(settings, verdict, tries, scratch))
            for observed in observations(dialect):
                on_event(observed)
            on_event(footer(results, time.monotonic() - started))
    return evidence.conclude()


def settings_of(subject: Specification, options: dict[str, Any]) -> RunSettings:
    """The settings that do not depend on the target. Refuses globs that match nothing and unknown regions."""
    for pattern in options["select"]:
        if not subject.ledger.matching(pattern):
            raise unknown("requirement", pattern, subject.ledger.names, "See `acs-conformance requirements`.")
    for region in options["regions"]:
        if region not in subject.protocol.regions and not options["unlisted_regions"]:
            advice = "A region that the documentation does not list is taken with --unlisted-regions."
            raise unknown("region", region, subject.protocol.regions, advice)
    chosen = {name: options[name] for name in ("formats", "signatures", "methods", "levels") if options[name]}
    return RunSettings(
        url="",
        contract_dir=str(subject.folder),
        regions=options["regions"] or example_regions(subject.contract),
        seed=secrets.randbelow(2**32) if options["seed"] is None else options["seed"],
        max_examples=options["max_examples"],
        select=options["select"],
        timeout=options["timeout"],
        limits=Limits(options["rate"], options["max_requests"]),
        items_file=str(options["items_file"]) if options["items_file"] else None,
        allow_plaintext=options["allow_plaintext"],
        **chosen,
    )


def example_regions(contract: Contract) -> tuple[str, ...]:
    """The documented example of a region, or one nameless region where the operation has none."""
    parameter = contract.parameter(contract.semantics.region) if contract.semantics.region else None
    return parameter.examples[:1] if parameter and parameter.examples else ("",)


@contextmanager
def target_of(
    url: str | None, subject: Specification, options: dict[str, Any], scratch: Path
) -> Iterator[dict[str, Any]]:
    """The settings that depend on the target: a given URL, or the embedded reference, which runs while this is open."""
    if url is not None:
        if options["faults"] or options["variants"]:
            raise Refusal("--fault and --variant change the embedded reference; leave them out, or leave out the URL.")
        if set(options["signatures"]) != {"none"} and credentials_from() is None:
            raise Refusal(
                f"Signed requests need an access key: set {KEY_ID} and {KEY_SECRET}, or give --signature none."
            )
        yield {"url": url}
        return
    with embedded_reference(
        subject.contract,
        subject.protocol,
        options["faults"],
        options["variants"],
        scratch,
        options["items_file"],
    ) as reference:
        yield {
            "url": reference.url,
            "regions": options["regions"] or reference.regions,
            "items_file": str(reference.items_file) if reference.items_file else None,
        }


def again(settings: RunSettings, verdict: events.Verdict, tries: int, scratch: Path) -> list[str]:
    """The verdicts of a check that is run again, each time on other draws."""
    found: list[str] = []
    for n in range(1, tries + 1):
        once = evolve(settings, seed=settings.seed + n, select=(verdict.requirement,))
        results, _ = runs.run(once, lambda v: None, scratch / "again.json")
        found += [v.verdict for v in results.verdicts if (v.requirement, v.case) == (verdict.requirement, verdict.case)]
    return found


def profile_entries(contract: Contract) -> tuple[events.ProfileEntry, ...]:
    return tuple(events.ProfileEntry(p.name, p.statement, p.pins_for(contract)) for p in profiles().values())


def observations(dialect: Dialect) -> Sequence[events.ChoiceObserved]:
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
