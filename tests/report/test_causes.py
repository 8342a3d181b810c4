"""Where to start: failures put together by what their requests ask for."""

from __future__ import annotations

from attrs import evolve

from conformance.report.causes import start_here
from conformance.report.events import Evidence, Verdict
from conformance.report.results import Result
from tests.report.streams import entry


def failed(name: str, *varies: str, cases: tuple[str, ...] = ("json",), passed: tuple[str, ...] = ()) -> Result:
    shown = Evidence("curl", 200, "", varies)
    found = [Verdict(f"DescribeTasks.{name}", case, "failed", name, exchange=shown) for case in cases]
    return Result(entry(name), (*found, *(Verdict(f"DescribeTasks.{name}", case, "passed") for case in passed)))


def told(*found: Result) -> list[tuple[str | None, list[str]]]:
    return [
        (cause.about, [result.entry.id.split(".", 1)[1] for result in cause.results]) for cause in start_here(found)
    ]


def test_a_parameter_that_one_request_varies_alone_explains_those_that_vary_more() -> None:
    with_filter, alone = failed("ids.with-filter", "Ids", "Status"), failed("ids.selects", "Ids")
    assert told(with_filter, alone) == [("Ids", ["ids.selects", "ids.with-filter"])]


def test_what_no_request_varies_alone_explains_nothing() -> None:
    both = failed("a.one", "Ids", "Status"), failed("a.two", "Ids", "Status")
    assert told(*both) == [(None, ["a.one"]), (None, ["a.two"])]


def test_a_failure_goes_to_the_parameter_that_fewest_requests_vary() -> None:
    pages = [failed(f"paging.{n}", "Size") for n in "abc"]
    ids = [failed("ids.selects", "Ids"), failed("ids.complete", "Ids", "Size")]
    assert told(*pages, *ids) == [
        ("Size", ["paging.a", "paging.b", "paging.c"]),
        ("Ids", ["ids.selects", "ids.complete"]),
    ]


def test_what_fails_in_xml_alone_is_about_xml() -> None:
    found = [failed(f"fields.{n}", cases=("xml",), passed=("json",)) for n in "ab"]
    assert told(*found) == [("Format=XML", ["fields.a", "fields.b"])]
    # a run in one format says nothing about the other
    assert told(*(evolve(f, verdicts=f.verdicts[:1]) for f in found)) == [
        (None, ["fields.a"]),
        (None, ["fields.b"]),
    ]


def test_the_largest_cause_is_first_and_nothing_is_lost() -> None:
    found = [failed("envelope.status"), failed("ids.a", "Ids"), failed("ids.b", "Ids", "Size")]
    assert told(*found) == [("Ids", ["ids.a", "ids.b"]), (None, ["envelope.status"])]
    passed = Result(entry("fine"), (Verdict("DescribeTasks.fine", "json", "passed"),))
    assert told(passed) == []


def test_of_those_that_vary_the_same_the_one_with_the_shortest_request_shows_the_cause() -> None:
    long, short = (failed(name, "Ids") for name in ("ids.many", "ids.one"))
    many = Evidence("curl 'http://127.0.0.1/?Ids=a,b,c,d'", 200, "", ("Ids",))
    long = evolve(long, verdicts=tuple(evolve(v, exchange=many) for v in long.verdicts))
    assert told(long, short) == [("Ids", ["ids.one", "ids.many"])]
