"""Interruptions that are not lost: Python drops, with a traceback, what is raised while it collects garbage."""

from __future__ import annotations

import signal
import sys
import threading
from typing import Any, Final

# seconds until an interruption that was dropped is delivered again, outside of where it would be dropped once more
SOON: Final = 0.01


def keep_interruptions() -> Any:
    """From here on, a KeyboardInterrupt that reaches no code of ours (in a finalizer, or in a callback of the garbage
    collector) is delivered once more, without a word, to the main thread. Other exceptions are told as before.

    The `sys.unraisablehook` that there was, to be set again.
    """
    before = sys.unraisablehook

    def hook(unraisable: Any) -> None:
        if issubclass(unraisable.exc_type, KeyboardInterrupt):
            # to the main thread itself, so that whatever it waits for is interrupted
            main = threading.main_thread().ident or 0
            again = threading.Timer(SOON, signal.pthread_kill, (main, signal.SIGINT))
            again.daemon = True
            again.start()
        else:
            before(unraisable)

    sys.unraisablehook = hook
    return before
