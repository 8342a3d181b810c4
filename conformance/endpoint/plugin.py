"""The pytest plugin: what the modules of the endpoint suite need to run, and what becomes of what they find.

It gives them their fixtures, one run for each requirement and format, and the draws of a seed, and turns findings into
verdicts, which travel in the reports of pytest (`VERDICT`), so that they also cross the processes of pytest-xdist. What
a process saw in passing is handed over at its end (`SAW`). `run.py` starts all this and collects it.
"""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from attrs import define, evolve, field, frozen
from cattrs.preconf.json import make_converter

from conformance.contract.catalogue import common_folder
from conformance.contract.files import load_contract, load_protocol
from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.endpoint.examples import run_check
from conformance.endpoint.inventory_file import load_items
from conformance.endpoint.judge import ONE_ALTERNATIVE, verdict_of
from conformance.endpoint.recording import Recording
from conformance.endpoint.settings import RunSettings
from conformance.endpoint.target import Target
from conformance.endpoint.traffic import Traffic
from conformance.endpoint.watch.dialect import ChoiceObservation, Dialect
from conformance.endpoint.watch.tally import Tallies
from conformance.endpoint.watch.validation import Validation
from conformance.endpoint.watch.watch import EVERY_EXCHANGE, Watch
from conformance.generate.channels import channels
from conformance.ledger.files import load_ledger
from conformance.ledger.requirement import Ledger, Requirement
from conformance.report.events import Verdict, to_dict
from conformance.wire.client import Client
from conformance.wire.exchange import Credentials
from conformance.wire.redaction import redact_text, secrets_of

KEY_ID = "ALIBABA_CLOUD_ACCESS_KEY_ID"
KEY_SECRET = "ALIBABA_CLOUD_ACCESS_KEY_SECRET"
TOKEN = "ALIBABA_CLOUD_SECURITY_TOKEN"
VERDICT = "acs-verdict"
SAW = "acs-saw"
REQUESTS = "acs-requests"
JSON = make_converter()


@frozen
class Saw:
    """What a run (or one worker of it) saw in passing."""

    tallies: Tallies = field(factory=Tallies)
    choice_observations: tuple[ChoiceObservation, ...] = ()
    traffic: Traffic = field(factory=Traffic)


@define(eq=False)
class Witness:
    """What this process saw in passing since it began, or since it was told to forget what it saw before."""

    target: Target
    _told: dict[tuple[str, str | None, str], int] = field(factory=dict)

    def saw(self) -> Saw:
        watch, told = self.target.watch, self._told
        choice_observations = (
            evolve(s, count=s.count - told.get(_key(s), 0)) for s in watch.dialect.choice_observations()
        )
        return Saw(watch.tallies, tuple(s for s in choice_observations if s.count), self.target.traffic)

    def forget(self) -> None:
        """What was seen up to here is for another process to tell; the dialect stays known."""
        self.target.watch.tallies, self.target.sender.traffic = Tallies(), Traffic()
        self._told = {_key(s): s.count for s in self.target.watch.dialect.choice_observations()}


def _key(s: ChoiceObservation) -> tuple[str, str | None, str]:
    return (*s.slot, s.alternative)


TAPE: pytest.StashKey[Recording | None] = pytest.StashKey()
WITNESS: pytest.StashKey[Witness] = pytest.StashKey()


def credentials_from(environment: Mapping[str, str] = os.environ) -> Credentials | None:
    """The access key that the environment names, or None where it names none."""
    key_id, secret = environment.get(KEY_ID), environment.get(KEY_SECRET)
    return Credentials(key_id, secret, environment.get(TOKEN) or None) if key_id and secret else None


def ledger_of(settings: RunSettings) -> Ledger:
    """The ledger of a run's contract, at the levels that count."""
    ledger = load_ledger(settings.contract_dir)
    return ledger.strict() if settings.strict else ledger


def selected(ledger: Ledger, settings: RunSettings) -> tuple[Requirement, ...]:
    """The endpoint requirements that the settings select."""
    wanted = {r.id for p in settings.select for r in ledger.matching(p)} if settings.select else set(ledger.ids)
    return tuple(
        r for r in ledger.requirements if r.side == "endpoint" and r.level in settings.levels and r.id in wanted
    )


# ------------------------------------------------------------------------------------- inside pytest, in each worker


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("acs-conformance").addoption("--acs-settings", help="a file with the settings of a run, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "requirement(check): the check of the ledger that the test is")
    config.addinivalue_line("markers", "choice_kinds(*kinds): the test finds out about choices of these kinds")
    path = config.getoption("--acs-settings")
    if path and not hasattr(config, "workerinput") and config.getoption("numprocesses", None):
        return  # the workers have the target
    if path:
        settings = JSON.loads(Path(path).read_text("utf-8"), RunSettings)
        config.pluginmanager.register(CertificationPlugin.start(settings, config), "acs-certification")


@define(eq=False, slots=False)
class CertificationPlugin:
    """One run of the suite, or a worker's share of it."""

    settings: RunSettings
    contract: Contract
    protocol: Protocol
    ledger: Ledger
    selection: tuple[Requirement, ...]
    open_target: Target
    tape: Recording | None = None

    @cached_property
    def run_for(self) -> tuple[Requirement, ...]:
        """The requirements whose checks run: the selection, and others where it is judged by what they send."""
        if not any(r.check in EVERY_EXCHANGE or r.check == ONE_ALTERNATIVE for r in self.selection):
            return self.selection
        wanted = {r.id for p in self.settings.traffic for r in self.ledger.matching(p)} | self.selected_ids
        return tuple(r for r in self.ledger.requirements if r.id in wanted)

    @cached_property
    def selected_ids(self) -> set[str]:
        return {r.id for r in self.selection}

    @classmethod
    def start(cls, settings: RunSettings, config: pytest.Config) -> CertificationPlugin:
        contract, protocol = load_contract(settings.contract_dir), load_protocol(common_folder(settings.contract_dir))
        ledger = ledger_of(settings)
        tape = config.stash.get(TAPE, None)
        target = open_target(settings, contract, protocol, tape)
        if tape is not None:
            tape.started(JSON.unstructure(settings), target.known)
            target.judge_standalone(tape.alone())
        config.stash[WITNESS] = Witness(target)
        return cls(settings, contract, protocol, ledger, selected(ledger, settings), target, tape)

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
            return [(r, r.subject) for r in self.run_for if r.check == mark.args[0]]
        kinds = definition.get_closest_marker("choice_kinds").args
        about = {c.id: c for c in self.contract.choices if c.kind in kinds}
        return [
            (r, about[r.subject].subject) for r in self.run_for if r.check == ONE_ALTERNATIVE and r.subject in about
        ]

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """What can be found out about the dialect comes first: later checks speak it. A check without a requirement is
        none.
        """
        items[:] = [i for i in items if isinstance(_requirement_of(i), Requirement)]
        items.sort(key=lambda item: not finds_out_choices(item))

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        """Run the check with all its examples, and keep the verdict where reports (and xdist) carry it along."""
        requirement, case = pyfuncitem.callspec.params["acs_requirement"], pyfuncitem.callspec.params["format"]
        verdict = self._judge(requirement, case, pyfuncitem.obj, _arguments(pyfuncitem))
        if requirement.id in self.selected_ids:
            pyfuncitem.user_properties.append((VERDICT, to_dict(verdict)))
        pyfuncitem.user_properties.append((REQUESTS, self.open_target.traffic.requests))
        return True

    def _judge(
        self, requirement: Requirement, case: str, check: Callable[..., None], arguments: dict[str, Any]
    ) -> Verdict:
        credentials, started = self.open_target.client.credentials, time.perf_counter()
        seed_of = f"{self.settings.seed} {requirement.id} {case}"
        try:
            finding, judged = run_check(
                check,
                arguments,
                self.open_target,
                seed_of=seed_of,
                max_examples=self.settings.max_examples,
                shrinks=self.settings.shrinks,
                recording=self.tape.reel(requirement.id, case, check.__name__) if self.tape else None,
            )
        except Exception as e:
            message = redact_text(f"the suite itself failed: {type(e).__name__}: {e}", secrets_of(credentials))
            return Verdict(requirement.id, case, "errored", message, seconds=time.perf_counter() - started)
        return verdict_of(requirement, case, finding, judged, time.perf_counter() - started, credentials)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput[SAW] = pickle.dumps(session.config.stash[WITNESS].saw())


def finds_out_choices(item: pytest.Item) -> bool:
    return "test_choices" in item.nodeid


def _requirement_of(item: pytest.Item) -> Any:
    callspec = getattr(item, "callspec", None)
    return callspec.params.get("acs_requirement") if callspec else None


def judged_by(item: pytest.Item) -> tuple[str, str, str]:
    """The requirement, the case and the check that a test of the suite is."""
    return item.callspec.params["acs_requirement"].id, item.callspec.params["format"], item.obj.__name__


def _arguments(item: pytest.Function) -> dict[str, Any]:
    names = item._fixtureinfo.argnames  # the plain arguments of the check
    return {name: item.funcargs[name] for name in names if name in item.funcargs}


def open_target(settings: RunSettings, contract: Contract, protocol: Protocol, tape: Recording | None = None) -> Target:
    """The target of a run, with nothing sent to it yet; on a tape, where there is one."""

    def make() -> Client:
        credentials = credentials_from() if set(settings.signatures) != {"none"} else None
        plaintext, timeout = settings.allow_plaintext, settings.timeout
        return Client(settings.url, credentials, allow_plaintext=plaintext, timeout=timeout)

    client = tape.client(make) if tape else make()
    watch = Watch(contract, Validation(contract), Dialect(contract, settings.pins))
    known = load_items(settings.items_file) if settings.items_file else None
    ways: Iterable[Any] = channels(settings.formats, settings.signatures, settings.methods)
    return Target(contract, protocol, client, watch, settings.regions, tuple(ways), settings.limits, known)
