"""The evidence of a run: the event stream as it goes, and every report of it at the end."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from attrs import frozen

from conformance.errors import Refusal
from conformance.report.conclusion import Conclusion, conclude
from conformance.report.events import Event
from conformance.report.html import html
from conformance.report.junit import junit
from conformance.report.stream import Run, Writer, read
from conformance.report.summary import summarise

EVENTS = "events.jsonl"
SUMMARY = "summary.json"

EventSink = Callable[[Event], None]


class Live(AbstractContextManager[Any], Protocol):
    """What watches a run go on; open from its first event to its last."""

    def on_event(self, event: Event) -> None:
        """An event, as it comes."""

    def on_requests(self, requests: int) -> None:
        """How many requests were sent so far."""


def safe_name(target: str) -> str:
    """A target's name or address as part of a file name; of an address nothing that may be a credential."""
    bare = re.sub(r"(?<=://)[^/?#]*@", "", re.split("[?#]", target)[0] if "://" in target else target)
    return re.sub(r"[^A-Za-z0-9.]+", "-", bare).strip("-")[:60]


def report_folder(wanted: Path | None, target: str) -> Path:
    """The folder for a run's reports, made if need be: the given one, or `reports/<time>-<target>`. Raises Refusal."""
    folder = wanted or Path("reports") / f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{safe_name(target)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / EVENTS
        probe.write_text("", "utf-8")
    except OSError as e:
        raise Refusal(
            f"Cannot write reports to {folder}: {e.strerror}. Give a folder that can be written with --report-dir."
        ) from None
    return folder


def both(one: EventSink, other: EventSink) -> EventSink:
    """Hands each event to the one and then to the other."""

    def on_event(event: Event) -> None:
        one(event)
        other(event)

    return on_event


@frozen
class Evidence:
    """What a finished run left: its event stream, read back, and the folder with every report of it."""

    folder: Path
    run: Run

    @property
    def conclusion(self) -> Conclusion:
        """What the run comes to."""
        return conclude(self.run)


@frozen
class EvidenceFolder:
    """Where a run's evidence goes; the event stream to a second file too, if one is named."""

    folder: Path
    events_copy: Path | None = None

    @contextmanager
    def recording(self, live: Live) -> Iterator[EventSink]:
        """Takes events while the run goes on: each is on disk, and shown to `live`, before the call returns."""
        with (self.folder / EVENTS).open("w", encoding="utf-8") as file, live:
            yield both(Writer(file).write, live.on_event)

    def conclude(self) -> Evidence:
        """Write every report from the event stream. Raises Refusal where one cannot be written."""
        run = read(self.folder / EVENTS)
        if self.events_copy is not None:
            _write(self.events_copy, (self.folder / EVENTS).read_bytes())
        _write(self.folder / "junit.xml", junit(run))
        _write(self.folder / SUMMARY, summary_text(run).encode())
        _write(self.folder / "report.html", html(run).encode())
        return Evidence(self.folder, run)


def summary_text(run: Run) -> str:
    """The summary of a run as JSON text."""
    return json.dumps(summarise(run), indent=2, ensure_ascii=False) + "\n"


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as e:
        raise Refusal(f"Cannot write {path}: {e.strerror}.") from None
