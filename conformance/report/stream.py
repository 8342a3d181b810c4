"""Writing and reading event streams. A stream that is not whole is never read as if it were."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import IO

from attrs import evolve, field, frozen

from conformance.foreign import BadText, bytes_of, decompressed
from conformance.report.events import (
    BadEvent,
    ChoiceObserved,
    Event,
    FutureVersion,
    RunFinished,
    RunStarted,
    Seal,
    UnknownEvent,
    Verdict,
    from_dict,
    to_line,
)
from conformance.report.folder import EVENTS, PACKED


@frozen
class Run:
    """A whole run, as its events tell it. `sealed`: its footer's digest and counts were there, and are right."""

    header: RunStarted
    verdicts: tuple[Verdict, ...]
    observed: tuple[ChoiceObserved, ...]
    footer: RunFinished
    sealed: bool = field(default=False, eq=False)

    def events(self) -> tuple[Event, ...]:
        """All of its events, in order."""
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


class Altered(StreamError):
    """The lines are not those that the footer was written for."""


class Writer:
    """Writes events to an open text file, each flushed as soon as it is there; the footer seals what is before it."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._lines = Sealing()

    def write(self, event: Event) -> None:
        """Write the next event. Raises OSError."""
        self._file.write(self._lines.line(event))
        self._file.flush()


class Sealing:
    """Makes the lines of one stream, in order."""

    def __init__(self) -> None:
        self._digest = sha256()
        self._verdicts: Counter[str] = Counter()

    def line(self, event: Event) -> str:
        """The line of the next event; of a footer, with the seal over the lines before it."""
        if isinstance(event, Verdict):
            self._verdicts[event.verdict] += 1
        elif isinstance(event, RunFinished):
            seal = Seal(f"sha256:{self._digest.hexdigest()}", dict(sorted(self._verdicts.items())))
            return to_line(evolve(event, seal=seal))
        line = to_line(event)
        self._digest.update(line.encode())
        return line


def text_of(run: Run) -> str:
    """A whole stream as text, sealed."""
    return "".join(map(Sealing().line, run.events()))


def read(path: Path | str) -> Run:
    """Raises a StreamError."""
    try:
        data = bytes_in(path)
    except BadText as error:
        raise NoStream(f"{path} {error}.") from None
    return parse(data, str(path))


def bytes_in(path: Path | str) -> bytes:
    """The bytes of a stream, also of one that is packed, or lies packed where the path has it. Raises BadText."""
    file = Path(path)
    if not file.exists() and file.name == EVENTS:
        file = file.with_name(PACKED) if file.with_name(PACKED).exists() else file
    data = bytes_of(file)
    return bytes(decompressed(data)) if file.name.endswith(".gz") else data


def pack(folder: Path) -> None:
    """Pack the stream of a run that came to its end, the same way whenever it is done. Raises OSError."""
    aside, stream = folder / f".{PACKED}", folder / EVENTS
    aside.write_bytes(gzip.compress(stream.read_bytes(), 6, mtime=0))
    aside.replace(folder / PACKED)
    stream.unlink()


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
    last = events[-1][0]
    return _run([event for _, event in events], b"".join(line + b"\n" for line in lines[: last - 1]), name)


def _run(events: list[Event], before: bytes, name: str) -> Run:
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
    _check_seal(footer.seal, before, Counter(verdict.verdict for verdict in verdicts), name)
    return Run(header, verdicts, observed, evolve(footer, seal=None), footer.seal is not None)


CUT = "the stream ends before its end: the run died, or the stream was cut"


def recovered(path: Path | str) -> Run:
    """The run in a stream, also where its end is missing: what was judged until then, as an interrupted run.

    Raises a StreamError for anything else.
    """
    try:
        return read(path)
    except (Truncated, NotJson):
        data = bytes_in(path)
        whole = data[: data.rfind(b"\n") + 1]
        events = [_event(line, n, str(path)) for n, line in enumerate(whole.split(b"\n"), 1) if line.strip()]
        if not events or not isinstance(events[0], RunStarted) or isinstance(events[-1], RunFinished):
            raise
        return begun(whole, events[0], CUT)


def begun(data: bytes, fallback: RunStarted, reason: str) -> Run:
    """What a stream holds of a run that came to no end: up to the first line that is no event, ended for `reason`.

    A stream without a header is given `fallback`.
    """
    events: list[Event] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        try:
            events.append(_event(line, number, ""))
        except StreamError:
            break
    header = events[0] if events and isinstance(events[0], RunStarted) else fallback
    known = {entry.id for entry in header.catalogue}
    verdicts = (event for event in events if isinstance(event, Verdict) and event.requirement in known)
    footer = next((event for event in events if isinstance(event, RunFinished)), RunFinished())
    return Run(
        header,
        tuple(verdicts),
        tuple(event for event in events if isinstance(event, ChoiceObserved)),
        evolve(footer, interrupted=True, reason=reason, seal=None),
    )


def _check_seal(seal: Seal | None, before: bytes, verdicts: Mapping[str, int], name: str) -> None:
    if seal is None:
        return
    changed = f"{name} was changed after it was written"
    for word in dict.fromkeys((*seal.verdicts, *verdicts)):
        said, there = seal.verdicts.get(word, 0), verdicts.get(word, 0)
        if said != there:
            raise Altered(f"{changed}: its footer counts {said} verdicts {word!r}, and its lines hold {there}.")
    if seal.digest != f"sha256:{sha256(before).hexdigest()}":
        raise Altered(f"{changed}: its lines do not have the digest that its footer gives.")


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
