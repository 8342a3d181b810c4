"""A certification inside pytest: the checks get their fixtures and one run for each requirement and format, and what
they find becomes verdicts.

Verdicts travel in the reports of pytest (`VERDICT`), so that they also cross the processes of pytest-xdist; beside what
is not judged because of another requirement goes the verdict that counts if that one is met after all (`INSTEAD`). What
a process saw in passing is handed over at its end (`OBSERVED`). `plugin.py` starts this, in a run of ours or in
anybody's pytest.
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import nullcontext
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import pytest
from attrs import define, evolve, field
from hypothesis.internal.detection import is_hypothesis_test

from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol as CommonProtocol
from conformance.endpoint.examples import run_check
from conformance.endpoint.idle import IdleChecks, is_idle, is_idle_module
from conformance.endpoint.in_passing import InPassing, Observer
from conformance.endpoint.judge import ONE_ALTERNATIVE, choice_verdicts, tallied_verdicts, verdict_of
from conformance.endpoint.lifecycle.own import opened
from conformance.endpoint.own_hypothesis import own_hypothesis
from conformance.endpoint.progress import Check, CheckDone, as_data
from conformance.endpoint.recording import Recording
from conformance.endpoint.settings import JSON, RunSettings
from conformance.endpoint.target import Target
from conformance.endpoint.turns import (
    bring_forward,
    finds_out_choices,
    in_turns,
    is_again,
    is_check,
    judged_by,
    place_of_role,
    requirement_of,
    shares_answers,
)
from conformance.endpoint.watch.dialect import Dialect
from conformance.endpoint.watch.tally import Tallies
from conformance.endpoint.watch.watch import EVERY_EXCHANGE
from conformance.ledger.findings import Inconclusive
from conformance.ledger.requirement import Ledger, Requirement
from conformance.ledger.specification import Specification
from conformance.ledger.templates import endpoint_templates
from conformance.ledger.verdicts import BAD, VerdictName
from conformance.report.events import Verdict, to_dict
from conformance.wire.access import known_secrets
from conformance.wire.environment import credentials_from
from conformance.wire.redaction import redact_text

VERDICT = "acs-verdict"
INSTEAD = "acs-instead"
OBSERVED = "acs-observed"
REQUESTS = "acs-requests"
DONE = "acs-done"
# what a check is that came to nothing
UNJUDGED: tuple[VerdictName, ...] = ("inconclusive", "not-applicable")
RECORDING: pytest.StashKey[Recording | None] = pytest.StashKey()
SPECIFICATION: pytest.StashKey[Specification] = pytest.StashKey()


def settings_kept(settings: RunSettings) -> dict[str, Any]:
    """The settings as a recording keeps them: of how the endpoint was reached only which options said so."""
    kept: dict[str, Any] = JSON.unstructure(settings)
    words = settings.access.words
    return {**kept, "reached_by": list(words)} if words else kept


OBSERVER: pytest.StashKey[Observer] = pytest.StashKey()


def selected(ledger: Ledger, settings: RunSettings) -> tuple[Requirement, ...]:
    """The endpoint requirements that the settings select."""
    wanted = ledger.chosen(settings.select or ("*",))
    return tuple(
        r for r in ledger.requirements if r.side == "endpoint" and r.level in settings.levels and r.id in wanted
    )


def run_for(ledger: Ledger, selection: tuple[Requirement, ...], traffic: Iterable[str]) -> tuple[Requirement, ...]:
    """The requirements whose checks run: the selection, and others where it is judged by what they send."""
    if not any(r.check in EVERY_EXCHANGE or r.check == ONE_ALTERNATIVE for r in selection):
        return selection
    wanted = ledger.chosen(traffic) | {r.id for r in selection}
    return tuple(r for r in ledger.requirements if r.id in wanted)


class Outcome(Protocol):
    """What becomes of a verdict in pytest."""

    def __call__(self, item: pytest.Function, verdict: Verdict, retry: Callable[[int], Verdict]) -> None:
        """Raise pytest's own exceptions for what is no pass. `retry` judges again, on other draws."""


def passed(item: pytest.Function, verdict: Verdict, retry: Callable[[int], Verdict]) -> None:
    """In a run of ours every test passes: verdicts travel beside it."""


@define(eq=False, slots=False)
class CertificationPlugin:
    """One run of the suite, or a worker's share of it: a pytest plugin."""

    settings: RunSettings
    contract: Contract
    protocol: CommonProtocol
    ledger: Ledger
    selection: tuple[Requirement, ...]
    open_target: Target
    recording: Recording | None = None
    outcome: Outcome = passed
    done: frozenset[Check] = frozenset()
    keeps: bool = False
    found: set[str] = field(factory=set)
    instead: Verdict | None = None

    @classmethod
    def start(
        cls,
        settings: RunSettings,
        config: pytest.Config,
        outcome: Outcome = passed,
        earlier: Sequence[CheckDone] = (),
        keeps: bool = False,
    ) -> CertificationPlugin:
        """Raises ContractError and BadEndpoint; nothing is sent yet."""
        kept = config.stash.get(SPECIFICATION, None)
        specification = kept or Specification.load(Path(settings.contract_dir), settings.as_of)
        contract, protocol = specification.contract, specification.protocol
        ledger = specification.ledger.strict(settings.strict)
        recording = config.stash.get(RECORDING, None)
        target = opened(settings, contract, protocol, recording)
        target.thrift.scarce = settings.budget is not None
        if recording is not None:
            recording.started(settings_kept(settings), target.known)
            target.judge_standalone(recording.unattributed())
        config.stash[OBSERVER] = observer = Observer(target)
        observer.know(tuple(choice for one in earlier for choice in one.in_passing.choices))
        done = frozenset(one.check for one in earlier)
        return cls(
            settings, contract, protocol, ledger, selected(ledger, settings), target, recording, outcome, done, keeps
        )

    @cached_property
    def run_for(self) -> tuple[Requirement, ...]:
        """The requirements whose checks run: the selection, and others where it is judged by what they send."""
        return run_for(self.ledger, self.selection, self.settings.traffic)

    @property
    def goes_on(self) -> bool:
        """Whether what is left of a budget of requests is used for more of each check. What creates something is sent
        no more often than it has to be.
        """
        return self.settings.budget is not None and self.open_target.guard is None

    @cached_property
    def selected_ids(self) -> set[str]:
        """Ids of the requirements that are judged."""
        return {r.id for r in self.selection}

    @cached_property
    def _idle(self) -> frozenset[str]:
        """The checks of ours that judge nothing in this run."""
        return frozenset(template.check for template in endpoint_templates()) - {r.check for r in self.run_for}

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makemodule(self, module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
        """A module of ours that is imported is not even looked into where none of its checks is collected."""
        return IdleChecks.from_parent(parent, path=module_path) if is_idle_module(module_path, self._idle) else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makeitem(self, obj: object) -> list[pytest.Item] | None:
        """A check that judges nothing here is not collected: for a narrow run that is most of its time."""
        return [] if is_idle(obj, self._idle) else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """One run for each requirement that the check judges, and for each format where it takes one."""
        if not is_check(metafunc.definition):
            return
        every = list(self.settings.formats) if "format" in metafunc.fixturenames else [""]
        names, runs = ["acs_requirement", "subject", "format", "acs_again"], []
        for turn, (requirement, subject) in enumerate(self._requirements_of(metafunc.definition)):
            cases = [(case, False) for case in every]
            if self.settings.budget is not None:
                first = turn + self.settings.seed
                cases = [(every[(first + n) % len(every)], bool(n)) for n in range(2 if self.goes_on else 1)]
            for case, again in cases:
                named = "-".join((requirement.id, *filter(None, (case, "again" if again else ""))))
                runs.append(pytest.param(requirement, subject, case, again, id=named))
        metafunc.fixturenames[:] = list(dict.fromkeys([*metafunc.fixturenames, *names]))
        metafunc.parametrize(names, runs)

    def _requirements_of(self, definition: pytest.Item) -> list[tuple[Requirement, str | None]]:
        mark = definition.get_closest_marker("requirement")
        if mark is not None:
            found = [r for r in self.run_for if r.check == mark.args[0]]
            if self.settings.budget is not None:
                found = sorted(found, key=lambda r: place_of_role(self.contract, r.subject))
            # one of ours that this contract has no subject for is nobody's own, and does not run
            known = any(template.check == mark.args[0] for template in endpoint_templates())
            return [(r, r.subject) for r in ([*found] if known else [self._own(definition, mark)])]
        kinds = _args_of(definition, "choice_kinds")
        about = {c.id: c for c in self.contract.choices if c.kind in kinds}
        return [
            (r, about[r.subject].subject) for r in self.run_for if r.check == ONE_ALTERNATIVE and r.subject in about
        ]

    def _own(self, definition: pytest.Item, mark: pytest.Mark) -> Requirement:
        """A requirement that a team has beside ours, from its mark."""
        check = str(mark.args[0])
        statement = str(mark.kwargs.get("statement") or getattr(definition, "name", check))
        own = Requirement(f"{self.contract.operation}.{check}", "MUST", "endpoint", statement, check)
        self.selected_ids.add(own.id)
        return evolve(own, level=mark.kwargs.get("level", "MUST"))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> Generator[None, object, object]:
        """What can be found out about the dialect comes first: later checks speak it. A check without a requirement is
        none. Tests that are no checks stay where they are.
        """
        items[:] = [i for i in items if not is_check(i) or isinstance(requirement_of(i), Requirement)]
        if self.done:
            items[:] = [i for i in items if not is_check(i) or judged_by(i) not in self.done]
        places = [n for n, item in enumerate(items) if is_check(item)]
        checks = sorted((items[n] for n in places), key=lambda item: not finds_out_choices(item))
        if self.settings.budget is not None:
            checks = in_turns(checks)
        for place, item in zip(places, checks, strict=True):
            items[place] = item
        # Hypothesis' own plugin looks for constants here, and keeps what it finds
        with nullcontext() if any(_draws_for_somebody_else(i) for i in items) else own_hypothesis():
            return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Run a check with all its examples, and keep the verdict where reports (and xdist) carry it along."""
        if not is_check(pyfuncitem):
            return None
        requirement, case = pyfuncitem.callspec.params["acs_requirement"], pyfuncitem.callspec.params["format"]
        assert isinstance(requirement, Requirement)
        check, arguments, again = pyfuncitem.obj, _arguments(pyfuncitem), is_again(pyfuncitem)
        if again and (requirement.id in self.found or self.open_target.allowance.spent):
            return True
        sparing = self.settings.budget is not None and not again

        def judged(turn: int) -> Verdict:
            with self.open_target.thrift.judging(sparing, shares_answers(pyfuncitem)):
                return self._judge(requirement, str(case), check, arguments, turn)

        with pyfuncitem.config.stash[OBSERVER].apart() as seen:
            verdict = judged(0)
        if verdict.verdict in BAD:
            self.found.add(requirement.id)
        if sparing and ((suspects := self.open_target.thrift.suspects) or verdict.because):
            bring_forward(pyfuncitem, frozenset(suspects), verdict.because or "")
            suspects.clear()
        # what is not judged the second time was judged before
        tells = requirement.id in self.selected_ids and not (again and verdict.verdict in UNJUDGED)
        if self.keeps:
            told = verdict if tells else None
            done = CheckDone(judged_by(pyfuncitem), told, seen[0], self.instead if told else None)
            secrets = known_secrets(self.open_target.client.credentials)
            pyfuncitem.user_properties.append((DONE, as_data(done, secrets)))
        if tells:
            pyfuncitem.user_properties.append((VERDICT, to_dict(verdict)))
            if self.instead is not None:
                pyfuncitem.user_properties.append((INSTEAD, to_dict(self.instead)))
        pyfuncitem.user_properties.append((REQUESTS, self.open_target.traffic.requests))
        if tells:
            self.outcome(pyfuncitem, verdict, judged)
        return True

    def _judge(
        self, requirement: Requirement, case: str, check: Callable[..., None], arguments: dict[str, Any], turn: int
    ) -> Verdict:
        credentials, started, self.instead = self.open_target.client.credentials, time.perf_counter(), None
        seed_of = f"{self.settings.seed + turn} {requirement.id} {case}"
        kept = self.recording.of_check(requirement.id, case, check.__name__) if self.recording else None
        try:
            with own_hypothesis():
                finding, judged = run_check(
                    check,
                    arguments,
                    self.open_target,
                    seed_of=seed_of,
                    max_examples=self.settings.max_examples,
                    # where requests are scarce, each that makes an example plainer costs the judging of something else
                    shrinks=0 if self.open_target.thrift.on else self.settings.shrinks,
                    recording=kept,
                    name=requirement.id.partition(".")[2],
                )
        except Exception as e:
            message = redact_text(f"the suite itself failed: {type(e).__name__}: {e}", known_secrets(credentials))
            return Verdict(requirement.id, case, "errored", message, seconds=time.perf_counter() - started)
        seconds = time.perf_counter() - started
        if isinstance(finding, Inconclusive) and finding.instead is not None:
            self.instead = verdict_of(requirement, case, finding.instead, 1, seconds, credentials)
        return verdict_of(requirement, case, finding, judged, seconds, credentials)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """A worker hands over what it observed in passing."""
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[OBSERVED] = pickle.dumps(session.config.stash[OBSERVER].in_passing())


def handed_over(node: Any) -> Iterator[InPassing]:
    """What a worker of pytest-xdist observed in passing, where it came to its end."""
    output = getattr(node, "workeroutput", {})
    if OBSERVED in output:
        yield pickle.loads(output[OBSERVED])


def merged(observed: Iterable[InPassing], contract: Contract, settings: RunSettings) -> tuple[Tallies, Dialect]:
    """What several processes observed, added up."""
    tallies, dialect = Tallies(), Dialect(contract, settings.pins)
    for one in observed:
        tallies.absorb(one.tallies.items())
        dialect.absorb(one.choices)
    return tallies, dialect


def verdicts_in_passing(
    ledger: Ledger, selection: tuple[Requirement, ...], tallies: Tallies, dialect: Dialect, settings: RunSettings
) -> Iterator[Verdict]:
    """The verdicts on what was selected and has no check of its own: what every exchange is judged by, and choices."""
    chosen, credentials = Ledger(ledger.operation, selection), credentials_from()
    items, region = dialect.contract.semantics.items, settings.regions[0] if settings.regions else ""
    yield from tallied_verdicts(chosen, tallies, credentials, settings.formats, items, region)
    yield from choice_verdicts(chosen, dialect, credentials)


def _draws_for_somebody_else(item: pytest.Item) -> bool:
    return not is_check(item) and is_hypothesis_test(getattr(item, "obj", None))


def _args_of(item: pytest.Item, mark: str) -> Sequence[object]:
    found = item.get_closest_marker(mark)
    return found.args if found else ()


def _arguments(item: pytest.Function) -> dict[str, Any]:
    names = item._fixtureinfo.argnames  # the plain arguments of the check
    return {name: item.funcargs[name] for name in names if name in item.funcargs}
