"""The cache of installed releases: content-addressed folders, built aside and renamed, locked between
processes.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from conformance.errors import Refusal

_MARK = "installed.json"


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """ACS_CONFORMANCE_CACHE, or `acs-conformance` in the XDG cache folder."""
    chosen = environment.get("ACS_CONFORMANCE_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    home = environment.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    return Path(home) / "acs-conformance"


def digest(*parts: str | bytes) -> str:
    """Twelve hex digits that stand for the parts, in order."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big") + data)
    return total.hexdigest()[:12]


def built(folder: Path, build: Callable[[Path], Mapping[str, object]]) -> dict[str, Any]:
    """What `build` recorded for `folder`; `build` is called with a temporary folder unless that was done before.

    A folder exists whole or not at all: an interrupted build leaves only a temporary folder, which the next
    one removes. Another process that builds the same folder is waited for. Raises Refusal where the cache is read-only.
    """
    if (folder / _MARK).is_file() and not os.access(folder.parent, os.W_OK):
        return _record(folder)
    made(folder.parent)
    with _locked(folder.with_name(folder.name + ".lock")):
        if (folder / _MARK).is_file():
            return _record(folder)
        for left_over in folder.parent.glob(f".{folder.name}.*"):
            shutil.rmtree(left_over, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            record = dict(build(aside))
            (aside / _MARK).write_text(json.dumps(record, indent=1, sort_keys=True), encoding="utf-8")
            aside.rename(folder)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
        return record


def latest(pattern: Path) -> tuple[Path, dict[str, Any]] | None:
    """The folder that was built last of those whose names match, with what was recorded for it."""
    found = [p for p in pattern.parent.glob(pattern.name) if (p / _MARK).is_file()]
    newest = max(found, key=lambda p: (p / _MARK).stat().st_mtime, default=None)
    return None if newest is None else (newest, _record(newest))


def made(folder: Path) -> Path:
    """A folder of the cache, made if need be. Raises Refusal where nothing can be written to it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        why = "" if os.access(folder, os.W_OK) else "Permission denied"
    except OSError as e:
        why = e.strerror or type(e).__name__
    if why:
        raise Refusal(f"Cannot write the cache {folder}: {why}. Give another folder with ACS_CONFORMANCE_CACHE.")
    return folder


def _record(folder: Path) -> dict[str, object]:
    record: dict[str, object] = json.loads((folder / _MARK).read_text(encoding="utf-8"))
    return record


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
