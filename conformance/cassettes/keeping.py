"""Writing cassettes at the end of a run, also of one that is interrupted."""

from __future__ import annotations

import errno
import os
import signal
import tempfile
from pathlib import Path

from conformance.cassettes import file
from conformance.cassettes.cassette import Cassette
from conformance.cassettes.sdk_cassette import SdkCassette
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


def write_cassette(path: Path, cassette: Cassette | SdkCassette) -> str:
    """Write a cassette; a second interruption does not keep it from being written. A line that says what was kept.

    Raises Refusal.
    """
    before = {
        number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        file.save(path, cassette)
    except OSError as e:
        raise _unwritable(path, e) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    state = "" if cassette.provenance.complete else ", INCOMPLETE"
    return f"Cassette: {path} ({cassette.provenance.requests:,} exchanges{state})"
