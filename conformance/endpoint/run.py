"""One run of the endpoint suite, in this process or in several: started, listened to, and added up."""

from __future__ import annotations

import gc
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from attrs import define, evolve, field, frozen

from conformance.endpoint import sharing
from conformance.endpoint.allowance import Allowance
from conformance.endpoint.certification import (
    DONE,
    INSTEAD,
    OBSERVER,
    RECORDING,
    REQUESTS,
    SPECIFICATION,
    VERDICT,
    handed_over,
    merged,
    selected,
    verdicts_in_passing,
)
from conformance.endpoint.in_passing import InPassing, Observer
from conformance.endpoint.progress import line_of, read_progress, trim
from conformance.endpoint.recording import Recording
from conformance.endpoint.settings import JSON, RunSettings
from conformance.endpoint.sharing import Items, Sharer, Sharing
from conformance.endpoint.traffic import Traffic
from conformance.endpoint.turns import finds_out_choices, judged_by
from conformance.endpoint.watch.dialect import Dialect
from conformance.interrupts import ending_begins
from conformance.ledger.specification import Specification
from conformance.report.events import Verdict, from_dict
from conformance.wire.environment import changed_environment

SUITE = Path(__file__).parent / "checks"
# what pytest brings and no run uses: a run over a service is hundreds of its sessions
NOT_NEEDED = (
    "cacheprovider", "debugging", "doctest", "faulthandler", "freeze_support", "hypothesispytest", "junitxml",
    "legacypath", "logging", "nose", "pastebin", "python_path", "recwarn", "setuponly", "setupplan", "stepwise",
    "terminal", "threadexception", "unittest", "unraisableexception",
)  # fmt: skip
Listener = Callable[[Verdict], None]


@define
class Results:
    """What came of a run: every verdict, and what was seen in passing.

    `interrupted` says that it was stopped before its end, `breakdowns` what in the suite itself broke. `instead` are
    the verdicts in place of those that are not judged because of another requirement, if that one is met.
    """

    verdicts: list[Verdict] = field(factory=list)
    instead: list[Verdict] = field(factory=list)
    in_passing: list[InPassing] = field(factory=list)
    interrupted: bool = False
    breakdowns: list[str] = field(factory=list)

    @property
    def traffic(self) -> Traffic:
        """What was sent, over all processes."""
        whole = Traffic()
        for part in self.in_passing:
            whole.add(part.traffic)
        return whole

    def unexplained(self) -> Iterator[Verdict]:
        """What counts after all: nothing follows from a requirement that is met, or that this run did not judge; nor do
        two requirements follow from each other.
        """
        found: dict[str, list[Verdict]] = {}
        for v in self.verdicts:
            found.setdefault(v.requirement, []).append(v)
        because = {(v.requirement, v.case): v.because for v in self.verdicts if v.because}

        def is_in_doubt(requirement: str, before: frozenset[str]) -> bool:
            """Whether it is not met, or could not be judged, for another reason than what is said to follow from it."""
            deeper = before | {requirement}
            return requirement not in before and any(
                is_in_doubt(v.because, deeper) if v.because else v.verdict not in ("passed", "not-applicable")
                for v in found.get(requirement, ())
            )

        for v in self.instead:
            cause = because.get((v.requirement, v.case))
            if cause is not None and not is_in_doubt(cause, frozenset({v.requirement})):
                yield v


def run(
    settings: RunSettings,
    listener: Listener,
    settings_file: Path,
    workers: int = 1,
    recording: Recording | None = None,
    on_requests: Callable[[int], None] = lambda requests: None,
    shares: int = 1,
    progress: Path | None = None,
) -> tuple[Results, Dialect]:
    """Run the suite and hand each verdict to `listener` as it comes. `settings_file` is written for the workers.

    `on_requests` is told now and then how many requests were sent so far.

    A `recording` keeps the run, or gives back one that was kept; it needs the run to be in this process (`workers`
    of 1). What is given back may be judged in several `shares`, each in a process that is forked once the dialect is
    known; verdicts are then heard at the end, in the order of the checks.

    `progress` is a file that gets a line for each check that is through; those that it holds already are heard first,
    and not run again.

    The results include the verdicts on what every exchange is judged by, and on the choices. KeyboardInterrupt ends the
    run early: what was judged by then counts, and `interrupted` says so.
    """
    if workers > 1 and settings.allowance_file is None:
        shared = settings_file.with_name("allowance")
        Allowance.begun(settings.limits, shared).close()
        settings = evolve(settings, allowance_file=str(shared))
    settings_file.write_text(JSON.dumps(settings), "utf-8")
    specification = Specification.load(Path(settings.contract_dir), settings.as_of)
    ledger = specification.ledger.strict(settings.strict)
    arguments = [
        "-p", "conformance.endpoint.plugin", f"--acs-settings={settings_file}",
        *(word for name in NOT_NEEDED for word in ("-p", f"no:{name}")),
        "--assert=plain", "--capture=no", "--noconftest",
        f"--rootdir={SUITE}", f"--confcutdir={SUITE}", "-c", str(SUITE / "pytest.ini"), str(SUITE),
    ]  # fmt: skip
    results = Results()
    collector = Collector(results, listener, specification, recording, on_requests, sharing.available(shares), progress)
    if progress is not None:
        trim(progress)
        arguments.append(f"--acs-progress={progress}")
        for done in read_progress(progress):
            results.in_passing.append(done.in_passing)
            if done.verdict is not None:
                results.verdicts.append(done.verdict)
                results.instead += [done.instead] if done.instead else []
                listener(done.verdict)
    if workers > 1:
        arguments += ["-p", "xdist.plugin", f"--numprocesses={workers}"]
    with changed_environment(ALONE), _noting_interruption(results), _rare_collection():
        status = pytest.main(arguments, plugins=[collector])
    results.interrupted = results.interrupted or status == pytest.ExitCode.INTERRUPTED
    if results.interrupted:
        ending_begins()
    tallies, dialect = merged(results.in_passing, specification.contract, settings)
    for verdict in verdicts_in_passing(ledger, selected(ledger, settings), tallies, dialect, settings):
        results.verdicts.append(verdict)
        listener(verdict)
    for verdict in tuple(results.unexplained()):
        results.verdicts.append(verdict)
        listener(verdict)
    return results, dialect


@contextmanager
def _noting_interruption(results: Results) -> Iterator[None]:
    """While open, a signal that interrupts is noted: what is raised in the middle of a draw may be swallowed there."""

    def noting(handler: Callable[..., object]) -> Callable[[int, FrameType | None], None]:
        def on_signal(number: int, frame: FrameType | None) -> None:
            results.interrupted = True
            handler(number, frame)

        return on_signal

    here = threading.current_thread() is threading.main_thread()
    handlers = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)} if here else {}
    before = {number: handler for number, handler in handlers.items() if callable(handler)}
    for number, handler in before.items():
        signal.signal(number, noting(handler))
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _rare_collection() -> Iterator[None]:
    """While open, cycles are looked for rarely: a run keeps many parsed bodies, and makes few cycles."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 1000)
    try:
        yield
    finally:
        gc.set_threshold(*before)


# what would change a run from outside: it depends on nothing but its settings
ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": None, "PYTEST_PLUGINS": None, "PYTEST_DEBUG": None}


@define(eq=False)
class Collector:
    """Gathers, in the process that was asked for the run, what its tests and workers report."""

    results: Results
    listener: Listener
    specification: Specification
    recording: Recording | None = None
    on_requests: Callable[[int], None] = lambda requests: None
    shares: int = 1
    progress: Path | None = None
    _sent: dict[object, int] = field(factory=dict)
    _observer: Observer | None = None
    _places: dict[str, int] = field(factory=dict)
    _noted: list[tuple[int, Verdict]] = field(factory=list)

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Hand the certification what it asks for when it begins."""
        config.stash[SPECIFICATION] = self.specification
        config.stash[RECORDING] = self.recording
        if self.shares > 1 and self.recording is not None:
            config.pluginmanager.register(Sharing(self._sharer(self.recording), self.shares), "acs-sharing")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note the order of the checks, in which verdicts are told at the end."""
        self._observer = session.config.stash.get(OBSERVER, None)
        self._places = {item.nodeid: place for place, item in enumerate(session.items)}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the verdict and the count of requests out of a report; end the run where a person wants it."""
        if self.results.interrupted:  # a check that an interruption met in the middle is not judged
            raise KeyboardInterrupt
        for name, value in report.user_properties if report.when == "call" else ():
            if name == DONE and self.progress is not None and isinstance(value, dict):
                with self.progress.open("a", encoding="utf-8") as file:
                    file.write(line_of(value))
            elif name == VERDICT:
                self._note(self._places.get(report.nodeid, 0), _verdict(value))
            elif name == INSTEAD:
                self.results.instead.append(_verdict(value))
            elif name == REQUESTS:
                self._sent[getattr(report, "node", None)] = int(str(value))
                self.on_requests(sum(self._sent.values()))
        if report.failed and report.when != "call":
            self.results.breakdowns.append(f"{report.nodeid}: {str(report.longrepr)[-600:]}")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module of checks that cannot be imported breaks the run down."""
        if report.failed:
            self.results.breakdowns.append(f"{report.nodeid}: {str(report.longrepr)[-600:]}")

    def pytest_keyboard_interrupt(self) -> None:
        """What was judged is told, whatever a person presses now."""
        ending_begins()

    def pytest_internalerror(self, excrepr: object) -> bool:
        """Kept for the run's verdict; True, so that pytest does not print a traceback of its own."""
        self.results.breakdowns.append(str(excrepr).strip().splitlines()[-1])
        return True

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: Any) -> None:
        """Take what a worker saw in passing."""
        self.results.in_passing += handed_over(node)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Take what this process saw in passing, and tell the verdicts that were held back."""
        if self._observer is not None:
            self.results.in_passing.append(self._observer.in_passing())
        for _, verdict in sorted(self._noted, key=lambda noted: noted[0]):
            self._hear(verdict)

    def _note(self, place: int, verdict: Verdict) -> None:
        if self.shares > 1:
            self._noted.append((place, verdict))
        else:
            self._hear(verdict)

    def _hear(self, verdict: Verdict) -> None:
        self.results.verdicts.append(verdict)
        self.listener(verdict)

    # ------------------------------------------------------------------------------------------------------- shares

    def _sharer(self, recording: Recording) -> Sharer:
        def observer() -> Observer:
            assert self._observer is not None, "set once the tests are collected"
            return self._observer

        def begin(mine: Items, others: Items, child: bool) -> None:
            recording.are_foreign(judged_by(item) for item in others)
            if child:
                observer().forget()
                self._noted.clear()
                self.results.breakdowns.clear()
                self.results.instead.clear()

        def outcome() -> Share:
            return Share(self._noted, self.results.breakdowns, observer().in_passing(), self.results.instead)

        return Sharer(
            finds_out_choices, lambda item: 1 + recording.length(*judged_by(item)), begin, outcome, self._absorb
        )

    def _absorb(self, share: Share) -> None:
        self._noted += share.noted
        self.results.breakdowns += share.breakdowns
        self.results.in_passing.append(share.in_passing)
        self.results.instead += share.instead


def _verdict(value: object) -> Verdict:
    found = from_dict(value)
    assert isinstance(found, Verdict)
    return found


@frozen
class Share:
    """What one of several processes hands over: verdicts with the places of their checks, and what it saw."""

    noted: list[tuple[int, Verdict]]
    breakdowns: list[str]
    in_passing: InPassing
    instead: list[Verdict]
