"""Two endpoints beside each other: both are asked the same, judged by the same contract, and compared."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from attrs import evolve

from conformance.endpoint.certify import certify, run_settings, target_of
from conformance.endpoint.embedded import NAME
from conformance.endpoint.opening import open_target
from conformance.endpoint.preflight import refuse_address
from conformance.endpoint.service import ServicePlan, certify_service
from conformance.endpoint.settings import Settings
from conformance.endpoint.side_by_side import SideBySide
from conformance.endpoint.support import READS, kind_in, refuse_what_may_not_run
from conformance.endpoint.target import Target
from conformance.errors import NotEstablished, Refusal
from conformance.generate.required import given_values
from conformance.ledger.specification import Specification
from conformance.report.differential import (
    DIFFERENCES,
    DIFFERENCES_PAGE,
    Difference,
    Differential,
    as_data,
    differences_markdown,
    run_differences,
)
from conformance.report.evidence import Live
from conformance.report.folder import EVENTS, SUMMARY, bare, taken
from conformance.report.json_text import json_text
from conformance.report.service_run import ServiceRun
from conformance.report.stream import Run, StreamError, read
from conformance.report.watching import Unseen
from conformance.wire.environment import changed_environment

FIRST, SECOND = "first", "second"
# drawn requests that are sent to both endpoints, for one operation
DRAWN = 40


def compare_operation(settings: Settings, url: str, live: Callable[[], Live] = Unseen) -> tuple[Path, Differential]:
    """Judge one operation at two endpoints and compare them; the folder of the evidence, and the differences.

    Raises Refusal and NotEstablished where either cannot be judged, ContractError.
    """
    names = _names(settings, url)
    settings = _seeded(settings)
    specification = Specification.load(settings.folder, settings.as_of)
    for one in (settings, evolve(settings, url=url)):
        refuse_what_may_not_run(one, specification.contract)
    with taken(settings.report_dir, f"{names[0]}-against-{names[1]}") as folder:
        runs = [
            certify(evolve(_at(settings, where), report_dir=folder / part, events_file=None), live())
            for part, where in ((FIRST, None), (SECOND, url))
        ]
        found = list(run_differences(runs[0].run, runs[1].run, names))
        unjudged = [
            f"{name}: {run.run.footer.reason}"
            for name, run in zip(names, runs, strict=True)
            if run.run.footer.interrupted
        ]
        drawn = _drawn(settings, url, specification, names)
        differential = Differential(
            *names, tuple(dict.fromkeys([*found, *drawn.found.values()])),
            tuple(dict.fromkeys([*unjudged, *drawn.unjudged])),
            sum(run.run.footer.requests for run in runs) + 2 * drawn.requests,
        )  # fmt: skip
        _write(folder, differential)
        return folder, differential


def compare_services(plan: ServicePlan, url: str, said: Callable[[str], None]) -> tuple[Path, Differential]:
    """Judge the operations of a service at two endpoints and compare them. Raises Refusal and ContractError."""
    names = _names(plan.base, url)
    base = _seeded(plan.base)
    with taken(base.report_dir, f"{names[0]}-against-{names[1]}") as folder:
        runs = []
        for part, where, name in ((FIRST, None, names[0]), (SECOND, url, names[1])):
            said(f"{name}:")
            here = evolve(_at(base, where), report_dir=folder / part)
            runs.append(certify_service(evolve(plan, base=here))[1])
            said(f"  {runs[-1].headline}. {runs[-1].sentence}")
        found: list[Difference] = []
        unjudged: list[str] = []
        requests = sum(run.requests for run in runs)
        for name in runs[0].started.selected:
            pair = [_stream(folder / part / "operations" / name / EVENTS) for part in (FIRST, SECOND)]
            if pair[0] is None or pair[1] is None:
                unjudged += _why(runs, names, name)
                continue
            found += run_differences(pair[0], pair[1], names)
            if plan.service.operation(name).kind in READS:
                values = given_values(plan.service.contract(name), plan.values)
                settings = evolve(base, folder=plan.service.contract_folder(name), budget=None, values=values)
                drawn = _drawn(settings, url, Specification.load(settings.folder), names)
                found += drawn.found.values()
                unjudged += drawn.unjudged
                requests += 2 * drawn.requests
        found += _of_sequences(runs, names)
        differential = Differential(*names, tuple(dict.fromkeys(found)), tuple(dict.fromkeys(unjudged)), requests)
        _write(folder, differential)
        return folder, differential


def _names(settings: Settings, url: str) -> tuple[str, str]:
    first = bare(settings.url or NAME)
    second = bare(url)
    if first == second:
        raise Refusal(f"--against {second} is the same endpoint; give the URL of another one.")
    refuse_address(settings)
    refuse_address(evolve(settings, url=url))
    return first, second


def _seeded(settings: Settings) -> Settings:
    return evolve(settings, seed=secrets.randbelow(2**32)) if settings.seed is None else settings


def _at(settings: Settings, url: str | None) -> Settings:
    """The settings for the second endpoint; faults and variants are of the embedded reference."""
    return settings if url is None else evolve(settings, url=url, faults=(), variants=(), items_file=None)


def _drawn(settings: Settings, url: str, specification: Specification, names: tuple[str, str]) -> SideBySide:
    """The same drawn requests to both, where the operation only reads."""
    with ExitStack() as stack:
        stack.enter_context(changed_environment(settings.secrets.shared()))
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="acs-")))
        opened: list[Target] = []
        # the second first: the embedded reference has an access key of its own while it is open
        for one in (_at(settings, url), settings):
            plan = stack.enter_context(target_of(one, run_settings(one, specification), specification, scratch))
            opened.append(open_target(plan, specification.contract, specification.protocol))
        second, first = opened
        pair = SideBySide(first, second, names)
        if kind_in(settings, specification.contract) in READS:
            try:
                pair.compare(f"{settings.seed} {specification.contract.operation}", DRAWN)
            except (Refusal, NotEstablished) as e:
                pair.unjudged.append(str(e))
        return pair


def _stream(path: Path) -> Run | None:
    try:
        return read(path)
    except StreamError:
        return None


def _why(runs: list[ServiceRun], names: tuple[str, str], operation: str) -> Iterator[str]:
    """Why an operation was not judged at one of the endpoints; what is not supported or not sent is no news."""
    for run, name in zip(runs, names, strict=True):
        found = next((o for o in run.operations if o.name == operation), None)
        if found is not None and found.attempted and found.verdict == "not-established":
            yield f"{operation} at {name}: {found.reason}"


def _of_sequences(runs: list[ServiceRun], names: tuple[str, str]) -> Iterator[Difference]:
    """Sequences that one meets and the other does not."""
    one, other = ({o.name: o for o in run.sequences} for run in runs)
    for resource in one.keys() & other.keys():
        verdicts = one[resource].verdicts, other[resource].verdicts
        for id in verdicts[0].keys() & verdicts[1].keys():
            words = [v[id] for v in verdicts]
            failed = [w.startswith("failed") for w in words]
            if failed[0] != failed[1] and words[failed.index(False)] == "passed":
                wrong = names[failed.index(True)]
                yield Difference(resource, id, "one wrong", words[0], words[1], wrong=wrong, requirement=id)


def _write(folder: Path, differential: Differential) -> None:
    text = json_text(as_data(differential), 2) + "\n"
    for name in (SUMMARY, DIFFERENCES):
        (folder / name).write_text(text, "utf-8")
    (folder / DIFFERENCES_PAGE).write_text(differences_markdown(differential), "utf-8")
