"""The evidence of a run: the event stream as it goes, and every report of it at the end."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click
from attrs import frozen

from conformance.errors import Refusal
from conformance.report import terminal
from conformance.report.conclusion import conclude
from conformance.report.events import Event
from conformance.report.html import html
from conformance.report.junit import junit
from conformance.report.progress import Progress
from conformance.report.stream import Run, Writer, read
from conformance.report.summary import summarise

EVENTS = "events.jsonl"


def safe_name(target: str) -> str:
    """A target's name or address as part of a file name; of an address nothing that may be a credential."""
    bare = re.sub(r"(?<=://)[^/?#]*@", "", re.split("[?#]", target)[0] if "://" in target else target)
    return re.sub(r"[^A-Za-z0-9.]+", "-", bare).strip("-")[:60]


def report_folder(wanted: Path | None, target: str) -> Path:
    """The folder for a run's reports, made if need be: the given one, or `reports/<time>-<target>`."""
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


@frozen
class EventSink:
    """Takes events as they come: each is on disk, and on the screen, before the call returns."""

    writer: Writer
    progress: Progress

    def __call__(self, event: Event) -> None:
        self.writer.write(event)
        self.progress.on_event(event)

    def on_requests(self, requests: int) -> None:
        """How many requests were sent so far."""
        self.progress.on_requests(requests)


def both(one: Callable[[Event], None], other: Callable[[Event], None]) -> Callable[[Event], None]:
    """Hands each event to the one and then to the other."""

    def on_event(event: Event) -> None:
        one(event)
        other(event)

    return on_event


@frozen
class EvidenceFolder:
    """Where a run's evidence goes. `quiet` prints the verdict only, `as_json` the summary in place of everything."""

    folder: Path
    events_copy: Path | None = None
    quiet: bool = False
    as_json: bool = False

    @contextmanager
    def recording(self) -> Iterator[EventSink]:
        """What to hand events to while the run goes on."""
        path = self.folder / EVENTS
        console = terminal.console(sys.stderr if self.as_json else None)
        with path.open("w", encoding="utf-8") as file, Progress(console, self.quiet or self.as_json) as progress:
            yield EventSink(Writer(file), progress)

    def conclude(self) -> int:
        """Write every report from the event stream, show the result, and return the exit status."""
        run = read(self.folder / EVENTS)
        if self.events_copy is not None:
            _write(self.events_copy, (self.folder / EVENTS).read_bytes())
        summary = json.dumps(summarise(run), indent=2, ensure_ascii=False) + "\n"
        _write(self.folder / "junit.xml", junit(run))
        _write(self.folder / "summary.json", summary.encode())
        _write(self.folder / "report.html", html(run).encode())
        if self.as_json:
            click.echo(summary, nl=False)
        else:
            self._show(run)
        return conclude(run).exit_status

    def _show(self, run: Run) -> None:
        to = terminal.console()
        if self.quiet:
            to.print(terminal.verdict_line(conclude(run)))
            return
        terminal.show(run, to)
        click.echo(f"Evidence: {self.folder}")


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as e:
        raise Refusal(f"Cannot write {path}: {e.strerror}.") from None
