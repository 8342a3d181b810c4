"""Standard output and error that never fail: a closed pipe, a full disk or a narrow encoding ends no command."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from attrs import define, field

from conformance.report.text import printable


class GuardedFile(io.FileIO):
    """A file that, once it cannot be written, takes everything and keeps nothing; `failure` says why."""

    failure: OSError | None = None

    def write(self, data: object, /) -> int:
        """All of `data` counts as written."""
        view = memoryview(data).cast("B")  # type: ignore[arg-type]
        if self.failure is None:
            try:
                done = super().write(view)
                return len(view) if done is None else done
            except BlockingIOError:
                raise
            except OSError as e:
                self.failure = e
        return len(view)


@define
class Guard:
    """The guarded standard streams, as far as they are there."""

    streams: list[io.TextIOWrapper] = field(factory=list)
    files: list[GuardedFile] = field(factory=list)

    @property
    def failure(self) -> str | None:
        """Why standard output did not take everything, in a sentence; None where it did."""
        for stream in self.streams:
            stream.flush()
        failure = next((one.failure for one in self.files if one.failure and one.fileno() == 1), None)
        if failure is None:
            return None
        if isinstance(failure, BrokenPipeError):
            return "Standard output was closed before everything was printed."
        return f"Standard output cannot be written: {failure.strerror}."


@contextmanager
def guarded() -> Iterator[Guard]:
    """While open, standard output and error are guarded, and show what their encoding lacks as a question mark.

    What is not the stream that the process began with, such as one that a test put there, is left alone.
    """
    guard, before = Guard(), (sys.stdout, sys.stderr)
    _fill_closed()
    sys.stdout = _guarded(sys.stdout, sys.__stdout__, 1, guard)
    sys.stderr = _guarded(sys.stderr, sys.__stderr__, 2, guard)
    try:
        yield guard
    finally:
        for stream in guard.streams:
            stream.flush()
        sys.stdout, sys.stderr = before


def say(text: object = "", err: bool = False, nl: bool = True) -> None:
    """Print what may hold text of strangers: terminal escapes are shown as their codes."""
    click.echo(printable(str(text)), err=err, nl=nl)


def document(text: str) -> None:
    """Print a document as UTF-8, whatever the terminal's encoding is: it is for a file or another program."""
    sys.stdout.flush()
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(text)
        return
    buffer.write(text.encode("utf-8", "backslashreplace"))
    buffer.flush()


def _fill_closed() -> None:
    """A standard stream that the parent closed goes nowhere; no file that is opened later gets its number."""
    for number, name in ((0, "stdin"), (1, "stdout"), (2, "stderr")):
        if getattr(sys, f"__{name}__") is None:
            try:
                os.fstat(number)
            except OSError:
                nowhere = os.open(os.devnull, os.O_RDWR)
                if nowhere != number:
                    os.dup2(nowhere, number)
                    os.close(nowhere)


def _guarded(now: object, original: object, number: int, guard: Guard) -> io.TextIOWrapper:
    if now is not original or not isinstance(now, io.TextIOWrapper | None):
        return now  # type: ignore[return-value]
    file = GuardedFile(number, "w", closefd=False)
    errors = "replace" if number == 1 else "backslashreplace"
    encoding = now.encoding if now else "utf-8"
    stream = io.TextIOWrapper(
        io.BufferedWriter(file),
        encoding,
        errors,
        line_buffering=number == 2 or file.isatty(),
        write_through=number == 2,
    )
    guard.files.append(file)
    guard.streams.append(stream)
    return stream
