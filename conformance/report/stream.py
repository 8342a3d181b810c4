"""Writing and reading event streams. A stream that is not whole is never read as if it were."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from attrs import frozen

from conformance.report.events import (
    BadEvent,
    ChoiceObserved,
    Event,
    FutureVersion,
    RunFinished,
    RunStarted,
    UnknownEvent,
    Verdict,
    from_dict,
    to_line,
)


@frozen
class Run:
    """A whole run, as its events tell it."""

    header: RunStarted
    verdicts: tuple[Verdict, ...]
    observed: tuple[ChoiceObserved, ...]
    footer: RunFinished

    def events(self) -> tuple[Event, ...]:
        """The run as events again, in the order of a stream."""
        return (self.header, *self.verdicts, *self.observed, self.footer)


class StreamError(Exception):
    """A stream that cannot be read as a run. The message is one sentence that names it."""


class NoStream(StreamError):
    """There is no such file, or it cannot be read."""


class NoHeader(StreamError):
    """The first event is not run-started, or there is no event at all."""


class Truncated(StreamError):
    """There is no run-finished at the end: the run died, or the stream was cut."""


class NoVerdicts(StreamError):
    """The run ended in order without having judged anything."""


class NotJson(StreamError):
    """A line is not JSON."""


class MalformedEvent(StreamError):
    """A line is JSON, and no event of this version."""


class UnknownKind(StreamError):
    """An event of a kind that this version does not have."""


class LaterVersion(StreamError):
    """The stream was written by a later version."""


class Duplicated(StreamError):
    """A second header or footer, or anything after the footer: streams were joined, not merged."""


class UnknownRequirement(StreamError):
    """A verdict on a requirement that the header does not list."""


class Writer:
    """Writes events to an open text file, each flushed as soon as it is there."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, event: Event) -> None:
        """An event as a line that is in the file when this returns."""
        self._file.write(to_line(event))
        self._file.flush()


def write(path: Path | str, events: Iterable[Event]) -> None:
    """A whole stream at once."""
    Path(path).write_text("".join(map(to_line, events)), encoding="utf-8", newline="\n")


def read(path: Path | str) -> Run:
    """Raises a StreamError."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise NoStream(f"{path} cannot be read: {error.strerror}.") from error
    return parse(data, str(path))


def parse(data: bytes, name: str = "the event stream") -> Run:
    """The run in the bytes of a stream; `name` is what messages call it. Raises a StreamError."""
    lines = data.split(b"\n")
    events = [(number, _event(line, number, name)) for number, line in enumerate(lines, 1) if line.strip()]
    if not events or not isinstance(events[0][1], RunStarted):
        raise NoHeader(f"{name} does not begin with a run-started event; expected the events.jsonl of a run.")
    for kind, word in ((RunStarted, "run-started"), (RunFinished, "run-finished")):
        found = [number for number, event in events if isinstance(event, kind)]
        if len(found) > 1:
            raise Duplicated(f"{name} has a second {word} event at line {found[1]}; to join runs, merge them.")
    footers = [index for index, (_, event) in enumerate(events) if isinstance(event, RunFinished)]
    if not footers:
        raise Truncated(f"{name} has no run-finished event: the run did not come to its end, and proves nothing.")
    if footers[0] != len(events) - 1:
        raise Duplicated(f"{name} goes on after its run-finished event, at line {events[footers[0] + 1][0]}.")
    return _run([event for _, event in events], name)


def _run(events: list[Event], name: str) -> Run:
    header, footer = events[0], events[-1]
    assert isinstance(header, RunStarted)
    assert isinstance(footer, RunFinished)
    verdicts = tuple(event for event in events if isinstance(event, Verdict))
    observed = tuple(event for event in events if isinstance(event, ChoiceObserved))
    known = {entry.id for entry in header.catalogue}
    for verdict in verdicts:
        if verdict.requirement not in known:
            raise UnknownRequirement(
                f"{name} has a verdict on {verdict.requirement!r}, which its header does not list."
            )
    if not verdicts and not footer.interrupted:
        raise NoVerdicts(f"{name} holds no verdict: nothing was judged.")
    return Run(header, verdicts, observed, footer)


def _event(line: bytes, number: int, name: str) -> Event:
    try:
        value = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise NotJson(f"{name}, line {number}, is not JSON; each line of a stream is one event.") from error
    try:
        return from_dict(value)
    except UnknownEvent as error:
        raise UnknownKind(f"{name}, line {number}: {error}.") from error
    except FutureVersion as error:
        raise LaterVersion(f"{name}, line {number}: {error}.") from error
    except BadEvent as error:
        raise MalformedEvent(f"{name}, line {number}: {error}.") from error
