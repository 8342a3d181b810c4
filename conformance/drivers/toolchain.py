"""Running a package manager: the one place that starts one, and the errors that it can end in."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from conformance.drivers.environment import for_a_package_manager

_ADDRESS = re.compile(r"https?://\S+")
# the folders of a path, which are this machine's
_FOLDERS = re.compile(r"(?<![\w./@-])(?:\.{0,2}/)(?:[^\s:/'\"]+/)+(?=[\w.@+-])")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m|[\x00-\x08\x0b-\x1f\x7f]")


class ToolchainMissing(RuntimeError):
    """A program that a driver needs is not on this machine."""


class InstallFailed(RuntimeError):
    """The registry or the build refused: this release cannot be installed here."""


def required(*programs: str) -> None:
    """Raises ToolchainMissing, naming the programs, where one is absent."""
    missing = [p for p in programs if shutil.which(p) is None]
    if missing:
        raise ToolchainMissing(f"needs {' and '.join(missing)} on PATH")


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    seconds: float = 900,
) -> str:
    """The program's standard output. It sees no secret of ours (`environment.py`).

    Raises InstallFailed with the first telling lines, without any address, or folder of this machine.
    """
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words,
            cwd=cwd,
            env=for_a_package_manager(os.environ, environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise InstallFailed(f"{Path(words[0]).name} did not end within {seconds:g} s") from None
    if done.returncode != 0:
        tool = f"{Path(words[0]).name}: "
        raise InstallFailed(f"{tool}{_telling(done.stderr, done.stdout).removeprefix(tool)}")
    return done.stdout.decode("utf-8", "replace")


def _telling(stderr: bytes, stdout: bytes) -> str:
    text = _COLOUR.sub("", (stderr.decode("utf-8", "replace").strip() or stdout.decode("utf-8", "replace").strip()))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower() or "forbidden" in line.lower()] or lines
    said = " / ".join(_FOLDERS.sub("", _ADDRESS.sub("<address>", line)) for line in errors[:3])
    return said[:400] or "no output"


def build(command: Sequence[str | Path], **settings: Any) -> None:
    """Like `run`, of what makes the program of a driver out of its source and the packages that were installed."""
    try:
        run(command, **settings)
    except InstallFailed as e:
        raise InstallFailed(f"the driver cannot be built with this package and what it needs: {e}") from None
