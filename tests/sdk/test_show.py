"""One case is done again and shown, by the very command that a report gives; no secret is in what is shown."""

from __future__ import annotations

import json
import shlex

import pytest
from attrs import evolve

from conformance.errors import Refusal
from conformance.sdk.show import show


def _text(shown):
    return "\n".join(line for one in shown for line in one.lines())


def test_it_shows_what_was_given_what_travelled_what_came_back_and_the_verdict(plan, miniature):
    shown = show(miniature("raw-plus"), evolve(plan, select=("requests.plus",)), ())
    text = _text(shown)
    assert [one.verdict.verdict for one in shown] == ["failed"]
    for wanted in ("TaskIds = 'a+b++c'", "TaskIds=a+b++c", "Answered: HTTP 200", '"TotalCount": 1', "TaskIds='a b  c'"):
        assert wanted in text
    assert text.index("Given") < text.index("Over the wire") < text.index("Answered") < text.index("Verdict: failed")


def test_a_case_is_named_by_a_glob_or_its_mark_and_passes_or_fails_alone(plan, miniature):
    two = evolve(plan, select=("requests.space",))
    command = miniature("trims")
    every = show(command, two, ())
    assert [(o.observation.case.name, o.verdict.verdict) for o in every] == [
        ("inside", "passed"),
        ("at the ends", "failed"),
    ]
    for word in ("at the *", every[1].observation.case.mark):
        assert [o.verdict.verdict for o in show(command, two, (word,))] == ["failed"]


def test_what_is_judged_over_a_whole_run_is_shown_by_the_case_that_showed_it(plan, miniature):
    [one] = show(miniature("sends-secret"), evolve(plan, select=("signing.secret-stays-home",)), ("at the ends",))
    assert one.verdict.verdict == "failed"
    assert "TestSecret" not in _text([one])


def test_what_an_sdk_lacks_that_every_call_needs_is_no_fault_of_its_driver(plan, miniature):
    shown = show(miniature("cannot-give-RegionId"), evolve(plan, select=("requests.plus", "requests.all-*")), ())
    assert {o.requirement.requirement.check: o.verdict.verdict for o in shown} == {
        "requests.plus": "inconclusive",
        "requests.all-parameters": "passed",
    }
    assert "this SDK has no RegionId, which every call of DescribeTasks needs" in _text(shown)


def test_of_alternatives_the_others_count_too(plan, miniature):
    [one] = show(miniature("no-result"), evolve(plan, select=("responses.list-form",)), ("*array-of-one",))
    assert one.verdict.verdict == "passed"
    assert "another documented alternative" in one.verdict.message


@pytest.mark.parametrize(
    ("select", "wanted", "said"),
    [
        (("requests.space",), ("nowhere",), "inside"),
        (("requests.*",), (), "give one with --case"),
        (("signing.valid",), (), "give one with --case"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_what_can(plan, miniature, select, wanted, said):
    with pytest.raises(Refusal, match=said):
        show(miniature(), evolve(plan, select=select), wanted)


def test_the_command_of_a_report_reproduces_its_failure(acs, miniature, tmp_path):
    done = acs(
        "sdk", "-k", "requests.plus", "-k", "signing.access-key", "--report-dir", tmp_path, "--", *miniature("raw-plus")
    )
    assert done.returncode == 1
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text("utf-8").splitlines()]
    [failed] = [e for e in events if e["event"] == "verdict" and e["verdict"] == "failed"]
    words = shlex.split(failed["exchange"]["command"])
    assert words[0] == "acs-conformance"
    assert failed["exchange"]["command"] in done.stdout.replace("\n", "")
    again = acs(*words[1:])
    assert again.returncode == 1
    assert failed["message"] in again.stdout
    assert "Verdict: failed" in again.stdout


def test_cases_that_are_one_on_the_wire_are_told_apart_by_their_names(plan, miniature):
    fields = evolve(plan, select=("responses.each-field",))
    command = miniature("forgets-a-field")
    assert [o.verdict.verdict for o in show(command, fields, ("PageSize",))] == ["failed"]
    assert [o.verdict.verdict for o in show(command, fields, ("PageNumber",))] == ["passed"]
