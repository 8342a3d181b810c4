"""A run as JUnit XML, one test case a requirement and case: `schemas/acs-conformance/junit.xsd`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree

from conformance.report.conclusion import Conclusion, conclude
from conformance.report.events import Verdict
from conformance.report.results import NOT_JUDGED, Result, by_theme, results
from conformance.report.stream import Run

SCHEMA = "junit.xsd"
# what XML 1.0 cannot hold, not even escaped
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ELEMENT_OF = {
    "failed": "failure",
    "unexpectedly-passed": "failure",
    "errored": "error",
    "inconclusive": "skipped",
    "not-applicable": "skipped",
    "known-failing": "skipped",
    NOT_JUDGED: "skipped",
}
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?")


def junit(run: Run) -> bytes:
    """UTF-8 XML with its declaration. Characters that XML cannot hold become U+FFFD."""
    found = results(run)
    root = etree.Element("testsuites", name=legal(f"{run.header.suite.name} {run.header.operation}"))
    conclusion = conclude(run)
    for theme, members in by_theme(found).items():
        root.append(_suite(run, theme, members, conclusion))
    if conclusion.exit_status not in (0, 1):
        root.append(_not_established(run, conclusion))
    _totals(root, [case for suite in root for case in suite.findall("testcase")], skipped=False)
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def legal(text: str) -> str:
    """`text` as XML can hold it."""
    return ILLEGAL.sub("\ufffd", text)


def _not_established(run: Run, conclusion: Conclusion) -> etree._Element:
    """An error, so that a run that came to no verdict never reads as green for want of failures."""
    suite = _head(run, "conclusion", conclusion)
    case = etree.SubElement(suite, "testcase", classname=legal(run.header.operation), name="conclusion", time="0.000")
    problem = etree.SubElement(case, "error", message=legal(conclusion.sentence), type=conclusion.word)
    problem.text = legal(f"{conclusion.headline}. {conclusion.sentence}")
    _totals(suite, [case], skipped=True)
    return suite


def _head(run: Run, theme: str, conclusion: Conclusion) -> etree._Element:
    header = run.header
    suite = etree.Element("testsuite", name=legal(f"{header.operation}.{theme}"), hostname=legal(header.target.name))
    if TIMESTAMP.fullmatch(header.started):
        suite.set("timestamp", header.started)
    properties = etree.SubElement(suite, "properties")
    for name, value in (
        ("seed", str(header.seed)),
        ("suite", header.suite.version),
        ("target", header.target.url or ""),
        ("conclusion", conclusion.headline),
        ("scope", conclusion.scope.word),
        ("left-out", ", ".join(conclusion.scope.left_out)),
    ):
        etree.SubElement(properties, "property", name=name, value=legal(value))
    return suite


def _suite(run: Run, theme: str, members: Iterable[Result], conclusion: Conclusion) -> etree._Element:
    suite = _head(run, theme, conclusion)
    cases = [_case(result, verdict) for result in members for verdict in result.verdicts or (None,)]
    suite.extend(cases)
    _totals(suite, cases, skipped=True)
    return suite


def _totals(element: etree._Element, cases: list[etree._Element], skipped: bool) -> None:
    def number(name: str) -> str:
        return str(sum(case.find(name) is not None for case in cases))

    element.set("tests", str(len(cases)))
    element.set("failures", number("failure"))
    element.set("errors", number("error"))
    if skipped:
        element.set("skipped", number("skipped"))
    element.set("time", _seconds(sum(float(case.get("time", "0")) for case in cases)))


def _case(result: Result, verdict: Verdict | None) -> etree._Element:
    entry = result.entry
    name = f"{entry.id} [{verdict.case}]" if verdict and verdict.case else entry.id
    case = etree.Element("testcase", classname=legal(entry.id.rsplit(".", 1)[0]), name=legal(name))
    case.set("time", _seconds(verdict.seconds if verdict else 0))
    standing = verdict.verdict if verdict else NOT_JUDGED
    message = verdict.message if verdict else result.message
    kind = ELEMENT_OF.get(standing)
    if kind == "skipped":
        etree.SubElement(case, kind, message=legal(f"{standing}: {message or 'no reason given'}"))
    elif kind:
        problem = etree.SubElement(case, kind, message=legal(message or standing), type=standing)
        problem.text = legal(details(result, verdict))
    if standing == "warned":
        etree.SubElement(case, "system-out").text = legal(f"warned: {details(result, verdict)}")
    return case


def details(result: Result, verdict: Verdict | None) -> str:
    """Everything a person needs to understand a verdict, as plain lines."""
    entry = result.entry
    lines = [f"{entry.level}: {entry.statement}", *(f"Source: {citation}" for citation in entry.citations)]
    if verdict:
        parts = (("Found", verdict.message), ("Expected", verdict.expected), ("Received", verdict.received))
        lines += [f"{label}: {text}" for label, text in parts if text]
    if verdict and verdict.exchange:
        lines += ["Reproduce:", verdict.exchange.reproduce, f"Answer: {verdict.exchange.status or 'none'}"]
        lines += [verdict.exchange.response] if verdict.exchange.response else []
    return "\n".join(lines)


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"
