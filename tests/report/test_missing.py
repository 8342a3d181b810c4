"""One sentence on missing data: how much there is, and how much would judge what was not judged for want of it."""

import io

import pytest

from conformance.report.events import Lack, Verdict
from conformance.report.html import html
from conformance.report.markdown import inline, markdown
from conformance.report.missing import missing_data
from conformance.report.summary import summarise
from conformance.report.terminal import console, show

from .streams import run

HERE, THERE = "cn-hangzhou", "cn-beijing"


def unjudged(id, *lacks, verdict="inconclusive"):
    return [
        Verdict(f"DescribeTasks.{id}", case, verdict, "why", lack=lack)
        for case, lack in zip(("json", "xml"), lacks, strict=False)
    ]


@pytest.mark.parametrize(
    ("verdicts", "sentence"),
    [
        (
            [*unjudged("ids.a", Lack(HERE, 2, 3), Lack(HERE, 2, 3)), *unjudged("ids.b", Lack(None, 0, 1))],
            "cn-hangzhou holds 2 items; 3 there and 1 in another region would judge 2 more requirements.",
        ),
        (
            unjudged("regions.a", Lack(None, 0, 1), verdict="not-applicable"),
            "1 item in another region would judge 1 more requirement.",
        ),
        (
            [*unjudged("ids.a", Lack(HERE, 0, 1)), *unjudged("ids.b", Lack(THERE, 1, 2), Lack(HERE, 0, 4))],
            "cn-beijing holds 1 item and cn-hangzhou holds no items; 2 in cn-beijing and 4 in cn-hangzhou would judge "
            "2 more requirements.",
        ),
        (
            [*unjudged("ids.a", Lack("", 1, 2)), *unjudged("filters.a", Lack("", 0, 1, "Status"))],
            "The listing holds 1 item; 2 there, with values of Status among them, would judge 2 more requirements.",
        ),
        (
            unjudged("filters.a", Lack(HERE, 0, 1, "Status")),
            "1 item in cn-hangzhou, with values of Status among them, would judge 1 more requirement.",
        ),
    ],
)
def test_the_sentence(verdicts, sentence):
    made = run(verdicts=[*verdicts, ("paging.a", "passed")])
    file = io.StringIO()
    show(made, console(file, 300))
    assert sentence in file.getvalue()
    assert inline(sentence, 1000) in markdown(made)
    assert sentence in html(made)
    assert summarise(made)["missing_data"]["sentence"] == sentence


def test_what_lacks_something_else_too_is_not_counted():
    other = [Verdict("DescribeTasks.ids.b", "xml", "inconclusive", "throttled 8 times in a row")]
    failed = [Verdict("DescribeTasks.ids.c", "xml", "failed", "wrong")]
    made = run(
        verdicts=[
            *unjudged("ids.a", Lack(HERE, 2, 3)),
            *unjudged("ids.b", Lack(HERE, 2, 9)), *other,
            *unjudged("ids.c", Lack(HERE, 2, 9)), *failed,
        ]
    )  # fmt: skip
    found = missing_data(made)
    assert found.requirements == ("DescribeTasks.ids.a",)
    assert found.sentence == "cn-hangzhou holds 2 items; 3 there would judge 1 more requirement."


def test_nothing_is_said_where_nothing_is_established():
    lacking = unjudged("ids.a", Lack(HERE, 2, 3))
    for made in (run(verdicts=lacking, interrupted=True), run(verdicts=[("ids.a", "inconclusive")]), run()):
        assert missing_data(made) is None
        assert summarise(made)["missing_data"] is None
        assert "more requirement" not in html(made) + markdown(made)
