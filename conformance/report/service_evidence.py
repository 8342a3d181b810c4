"""The evidence of a run over a service, on endpoints and SDKs alike: its stream while it goes on, then what follows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.contract.service import Service
from conformance.interrupts import ending_begins
from conformance.report.certificate import canonical
from conformance.report.evidence import RunEvidence
from conformance.report.folder import EVENTS, PAGE, SUMMARY, WRITTEN
from conformance.report.json_text import json_text
from conformance.report.results import Result, by_theme, counts, results
from conformance.report.service_causes import NOT_MET, Failed, failures_of
from conformance.report.service_page import service_html
from conformance.report.service_run import (
    OperationJudged,
    OperationVerdict,
    ServiceFinished,
    ServiceRun,
    ServiceStarted,
    event_lines,
    line_of,
    service_certificate,
    service_run_of,
    service_summary,
)

CERTIFICATE = "certificate.json"
WORST_FIRST = (
    "failed", "unexpectedly-passed", "errored", "known-failing", "warned", "inconclusive", "passed", "not-applicable",
)  # fmt: skip
# what is told of each operation when it is judged, and by which event
Heard = Callable[[OperationJudged, str], None]
Told = Callable[[str, Any], None]
# what was judged before, each under the name of its event
Kept = Sequence[tuple[str, OperationJudged]]


def started_now(service: Service, **own: Any) -> ServiceStarted:
    """The first event of a run over a service that begins now; `own` is what only the run itself knows."""
    return ServiceStarted(
        suite={"name": "acs-conformance", "version": __version__},
        product=service.product,
        version=service.version,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        operations=len(service.operations),
        **own,
    )


@contextmanager
def service_stream(
    folder: Path,
    started: ServiceStarted,
    heard: Heard,
    kept: Kept = (),
    ended: Callable[[], tuple[str, ...]] = tuple,
) -> Iterator[Told]:
    """While open, what is told (the name of an event, and the event) is written at once. An interruption ends the run,
    and its last event says so. What an earlier run left of single operations is gone, but for what is `kept` of it.
    `ended` is called at the end of the run, whatever it was, and says what could not be taken away.
    """
    mine = {(event, judged.name) for event, judged in kept}
    for event, place in (("operation-judged", "operations"), ("protocol-judged", "protocol")):
        for name in WRITTEN:
            for old in folder.glob(f"{place}/*/{name}"):
                if (event, old.parent.name) not in mine:
                    old.unlink(missing_ok=True)
    began, interrupted = time.monotonic(), False
    with (folder / EVENTS).open("w", encoding="utf-8") as stream:

        def told(event: str, value: Any) -> None:
            stream.write(line_of(event, value))
            stream.flush()

        told("service-started", started)
        for event, judged in kept:
            told(event, judged)

        def told_of(event: str, value: Any) -> None:
            told(event, value)
            if isinstance(value, OperationJudged):
                heard(value, event)

        try:
            yield told_of
        except KeyboardInterrupt:
            ending_begins()
            interrupted = True
        left = ended()
        told("service-finished", ServiceFinished(round(time.monotonic() - began, 3), interrupted, left))


def concluded(folder: Path) -> ServiceRun:
    """Write what follows from the stream in a folder: summary, page, and a certificate where the run earns one."""
    events = (folder / EVENTS).read_bytes()
    run = service_run_of(event_lines(events.decode()))
    (folder / SUMMARY).write_text(json_text(service_summary(run), 2) + "\n", "utf-8")
    (folder / PAGE).write_text(service_html(run), "utf-8")
    (folder / CERTIFICATE).unlink(missing_ok=True)
    if statement := service_certificate(run, events):
        (folder / CERTIFICATE).write_bytes(canonical(statement))
    return run


def operation_judged(
    name: str,
    kind: str,
    evidence: RunEvidence,
    seconds: float,
    verdict_on: Callable[[Sequence[Result], str | None], tuple[OperationVerdict, str]],
    unknown_causes: tuple[str, ...] = (),
    each_case: bool = False,
    excused: tuple[str, ...] = (),
) -> OperationJudged:
    """What the evidence of an operation, or of the protocol on it, comes to. `verdict_on` takes the results, and why
    the run broke, if it did. `each_case`: the cases of a requirement are things of their own, which may fail for
    different causes, and not the formats.
    """
    found = results(evidence.run)
    verdict, reason = verdict_on(found, evidence.run.footer.reason)
    return OperationJudged(
        name,
        kind,
        verdict,
        reason,
        counts={standing: number for standing, number in counts(found).items() if number},
        requests=evidence.run.footer.requests,
        seconds=round(seconds, 3),
        digest=f"sha256:{sha256((evidence.folder / EVENTS).read_bytes()).hexdigest()}",
        failed=tuple(f for r in found if r.standing in NOT_MET for f in _failures(r, each_case)),
        unknown_causes=unknown_causes,
        themes={theme: _worst(members) for theme, members in by_theme(found).items()},
        verdicts={r.entry.id.removeprefix(f"{name}."): r.standing for r in found} if each_case else {},
        excused=excused,
    )


def _failures(r: Result, each_case: bool) -> Iterator[Failed]:
    """A failure for each cause of a requirement's."""
    if each_case:
        yield from failures_of(r)
    else:
        yield Failed(r.entry.id, r.entry.level, r.message, r.decisive.cause if r.decisive else None, r.standing)


def decided(found: Sequence[Result], broken: str | None) -> tuple[OperationVerdict, str] | None:
    """The verdict and the reason that a failure or a breakdown gives an operation, whoever judges it; None without."""
    surprising = [r for r in found if r.standing == "unexpectedly-passed"]
    if failed := [r for r in found if r.entry.level == "MUST" and r.standing == "failed"] or surprising:
        return "not-conformant", f"{failed[0].entry.id}: {failed[0].message}"
    if broken or any(r.standing == "errored" for r in found):
        return "not-established", broken or next(r.message for r in found if r.standing == "errored")
    return None


def _worst(members: Sequence[Result]) -> str:
    return next((name for name in WORST_FIRST if any(r.standing == name for r in members)), "")
