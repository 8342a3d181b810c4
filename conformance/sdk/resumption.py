"""Going on with a run of an SDK over a service that did not come to its end: only what is missing is judged.

The folder keeps what was asked (`run.json`) from before the first operation; what is through is in its event stream.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from attrs import frozen

from conformance.errors import Refusal
from conformance.foreign import BadText, json_value, text_of
from conformance.report.folder import EVENTS, SETTINGS
from conformance.report.service_evidence import Kept
from conformance.report.service_run import OperationJudged, ServiceStarted, ServiceStreamError, events_of

PLACES = {"operation-judged": "operations", "protocol-judged": "protocol"}


@frozen
class ServiceResumption:
    """A run to go on with: its folder, when it began, what it was judged by and asked for, and what is through."""

    folder: Path
    started: ServiceStarted
    basis: str
    asked: Mapping[str, Any]
    kept: Kept

    def refuse_other(self, basis: str) -> None:
        """Raises Refusal where the rest would be judged by something else."""
        if basis != self.basis:
            raise Refusal(
                f"The run in {self.folder} was judged by another suite, contract, package or list of known failures "
                "than there are now; run it again from the start."
            )


def keep(folder: Path, basis: str, asked: Mapping[str, Any]) -> None:
    """Write what is needed to go on. Raises Refusal."""
    data = {"format_version": 1, "side": "sdk", "basis": basis, "asked": dict(asked)}
    try:
        (folder / SETTINGS).write_text(json.dumps(data, indent=1) + "\n", "utf-8")
    except OSError as e:
        raise Refusal(f"Cannot write {e.filename}: {e.strerror}.") from None


def resumption(run: Path) -> ServiceResumption:
    """The run in a folder. Raises Refusal where there is none to go on with."""
    folder = run.parent if run.name == EVENTS else run
    try:
        data = json_value(text_of(folder / SETTINGS)) if (folder / SETTINGS).is_file() else {}
        lines = text_of(folder / EVENTS).splitlines(keepends=True) if (folder / EVENTS).is_file() else []
        found = list(events_of(line for line in lines if line.endswith("\n")))
    except (BadText, ServiceStreamError) as error:
        raise Refusal(f"The run in {folder} cannot be gone on with: {error}.") from None
    if not isinstance(data, dict) or data.get("side") != "sdk" or not isinstance(data.get("asked"), dict):
        raise Refusal(f"{folder} holds no run of `sdk --service` to go on with.")
    if any(name == "service-finished" and not event.interrupted for name, event in found):
        raise Refusal(f"The run in {folder} came to its end; leave out --resume to run it again.")
    started = next((event for _, event in found if isinstance(event, ServiceStarted)), None)
    if started is None:
        raise Refusal(f"The run in {folder} ended before it began; leave out --resume to run it again.")
    judged = [(name, event) for name, event in found if isinstance(event, OperationJudged)]
    kept = tuple((name, event) for name, event in judged if _is_whole(folder, name, event))
    return ServiceResumption(folder, started, str(data.get("basis")), data["asked"], kept)


def _is_whole(folder: Path, event: str, judged: OperationJudged) -> bool:
    """Whether what came of an operation is there as it was: its own stream, or that it has none and why."""
    if judged.digest is None:
        return judged.verdict == "not-supported"
    try:
        data = (folder / PLACES[event] / judged.name / EVENTS).read_bytes()
    except OSError:
        return False
    return judged.digest == f"sha256:{sha256(data).hexdigest()}"
