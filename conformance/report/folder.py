"""A folder for the evidence of one run: taken by that run alone, and without what an earlier one left."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from conformance.errors import Refusal

EVENTS = "events.jsonl"
# a stream that is one of many, packed
PACKED = "events.jsonl.gz"
SUMMARY = "summary.json"
JUNIT = "junit.xml"
PAGE = "report.html"
# what a run that died is gone on from
SETTINGS = "run.json"
PROGRESS = "progress.jsonl"
# what runs, replays and comparisons write: in a folder that is used again it would speak of an earlier run
WRITTEN = (
    EVENTS,
    PACKED,
    SUMMARY,
    JUNIT,
    PAGE,
    SETTINGS,
    PROGRESS,
    "differences.json",
    "differences.md",
    "comparison.json",
)
REPORTS = Path("reports")


def bare(target: str) -> str:
    """A target's name or address; of an address nothing that may be a credential."""
    return re.sub(r"(?<=://)[^/?#]*@", "", re.split("[?#]", target)[0] if "://" in target else target)


def safe_name(target: str) -> str:
    """A target's name or address as part of a file name."""
    return re.sub(r"[^A-Za-z0-9.]+", "-", bare(target)).strip("-")[:60]


@contextmanager
def taken(wanted: Path | None, name: str, going_on: bool = False) -> Iterator[Path]:
    """The folder for a run's reports, made if need be: the given one, or a new `reports/<time>-<name>`.

    While this is open it is nobody else's, and at the start nothing of an earlier run is in it, unless that run is gone
    on with. A new folder is taken
    away again where a usage error ends the run before it began. Raises Refusal.
    """
    folder = wanted
    try:
        if folder is None:
            folder = _new(f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{safe_name(name)}")
        else:
            folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder, os.O_RDONLY)
    except OSError as e:
        raise _unwritable(folder or REPORTS, e) from None
    try:
        _take(folder, lock, () if going_on else WRITTEN)
        yield folder
    except Refusal:
        if wanted is None and not (folder / EVENTS).exists():
            shutil.rmtree(folder, ignore_errors=True)
            with suppress(OSError):
                REPORTS.rmdir()
        raise
    finally:
        os.close(lock)


def clear(folder: Path | None) -> None:
    """Take away what an earlier run left in a folder that is to be used again: before anything can go wrong.

    Raises Refusal where another run is writing there.
    """
    if folder is not None and folder.is_dir():
        with taken(folder, ""):
            pass


def _new(name: str) -> Path:
    for number in count(1):
        folder = REPORTS / (name if number == 1 else f"{name}-{number}")
        with suppress(FileExistsError):
            folder.mkdir(parents=True)
            return folder
    raise AssertionError("numbers do not end")


def _take(folder: Path, lock: int, unwanted: tuple[str, ...]) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for name in unwanted:
            (folder / name).unlink(missing_ok=True)
        probe = folder / f".{EVENTS}"
        probe.write_text("", "utf-8")
        probe.unlink()
    except BlockingIOError:
        raise Refusal(
            f"Another run is writing its evidence to {folder}. Wait for its end, or give another folder with "
            "--report-dir."
        ) from None
    except OSError as e:
        raise _unwritable(folder, e) from None


def _unwritable(folder: Path, error: OSError) -> Refusal:
    return Refusal(
        f"Cannot write reports to {folder}: {error.strerror}. Give a folder that can be written with --report-dir."
    )
