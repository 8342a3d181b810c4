"""`report` on what a run over a service wrote, whole or cut."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from conformance.cli import main
from conformance.report.folder import EVENTS, PACKED, PAGE, SUMMARY
from conformance.report.service_evidence import concluded, service_stream
from conformance.report.stream import pack
from tests.report.test_service_page import STARTED, judged


@pytest.fixture
def folder(tmp_path):
    with service_stream(tmp_path, STARTED, lambda judged, event: None) as told:
        for name in STARTED.selected:
            told("operation-judged", judged(name, "conformant"))
    concluded(tmp_path)
    return tmp_path


def asked(*words):
    return CliRunner().invoke(main, ["report", *map(str, words)])


@pytest.mark.parametrize(("rendering", "name"), [("html", PAGE), ("summary", SUMMARY)])
def test_it_makes_what_the_run_made(rendering, name, folder):
    done = asked(folder, "--format", rendering)
    assert (done.exit_code, done.output) == (0, (folder / name).read_text("utf-8"))


def test_the_terminal_says_what_was_established(folder):
    done = asked(folder / EVENTS)
    assert done.exit_code == 0
    assert "Conformant. 3 of 3 operations of Ecs 2014-05-26: 3 conformant." in done.output


def test_a_packed_stream_is_like_one_that_is_not(folder):
    packed = folder / PACKED
    pack(folder)
    done = asked(packed)
    assert (done.exit_code, "Conformant. 3 of 3 operations" in done.output) == (0, True)
    done = CliRunner().invoke(main, ["compare", str(packed), str(packed)])
    assert (done.exit_code, done.output) == (0, "No regression: no verdict changed.\n")


@pytest.mark.parametrize("torn", ["", '{"event": "operation-jud'])
def test_a_run_that_was_cut_establishes_nothing(torn, folder):
    lines = (folder / EVENTS).read_text("utf-8").splitlines(keepends=True)
    (folder / EVENTS).write_text("".join(lines[:3]) + torn, "utf-8")
    done = asked(folder, "--format", "summary")
    assert done.exit_code == 3
    summary = json.loads(done.output)
    assert (summary["conformant"], summary["interrupted"], len(summary["operations"])) == (False, True, 2)


def test_what_cannot_be_made_is_said(folder):
    done = asked(folder, "--format", "junit")
    assert done.exit_code == 2
    assert "terminal, html, summary" in done.output
    done = asked(folder, folder)
    assert done.exit_code == 2
    assert "by itself" in done.output
    text = (folder / EVENTS).read_text("utf-8").splitlines(keepends=True)
    (folder / EVENTS).write_text("".join([text[0], "nonsense\n", *text[1:]]), "utf-8")
    done = asked(folder)
    assert done.exit_code == 2
    assert "line 2" in done.output
