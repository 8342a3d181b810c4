"""How a process ends early, and what it leaves: termination is like Ctrl-C, and no temporary folder stays."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from conformance.interrupts import ENDING, ending_began, interrupt, keep_interruptions, nothing_is_interrupted

PREFIX = "acs-conformance-"


@contextmanager
def terminated_like_interrupted(for_good: bool = False) -> Iterator[None]:
    """While open, what ends a process politely raises KeyboardInterrupt, as Ctrl-C does, and none of these is lost.

    More of them at once are one, and none keeps an ending from its end.

    `for_good`: the process ends when this does, with the exit status that it has, if it was interrupted.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    nothing_is_interrupted()
    # somebody who started us with one of them ignored, such as nohup, wants it so
    taken = [number for number in ENDING if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, interrupt) for number in taken}
    hook = keep_interruptions()
    try:
        yield
    finally:
        over = for_good and ending_began()
        sys.unraisablehook = hook
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if over else handler)


@contextmanager
def one_scratch_folder() -> Iterator[None]:
    """While open, temporary files of this process and of its children are in one folder, which is taken away.

    Where there is no place for one, whoever needs it says so.
    """
    here = threading.current_thread() is threading.main_thread()
    before, variable = tempfile.tempdir, os.environ.get("TMPDIR")
    waiting = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    except OSError:
        signal.pthread_sigmask(signal.SIG_SETMASK, waiting)
        yield
        return
    try:
        tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
        signal.pthread_sigmask(signal.SIG_SETMASK, waiting)
        yield
    finally:
        handlers = {n: signal.signal(n, signal.SIG_IGN) for n in ENDING} if here else {}
        tempfile.tempdir = before
        os.environ.pop("TMPDIR")
        if variable is not None:
            os.environ["TMPDIR"] = variable
        _removed(folder)
        for number, handler in handlers.items():
            with suppress(TypeError):  # a handler that is not Python's own
                signal.signal(number, handler)


def _removed(folder: Path) -> None:
    """What a package manager made read-only goes, too."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        for inner, _, _ in os.walk(folder):
            with suppress(OSError):
                Path(inner).chmod(0o700)
        shutil.rmtree(folder, ignore_errors=True)
