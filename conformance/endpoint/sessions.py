"""A certification in a pytest session: one of ours, whose verdicts travel beside tests that pass, or one of somebody's
project, whose tests fail where verdicts do.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field

from conformance.contract.files import ContractError
from conformance.endpoint import fixtures
from conformance.endpoint.certification import (
    OBSERVER,
    VERDICT,
    CertificationPlugin,
    handed_over,
    merged,
    verdicts_in_passing,
)
from conformance.endpoint.certify import run_settings
from conformance.endpoint.in_passing import InPassing
from conformance.endpoint.known import load_known
from conformance.endpoint.plugin import NAME, ConformanceWarning
from conformance.endpoint.preflight import preflight, require_access_key
from conformance.endpoint.progress import read_progress
from conformance.endpoint.settings import JSON, RunSettings, Settings
from conformance.endpoint.watch.dialect import Dialect
from conformance.errors import NotEstablished, Refusal
from conformance.interrupts import keep_interruptions
from conformance.ledger.known_failing import KnownFailures
from conformance.ledger.specification import Specification
from conformance.ledger.verdicts import BAD, VerdictName
from conformance.report.events import Verdict
from conformance.wire.client import BadEndpoint

PLACE = "acs-conformance"
FIXTURES = "acs-fixtures"


def start_ours(config: pytest.Config, file: Path, progress: str | None = None) -> None:
    """A run of ours, or a worker of one; what `progress` holds is through. The process that only hands tests to workers
    has no target.
    """
    if not hasattr(config, "workerinput") and config.getoption("numprocesses", None):
        return
    if hasattr(config, "workerinput"):
        keep_interruptions()
    settings = JSON.loads(file.read_text("utf-8"), RunSettings)
    earlier = read_progress(Path(progress)) if progress else ()
    config.pluginmanager.register(
        CertificationPlugin.start(settings, config, earlier=earlier, keeps=progress is not None), NAME
    )
    config.pluginmanager.register(fixtures, FIXTURES)


def start_theirs(config: pytest.Config, settings: Settings) -> None:
    """A session of somebody's project. Raises pytest.UsageError; ends the session where nothing can be judged."""
    try:
        specification = Specification.load(settings.folder)
        plan = run_settings(settings, specification)
        require_access_key(plan.signs, "--acs-signature none")
        known = load_known(settings.known_file, specification.ledger, specification.contract)
        outcome = TestOutcome(known)
        certification = CertificationPlugin.start(plan, config, outcome)
        outcome.dialect = certification.open_target.watch.dialect
        if not hasattr(config, "workerinput"):
            preflight(certification.open_target, specification.protocol)
    except (Refusal, BadEndpoint, ContractError) as e:
        raise pytest.UsageError(f"acs-conformance: {e}") from None
    except NotEstablished as e:
        pytest.exit(f"acs-conformance: {e}", returncode=3)
    config.pluginmanager.register(certification, NAME)
    config.pluginmanager.register(fixtures, FIXTURES)
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Closing(certification, known), "acs-closing")


@define(eq=False)
class TestOutcome:
    """What a verdict means for a test: a failure, a skip, an expected failure, or a warning."""

    __test__ = False
    known: KnownFailures
    dialect: Dialect | None = None

    def __call__(self, item: pytest.Function, verdict: Verdict, retry: Callable[[int], Verdict]) -> None:
        """Raises what pytest takes for it."""
        taken = self.dialect.mapping() if self.dialect else {}
        settled, message = settled_verdict(self.known, verdict, taken, retry)
        text = told(verdict, settled, message)
        if settled in BAD:
            pytest.fail(text, pytrace=False)
        if settled == "known-failing":
            pytest.xfail(message)
        if settled in ("inconclusive", "not-applicable"):
            pytest.skip(message)
        if settled == "warned":
            warnings.warn(ConformanceWarning(text), stacklevel=2)


def settled_verdict(
    known: KnownFailures, verdict: Verdict, dialect: dict[str, str], retry: Callable[[int], Verdict] | None = None
) -> tuple[VerdictName, str]:
    """What counts of a verdict beside known failures, and why. A flaky one is judged again where it can be."""

    def more(tries: int) -> list[VerdictName]:
        return [retry(n).verdict for n in range(1, tries + 1)] if retry else []

    settled, message = known.settled(verdict, dialect, more)
    return settled, message or verdict.message or settled


def told(verdict: Verdict, settled: str, message: str) -> str:
    """A verdict as the text of a failed test: what was expected, what came, and how to send it again."""
    lines = [f"{verdict.requirement} {settled}: {message}"]
    lines += [f"  expected  {verdict.expected}"] if verdict.expected else []
    lines += [f"  received  {verdict.received}"] if verdict.received else []
    if verdict.exchange is not None:
        lines += [f"  {verdict.exchange.curl}", f"  status {verdict.exchange.status}"]
    return "\n".join(lines)


@define(eq=False)
class Closing:
    """Reports, after the last test, the requirements that the exchanges of all tests are judged by."""

    certification: CertificationPlugin
    known: KnownFailures
    _observed: list[InPassing] = field(factory=list)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: Any) -> None:
        """What a worker of pytest-xdist observed."""
        self._observed += handed_over(node)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Once the tests are through, and before pytest counts the failed ones."""
        result = yield
        if not session.config.option.collectonly and not session.shouldfail:
            for verdict in self._verdicts(session):
                _report(session, self.known, verdict)
        return result

    def _verdicts(self, session: pytest.Session) -> Iterator[Verdict]:
        parts = self._observed or [session.config.stash[OBSERVER].in_passing()]
        certification = self.certification
        tallies, dialect = merged(parts, certification.contract, certification.settings)
        if any(part.traffic.requests for part in parts):
            yield from verdicts_in_passing(
                certification.ledger, certification.selection, tallies, dialect, certification.settings
            )


def _report(session: pytest.Session, known: KnownFailures, verdict: Verdict) -> None:
    """One verdict as a test of its own, for the terminal, JUnit and whoever else listens."""
    settled, message = settled_verdict(known, verdict, {})
    now = datetime.now(UTC).timestamp()
    place = (PLACE, None, verdict.requirement)
    outcome: Any = "failed" if settled in BAD else "skipped"
    text: Any = told(verdict, settled, message) if settled in BAD else (PLACE, 0, f"Skipped: {message}")
    if settled in ("passed", "warned"):
        outcome, text = "passed", None
    if settled == "warned":
        session.config.issue_config_time_warning(ConformanceWarning(told(verdict, settled, message)), stacklevel=2)
    report = pytest.TestReport(f"{PLACE}::{verdict.requirement}", place, {}, outcome, text, "call", start=now, stop=now)
    if settled == "known-failing":
        report.wasxfail = message
    report.user_properties.append((VERDICT, settled))
    session.config.hook.pytest_runtest_logstart(nodeid=report.nodeid, location=report.location)
    session.config.hook.pytest_runtest_logreport(report=report)
    session.config.hook.pytest_runtest_logfinish(nodeid=report.nodeid, location=report.location)
