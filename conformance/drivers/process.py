"""A driver as a child process: start it, ask it, and notice every way in which it can break the protocol.

What goes wrong here is a fault of the driver and says nothing about the SDK: each is a DriverFault.
"""

from __future__ import annotations

import os
import queue
import selectors
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Literal

from attrs import frozen

from conformance.drivers.environment import scrubbed
from conformance.drivers.lines import DriverLog, LineReader
from conformance.drivers.protocol import (
    VERSION,
    DriverAnswer,
    DriverCall,
    ProtocolError,
    Ready,
    Refused,
    decode_answer,
    decode_ready,
    encode,
)

FaultKind = Literal["start", "crash", "hang", "garbage", "version", "smoke"]
_MOST_OF_A_LINE = 64 * 1024 * 1024


class DriverFault(Exception):
    """The driver broke the protocol; nothing can be said about the SDK. `stderr` is the end of what it wrote
    there.
    """

    def __init__(self, kind: FaultKind, message: str, stderr: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.stderr = stderr

    @property
    def sentence(self) -> str:
        """Whose fault it is, as far as that is known: the SDK may be what ends, holds up or prints into its driver."""
        others = "not its SDK" if self.kind in ("start", "version") else "or the SDK in it"
        return f"The driver is at fault, {others} ({self.kind}): {self}"


class SdkUnusable(Exception):
    """The driver works, but says that this release of the SDK cannot be used at all."""


@frozen
class _Child:
    process: subprocess.Popen[bytes]
    stdin: IO[bytes]


class DriverProcess:
    """A running driver. Use as a context manager: leaving it kills the driver and everything that it started.

    `expected_version` is the release that was installed; a driver that reports another one is a fault.
    `start_seconds` bounds the time to `ready`.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        expected_version: str | None = None,
        start_seconds: float = 60.0,
        cwd: Path | None = None,
    ) -> None:
        self.command = tuple(command)
        self._extra = dict(environment or {})
        self._expected = expected_version
        self._start_seconds = start_seconds
        self._cwd = cwd
        self._number = 0
        self._lines: LineReader | None = None
        self._log: DriverLog | None = None
        self._ready: Ready | None = None
        self._child: _Child | None = None

    def __enter__(self) -> DriverProcess:
        self._home = Path(tempfile.mkdtemp(prefix="acs-driver-"))
        try:
            self._spawn()
            self._ready = self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @property
    def ready(self) -> Ready:
        """What the driver said of itself when it started. Raises ValueError before that."""
        if self._ready is None:
            raise ValueError("the driver has not been started")
        return self._ready

    @property
    def stderr(self) -> str:
        """The last lines that the driver wrote to its standard error."""
        return self._log.text if self._log else ""

    def call(self, call: DriverCall, deadline: float) -> DriverAnswer:
        """The answer to one call, awaited for `deadline` seconds. Raises DriverFault (crash, hang, garbage)."""
        self._number += 1
        started = time.monotonic()
        self._send(encode(call.message(self._number)), deadline)
        line = self._line(deadline, f"to call {self._number}")
        try:
            return decode_answer(line, self._number, time.monotonic() - started)
        except ProtocolError as error:
            raise self._fault("garbage", str(error)) from None

    def close(self) -> None:
        """End the driver and all that it started, and remove its home. Doing so twice is no error."""
        child = self._child
        if child is not None:
            self._kill(child.process)
            if self._log is not None:
                self._log.close()
            if self._lines is not None:
                self._lines.close()
            _quietly_close(child.stdin)
            self._child = None
        shutil.rmtree(self._home, ignore_errors=True)

    def _spawn(self) -> None:
        try:
            process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self._cwd,
                env=scrubbed(os.environ, self._home, self._extra),
                start_new_session=True,
                bufsize=0,
            )
        except OSError as error:
            reason = error.strerror or error
            raise DriverFault("start", f"cannot run {self.command[0]!r}: {reason}; check the command") from None
        assert process.stdin is not None, "a Popen with pipes has them"
        assert process.stdout is not None, "a Popen with pipes has them"
        assert process.stderr is not None, "a Popen with pipes has them"
        self._child = _Child(process, process.stdin)
        os.set_blocking(process.stdin.fileno(), False)
        self._lines = LineReader(process.stdout, _MOST_OF_A_LINE)
        self._log = DriverLog(process.stderr)

    def _start(self) -> Ready:
        self._send(encode({"op": "start", "protocol": VERSION}), self._start_seconds)
        line = self._line(self._start_seconds, "to start")
        try:
            ready = decode_ready(line)
        except ProtocolError as error:
            raise self._fault("garbage", str(error)) from None
        if isinstance(ready, Refused):
            raise SdkUnusable(ready.reason)
        if self._expected is not None and ready.version != self._expected:
            raise self._fault("version", f"it says that the SDK is {ready.version}; {self._expected} was installed")
        return ready

    @property
    def _running(self) -> _Child:
        if self._child is None:
            raise ValueError("the driver does not run")
        return self._child

    def _send(self, line: bytes, deadline: float) -> None:
        """Write as much as the driver takes in time. The reader has the better story of a driver that takes no more:
        what it last said, and its exit status.
        """
        number, ends = self._running.stdin.fileno(), time.monotonic() + deadline
        with selectors.DefaultSelector() as selector, suppress(OSError):
            selector.register(number, selectors.EVENT_WRITE)
            while line and selector.select(max(0.0, ends - time.monotonic())):
                line = line[os.write(number, line) :]

    def _line(self, deadline: float, what: str) -> bytes:
        assert self._lines is not None, "a driver that runs has them"
        try:
            line = self._lines.line(deadline)
        except queue.Empty:
            raise self._fault("hang", f"no answer {what} within {deadline:g} s") from None
        if line is None:
            status = self._exit_status()
            raise self._fault("crash", f"it ended ({status}) before its answer {what}")
        return line

    def _exit_status(self) -> str:
        try:
            code = self._running.process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            return "its standard output was closed"
        return f"killed by signal {-code}" if code < 0 else f"status {code}"

    def _fault(self, kind: FaultKind, message: str) -> DriverFault:
        if kind == "crash" and self._log is not None:
            self._log.join(1)
        return DriverFault(kind, f"the driver broke the protocol: {message}", self.stderr)

    def _kill(self, process: subprocess.Popen[bytes]) -> None:
        # The whole group, also when the driver itself has already gone: it may have left children behind.
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            process.kill()
        process.wait()


def _quietly_close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except OSError:
        return
