"""The page of a run over a service: each operation with its reason, causes first; nothing of a stranger is markup."""

from __future__ import annotations

from attrs import evolve
from lxml import html as reader

from conformance.report.service_evidence import concluded, service_stream
from conformance.report.service_page import service_html, terminal_lines
from conformance.report.service_run import (
    Failed,
    OperationJudged,
    ServiceFinished,
    ServiceRun,
    ServiceStarted,
    event_lines,
    line_of,
    service_run_of,
)

HOSTILE = "</script><img src=x onerror=alert(1)>\x1b[31m"
STARTED = ServiceStarted(
    {"name": "acs-conformance", "version": "1"}, "Ecs", "2014-05-26", HOSTILE, 7, "2026-11-26T00:00:00Z", 3,
    ("ListA", "MakeB", "GetC"), (),
)  # fmt: skip


def made(*operations: OperationJudged) -> ServiceRun:
    return ServiceRun(STARTED, operations, (), ServiceFinished(1.5))


def judged(name: str, verdict: str, reason: str = "", **more) -> OperationJudged:
    return OperationJudged(name, "list", verdict, reason, digest="sha256:0", **more)


def test_each_operation_is_there_with_its_reason_and_its_report() -> None:
    failed = Failed("ListA.ids.selects", "MUST", "items come that should not")
    run = made(
        judged("ListA", "not-conformant", "ids", failed=(failed,), themes={"ids": "failed"}),
        judged("MakeB", "in-part", "45 MUSTs lie beyond the budget"),
        OperationJudged("GetC", "get", "not-supported", "no way to ask", attempted=False),
    )
    page = reader.fromstring(service_html(run))
    rows = {row.get("data-v"): " ".join(row.text_content().split()) for row in page.xpath("//tbody/tr")}
    assert list(rows) == ["not-conformant", "in-part", "not-supported"]
    assert "45 MUSTs lie beyond the budget" in rows["in-part"]
    assert [a.get("href") for a in page.xpath("//tbody//a")] == [
        "operations/ListA/report.html", "operations/MakeB/report.html",
    ]  # fmt: skip
    [cause] = page.xpath("//ol[contains(@class, 'causes')]/li")
    assert "items come that should not" in cause.text_content()
    assert page.xpath("string(//p[@class='word'])") == "Not conformant"


def test_a_run_that_judged_a_part_says_so() -> None:
    whole = [judged(name, "conformant") for name in STARTED.selected]
    assert made(*whole).headline == "Conformant"
    assert made(*whole[:2], judged("GetC", "in-part")).headline == "Conformant in part"
    assert made(*whole[:2]).headline == "Not established"


def test_what_strangers_wrote_is_text() -> None:
    text = service_html(made(judged("ListA", "not-conformant", HOSTILE, unknown_causes=(HOSTILE,))))
    assert "\x1b" not in text
    page = reader.fromstring(text)
    assert not page.xpath("//img")
    assert len(page.xpath("//script")) == 1


def test_nothing_of_an_earlier_run_speaks_for_this_one(tmp_path) -> None:
    stale = tmp_path / "operations" / "ListA" / "report.html"
    stale.parent.mkdir(parents=True)
    stale.write_text("yesterday's green")
    (tmp_path / "certificate.json").write_text("{}")
    heard: list[str] = []
    with service_stream(tmp_path, STARTED, lambda judged, protocol: heard.append(judged.name)) as told:
        told("operation-judged", judged("MakeB", "not-established", "throttled"))
    run = concluded(tmp_path)
    assert heard == ["MakeB"]
    assert run.headline == "Not established"
    assert not stale.exists()
    assert not (tmp_path / "certificate.json").exists()


def test_an_interruption_ends_the_stream_and_is_said(tmp_path) -> None:
    with service_stream(tmp_path, STARTED, lambda judged, protocol: None) as told:
        told("operation-judged", judged("MakeB", "conformant"))
        raise KeyboardInterrupt
    run = concluded(tmp_path)
    assert run.finished.interrupted
    assert run.exit_status == 3


def test_what_a_release_was_held_to_is_said() -> None:
    started = evolve(STARTED, settings={"profiles": ["strict"], "fail_on": "security"}, known={"a.b (truth *)": "a.b"})
    run = evolve(made(judged("ListA", "known-failing", "known: to be mended")), started=started)
    text = reader.fromstring(service_html(run)).text_content()
    for word in ("held to strict", "what must stay secret", "a.b (truth *)"):
        assert word in text
    assert "held to" not in service_html(made(judged("ListA", "conformant")))


def test_a_cause_says_what_was_found_and_what_came_and_is_one_whatever_is_listed() -> None:
    def failed(name: str, count: int) -> Failed:
        cause = f"status 200 and a result of {count} items"
        return Failed(f"{name}.parameters.RegionId.letter-case", "MUST", "RegionId of 'CN' has a meaning", cause)

    run = made(*(judged(name, "not-conformant", failed=(failed(name, n),)) for n, name in enumerate(STARTED.selected)))
    [cause] = run.causes
    assert cause.operations == STARTED.selected
    assert cause.text == (
        "parameters.*.letter-case: RegionId of 'CN' has a meaning (status 200 and a result of 0 items)"
    )


def test_other_line_separators_in_what_an_endpoint_said_end_no_line() -> None:
    said = "a\u2028b\u2029c\x85d"
    failed = Failed("ListA.ids.selects", "MUST", said)
    told = (
        line_of("service-started", STARTED),
        line_of("operation-judged", judged("ListA", "not-conformant", "ids", failed=(failed,))),
        line_of("service-finished", ServiceFinished(1.5)),
    )
    run = service_run_of(event_lines("".join(told)))
    assert [f.message for o in run.operations for f in o.failed] == [said]


def test_what_several_operations_have_for_one_reason_is_one_line() -> None:
    why = "http://127.0.0.1 answers {} as it does an action that does not exist (status 404)."
    lacking = [judged(name, "not-established", why.format(name)) for name in ("ListA", "MakeB", "StopD", "GetE")]
    failing = [judged(name, "not-conformant", f"{name}.ids.selects: items come") for name in ("ListF", "ListG")]
    alone = judged("GetC", "not-established", "http://127.0.0.1 refuses GetC with what is made up.")
    lines = [line.strip() for line in terminal_lines(made(*lacking, *failing, alone))]
    assert "ListA, MakeB, StopD and 1 more: " + why.format("each") in lines
    assert "ListF, ListG: ids.selects: items come" in lines
    assert "GetC: http://127.0.0.1 refuses GetC with what is made up." in lines
