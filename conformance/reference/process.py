"""The reference endpoint in a child process, so that the suite and its target each have a core.

The child is this module run as a program, or a fork of a process that has it already and has one thread to speak of. It
reads its settings from one pipe (standard input), says on another (standard output) where it listens, answers commands
there, and ends when its input ends, so that it never outlives its parent.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import select
import signal
import subprocess
import sys
import threading
import typing
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, BinaryIO, NoReturn

from attrs import frozen

import conformance
from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.reference.credentials import KeyLike, access_keys
from conformance.reference.dialect import dialect as resolved
from conformance.reference.faults import named as named_fault
from conformance.reference.server import EndpointError, ReferenceEndpoint
from conformance.reference.store import Store
from conformance.reference.variants import named as named_variant

ORPHAN_CHECK = 1.0
# beyond the number of any file that a process has open
LAST_FILE = 4096


class _Process(typing.Protocol):
    """A child process."""

    @property
    def pid(self) -> int:
        """Its id."""

    def wait(self, timeout: float | None = None) -> object:
        """Wait until it has ended. Raises subprocess.TimeoutExpired."""

    def kill(self) -> None:
        """End it at once."""


@frozen
class _Fork:
    """A child that was forked. `alive` reads nothing for as long as it lives, and then the end."""

    pid: int
    alive: IO[bytes]

    def wait(self, timeout: float | None = None) -> object:
        """Wait until it has ended. Raises subprocess.TimeoutExpired."""
        if not select.select([self.alive], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("the reference endpoint", timeout or 0.0)
        self.alive.close()
        return os.waitpid(self.pid, 0)

    def kill(self) -> None:
        """End it at once."""
        os.kill(self.pid, signal.SIGKILL)


@frozen
class _Child:
    """A child process and the two ends of what is said between it and us."""

    process: _Process
    commands: IO[bytes]
    answers: IO[bytes]

    def ask(self, command: bytes) -> dict[str, Any]:
        try:
            self.commands.write(command)
            self.commands.flush()
        except (OSError, ValueError):
            raise EndpointError("the reference endpoint's process has ended") from None
        return self.heard()

    def heard(self) -> dict[str, Any]:
        line = self.answers.readline()
        if not line:
            raise EndpointError("the reference endpoint's process has ended; its standard error says why")
        said: dict[str, Any] = json.loads(line)
        if "error" in said:
            raise EndpointError(said["error"])
        return said

    def end(self) -> None:
        with contextlib.suppress(OSError):
            self.commands.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.answers.close()


class Running:
    """A reference endpoint in a child process: `url`, and `request_count` so far."""

    def __init__(self, child: _Child, url: str) -> None:
        self._child, self.url = child, url
        self._lock = threading.Lock()

    @property
    def pid(self) -> int:
        """The id of the child process."""
        return self._child.process.pid

    @property
    def request_count(self) -> int:
        """How many requests have arrived. Raises EndpointError where the child has ended."""
        with self._lock:
            return int(self._child.ask(b"count\n")["count"])


@contextlib.contextmanager
def running(
    contract: Contract,
    protocol: Protocol | None = None,
    store: Store | None = None,
    credentials: Iterable[KeyLike] = (),
    dialect: Mapping[str, str] | None = None,
    faults: Iterable[str] = (),
    variants: Iterable[str] = (),
    host: str = "127.0.0.1",
    port: int = 0,
    forked: bool = False,
) -> Iterator[Running]:
    """The endpoint in a child process while the context is open; faults and variants by name. `forked`: the child is a
    fork of this process, which takes a hundredth of the time.

    Raises EndpointError where it cannot start, ValueError for a fault, variant or choice that is not known.
    """
    taken = dict(dialect or {})
    resolved(contract, protocol, taken)
    settings = {
        "contract": contract,
        "protocol": protocol,
        "store": store,
        "dialect": taken,
        "credentials": tuple(access_keys(credentials).values()),
        "host": host,
        "port": port,
        "faults": tuple(named_fault(contract, name, protocol).name for name in faults),
        "variants": tuple(named_variant(contract, name, protocol).name for name in variants),
    }
    child = _forked() if forked else _spawned()
    try:
        pickle.dump(settings, child.commands)
        child.commands.flush()
        yield Running(child, child.heard()["url"])
    finally:
        child.end()


def _spawned() -> _Child:
    # the child imports the package from where we did, whatever its folder and environment; in a session of its own, so
    # that Ctrl-C in a terminal is for the parent alone, which then ends the child
    root = str(Path(conformance.__file__).parent.parent)
    program = f"import sys; sys.path.insert(0, {root!r}); from conformance.reference.process import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdin is not None, "a Popen with pipes has them"
    assert process.stdout is not None, "a Popen with pipes has them"
    return _Child(process, process.stdin, process.stdout)


def _forked() -> _Child:
    parent = os.getpid()
    (settings, commands), (heard, said), (alive, lives) = os.pipe(), os.pipe(), os.pipe()
    pid = os.fork()
    if not pid:
        _serve_and_end(parent, settings, said, lives)
    for theirs in (settings, said, lives):
        os.close(theirs)
    return _Child(_Fork(pid, os.fdopen(alive, "rb")), os.fdopen(commands, "wb"), os.fdopen(heard, "rb"))


def _serve_and_end(parent: int, settings: int, said: int, lives: int) -> NoReturn:
    """In a fork: serve, and end without a return to what the parent was doing. What the parent has open is closed, so
    that nobody waits for this process who waits for that one.
    """
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        kept = sorted((settings, said, lives))
        for low, high in zip((2, *kept), (*kept, LAST_FILE), strict=True):
            os.closerange(low + 1, high)
        serve(os.fdopen(settings, "rb"), os.fdopen(said, "wb"), parent)
    finally:
        os._exit(0)


def main() -> None:
    """What the child does as a program: serve until standard input ends or the parent is gone."""
    serve(sys.stdin.buffer, sys.stdout.buffer, os.getppid())


def serve(commands: BinaryIO, answers: BinaryIO, parent: int) -> None:
    """Serve what the settings say that come first, until there are no more commands or the parent is gone."""
    try:
        settings = pickle.load(commands)
    except (EOFError, pickle.UnpicklingError):  # the parent ended before it had said everything
        return
    contract, protocol = settings["contract"], settings["protocol"]
    settings["faults"] = [named_fault(contract, name, protocol) for name in settings["faults"]]
    settings["variants"] = [named_variant(contract, name, protocol) for name in settings["variants"]]
    try:
        with ReferenceEndpoint(**settings) as endpoint:
            _say(answers, {"url": endpoint.url})
            while _next_command(commands, parent):
                _say(answers, {"count": endpoint.request_count})
    except EndpointError as error:
        _say(answers, {"error": str(error)})


def _next_command(commands: BinaryIO, parent: int) -> bool:
    """Wait for a command; False once there will be none."""
    while not select.select([commands], [], [], ORPHAN_CHECK)[0]:
        if os.getppid() != parent:
            return False
    return bool(commands.readline())


def _say(answers: BinaryIO, message: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):
        answers.write(json.dumps(message).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    main()
