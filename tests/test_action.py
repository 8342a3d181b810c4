"""The GitHub action: its inputs arrive as they were given, and what it says of a run is what the run came to."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import NO_KEY

ROOT = Path(__file__).parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))


def run(folder: Path, arguments: str, url: str = "") -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
    """The action in a folder, and its outputs."""
    (folder / "formats.trap").write_text("what a glob of the shell would find")
    environment = {
        **NO_KEY, "ACS_URL": url, "ACS_ARGUMENTS": arguments, "ACS_REPORT": "out dir", "GITHUB_OUTPUT": "output",
        "GITHUB_STEP_SUMMARY": "summary", "PYTHONPATH": str(ROOT), "NO_COLOR": "1",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, ROOT / "action.py"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done, dict(line.split("=", 1) for line in (folder / "output").read_text().splitlines())


def test_nothing_is_installed_without_a_hash_and_no_input_is_part_of_a_script():
    install, certify = ACTION["runs"]["steps"]
    assert "--require-hashes" in install["run"]
    assert "--no-deps --no-build-isolation" in install["run"]
    assert "${{" not in install["run"] + certify["run"]


def test_a_glob_reaches_the_suite_as_it_is(tmp_path):
    done, outputs = run(tmp_path, "-k 'ids.sel*' --max-examples 1 --seed 5 --quiet")
    assert done.returncode == 0, done.stdout + done.stderr
    assert outputs == {"status": "0", "conformant": "true", "report-dir": "out dir"}
    assert (tmp_path / "out dir" / "junit.xml").exists()
    assert "Conformant" in (tmp_path / "summary").read_text()


def test_a_failure_is_an_annotation(tmp_path):
    words = "--fault repeated-id-counts-twice -k ids.repetition-irrelevant --seed 5 --quiet"
    done, outputs = run(tmp_path, words)
    assert done.returncode == 1
    assert outputs["conformant"] == "false"
    lines = [line for line in done.stdout.splitlines() if line.startswith("::error title=")]
    assert any("DescribeTasks.ids.repetition-irrelevant failed::" in line for line in lines), done.stdout


@pytest.mark.parametrize("arguments", ["-k 'ids.*", "--no-such-option", "$(touch ran) `touch ran`; touch ran"])
def test_what_is_no_argument_is_2_and_runs_nothing(arguments, tmp_path):
    done, outputs = run(tmp_path, arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert outputs["status"] == "2"
    assert not os.path.exists(tmp_path / "ran")
