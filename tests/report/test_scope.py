"""What a run was asked to judge: a part of what is required is never called the whole."""

import json

import pytest
from attrs import evolve

from conformance.report import events as e
from conformance.report.badge import badge, badge_svg
from conformance.report.conclusion import conclude
from conformance.report.html import html
from conformance.report.junit import junit
from conformance.report.markdown import markdown
from conformance.report.merge import merge
from conformance.report.scope import scope
from conformance.report.stream import parse, text_of
from conformance.report.summary import summarise

from .streams import WHOLE, entry, run


def asked(**changes):
    """A run of two MUSTs and a SHOULD, all of which passed; `changes` are of its header."""
    made = run([entry("a.b"), entry("a.c"), entry("a.d", "SHOULD")], [("a.b", "passed"), ("a.c", "passed")])
    verdicts = (*made.verdicts, e.Verdict("DescribeTasks.a.d", "", "passed"))
    return evolve(made, verdicts=verdicts, header=evolve(made.header, **changes))


def without(*ids, level="MUST"):
    names = tuple(f"DescribeTasks.{id}" for id in ids)
    return {"deselected": names, "deselected_levels": dict.fromkeys(names, level)}


PARTS = [
    (asked(**without("x.y")), ("1 of 3 MUST requirements",)),
    (asked(settings=evolve(WHOLE, formats=("json",))), ("format xml",)),
    (asked(settings=evolve(WHOLE, signatures=("v3",), methods=("GET",))), ("signature v1", "method POST")),
    (asked(settings=evolve(WHOLE, signatures=("none",))), ("signatures (requests were not signed)",)),
    (
        asked(settings=None, format_version=1),
        ("formats, signatures and methods that the stream, of an earlier version, does not name",),
    ),
]


@pytest.mark.parametrize(("made", "left_out"), PARTS, ids=str)
def test_a_narrowed_run_is_conformant_in_part_in_every_report(made, left_out):
    assert scope(made).left_out == left_out
    conclusion = conclude(made)
    assert (conclusion.headline, conclusion.exit_status) == ("Conformant in part", 0)
    assert all(words in conclusion.sentence for words in left_out)
    assert (badge(made)["message"], badge(made)["color"]) == ("conformant in part", "yellow")
    assert "conformant in part" in badge_svg(made)
    assert markdown(made).startswith("### 🟡 Conformant in part: DescribeTasks\n")
    assert "<title>Conformant in part: " in html(made)
    assert f"Not judged: {', '.join(left_out)}." in html(made)
    assert b'name="conclusion" value="Conformant in part"' in junit(made)
    assert b'name="scope" value="part"' in junit(made)
    summary = summarise(made)
    assert (summary["scope"], tuple(summary["left_out"]), summary["headline"]) == (
        "part", left_out, "Conformant in part",
    )  # fmt: skip


@pytest.mark.parametrize("made", [asked(), asked(**without("x.y", level="SHOULD"))], ids=["all", "every MUST"])
def test_a_run_of_every_must_in_all_that_is_documented_is_whole(made):
    assert conclude(made).headline == "Conformant"
    assert summarise(made)["scope"] == "whole"
    assert badge(made)["color"] == "brightgreen"


def test_with_known_failures_a_part_is_still_a_part():
    made = asked(**without("x.y"))
    known = evolve(made, verdicts=(*made.verdicts, e.Verdict("DescribeTasks.a.c", "", "known-failing", "m")))
    conclusion = conclude(known)
    assert (conclusion.headline, conclusion.exit_status) == ("Conformant in part, but for known failures", 0)
    assert not conclusion.conformant
    assert badge(known)["message"] == "1 known failure, judged in part"


def test_what_fails_in_a_part_is_not_conformant():
    made = run(verdicts=[("a.b", "failed")])
    made = evolve(made, header=evolve(made.header, **without("x.y")))
    assert conclude(made).headline == "Not conformant"


def test_formats_that_are_judged_apart_and_merged_are_the_whole():
    one, other = (asked(settings=evolve(WHOLE, formats=(f,)), seed=n) for n, f in enumerate(("json", "xml")))
    assert scope(one).word == scope(other).word == "part"
    assert scope(merge([one, other])).word == "whole"
    assert scope(parse(text_of(merge([merge([one, other]), one])).encode())).word == "whole"


def test_a_format_in_which_some_must_was_never_judged_is_left_out_of_the_merged_run():
    few = run([entry("a.b")], [("a.b", "passed")])
    few = evolve(few, header=evolve(few.header, settings=evolve(WHOLE, formats=("xml",)), **without("a.c"), seed=9))
    assert scope(merge([asked(settings=evolve(WHOLE, formats=("json",))), few])).left_out == ("format xml",)


def test_a_run_on_an_sdk_has_no_formats_to_leave_out():
    made = run([entry("sdk.a")], [("sdk.a", "passed")])
    assert scope(evolve(made, header=evolve(made.header, settings=e.SettingsEntry()))).word == "whole"
    assert scope(evolve(made, header=evolve(made.header, settings=None))).word == "whole"


def test_a_stream_of_version_1_is_read():
    made = asked(settings=None, format_version=1)
    lines = [e.to_dict(one) for one in made.events()]
    for name in ("settings", "deselected_levels"):
        del lines[0][name]
    assert parse("".join(json.dumps(line) + "\n" for line in lines).encode()) == made
