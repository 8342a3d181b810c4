"""Each report is a function of the events: any stream renders in each, and fits its schema."""

import io
import json

import jsonschema_rs
import pytest
from hypothesis import given, settings
from lxml import etree

from conformance.contract.files import schemas_root
from conformance.report.conclusion import conclude
from conformance.report.events import ChoiceObserved, Evidence, Verdict
from conformance.report.junit import junit
from conformance.report.progress import Progress
from conformance.report.results import results
from conformance.report.summary import summarise
from conformance.report.terminal import console, show

from .streams import entry, run, runs, showcase

SCHEMAS = schemas_root() / "acs-conformance"
SUMMARY = jsonschema_rs.Draft202012Validator(json.loads((SCHEMAS / "summary.schema.json").read_text("utf-8")))
JUNIT = etree.XMLSchema(etree.parse(SCHEMAS / "junit.xsd"))


def printed(made, width=100):
    file = io.StringIO()
    show(made, console(file, width))
    return file.getvalue()


@settings(deadline=None, max_examples=60)
@given(runs())
def test_summary(made):
    summary = summarise(made)
    SUMMARY.validate(json.loads(json.dumps(summary)))
    assert sum(summary["counts"].values()) == len(made.header.catalogue) == len(summary["verdicts"])
    assert summary["exit_status"] == conclude(made).exit_status


@settings(deadline=None, max_examples=60)
@given(runs())
def test_junit(made):
    root = etree.fromstring(junit(made))
    JUNIT.assertValid(root)
    unjudged = sum(not result.verdicts for result in results(made))
    unsettled = conclude(made).exit_status == 3
    assert int(root.get("tests")) == len(made.verdicts) + unjudged + unsettled
    verdicts = [verdict.verdict for verdict in made.verdicts]
    assert int(root.get("failures")) == verdicts.count("failed") + verdicts.count("unexpectedly-passed")
    assert int(root.get("errors")) == verdicts.count("errored") + unsettled
    said = {one.get("name"): one.get("value") for one in root.iter("property")}
    assert (said["conclusion"], said["scope"]) == (conclude(made).headline, conclude(made).scope.word)


@settings(deadline=None, max_examples=60)
@given(runs())
def test_terminal(made):
    text = printed(made)
    assert not set(text) & set("\x00\x1b\x85\u2028\u202e")
    assert conclude(made).headline in text


@settings(deadline=None, max_examples=60)
@given(runs())
def test_live_progress_takes_any_stream(made):
    for terminal in (False, True):
        to = console(io.StringIO(), 100)
        to._force_terminal = terminal
        with Progress(to, clock=iter(range(10**6)).__next__) as progress:
            for event in made.events():
                progress.on_event(event)
                progress.on_requests(10)
                to.render_str(str(progress._line()))


def test_junit_says_what_failed_and_why():
    cases = {case.get("name"): case for case in etree.fromstring(junit(showcase())).iter("testcase")}
    failure = cases["DescribeTasks.paging.pages-are-full [json]"].find("failure")
    assert failure.get("message") == "a page in the middle is short"
    for part in (
        "MUST: Every page but the last",
        "Source: ecs-2021",
        "Expected: 10 items",
        "Received: 9 items",
        "curl -sS",
    ):
        assert part in failure.text
    assert cases["DescribeTasks.errors.unknown-region [json]"].find("error") is not None
    skipped = cases["DescribeTasks.regions.do-not-leak"].find("skipped")
    assert skipped.get("message") == "not-applicable: only one region was given"
    assert cases["DescribeTasks.envelope.request-id-form"].find("system-out").text.startswith("warned: SHOULD")
    assert len(cases["DescribeTasks.paging.pages-are-full [xml]"]) == 0
    assert cases["DescribeTasks.choices.TaskSet.list-form"].find("skipped").get("message").startswith("not-judged")


def test_the_terminal_report_shows_each_failure_whole():
    text = printed(showcase(), 120)
    for part in (
        "✗ DescribeTasks.paging.pages-are-full  MUST  json",
        "Every page but the last holds as many items as asked for.",
        "ecs-2021, Request parameters, PageSize",
        "10 items",
        "9 items",
        "curl -sS -i 'http://127.0.0.1:4000/?RegionId=cn-hangzhou&PageSize=10&Action=DescribeTasks&Signature=REDACTED'\n",
        '200  {"TotalCount": 23',
        "1 more for the same cause: DescribeTasks.paging.last-page-holds-the-rest",
        "string (399×), boolean (13×)",
    ):
        assert part in text
    assert text.rstrip().splitlines()[-1].endswith("over 2,431 requests.")
    assert "Not conformant. 1 known failure unexpectedly passed" in " ".join(text.split())


def test_a_conformant_run_ends_in_one_sentence():
    text = printed(run(verdicts=[("a.b", "passed"), ("a.c", "not-applicable")]), 200)
    assert text.rstrip().splitlines()[-1] == (
        "Conformant. The one MUST requirement that applies was met (1 does not apply): "
        "DescribeTasks of endpoint under test at http://127.0.0.1:4000, over 100 requests."
    )


def test_quiet_lines_without_a_terminal():
    file = io.StringIO()
    made = run(verdicts=[(f"a.r{number}", "passed") for number in range(40)] + [("a.bad", "failed", "json")])
    with Progress(console(file, 80), clock=lambda: 0.0) as progress:
        for event in made.events():
            progress.on_event(event)
    lines = file.getvalue().splitlines()
    assert lines[0] == "DescribeTasks of http://127.0.0.1:4000: 41 requirements, seed 7"
    assert len(lines) == 6
    assert "✗ DescribeTasks.a.bad json  message of a.bad" in lines
    assert lines[-1] == "  41 of 41 requirements judged, 1 failed, 0 ms"


def test_quiet_prints_failures_only():
    file = io.StringIO()
    with Progress(console(file, 80), quiet=True) as progress:
        for event in showcase().events():
            progress.on_event(event)
    assert len(file.getvalue().splitlines()) == 4


def test_no_color_and_colour(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[" in printed(showcase())
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[31" not in printed(showcase())
    assert "\x1b[1;31" not in printed(showcase())


def test_an_encoding_without_the_glyphs_is_no_error():
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding="ascii", write_through=True)
    show(showcase(), console(file, 80))
    assert b"paging.pages-are-full" in raw.getvalue()


def test_escapes_of_a_server_do_not_reach_the_terminal():
    evil = Verdict("DescribeTasks.a.b", "json", "failed", "\x1b]0;owned\x07", received="\x1b[2J\x9b2J")
    text = printed(run(verdicts=[evil]))
    assert "\\x1b[2J\\x9b2J" in text
    assert "\x1b" not in text
    assert "\x9b" not in text


def test_many_failures_end_with_where_to_start():
    shown = Evidence("curl 'http://127.0.0.1:4000/?TaskIds=t-1'", 200, "", ("TaskIds",))
    found = [Verdict(f"DescribeTasks.ids.r{n}", "", "failed", f"message {n}", exchange=shown) for n in range(6)]
    listed, said = printed(run(catalogue=[entry(f"ids.r{n}") for n in range(6)], verdicts=found)).split("Start here")
    assert [line for line in listed.splitlines() if line.startswith("✗")] == [
        f"✗ DescribeTasks.ids.r{n}  message {n}" for n in range(6)
    ]
    assert "TaskIds  6 requirements fail where it is sent" in said
    assert "message 0" in said
    assert shown.curl in said
    assert "message 1" not in said


@pytest.mark.parametrize("quiet", [False, True])
def test_what_fails_for_one_cause_is_shown_once_while_it_runs(quiet):
    file = io.StringIO()
    found = [Verdict(f"DescribeTasks.ids.r{n}", "", "failed", f"message {n}", cause="one") for n in range(4)]
    with Progress(console(file, 80), quiet=quiet, clock=lambda: 0.0) as progress:
        for event in run(catalogue=[entry(f"ids.r{n}") for n in range(4)], verdicts=found).events():
            progress.on_event(event)
    lines = file.getvalue().splitlines()
    assert [line for line in lines if line.startswith("✗")] == ["✗ DescribeTasks.ids.r0  message 0"]
    others = ", ".join(f"DescribeTasks.ids.r{n}" for n in range(1, 4))
    assert (f"  3 more for the cause of DescribeTasks.ids.r0: {others}" in lines) is quiet


def test_an_operation_of_many_parameters_fits_a_screen():
    """What is alike is said once: choices of one kind, and requirements that share a reason."""
    names = [f"P{number}" for number in range(60)]
    many = [("errors.E1.documented", "not-applicable")]
    verdicts = [
        Verdict(f"DescribeTasks.errors.E{n}.documented", "", "not-applicable", "no cause is known") for n in names
    ]
    observed = [ChoiceObserved(f"{name}.empty-value", "ignored", None, 2) for name in names]
    observed += [ChoiceObserved("Odd.empty-value", "rejected", None, 1)]
    observed += [ChoiceObserved("Both.empty-value", one, None, 3) for one in ("ignored", "rejected")]
    text = printed(run(verdicts=[*many, *verdicts], observed=observed))
    assert len(text.splitlines()) < 45
    assert "*.empty-value" in text
    assert "ignored (120×)" in text
    assert "P0, P1 and 58 more" in text
    assert "Odd.empty-value" in text
    assert "both: should keep to one" in text
    assert "60 requirements: no cause is known" in text
    assert "and 48 more" in " ".join(text.split())
