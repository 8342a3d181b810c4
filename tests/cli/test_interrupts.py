"""An interruption that Python would drop ends a command all the same, and shows no traceback."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from conformance import interrupts

PIPES = {"capture_output": True, "text": True, "timeout": 60}


# what a shell starts in the background, with all that this starts, has interruptions ignored; `preexec_fn` would say so
# before the child begins, and may hang where this process has threads
INTERRUPTIBLE = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"


def printed(script: str, *words: str) -> str:
    """What a script prints, and nothing goes to standard error."""
    done = subprocess.run([sys.executable, "-c", f"{INTERRUPTIBLE}\n{script}", *words], **PIPES)
    assert done.stderr == ""
    return done.stdout


# an interruption in the middle of a finalizer, or of a callback of the garbage collector; then a wait that only it ends
DROPPED = """
import gc, signal, sys, threading
from conformance.cli.ending import terminated_like_interrupted

if "unheard" in sys.argv:  # as when the signal comes just before the wait
    deliver, delivered = signal.pthread_kill, []
    signal.pthread_kill = lambda *asked: delivered.append(asked) or (len(delivered) > 1 and deliver(*asked))

class Finalized:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)

def collected(phase, info):
    gc.callbacks.remove(collected)
    signal.raise_signal(signal.SIGINT)

try:
    with terminated_like_interrupted():
        if sys.argv[1] == "finalizer":
            Finalized()
        else:
            gc.callbacks.append(collected)
            gc.collect()
        threading.Event().wait(60)
except KeyboardInterrupt:
    print("interrupted")
"""


@pytest.mark.parametrize("first", ["heard", "unheard"])
@pytest.mark.parametrize("place", ["finalizer", "collection"])
def test_an_interruption_is_not_dropped(place, first):
    assert printed(DROPPED, place, first) == "interrupted\n"


# a child that is interrupted before it is ready, and again while it ends
CHILD = """
import multiprocessing, os, signal, threading
from conformance.interrupts import held_back, interrupted_once

def work(line):
    try:
        interrupted_once()
        threading.Event().wait(60)
        line.send("was not interrupted")
    except KeyboardInterrupt:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGTERM)
        line.send("ends once")

forked = multiprocessing.get_context("fork")
mine, theirs = forked.Pipe()
child = forked.Process(target=work, args=(theirs,))
with held_back():
    child.start()
    os.kill(child.pid, signal.SIGINT)
print(mine.recv())
child.join()
print(child.exitcode)
"""


def test_a_child_is_interrupted_once():
    assert printed(CHILD) == "ends once\n0\n"


def raised(number=signal.SIGINT) -> bool:
    try:
        interrupts.interrupt(number, None)
    except KeyboardInterrupt:
        return True
    return False


def test_interruptions_at_once_are_one_and_none_is_in_the_way_of_an_ending(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(interrupts.time, "monotonic", lambda: now[0])
    interrupts.nothing_is_interrupted()
    try:
        assert [raised(), raised()] == [True, False]
        now[0] += interrupts.AT_ONCE
        assert raised(), "a person who waits presses again"
        interrupts.ending_begins()
        now[0] += interrupts.AN_ENDING - 0.1
        assert not raised()
        now[0] += 0.2
        assert raised(), "an ending has its time, too"
    finally:
        interrupts.nothing_is_interrupted()
