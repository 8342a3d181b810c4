"""`record`, `replay` and `cassettes lint` as a person or a script runs them."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from conformance.cassettes import file
from tests.cassettes.conftest import FOLDER, Recorded
from tests.cli.conftest import NO_KEY, Command, acs

__all__ = ["acs"]


@pytest.fixture
def cassette(recorded: Recorded, tmp_path: Path) -> Path:
    path = tmp_path / "c.yaml"
    file.save(path, recorded.cassette)
    return path


def rewritten(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), "utf-8")


def test_record_then_replay(acs: Command, tmp_path: Path) -> None:
    words = ("-k", "paging.repeatable", "-k", "errors.*.message", "--max-examples", 2, "--seed", 5, "--quiet")
    done = acs("record", *words, "-o", "c.yaml.gz", "--report-dir", "live")
    assert done.returncode == 0, done.stderr
    assert "Cassette: c.yaml.gz (" in done.stdout
    again = acs("replay", "c.yaml.gz", "--report-dir", "again", "--quiet")
    assert again.returncode == 0, again.stdout + again.stderr
    live, replayed = (json.loads((tmp_path / d / "summary.json").read_text()) for d in ("live", "again"))
    assert live["counts"] == replayed["counts"]
    assert live["requests"] == replayed["requests"]
    assert json.loads((tmp_path / "again" / "differences.json").read_text()) == []
    assert acs("cassettes", "lint", "c.yaml.gz").returncode == 0


def test_the_default_place_is_the_folder_of_cassettes(acs: Command, tmp_path: Path) -> None:
    assert acs("record", "-k", "range.outside", "--max-examples", 1, "--quiet").returncode == 0
    (found,) = (tmp_path / "cassettes").iterdir()
    assert found.name.endswith("embedded-reference.yaml")


def test_a_cassette_that_cannot_be_written_is_refused_before_the_run(acs: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder.yaml").mkdir()
    for words, place in (
        (("record", "-o", "file/c.yaml"), "file/c.yaml"),
        (("record", "-o", "folder.yaml"), "folder.yaml"),
        (("sdk", "--record", "file/c.yaml", "--", sys.executable), "file/c.yaml"),
    ):
        done = acs(*words)
        assert done.returncode == 2
        assert f"Cannot write the cassette {place}: " in done.stderr


def _lines(path: Path) -> int:
    """How many lines there are by now; the file is made anew when a run begins."""
    with suppress(FileNotFoundError):
        return path.read_text("utf-8").count("\n")
    return 0


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.gate)])
def test_an_interrupted_recording_is_valid_incomplete_and_never_green(
    acs: Command, tmp_path: Path, number: signal.Signals
) -> None:
    events = tmp_path / "live" / "events.jsonl"
    process = subprocess.Popen(
        [sys.executable, "-m", "conformance", "record", "-o", "c.yaml.gz", "--report-dir", "live", "--quiet"],
        cwd=tmp_path, env={**NO_KEY, "NO_COLOR": "1"}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    limit = time.monotonic() + 60
    while _lines(events) <= 20:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < limit, "it did not come so far"
        time.sleep(0.01)
    process.send_signal(number)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 3, output + errors
    assert "INCOMPLETE" in output
    assert "Traceback" not in errors
    loaded = file.load(tmp_path / "c.yaml.gz")
    assert not loaded.changes
    assert not loaded.cassette.provenance.complete
    assert len(loaded.cassette.interactions) > 20
    done = acs("replay", "c.yaml.gz", "--report-dir", "again", "--quiet", "-k", "choices.*")
    assert done.returncode == 3
    assert "the cassette is incomplete: the run was interrupted" in " ".join(done.stdout.split()).lower()
    linted = acs("cassettes", "lint", "c.yaml.gz")
    assert linted.returncode == 1
    assert "incomplete" in linted.stdout


def test_an_edited_cassette_is_refused_and_with_edited_judged_but_never_conformant(
    acs: Command, cassette: Path, recorded: Recorded
) -> None:
    place = next(
        i.number
        for i in recorded.cassette.interactions
        if i.example is not None
        and "repeatable" in recorded.cassette.examples[i.example].requirement
        and i.response.body.startswith(b"{")
    )
    lines = cassette.read_text("utf-8").split("\n")
    index = next(n for n, line in enumerate(lines) if line.startswith('- {"request"') and f'"number": {place},' in line)
    lines[index] = lines[index].replace('"code": 200', '"code": 500')
    cassette.write_text("\n".join(lines), "utf-8")
    done = acs("replay", "c.yaml")
    assert done.returncode == 2
    assert f"c.yaml is not as it was recorded: interaction {place} was changed." in done.stderr
    judged = acs("replay", "c.yaml", "--edited", "--report-dir", "out")
    assert judged.returncode == 3
    assert "1 of" in judged.stdout
    assert "passed → inconclusive" in judged.stdout
    assert "not judged, because a result comes with status 500" in judged.stdout
    assert f"(interaction {place})" in judged.stdout
    linted = acs("cassettes", "lint", "c.yaml")
    assert linted.returncode == 1
    assert f"interaction {place} was changed" in linted.stdout


def test_a_corrupt_file_is_one_sentence(acs: Command, cassette: Path) -> None:
    cassette.write_bytes(cassette.read_bytes()[:5000])
    for words in (("replay", "c.yaml"), ("cassettes", "lint", "c.yaml")):
        done = acs(*words)
        assert done.returncode == 2
        assert len(done.stderr.strip().splitlines()) == 1
        assert "c.yaml is no cassette" in done.stderr
    assert acs("replay", "nothing.yaml").returncode == 2
    assert acs("cassettes", "lint", "nowhere").returncode == 2


def test_against_another_contract_says_what_is_judged_otherwise_and_why(
    acs: Command, cassette: Path, tmp_path: Path
) -> None:
    other = tmp_path / "ecs" / FOLDER.name
    shutil.copytree(FOLDER, other)
    shutil.copytree(FOLDER.parent / "common", tmp_path / "ecs" / "common")
    contract = yaml.safe_load((other / "contract.yaml").read_text("utf-8"))
    paging = contract["semantics"]["paging"]
    paging["total"] = "NoSuchTotal"
    (other / "contract.yaml").write_text(yaml.safe_dump(contract, allow_unicode=True, sort_keys=False), "utf-8")
    done = acs("replay", "c.yaml", "--against", other, "--report-dir", "out", "--quiet")
    assert done.returncode in (1, 3), done.stdout + done.stderr
    assert "note: it was recorded under another contract" in done.stdout
    assert "recorded verdicts differ" in done.stdout
    assert "passed → " in done.stdout
    differences = json.loads((tmp_path / "out" / "differences.json").read_text())
    assert all(d["why"] for d in differences if d["after"])


def test_against_a_profile(acs: Command, cassette: Path, recorded: Recorded) -> None:
    taken = recorded.cassette.provenance.dialect["PageNumber.beyond-the-end"]
    choice = recorded.subject.contract.choice("PageNumber.beyond-the-end")
    other = next(a.id for a in choice.alternatives if a.id != taken)
    words = ("replay", "c.yaml", "--quiet", "--report-dir", "out")
    same = acs(*words, "--against", f"{choice.id}={taken}")
    assert same.returncode == 0, same.stdout
    assert "None of" in same.stdout
    done = acs(*words, "--against", f"{choice.id}={other}")
    changed = [line for line in done.stdout.splitlines() if f"choices.{choice.id}.one-alternative" in line]
    assert len(changed) == 1
    assert "passed → " in changed[0]
    assert "which the profile pins" in changed[0]


def test_a_contract_of_another_operation_is_refused(acs: Command, cassette: Path, tmp_path: Path) -> None:
    other = tmp_path / "ecs" / FOLDER.name
    shutil.copytree(FOLDER, other)
    shutil.copytree(FOLDER.parent / "common", tmp_path / "ecs" / "common")
    rewritten(other / "contract.yaml", "operation: DescribeTasks", "operation: DescribeOthers")
    done = acs("replay", "c.yaml", "--against", other)
    assert done.returncode == 2
    assert "is a recording of DescribeTasks" in done.stderr


def test_lint_finds_a_secret_and_a_body_that_does_not_fit(acs: Command, recorded: Recorded, tmp_path: Path) -> None:
    from attrs import evolve

    first, second, *others = recorded.cassette.interactions
    leaking = evolve(first, request=evolve(first.request, url=first.request.url + "&AccessKeyId=LTAI5tLeakedKey"))
    odd = evolve(second, response=evolve(second.response, body=b'{"RequestId": 1}'))
    file.save(tmp_path / "c.yaml", evolve(recorded.cassette, interactions=(leaking, odd, *others)))
    done = acs("cassettes", "lint", tmp_path)
    assert done.returncode == 1
    assert "a secret in the request of interaction 1" in done.stdout
    assert "the body of interaction 2 (DescribeTasks" in done.stdout
    assert "does not fit today's schema" in done.stdout
