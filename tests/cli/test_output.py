"""Standard output that is closed, full or of a narrow encoding: one sentence, and never a verdict on the target."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import conformance.cli
from conformance.cli import main
from conformance.contract.catalogue import operation_folder
from conformance.report.stream import text_of
from tests.cli.conftest import NO_KEY
from tests.report.streams import showcase

PAGES = ("first.md", "second.md")


def started(folder, *words, **options):
    environment = {**NO_KEY, "NO_COLOR": "1", **options.pop("environment", {})}
    return subprocess.Popen(
        [sys.executable, "-m", "conformance", *map(str, words)], cwd=folder, env=environment,
        stderr=subprocess.PIPE, **{"stdout": subprocess.PIPE, **options},
    )  # fmt: skip


@pytest.fixture
def stream(tmp_path):
    path = tmp_path / "events.jsonl"
    path.write_text(text_of(showcase()), "utf-8")
    return path


def told(process, status, *words):
    error = process.stderr.read().decode()
    assert process.wait(60) == status, error
    assert len(error.splitlines()) == 1, error
    assert "Traceback" not in error
    assert "suite itself" not in error
    for word in words:
        assert word in error


@pytest.mark.parametrize(
    "words",
    [("requirements",), ("requirements", "--yaml"), ("endpoint", "-k", "ids.selects", "--seed", "1"), ("--help",)],
    ids=" ".join,
)
def test_a_reader_that_went_away_is_3(tmp_path, words):
    reader, writer = os.pipe()
    os.close(reader)
    try:
        process = started(tmp_path, *words, stdout=writer)
    finally:
        os.close(writer)
    told(process, 3, "Standard output was closed")


def test_a_reader_that_went_away_leaves_the_evidence_whole(tmp_path):
    reader, writer = os.pipe()
    os.close(reader)
    process = started(tmp_path, "endpoint", "-k", "ids.selects", "--seed", "1", "--report-dir", "out", stdout=writer)
    os.close(writer)
    told(process, 3, "closed")
    assert b"Conformant in part" in (tmp_path / "out" / "summary.json").read_bytes()


@pytest.mark.parametrize("words", [("requirements",), ("report", "events.jsonl", "--format", "html")], ids=" ".join)
def test_a_full_disk_is_3(tmp_path, stream, words):
    with open("/dev/full", "wb") as full:
        told(started(tmp_path, *words, stdout=full), 3, "No space left on device")


def test_events_to_a_full_disk_are_2(tmp_path):
    process = started(tmp_path, "endpoint", "-k", "ids.selects", "--seed", "1", "--events", "/dev/full")
    told(process, 2, "/dev/full", "No space left")


def test_no_standard_output_at_all(tmp_path):
    words = ["requirements", "ids.*"]
    shell = f'exec "{sys.executable}" -m conformance {" ".join(words)} >&-'
    done = subprocess.run(["sh", "-c", shell], cwd=tmp_path, env=NO_KEY, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("rendering", "encoding"), [("markdown", "cp1252"), ("html", "gbk"), ("junit", "ascii"), ("events", "cp1252")]
)
def test_a_document_is_utf_8_whatever_the_pipe_is(tmp_path, stream, encoding, rendering):
    words = ("report", stream, "--format", rendering)
    plain = started(tmp_path, *words, environment={"PYTHONIOENCODING": "utf-8"})
    narrow = started(tmp_path, *words, environment={"PYTHONIOENCODING": encoding})
    expected, found = plain.communicate(timeout=60), narrow.communicate(timeout=60)
    assert found == expected
    assert expected[0].decode("utf-8")
    assert plain.returncode == narrow.returncode == 1


@pytest.mark.parametrize("encoding", ["cp1252", "gbk"])
@pytest.mark.parametrize(
    "words", [("report", "events.jsonl"), ("requirements",), ("explain", "paging.*")], ids=" ".join
)
def test_what_a_terminal_cannot_show_is_a_question_mark(tmp_path, stream, encoding, words):
    process = started(tmp_path, *words, environment={"PYTHONIOENCODING": encoding})
    out, error = process.communicate(timeout=60)
    assert error == b""
    assert out.decode(encoding)
    assert process.returncode == (1 if words[0] == "report" else 0)


def test_every_command_prints_through_what_makes_escapes_visible():
    """`say` for text, `document` for files and programs, `Ending` for errors; and nothing else."""
    folder = Path(conformance.cli.__file__).parent
    others = [
        p.name for p in folder.glob("*.py") if re.search(r"\bclick\.echo\(|(?<![.\w])print\(", p.read_text("utf-8"))
    ]
    assert sorted(others) == ["errors.py", "output.py"]


def test_text_of_strangers_does_not_act_on_a_terminal(tmp_path):
    made = tmp_path / "a\x1b[2Jb.yaml"
    made.write_text("no cassette \x1b]0;title\x07", "utf-8")
    page = tmp_path / "page.md"
    page.write_text("# Describe\x1b[31mThings\n\n| a\x1b[2J |\n", "utf-8")
    contract = tmp_path / "contract"
    shutil.copytree(operation_folder("DescribeTasks", None), contract)
    for name in ("contract.yaml", "requirements.yaml"):
        text = (contract / name).read_text("utf-8")
        (contract / name).write_text(text.replace("operation: DescribeTasks", 'operation: "D\\x1b[31m"'), "utf-8")
    for words in (
        ("cassettes", "lint", tmp_path), ("derive", page, "--report"), ("requirements", "--contract", contract),
        ("explain", "ids.selects", "--contract", contract), ("diff", page, contract),
        ("report", made), ("verify", made),
    ):  # fmt: skip
        done = CliRunner().invoke(main, [*map(str, words)])
        assert not done.exception or isinstance(done.exception, SystemExit), done.exc_info
        assert done.output
        assert "\x1b" not in done.output, words
        assert "\x07" not in done.output, words
