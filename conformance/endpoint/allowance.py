"""What a run may still send: one count, one pace, one end and one patience, over all of its threads and processes.

It lies in memory that the processes of a run share by a file; each change holds a lock on it.
"""

from __future__ import annotations

import fcntl
import mmap
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from attrs import define, field

from conformance.endpoint.findings import Inconclusive
from conformance.endpoint.traffic import Limits

# requests, the moment of the next one, the end of the run (0: none), asks in a row without an answer, throttled answers
# in a row, seconds waited for them, and why the run stopped
STATE = struct.Struct("=qddqqd256s")
SPENT = "the budget of requests is used up"
# asks in a row without an answer, after which it is found out whether the endpoint answers at all
UNANSWERED = 5
# throttled answers in a row, and seconds waited between them, after which a run waits no longer
THROTTLED = 16
PATIENCE = 60.0


@define
class _State:
    requests: int = 0
    next_at: float = 0.0
    ends_at: float = 0.0
    unanswered: int = 0
    throttled: int = 0
    waited: float = 0.0
    stopped: bytes = b""

    @classmethod
    def of(cls, memory: mmap.mmap) -> _State:
        requests, next_at, ends_at, unanswered, throttled, waited, stopped = STATE.unpack_from(memory)
        return cls(requests, next_at, ends_at, unanswered, throttled, waited, stopped.rstrip(b"\0"))


@define(eq=False)
class Allowance:
    """What of the limits is left. Without a file it is this process's alone."""

    limits: Limits
    file: BinaryIO | None = None
    _memory: mmap.mmap = field(init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False)

    @_memory.default
    def _mapped(self) -> mmap.mmap:
        return mmap.mmap(self.file.fileno() if self.file else -1, STATE.size)

    @classmethod
    def begun(cls, limits: Limits, path: Path | None = None) -> Allowance:
        """Of a run that begins now; other processes join it by the file."""
        if path is not None:
            path.write_bytes(bytes(STATE.size))
        allowance = cls.joined(limits, path)
        if limits.max_seconds is not None:
            with allowance._held() as state:
                state.ends_at = time.monotonic() + limits.max_seconds
        return allowance

    @classmethod
    def joined(cls, limits: Limits, path: Path | None) -> Allowance:
        """That of the run whose file this is."""
        return cls(limits, path.open("r+b", buffering=0) if path else None)

    @property
    def requests(self) -> int:
        """How many were sent."""
        with self._held() as state:
            return state.requests

    @property
    def spent(self) -> bool:
        """Whether no request may be sent any more."""
        with self._held() as state:
            most = self.limits.max_requests
            return bool(state.stopped) or (most is not None and state.requests >= most)

    @property
    def ends_at(self) -> float | None:
        """The end of the run, on the monotonic clock."""
        with self._held() as state:
            return state.ends_at or None

    def take(self) -> None:
        """Wait for the turn of one request, and count it. Raises Inconclusive where none may be sent any more."""
        with self._held() as state:
            self._refuse_spent(state)
            now = time.monotonic()
            turn = max(now, state.next_at)
            if state.ends_at and turn >= state.ends_at:
                self._stop(state, self.out_of_time)
                self._refuse_spent(state)
            if self.limits.rate:
                state.next_at = turn + 1 / self.limits.rate
            state.requests += 1
        if turn > now:
            time.sleep(turn - now)

    def give_back(self) -> None:
        """A request was not sent after all."""
        with self._held() as state:
            state.requests -= 1

    def answered(self) -> None:
        """The endpoint gave an answer that it did not put off."""
        with self._held() as state:
            state.unanswered = state.throttled = 0
            state.waited = 0.0

    def unanswered(self) -> bool:
        """An ask got no answer. Whether it is time to find out if there are any answers."""
        with self._held() as state:
            state.unanswered += 1
            return state.unanswered % UNANSWERED == 0

    def wait(self, seconds: float) -> None:
        """The endpoint asked for patience: wait. Raises Inconclusive where the run's patience is at its end."""
        with self._held() as state:
            self._refuse_spent(state)
            state.throttled += 1
            state.waited += seconds
            if state.throttled >= THROTTLED or state.waited > PATIENCE:
                self._stop(state, f"the endpoint throttled {state.throttled} requests in a row")
                self._refuse_spent(state)
            if state.ends_at:
                seconds = min(seconds, max(0.0, state.ends_at - time.monotonic()))
        time.sleep(seconds)

    def stop(self, why: str) -> None:
        """Nothing is sent from here on; the first reason counts."""
        with self._held() as state:
            self._stop(state, why)

    @property
    def out_of_time(self) -> str:
        """That the run's time is over."""
        return f"its time of {self.limits.max_seconds:g} s (--max-seconds) was over"

    def close(self) -> None:
        """Leave the shared file."""
        self._memory.close()
        if self.file is not None:
            self.file.close()

    def _refuse_spent(self, state: _State) -> None:
        if state.stopped:
            raise Inconclusive(f"not judged: the run stopped, because {state.stopped.decode('utf-8', 'ignore')}")
        if self.limits.max_requests is not None and state.requests >= self.limits.max_requests:
            raise Inconclusive(SPENT)

    @staticmethod
    def _stop(state: _State, why: str) -> None:
        state.stopped = state.stopped or why.encode()[:256]

    @contextmanager
    def _held(self) -> Iterator[_State]:
        with self._lock:
            if self.file is not None:
                fcntl.flock(self.file, fcntl.LOCK_EX)
            try:
                yield (state := _State.of(self._memory))
            finally:
                STATE.pack_into(
                    self._memory, 0, state.requests, state.next_at, state.ends_at, state.unanswered, state.throttled,
                    state.waited, state.stopped,
                )  # fmt: skip
                if self.file is not None:
                    fcntl.flock(self.file, fcntl.LOCK_UN)
