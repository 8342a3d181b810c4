"""The command as a person or a script runs it: another process, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands import finished

Command = Callable[..., subprocess.CompletedProcess[str]]
NO_KEY = {k: v for k, v in os.environ.items() if not k.startswith("ALIBABA_CLOUD_")}
SOME_KEY = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "some-key-id", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "some-secret-of-this-key"}


@pytest.fixture
def acs(tmp_path: Path) -> Command:
    """`acs("endpoint", "--quiet", key=True)`: the finished process. Fails on any traceback."""

    def run(*words: object, key: bool = False) -> subprocess.CompletedProcess[str]:
        environment = {**NO_KEY, **(SOME_KEY if key else {}), "NO_COLOR": "1", "COLUMNS": "120"}
        done = finished(words, tmp_path, environment)
        assert "Traceback" not in done.stdout + done.stderr
        return done

    return run
