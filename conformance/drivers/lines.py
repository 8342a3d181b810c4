"""The lines of a child's output, read as they come: few wait at a time, and reading ends when it is told to.

A grandchild may hold the pipe open for as long as it likes, so that the end of the child is not the end of the pipe.
"""

from __future__ import annotations

import os
import queue
import selectors
import threading
from collections import deque
from collections.abc import Callable
from typing import IO

from attrs import define, field

MOST_WAITING = 16
KEPT_OF_A_LOG = 400
PIECE = 1 << 16
# for what a driver that was killed had written to its log
GRACE = 1.0


@define(eq=False)
class _PipeReader:
    """A thread that hands each line of a pipe to `take`, then None. Lines over `most` bytes come in pieces."""

    stream: IO[bytes]
    most: int
    take: Callable[[bytes | None], None]
    _wake: tuple[int, int] = field(factory=os.pipe, init=False)
    _thread: threading.Thread = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def join(self, seconds: float) -> None:
        self._thread.join(seconds)

    def close(self) -> None:
        os.write(self._wake[1], b"x")
        self._thread.join()
        self.stream.close()
        for end in self._wake:
            os.close(end)

    def _read(self) -> None:
        number, length = self.stream.fileno(), 0
        parts: list[bytes] = []
        with selectors.DefaultSelector() as selector:
            selector.register(number, selectors.EVENT_READ)
            selector.register(self._wake[0], selectors.EVENT_READ)
            while not any(key.fd == self._wake[0] for key, _ in selector.select()):
                piece = os.read(number, PIECE)
                *whole, rest = piece.split(b"\n")
                for line in whole:
                    self.take(b"".join([*parts, line, b"\n"]))
                    parts, length = [], 0
                parts.append(rest)
                length += len(rest)
                if length >= self.most or (length and not piece):
                    self.take(b"".join(parts))
                    parts, length = [], 0
                if not piece:
                    break
        self.take(None)


class LineReader:
    """The lines of a pipe, each until it is asked for; while several wait, nothing more is read."""

    def __init__(self, stream: IO[bytes], most: int) -> None:
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._places = threading.Semaphore(MOST_WAITING)
        self._closed = False
        self._reader = _PipeReader(stream, most, self._put)

    def line(self, seconds: float) -> bytes | None:
        """The next line, awaited for so long; None at the end of the pipe. Raises queue.Empty."""
        found = self._lines.get(timeout=seconds)
        self._places.release()
        return found

    def close(self) -> None:
        """Stop reading and close the pipe, whoever else holds it."""
        self._closed = True
        self._places.release()
        self._reader.close()

    def _put(self, line: bytes | None) -> None:
        self._places.acquire()
        if self._closed:
            self._places.release()
        else:
            self._lines.put(line)


class DriverLog:
    """The last lines that a driver wrote to its standard error."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._lines: deque[str] = deque(maxlen=KEPT_OF_A_LOG)
        self._reader = _PipeReader(stream, PIECE, self._keep)

    @property
    def text(self) -> str:
        """What is kept of it."""
        return "\n".join(tuple(self._lines))

    def join(self, seconds: float) -> None:
        """Wait for the end of the log."""
        self._reader.join(seconds)

    def close(self) -> None:
        """Take what is there already, but wait for nobody who still holds the pipe."""
        self._reader.join(GRACE)
        self._reader.close()

    def _keep(self, line: bytes | None) -> None:
        if line is not None:
            self._lines.append(line.decode("utf-8", "replace").rstrip("\n"))
