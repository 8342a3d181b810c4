"""Interruptions: none is lost, one is enough for a child, and more of them do not keep a command from its ending.

Python drops, with a traceback, what is raised while it collects garbage. What a terminal interrupts is every process of
a command, as often as a person presses the keys.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any, Final

# seconds until an interruption that was dropped is delivered again, and between looks at whether it can be
SOON: Final = 0.01
ENDING: Final = tuple(getattr(signal, n) for n in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, n))
# seconds in which another interruption is the one that is on its way, and those that an ending may take
AT_ONCE: Final = 1.0
AN_ENDING: Final = 10.0


class _Heard:
    """What reached the main thread: how many, until when others are part of the one that was raised, and whether the
    ending has begun.
    """

    times = 0
    until = 0.0
    ending = False


def interrupt(number: int, frame: FrameType | None) -> None:
    """A handler: raises KeyboardInterrupt, unless one was raised just now or the ending that it asks for has begun."""
    now = time.monotonic()
    _Heard.times += 1
    if now >= _Heard.until:
        _Heard.until = now + AT_ONCE
        raise KeyboardInterrupt


def ending_begins() -> None:
    """What was interrupted writes down what it has: for `AN_ENDING` seconds no interruption is in its way. The next one
    after that is as the first.
    """
    _Heard.until, _Heard.ending = time.monotonic() + AN_ENDING, True


def ending_began() -> bool:
    """Whether something was interrupted that has begun to end."""
    return _Heard.ending


def is_interruption(error: BaseException | None) -> bool:
    """Whether an error is an interruption, or what Python made of one: where a class is being made, as at an import, a
    RuntimeError because of it.
    """
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, KeyboardInterrupt):
            return True
        seen.add(id(error))
        error = error.__cause__
    return False


def nothing_is_interrupted() -> None:
    """A command begins, or somebody goes on in this process after one."""
    _Heard.until, _Heard.ending = 0.0, False


def keep_interruptions() -> Any:
    """From here on, a KeyboardInterrupt that reaches no code of ours (in a finalizer, or in a callback of the garbage
    collector) is delivered once more, without a word, to the main thread. Other exceptions are told as before.

    The `sys.unraisablehook` that there was, to be set again.
    """
    before = sys.unraisablehook

    def hook(unraisable: Any) -> None:
        if issubclass(unraisable.exc_type, KeyboardInterrupt):
            threading.Thread(target=_deliver_after, args=(hook.__code__,), daemon=True).start()
        else:
            before(unraisable)

    sys.unraisablehook = hook
    return before


def _deliver_after(code: CodeType) -> None:
    """Interrupt the main thread itself, whatever it waits for, once it has left this code: within it, what is raised
    would be dropped once more. Again until it is heard: a signal that comes just before a wait begins does not end it.
    """
    main = threading.main_thread().ident or 0
    within = True
    while within:
        time.sleep(SOON)
        frame = sys._current_frames().get(main)
        while frame is not None and frame.f_code is not code:
            frame = frame.f_back
        within = frame is not None
    if not _Heard.ending:
        _Heard.until = 0.0
    heard = _Heard.times
    while _Heard.times == heard and signal.getsignal(signal.SIGINT) is interrupt:
        signal.pthread_kill(main, signal.SIGINT)
        time.sleep(SOON)


@contextmanager
def held_back() -> Iterator[None]:
    """While open, what ends a process waits: for a child that begins, until it has said what becomes of it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def interrupted_once() -> None:
    """In a child that began while what ends a process was held back: from here on the first interruption raises
    KeyboardInterrupt, and others find it ending already.
    """

    def no_more(number: int, frame: FrameType | None) -> None:
        """Not `SIG_IGN`: of a signal that waits already Python would say, with a traceback, that it is ignored."""

    def once(number: int, frame: FrameType | None) -> None:
        for ending in ENDING:
            signal.signal(ending, no_more)
        raise KeyboardInterrupt

    for ending in ENDING:
        if signal.getsignal(ending) is not signal.SIG_IGN:
            signal.signal(ending, once)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
