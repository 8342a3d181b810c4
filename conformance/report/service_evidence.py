"""The evidence of a run over a service, on endpoints and SDKs alike: its stream while it goes on, then what follows."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.contract.service import Service
from conformance.report.evidence import RunEvidence
from conformance.report.folder import EVENTS, PAGE, SUMMARY, WRITTEN
from conformance.report.results import Result, by_theme, counts, results
from conformance.report.service_page import service_html
from conformance.report.service_run import (
    Failed,
    OperationJudged,
    OperationVerdict,
    ServiceFinished,
    ServiceRun,
    ServiceStarted,
    line_of,
    service_certificate,
    service_run_of,
    service_summary,
)

CERTIFICATE = "certificate.json"
WORST_FIRST = ("failed", "errored", "warned", "inconclusive", "passed", "not-applicable")
# what is told of each operation when it is judged, and whether it was the protocol on it
Heard = Callable[[OperationJudged, bool], None]
Told = Callable[[str, Any], None]


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
def service_stream(folder: Path, started: ServiceStarted, heard: Heard) -> Iterator[Told]:
    """While open, what is told (the name of an event, and the event) is written at once. An interruption ends the run,
    and its last event says so. What an earlier run left of single operations is gone.
    """
    for name in WRITTEN:
        for stale in (*folder.glob(f"operations/*/{name}"), *folder.glob(f"protocol/*/{name}")):
            stale.unlink(missing_ok=True)
    began, interrupted = time.monotonic(), False
    with (folder / EVENTS).open("w", encoding="utf-8") as stream:

        def told(event: str, value: Any) -> None:
            stream.write(line_of(event, value))
            stream.flush()
            if isinstance(value, OperationJudged):
                heard(value, event == "protocol-judged")

        told("service-started", started)
        try:
            yield told
        except KeyboardInterrupt:
            interrupted = True
        told("service-finished", ServiceFinished(round(time.monotonic() - began, 3), interrupted))


def concluded(folder: Path) -> ServiceRun:
    """Write what follows from the stream in a folder: summary, page, and a certificate where the run earns one."""
    events = (folder / EVENTS).read_bytes()
    run = service_run_of(events.decode().splitlines())
    (folder / SUMMARY).write_text(json.dumps(service_summary(run), indent=2, ensure_ascii=False) + "\n", "utf-8")
    (folder / PAGE).write_text(service_html(run), "utf-8")
    (folder / CERTIFICATE).unlink(missing_ok=True)
    if statement := service_certificate(run, events):
        (folder / CERTIFICATE).write_text(json.dumps(statement, indent=2, sort_keys=True) + "\n", "utf-8")
    return run


def operation_judged(
    name: str,
    kind: str,
    evidence: RunEvidence,
    seconds: float,
    verdict_on: Callable[[Sequence[Result], str | None], tuple[OperationVerdict, str]],
    unknown_causes: tuple[str, ...] = (),
) -> OperationJudged:
    """What the evidence of an operation, or of the protocol on it, comes to. `verdict_on` takes the results, and why
    the run broke, if it did.
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
        failed=tuple(
            Failed(r.entry.id, r.entry.level, r.message, r.decisive.cause if r.decisive else None)
            for r in found
            if r.standing in ("failed", "warned", "errored")
        ),
        unknown_causes=unknown_causes,
        themes={theme: _worst(members) for theme, members in by_theme(found).items()},
    )


def decided(found: Sequence[Result], broken: str | None) -> tuple[OperationVerdict, str] | None:
    """The verdict and the reason that a failure or a breakdown gives an operation, whoever judges it; None without."""
    if failed := [r for r in found if r.entry.level == "MUST" and r.standing == "failed"]:
        return "not-conformant", f"{failed[0].entry.id}: {failed[0].message}"
    if broken or any(r.standing == "errored" for r in found):
        return "not-established", broken or next(r.message for r in found if r.standing == "errored")
    return None


def _worst(members: Sequence[Result]) -> str:
    return next((name for name in WORST_FIRST if any(r.standing == name for r in members)), "")
