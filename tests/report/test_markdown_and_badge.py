import json
import re

import jsonschema_rs
from hypothesis import given, settings
from lxml import etree

from conformance.contract.files import schemas_root
from conformance.report import events as e
from conformance.report.badge import badge, badge_svg
from conformance.report.conclusion import conclude
from conformance.report.markdown import LIMIT, fenced, inline, markdown

from .streams import TEXT, entry, run, runs, showcase

BADGE = jsonschema_rs.Draft202012Validator(
    json.loads((schemas_root() / "acs-conformance" / "badge.schema.json").read_text("utf-8"))
)


@settings(deadline=None, max_examples=60)
@given(runs())
def test_any_stream_renders(made):
    text = markdown(made)
    assert conclude(made).headline in text.splitlines()[0]
    assert len(text) <= LIMIT
    assert text.count("<details>") == text.count("</details>")
    values = badge(made)
    BADGE.validate(values)
    svg = etree.fromstring(badge_svg(made))
    assert svg.get("aria-label").endswith(values["message"])


@given(TEXT)
def test_inline_text_has_no_markup_in_it(text):
    shown = inline(text)
    assert not re.search(r"[<>`*_\[\]|~\\]|@(?!\u2060)|\n", shown)


@given(TEXT)
def test_a_fence_is_not_ended_by_its_content(text):
    first, *body, last = fenced(text + "\n```\n````").split("\n")
    assert first == last
    assert first not in [line.strip() for line in body]


def test_what_failed_is_in_the_comment():
    text = markdown(showcase())
    for part in (
        "### ❌ Not conformant: DescribeTasks",
        "| MUST | 2 | 2 |",
        "failed: <code>DescribeTasks.paging.pages-are-full</code> (json)",
        "```\n10 items\n```",
        "```sh\ncurl -sS",
        "1 more for the same cause",
        "2 could not be judged",
        "1 recommended, and not met",
    ):
        assert part in text


def test_a_great_many_failures_still_fit():
    evidence = e.Evidence("curl " + "x" * 3000, 200, "y\n" * 500)
    catalogue = [entry(f"a.r{number}") for number in range(500)]
    verdicts = [
        e.Verdict(one.id, "json", "failed", "m" * 300, "e" * 900, "r" * 900, exchange=evidence) for one in catalogue
    ]
    text = markdown(run(catalogue, verdicts))
    assert len(text) <= LIMIT
    assert "more causes of failure" in text


def test_badges():
    assert badge(run(verdicts=[("a.b", "passed")]))["message"] == "conformant"
    assert badge(run(verdicts=[("a.b", "passed"), ("a.c", "known-failing")]))["message"] == "1 known failure"
    assert badge(run(verdicts=[("a.b", "failed"), ("a.c", "failed")]))["message"] == "2 failed"
    assert badge(run(verdicts=[("a.b", "unexpectedly-passed")]))["message"] == "unexpectedly passed"
    assert badge(run(verdicts=[("a.b", "inconclusive")])) == {
        "schemaVersion": 1,
        "label": "DescribeTasks conformance",
        "message": "not established",
        "color": "lightgrey",
        "isError": True,
    }
