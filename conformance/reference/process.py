"""The reference endpoint in a child process, so that the suite and its target each have a core.

The child is this module run as a program. It reads its settings from standard input, says on standard output where it
listens, answers commands there, and ends when its input ends, so that it never outlives its parent.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import select
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, BinaryIO

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


@frozen
class _Child:
    """A child process and the two ends of what is said between it and us."""

    process: subprocess.Popen[bytes]
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
) -> Iterator[Running]:
    """The endpoint in a child process while the context is open; faults and variants by name.

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
    child = _spawned()
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


def main() -> None:
    """What the child does: serve until standard input ends or the parent is gone."""
    parent, commands = os.getppid(), sys.stdin.buffer
    try:
        settings = pickle.load(commands)
    except (EOFError, pickle.UnpicklingError):  # the parent ended before it had said everything
        return
    contract, protocol = settings["contract"], settings["protocol"]
    settings["faults"] = [named_fault(contract, name, protocol) for name in settings["faults"]]
    settings["variants"] = [named_variant(contract, name, protocol) for name in settings["variants"]]
    try:
        with ReferenceEndpoint(**settings) as endpoint:
            _say({"url": endpoint.url})
            while _next_command(commands, parent):
                _say({"count": endpoint.request_count})
    except EndpointError as error:
        _say({"error": str(error)})


def _next_command(commands: BinaryIO, parent: int) -> bool:
    """Wait for a command; False once there will be none."""
    while not select.select([commands], [], [], ORPHAN_CHECK)[0]:
        if os.getppid() != parent:
            return False
    return bool(commands.readline())


def _say(message: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
