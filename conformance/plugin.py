"""The pytest plugin: it runs the endpoint suite against a target and hands each verdict to a listener.

The suite is a folder of pytest modules. The plugin gives them their fixtures, one run for each requirement and format,
the draws of a seed, and turns what they find into verdicts. With pytest-xdist each worker has a target of its own; what
the workers saw in passing is put together at the end.
"""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field, frozen
from cattrs.preconf.json import make_converter

from conformance.contract.catalogue import common_folder
from conformance.contract.files import load_contract, load_ledger, load_protocol
from conformance.contract.ledger import Ledger, Requirement
from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.generate.channels import channels
from conformance.suite.dialect import Dialect, Sighting
from conformance.suite.every_exchange import Watch
from conformance.suite.examples import run_check
from conformance.suite.inventory_file import load_items
from conformance.suite.judge import ONE_ALTERNATIVE, Outcome, choice_outcomes, outcome_of, tallied_outcomes
from conformance.suite.settings import RunSettings
from conformance.suite.tally import Tallies
from conformance.suite.target import Target, Traffic
from conformance.suite.validation import Validation
from conformance.wire.client import Client
from conformance.wire.exchange import Credentials

KEY_ID = "ALIBABA_CLOUD_ACCESS_KEY_ID"
KEY_SECRET = "ALIBABA_CLOUD_ACCESS_KEY_SECRET"
TOKEN = "ALIBABA_CLOUD_SECURITY_TOKEN"
OUTCOME = "acs-outcome"
SAW = "acs-saw"
SUITE = Path(__file__).parent / "suite" / "endpoint"
_JSON = make_converter()

Listener = Callable[[Outcome], None]


@frozen
class Saw:
    """What a run (or one worker of it) saw in passing."""

    tallies: Tallies = field(factory=Tallies)
    sightings: tuple[Sighting, ...] = ()
    traffic: Traffic = field(factory=Traffic)


@define
class Results:
    """What came of a run: every outcome, what was seen in passing, and whether it came to its end."""

    outcomes: list[Outcome] = field(factory=list)
    saw: list[Saw] = field(factory=list)
    interrupted: bool = False

    @property
    def traffic(self) -> Traffic:
        whole = Traffic()
        for saw in self.saw:
            whole.add(saw.traffic)
        return whole


def credentials_from(environment: Mapping[str, str]) -> Credentials | None:
    """The access key that the environment names, or None where it names none."""
    key_id, secret = environment.get(KEY_ID), environment.get(KEY_SECRET)
    return Credentials(key_id, secret, environment.get(TOKEN) or None) if key_id and secret else None


def selected(ledger: Ledger, settings: RunSettings) -> tuple[Requirement, ...]:
    """The endpoint requirements that the settings select."""
    wanted = {r.id for p in settings.select for r in ledger.matching(p)} if settings.select else set(ledger.ids)
    return tuple(
        r for r in ledger.requirements if r.side == "endpoint" and r.level in settings.levels and r.id in wanted
    )


def run(settings: RunSettings, listener: Listener, settings_file: Path, workers: int = 1) -> tuple[Results, Dialect]:
    """Run the suite and hand each outcome to `listener` as it comes. `settings_file` is written for the workers.

    The results include the verdicts on what every exchange is judged by, and on the choices. KeyboardInterrupt ends the
    run early: what was judged by then counts, and `interrupted` says so.
    """
    settings_file.write_text(_JSON.dumps(settings), "utf-8")
    contract, ledger = load_contract(settings.contract_dir), load_ledger(settings.contract_dir)
    credentials = credentials_from(os.environ)
    results = Results()
    arguments = [
        "-p", "conformance.plugin", f"--acs-settings={settings_file}", "-p", "no:terminal", "-p", "no:cacheprovider",
        "-p", "no:hypothesispytest", "-p", "no:logging", "--assert=plain", "--capture=no", "--noconftest",
        f"--rootdir={SUITE}", f"--confcutdir={SUITE}", "-c", str(SUITE / "pytest.ini"), str(SUITE),
    ]  # fmt: skip
    if workers > 1:
        arguments += ["-p", "xdist.plugin", f"--numprocesses={workers}"]
    with _no_foreign_plugins():
        status = pytest.main(arguments, plugins=[Collector(results, listener)])
    results.interrupted = status not in (
        pytest.ExitCode.OK,
        pytest.ExitCode.TESTS_FAILED,
        pytest.ExitCode.NO_TESTS_COLLECTED,
    )
    dialect, chosen = Dialect(contract, settings.pins), Ledger(ledger.operation, selected(ledger, settings))
    tallies = Tallies()
    for saw in results.saw:
        dialect.absorb(saw.sightings)
        tallies.absorb(saw.tallies.items())
    for outcome in (*tallied_outcomes(chosen, tallies, credentials), *choice_outcomes(chosen, dialect, credentials)):
        results.outcomes.append(outcome)
        listener(outcome)
    return results, dialect


class _no_foreign_plugins:
    """While open, pytest loads no plugin that happens to be installed: a run depends on nothing but its settings."""

    NAME = "PYTEST_DISABLE_PLUGIN_AUTOLOAD"

    def __enter__(self) -> None:
        self.before = os.environ.get(self.NAME)
        os.environ[self.NAME] = "1"

    def __exit__(self, *_: object) -> None:
        if self.before is None:
            del os.environ[self.NAME]
        else:
            os.environ[self.NAME] = self.before


@define(eq=False)
class Collector:
    """Gathers, in the process that was asked for the run, what the tests and workers report."""

    results: Results
    listener: Listener

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for name, value in report.user_properties if report.when == "call" else ():
            if name == OUTCOME:
                self._note(Outcome(**value))
        if report.failed and report.when != "call":
            self._note(Outcome(report.nodeid, "", "errored", str(report.longrepr)[-2000:]))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._note(Outcome(report.nodeid, "", "errored", str(report.longrepr)[-2000:]))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: Any) -> None:
        if SAW in getattr(node, "workeroutput", {}):
            self.results.saw.append(pickle.loads(node.workeroutput[SAW]))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        saw = session.config.stash.get(_SAW, None)
        if saw is not None:
            self.results.saw.append(saw())

    def _note(self, outcome: Outcome) -> None:
        self.results.outcomes.append(outcome)
        self.listener(outcome)



# ------------------------------------------------------------------------------------- inside pytest, in each worker

_SAW: pytest.StashKey[Callable[[], Saw]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("acs-conformance").addoption("--acs-settings", help="a file with the settings of a run, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "requirement(check): the check of the ledger that the test is")
    config.addinivalue_line("markers", "choice_kinds(*kinds): the test finds out about choices of these kinds")
    path = config.getoption("--acs-settings")
    if path and not hasattr(config, "workerinput") and config.getoption("numprocesses", None):
        return  # the workers have the target
    if path:
        settings = _JSON.loads(Path(path).read_text("utf-8"), RunSettings)
        config.pluginmanager.register(Certification.start(settings, config), "acs-certification")


@define(eq=False)
class Certification:
    """One run of the suite, or a worker's share of it."""

    settings: RunSettings
    contract: Contract
    protocol: Protocol
    requirements: tuple[Requirement, ...]
    open_target: Target

    @classmethod
    def start(cls, settings: RunSettings, config: pytest.Config) -> Certification:
        contract, protocol = load_contract(settings.contract_dir), load_protocol(common_folder(settings.contract_dir))
        ledger = load_ledger(settings.contract_dir)
        target = open_target(settings, contract, protocol)
        config.stash[_SAW] = lambda: Saw(target.watch.tallies, tuple(target.watch.dialect.sightings()), target.traffic)
        return cls(settings, contract, protocol, selected(ledger, settings), target)

    @pytest.fixture(scope="session")
    def target(self) -> Target:
        """The endpoint under test."""
        return self.open_target

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """One run for each requirement that the check judges, and for each format where it takes one."""
        found = self._requirements_of(metafunc.definition)
        cases = list(self.settings.formats) if "format" in metafunc.fixturenames else [""]
        names, runs = ["acs_requirement", "subject", "format"], []
        for requirement, subject in found:
            runs += [
                pytest.param(requirement, subject, c, id=f"{requirement.id}-{c}" if c else requirement.id)
                for c in cases
            ]
        metafunc.fixturenames[:] = list(dict.fromkeys([*metafunc.fixturenames, *names]))
        metafunc.parametrize(names, runs)

    def _requirements_of(self, definition: Any) -> list[tuple[Requirement, str | None]]:
        mark = definition.get_closest_marker("requirement")
        if mark:
            return [(r, r.subject) for r in self.requirements if r.check == mark.args[0]]
        kinds = definition.get_closest_marker("choice_kinds").args
        about = {c.id: c for c in self.contract.choices if c.kind in kinds}
        return [
            (r, about[r.subject].subject)
            for r in self.requirements
            if r.check == ONE_ALTERNATIVE and r.subject in about
        ]

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """What can be found out about the dialect comes first: later checks speak it."""
        items.sort(key=lambda item: "test_choices" not in item.nodeid)
        items[:] = [i for i in items if getattr(i, "callspec", None) and "acs_requirement" in i.callspec.params]

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        """Run the check with all its examples, and keep the verdict where reports (and xdist) carry it along."""
        requirement, case = pyfuncitem.callspec.params["acs_requirement"], pyfuncitem.callspec.params["format"]
        wanted = _arguments(pyfuncitem)
        started = time.perf_counter()
        try:
            finding, judged = run_check(
                pyfuncitem.obj, wanted, self.open_target,
                seed_of=f"{self.settings.seed} {requirement.id} {case}", max_examples=self.settings.max_examples,
            )  # fmt: skip
        except Exception as e:
            outcome = Outcome(
                requirement.id, case, "errored", f"{type(e).__name__}: {e}", seconds=time.perf_counter() - started
            )
            pyfuncitem.user_properties.append((OUTCOME, _plain(outcome)))
            raise
        seconds = time.perf_counter() - started
        outcome = outcome_of(requirement, case, finding, judged, seconds, self.open_target.client.credentials)
        pyfuncitem.user_properties.append((OUTCOME, _plain(outcome)))
        return True

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput[SAW] = pickle.dumps(session.config.stash[_SAW]())


def _arguments(item: pytest.Function) -> dict[str, Any]:
    names = item._fixtureinfo.argnames  # the plain arguments of the check
    return {name: item.funcargs[name] for name in names if name in item.funcargs}


def _plain(outcome: Outcome) -> dict[str, Any]:
    return _JSON.unstructure(outcome)


def open_target(settings: RunSettings, contract: Contract, protocol: Protocol) -> Target:
    """The target of a run, with nothing sent to it yet."""
    client = Client(
        settings.url, credentials_from(os.environ) if set(settings.signatures) != {"none"} else None,
        allow_plaintext=settings.allow_plaintext, timeout=settings.timeout,
    )  # fmt: skip
    watch = Watch(contract, Validation(contract), Dialect(contract, settings.pins))
    known = load_items(settings.items_file) if settings.items_file else None
    ways: Iterable[Any] = channels(settings.formats, settings.signatures, settings.methods)
    return Target(contract, protocol, client, watch, settings.regions, tuple(ways), settings.limits, known)
