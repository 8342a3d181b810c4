"""From a failing endpoint to a certificate that a stranger can check, through the command line alone."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from lxml import html as lxml_html

from conformance.report.folder import taken
from tests.cli.conftest import NO_KEY
from tests.commands import finished

FEW = ("--format", "json", "--method", "GET", "--signature", "v1", "--seed", "5", "--max-examples", "1")
SCOPE = ("-k", "ids.repetition-irrelevant", "-k", "ids.selects", "-k", "paging.total-is-constant", *FEW)
FAULT = "repeated-id-counts-twice"


@pytest.fixture(scope="module")
def a_run(tmp_path_factory):
    """The evidence of a run that is conformant in what it judged."""
    folder = tmp_path_factory.mktemp("pipeline")
    done = finished(("endpoint", *SCOPE, "--level", "MUST", "--report-dir", "run"), folder, {**NO_KEY, "NO_COLOR": "1"})
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "run"


@pytest.fixture
def run(a_run, tmp_path):
    """A copy of it, as `run` in the folder of the test."""
    return shutil.copytree(a_run, tmp_path / "run")


def key_pair(tmp_path):
    for command in (
        ["openssl", "genpkey", "-algorithm", "ed25519", "-out", "key.pem"],
        ["openssl", "pkey", "-in", "key.pem", "-pubout", "-out", "key.pub"],
    ):
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)


def test_from_a_failing_endpoint_to_a_certificate(acs, tmp_path, run):
    failing = acs("endpoint", *SCOPE, "--fault", FAULT, "--report-dir", "failing")
    assert failing.returncode == 1

    page = lxml_html.parse(str(tmp_path / "failing" / "report.html")).getroot().text_content()
    assert "ids.repetition-irrelevant" in page
    assert "curl" in page

    refused = acs("certificate", "failing", "-o", "no.json")
    assert refused.returncode == 1
    assert "No certificate" in refused.stderr
    assert not (tmp_path / "no.json").exists()

    gate = acs("compare", "failing", "run")
    assert gate.returncode == 0
    assert "ids.repetition-irrelevant" in gate.stdout
    back = acs("compare", "run", "failing")
    assert back.returncode == 1
    assert "ids.repetition-irrelevant" in back.stdout

    key_pair(tmp_path)
    narrowed = acs("certificate", "run", "-o", "no.json", "--key", "key.pem")
    assert narrowed.returncode == 1
    assert "MUST requirements" in narrowed.stderr
    assert "--partial" in narrowed.stderr
    made = acs("certificate", "run", "-o", "certificate.json", "--key", "key.pem", "--partial")
    assert made.returncode == 0
    valid = acs("verify", "certificate.json", "--events", "run", "--key", "key.pub")
    assert valid.returncode == 0
    assert valid.stdout.startswith("Valid.")
    assert "Conformant in part" in valid.stdout
    assert "Not certified" in valid.stdout

    events = run / "events.jsonl"
    events.write_bytes(events.read_bytes().replace(b'"seed":5', b'"seed":6'))
    tampered = acs("verify", "certificate.json", "--events", "run", "--key", "key.pub")
    assert tampered.returncode == 1
    assert "NOT VALID" in tampered.stdout


def test_every_rendering_of_a_run(acs, run):
    for rendering in ("html", "markdown", "junit", "summary", "badge", "badge-svg", "events", "terminal"):
        done = acs("report", "run", "--format", rendering)
        assert done.returncode == 0, rendering
        assert done.stdout, rendering
    merged = acs("report", "run", "run", "--format", "summary")
    once = json.loads((run / "summary.json").read_text())
    assert json.loads(merged.stdout)["requests"] == once["requests"]


def test_known_failures_pass_until_they_are_mended(acs, tmp_path):
    known = tmp_path / "known.yaml"
    known.write_text(
        "known_failures:\n"
        "- {requirement: ids.repetition-irrelevant, reason: ticket 12, owner: storage team, expires: 2099-01-31}\n"
    )
    expected = acs("endpoint", *SCOPE, "--fault", FAULT, "--known-failing", known, "--report-dir", "expected")
    assert expected.returncode == 0
    assert "known" in expected.stdout
    assert json.loads((tmp_path / "expected" / "summary.json").read_text())["conformant"] is False
    assert acs("certificate", "expected", "-o", "no.json").returncode == 1

    mended = acs("endpoint", *SCOPE, "--known-failing", known)
    assert mended.returncode == 1
    assert "unexpectedly passed" in mended.stdout


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ("{requirement: ids.no-such, reason: r, owner: o, expires: 2099-01-31}", "ids.no-such"),
        ("{requirement: ids.selects, reason: r, owner: o, expires: 2001-01-31}", "expired"),
        ("{requirement: ids.selects, reason: r, owner: o, expire: 2099-01-31}", "expire"),
    ],
)
def test_a_bad_known_failure_stops_the_run_before_the_first_request(acs, tmp_path, entry, named):
    (tmp_path / "known.yaml").write_text(f"known_failures:\n- {entry}\n")
    done = acs("endpoint", "--known-failing", "known.yaml")
    assert done.returncode == 2
    assert named in done.stderr
    assert "requirements, seed" not in done.stdout


def test_streams_that_are_not_whole_are_named_errors(acs, tmp_path, run):
    whole = (run / "events.jsonl").read_text().splitlines(keepends=True)
    for name, lines, word in (
        ("twice", whole + whole, "merge"),
        ("empty", [], "run-started"),
        ("garbled", [whole[0], "{not json\n", *whole[1:]], "line 2"),
    ):
        (tmp_path / f"{name}.jsonl").write_text("".join(lines))
        done = acs("report", f"{name}.jsonl")
        assert done.returncode == 2, done.stderr
        assert word in done.stderr, done.stderr


def test_a_cut_stream_is_shown_and_establishes_nothing(acs, tmp_path, run):
    whole = (run / "events.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "cut.jsonl").write_text("".join(whole[:-1]))
    done = acs("report", "cut.jsonl")
    assert done.returncode == 3
    assert "Not established" in done.stdout


def test_a_profile_is_held_against_the_target(acs):
    done = acs("endpoint", "-k", "choices.TaskSet.list-form.*", *FEW, "--profile", "TaskSet.list-form=array-of-one")
    assert done.returncode == 1
    assert "array-of-one, which the profile pins" in done.stdout


def test_strict_raises_every_should(acs):
    words = (
        "endpoint", "-k", "errors.MissingParameter.*", "--fault", "error-message-differs:MissingParameter", *FEW,
    )  # fmt: skip
    assert acs(*words).returncode == 0
    assert acs(*words, "--profile", "strict").returncode == 1


def test_a_narrowed_run_is_conformant_in_part(acs, tmp_path):
    done = acs("endpoint", "-k", "ids.selects", "--format", "json", "--seed", "1", "--report-dir", "part")
    assert done.returncode == 0
    assert "Conformant in part. " in done.stdout
    summary = json.loads((tmp_path / "part" / "summary.json").read_text())
    assert summary["scope"] == "part"
    assert [one.split(" of ")[-1] for one in summary["left_out"]][1:] == ["format xml"]
    assert summary["left_out"][0].endswith("MUST requirements")
    asked = summary["settings"][0]
    assert (asked["select"], asked["formats"], asked["examples"]) == (["ids.selects"], ["json"], 8)
    assert json.loads(acs("report", "part", "--format", "badge").stdout)["message"] == "conformant in part"
    should = acs("endpoint", "-k", "emptiness.*", "--level", "SHOULD", *FEW, "--report-dir", "should")
    assert should.returncode == 0
    assert "Conformant in part. No MUST was selected" in should.stdout
    refused = acs("certificate", "should", "-o", "no.json", "--partial")
    assert refused.returncode == 1
    assert "No MUST was judged" in refused.stderr


def test_yesterdays_green_files_do_not_outlive_a_run_that_dies(acs, tmp_path, run, a_run):
    run.rename(tmp_path / "out")
    dead = acs("endpoint", "http://127.0.0.1:1", "--signature", "none", "--report-dir", "out")
    assert dead.returncode == 3
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["headline"] == "Not established"
    assert 'errors="1"' in (tmp_path / "out" / "junit.xml").read_text()
    assert "Not established" in acs("report", "out").stdout
    shutil.copytree(a_run, tmp_path / "out", dirs_exist_ok=True)
    assert acs("endpoint", "--operation", "DescribeTask", "--report-dir", "out").returncode == 2
    assert list((tmp_path / "out").iterdir()) == []
    mistaken = acs("endpoint", "--known-failing", "none.yaml", "--report-dir", "out")
    assert mistaken.returncode == 2
    assert json.loads((tmp_path / "out" / "summary.json").read_text())["exit_status"] == 2


def test_a_second_run_into_one_folder_is_refused_before_its_first_request(acs, tmp_path):
    with taken(tmp_path / "out", "x"):
        refused = acs("endpoint", *SCOPE, "--report-dir", "out")
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert "Another run is writing its evidence to out" in refused.stderr


def test_a_forged_stream_is_not_valid(acs, tmp_path, run):
    assert acs("certificate", "run", "-o", "c.json", "--partial").returncode == 0
    unsigned = acs("verify", "c.json", "--events", "run")
    assert unsigned.returncode == 3
    assert unsigned.stdout.startswith("Consistent, not proven.")
    assert acs("verify", "c.json", "--events", "run", "--allow-unsigned").returncode == 0
    other = acs("verify", "c.json", "--events", "run", "--allow-unsigned", "--subject", "https://ecs.example.test")
    assert other.returncode == 1
    assert "not https://ecs.example.test" in other.stdout

    whole = (run / "events.jsonl").read_text()
    (tmp_path / "edited.jsonl").write_text(whole.replace('"level":"MUST"', '"level":"SHOULD"'))
    edited = acs("verify", "c.json", "--events", "edited.jsonl", "--allow-unsigned")
    assert edited.returncode == 1
    assert "was changed after it was written" in edited.stdout
