"""The evidence of a run: the event stream as it goes, and every report of it at the end, whatever the end is."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Protocol

from attrs import define, field, frozen

from conformance import __version__
from conformance.contract.files import ContractError
from conformance.errors import NotEstablished, Refusal, Stopped
from conformance.interrupts import ending_begins, is_interruption
from conformance.report.conclusion import Conclusion, conclude
from conformance.report.events import Event, RunStarted, Suite, TargetIdentity
from conformance.report.folder import EVENTS, JUNIT, PAGE, SUMMARY, taken
from conformance.report.header import NAME
from conformance.report.html import html
from conformance.report.json_text import json_text
from conformance.report.junit import junit
from conformance.report.stream import Run, Writer, begun, read, text_of
from conformance.report.summary import summarise

EventSink = Callable[[Event], None]
# what the command line makes a usage error of
USAGE = (Refusal, ContractError)
USAGE_STATUS = 2


class Live(AbstractContextManager[Any], Protocol):
    """What watches a run go on; open from its first event to its last."""

    def on_event(self, event: Event) -> None:
        """An event, as it comes."""

    def on_requests(self, requests: int) -> None:
        """How many requests were sent so far."""


def both(one: EventSink, other: EventSink) -> EventSink:
    """Hands each event to the one and then to the other."""

    def on_event(event: Event) -> None:
        one(event)
        other(event)

    return on_event


@frozen
class RunEvidence:
    """What a finished run left: its event stream, read back, and the folder with every report of it."""

    folder: Path
    run: Run

    @property
    def conclusion(self) -> Conclusion:
        """What the run comes to."""
        return conclude(self.run)


@frozen
class EvidenceFolder:
    """Where a run's evidence goes; the event stream to a second file too, if one is named. Of a run that is one of many
    there is the page alone beside the stream: the other reports can be made of that.
    """

    folder: Path
    events_copy: Path | None = None
    one_of_many: bool = False

    @contextmanager
    def recording(self, live: Live) -> Iterator[EventSink]:
        """Takes events while the run goes on: each is on disk, and shown to `live`, before the call returns.

        Raises Refusal where they cannot be written: at the header, otherwise at the end.
        """
        with ExitStack() as open_ones:
            streams = [_StreamFile.opened(path, open_ones) for path in self._streams()]

            def write(event: Event) -> None:
                for one in streams:
                    one.write(event)

            open_ones.enter_context(live)
            yield both(write, live.on_event)
            for one in streams:
                one.check()

    def conclude(self) -> RunEvidence:
        """Write every report from the event stream. Raises Refusal where one cannot be written."""
        run = read(self.folder / EVENTS)
        self._render(run, None)
        return RunEvidence(self.folder, run)

    def give_up(self, error: BaseException, fallback: RunStarted, usage: tuple[type[Exception], ...]) -> None:
        """Write every report of a run that came to no end: what was judged, and that it establishes nothing."""
        reason = _reason(error)
        run = begun(self._data(), fallback, reason)
        status = USAGE_STATUS if isinstance(error, usage) else None
        with suppress(OSError, Refusal):
            for path in self._streams():
                path.write_text(text_of(run), "utf-8", newline="\n")
        with suppress(Refusal):
            self._render(run, status)

    def _streams(self) -> tuple[Path, ...]:
        mine = self.folder / EVENTS
        copied = self.events_copy is not None and self.events_copy.resolve() != mine.resolve()
        return (mine, self.events_copy) if copied and self.events_copy else (mine,)

    def _data(self) -> bytes:
        try:
            return (self.folder / EVENTS).read_bytes()
        except OSError:
            return b""

    def _render(self, run: Run, status: int | None) -> None:
        if not self.one_of_many:
            _write(self.folder / JUNIT, junit(run))
            _write(self.folder / SUMMARY, summary_text(run, status).encode())
        _write(self.folder / PAGE, html(run, self.one_of_many).encode())


@contextmanager
def evidence_of(
    wanted: Path | None,
    name: str,
    operation: str,
    target: TargetIdentity,
    events_copy: Path | None = None,
    usage: tuple[type[Exception], ...] = USAGE,
    going_on: bool = False,
    one_of_many: bool = False,
) -> Iterator[EvidenceFolder]:
    """A folder for a run's evidence, for it alone while this is open; `name` is for the folder's.

    A run that ends in an exception leaves reports too, which say why; `operation` and `target` are for those of one
    that ends before its header. `going_on`: the folder holds a run that is gone on with. `usage` are the errors that
    end the command with exit status 2. Raises Refusal.
    """
    with taken(wanted, name, going_on) as folder:
        evidence = EvidenceFolder(folder, events_copy, one_of_many)
        if events_copy is not None and events_copy.is_file():
            with suppress(OSError):
                events_copy.unlink()
        try:
            yield evidence
        except BaseException as error:
            if is_interruption(error):
                ending_begins()
            if wanted is not None or (folder / EVENTS).exists() or not isinstance(error, usage):
                evidence.give_up(error, _unknown(operation, target), usage)
                if isinstance(error, Stopped):
                    error.evidence = folder
            raise


def summary_text(run: Run, status: int | None = None, evidence: Path | None = None) -> str:
    """The summary of a run as JSON text; `status` is the exit status where it is not that of the conclusion, `evidence`
    the folder of the run, for a reader who does not have the summary out of it.
    """
    summary = summarise(run) if status is None else {**summarise(run), "exit_status": status}
    if evidence is not None:
        summary["evidence"] = str(evidence)
    return json_text(summary, 2) + "\n"


def _unknown(operation: str, target: TargetIdentity) -> RunStarted:
    """The header of a run that ended before it had one."""
    return RunStarted(
        suite=Suite(NAME, __version__, "", ""),
        target=target,
        operation=operation,
        seed=0,
        started=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        python=platform.python_version(),
        catalogue=(),
    )


def _reason(error: BaseException) -> str:
    if is_interruption(error):
        return "the run was interrupted"
    if isinstance(error, (*USAGE, NotEstablished, ValueError)):
        return str(error)
    if isinstance(error, SystemExit):
        return "the run was interrupted"
    if isinstance(error, OSError):
        return f"{error.filename or 'a file'}: {error.strerror}"
    return f"the suite itself failed ({type(error).__name__})"


@define(eq=False)
class _StreamFile:
    """An event stream on its way to a file. After the first failure nothing more is written."""

    path: Path
    file: IO[str]
    writer: Writer
    failure: OSError | None = field(default=None, init=False)

    @classmethod
    def opened(cls, path: Path, open_ones: ExitStack) -> _StreamFile:
        try:
            file = path.open("w", encoding="utf-8", newline="\n")
        except OSError as e:
            raise _unwritable(path, e) from None
        one = cls(path, file, Writer(file))
        open_ones.callback(one.close)
        return one

    def write(self, event: Event) -> None:
        if self.failure is None:
            try:
                self.writer.write(event)
            except OSError as e:
                self.failure = e
                if isinstance(event, RunStarted):
                    self.check()

    def check(self) -> None:
        if self.failure is not None:
            raise _unwritable(self.path, self.failure)

    def close(self) -> None:
        with suppress(OSError):
            self.file.close()


def _unwritable(path: Path, error: OSError) -> Refusal:
    return Refusal(f"Cannot write {path}: {error.strerror}.")


def _write(path: Path, data: bytes) -> None:
    """The whole file or nothing of it, whenever the process is ended."""
    aside = path.with_name(f".{path.name}")
    try:
        aside.write_bytes(data)
        aside.replace(path)
    except OSError as e:
        raise _unwritable(path, e) from None
