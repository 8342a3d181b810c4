"""Writing cassettes at the end of a run, also of one that is interrupted."""

from __future__ import annotations

import errno
import os
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

from conformance.cassettes.cassette import Provenance
from conformance.cassettes.sdk_cassette import SdkProvenance
from conformance.errors import Refusal

INTERRUPTED = "The recording was interrupted; what was recorded until then proves nothing."
SUFFIXES = (".yaml", ".yaml.gz")


def is_cassette(path: Path) -> bool:
    """Whether a path is a cassette by its name; otherwise it is a folder."""
    return path.name.endswith(SUFFIXES) and not path.is_dir()


def refuse_unwritable(path: Path) -> None:
    """Before a long run: there has to be a place for its cassette. Raises Refusal."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent):
            pass
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    except OSError as e:
        raise _unwritable(path, e) from None


def _unwritable(path: Path, error: OSError) -> Refusal:
    return Refusal(f"Cannot write the cassette {path}: {error.strerror}. Give another file.")


def write_cassette(path: Path, save: Callable[[Path], None], provenance: Provenance | SdkProvenance) -> str:
    """Write a cassette by `save`; a second interruption does not keep it from being written. What was kept, in a line.

    Raises Refusal.
    """
    before = {
        number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        save(path)
    except OSError as e:
        raise _unwritable(path, e) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    state = "" if provenance.complete else ", INCOMPLETE"
    return f"Cassette: {path} ({provenance.requests:,} exchanges{state})"
