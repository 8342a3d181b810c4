"""The running of one check: its examples, drawn or not, until it has passed, failed on the plainest one, or could
not judge.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any
from unittest import SkipTest

from attrs import define, field
from hypothesis import Phase, given, seed
from hypothesis import strategies as st
from hypothesis.errors import FlakyStrategyDefinition, HypothesisException, Unsatisfiable

from conformance.endpoint.allowance import SPENT
from conformance.endpoint.attribution import asks_for_what_is_gone, found_elsewhere
from conformance.endpoint.draws import Discarded, FreshDraws, KeptDraws, exploring
from conformance.endpoint.findings import Disturbed, Explained, Finding, Inconclusive, MadeUp, NotApplicable, Violation
from conformance.endpoint.own_hypothesis import unkept
from conformance.endpoint.recording import CheckRecording, Unkept
from conformance.endpoint.steadiness import KEPT_CHANGING
from conformance.endpoint.target import Target
from conformance.endpoint.vouching import refusal_of_what_is_there

# how often an example is tried again because the listing moved under it
RETRIES = 5
# how many examples may be explained by what another requirement is about until no more are tried
ENOUGH = 6
UNSETTLED = "the requests that this run may send came to an end before it was known whose finding this is: {}"
PLAINEST_OR_NOT = st.integers(0, 2**16)


@define
class Examples:
    """The examples of one check. `judged` counts those that came to an end, `gone` those whose items were gone by then,
    `violations` keeps each that failed.
    """

    target: Target
    shrinks: int
    recording: CheckRecording = field(factory=Unkept)
    check: str = ""
    judged: int = 0
    since_failure: int = 0
    violations: list[Violation] = field(factory=list)
    unjudged: Finding | None = None
    gone: int = 0
    explained: int = 0

    def once(self, example: Callable[[], None], draws: FreshDraws | KeptDraws | None = None) -> None:
        """Run one example. Where it fails and the listing has moved, it is run again on the listing as it is now."""
        whole = False
        self.recording.begin()
        try:
            judged = self._until_still(example)
            whole = True
        except Finding:
            whole = True
            raise
        finally:
            self.recording.end(draws, whole)
        self.judged += judged

    def _until_still(self, example: Callable[[], None]) -> bool:
        """Whether it judged anything: an example whose items are gone by now does not. What was seen is told where the
        requests run out before it can be told whose finding it is.
        """
        seen = list[Violation]()
        try:
            return self._tried(example, seen)
        except Inconclusive as finding:
            if not seen or finding.message != SPENT:
                raise
            raise Inconclusive(UNSETTLED.format(seen[0].message), seen[0].exchange) from None

    def _tried(self, example: Callable[[], None], seen: list[Violation]) -> bool:
        disturbance: Inconclusive = Inconclusive(KEPT_CHANGING)
        for _ in range(RETRIES):
            self.target.thrift.begin()
            self.target.relies = False
            try:
                example()
                return True
            except Disturbed as disturbed:
                disturbance = disturbed
            except Explained as finding:
                if not self.target.has_moved():
                    raise
                disturbance = finding
            except MadeUp as finding:
                if (violation := refusal_of_what_is_there(self.target, finding)) is None:
                    raise
                self.judged += 1
                self.violations.append(violation)
                raise violation from None
            except Violation as violation:
                seen.append(violation)
                if self.target.thrift.used:
                    # what was answered earlier may be so no more: it is asked again
                    self.target.thrift.forget()
                    continue
                if asks_for_what_is_gone(self.target, violation.exchange):
                    self.gone += 1
                    return False
                elsewhere = found_elsewhere(self.target, violation, self.check)
                if isinstance(elsewhere, Explained) and self.target.has_moved():
                    continue  # what was tried to explain it was of another listing
                if isinstance(elsewhere, Disturbed):
                    disturbance = elsewhere
                    continue
                if elsewhere is not None:
                    elsewhere.instead = violation if elsewhere.because else None
                    raise elsewhere from None
                if violation.certain or not self.target.has_moved():
                    self.judged += 1
                    self.violations.append(violation)
                    raise
        raise disturbance

    def drawn(self, example: Callable[[], None], draws: FreshDraws | KeptDraws) -> None:
        """`once` as a Hypothesis example. What cannot be judged ends the check, as a skip, which Hypothesis passes on;
        so does a search for a plainer failing example that has gone on for long. It ends with an example that has drawn
        all that it draws: Hypothesis takes one that stops before for draws that depend on something else.
        """
        searching, violation = bool(self.violations), None
        try:
            self.once(example, draws)
        except Explained as finding:
            self.unjudged, self.explained = finding, self.explained + 1
            if self.explained == ENOUGH:
                raise SkipTest(finding.message) from None
        except (Inconclusive, NotApplicable) as finding:
            self.unjudged = finding
            raise SkipTest(finding.message) from None
        except Violation as found:
            violation = found
        self.since_failure += searching
        if self.violations and self.since_failure >= self.shrinks:
            raise SkipTest("searched long enough")
        if violation is not None:
            raise violation

    def plainest(self) -> Violation:
        """The failing example that a person has least to read of; the last one where none has evidence."""
        evident = [(v.exchange.size, i) for i, v in enumerate(self.violations) if v.exchange is not None]
        return self.violations[min(evident)[1] if evident else -1]


def run_check(
    check: Callable[..., None],
    arguments: dict[str, Any],
    target: Target,
    *,
    seed_of: str,
    max_examples: int,
    shrinks: int,
    recording: CheckRecording | None = None,
    name: str = "",
) -> tuple[Finding | None, int]:
    """Run a check with all its examples: what it found (None: nothing against it), and how many examples it judged.

    `check` is a plain function, or one under `@given(st.data())`, whose inner function is then given at the seed.
    After the first failing example at most `shrinks` more are tried, in search of a plainer one.
    `name` is that of the check; what others are about is none of its findings.
    A `recording` that has kept examples gives them in place of drawn ones.
    Raises whatever else the check raises: that is the suite's own fault.
    """
    examples = Examples(target, shrinks, recording or Unkept(), name)
    target.resample()
    inner = getattr(getattr(check, "hypothesis", None), "inner_test", None)
    try:
        if examples.recording.kept is not None and not examples.recording.kept:
            raise Inconclusive("no example of this check was recorded")
        if inner is None:
            examples.once(partial(_run_undrawn, check, arguments, target))
        elif examples.recording.kept is not None:
            _repeat(inner, arguments, examples)
        else:
            for turn in range(RETRIES):
                _explore(inner, arguments, examples, f"{seed_of}{' again' * turn}", max_examples)
                if examples.judged or not examples.gone:
                    break
                target.resample()
    except Finding as finding:
        plainest = isinstance(finding, Violation) and inner and examples.violations
        return (examples.plainest() if plainest else finding), examples.judged
    except Unsatisfiable:
        return examples.unjudged or Inconclusive("no request could be drawn to judge this by"), examples.judged
    except SkipTest:
        pass
    except FlakyStrategyDefinition:
        # what can be drawn depends on what the endpoint answers, which was another thing the second time; or the run
        # came to its end in the middle of an example that had drawn more before
        if not (examples.violations or examples.unjudged or examples.judged):
            return Inconclusive("what can be asked for was another thing at each look"), 0
    except (HypothesisException, BaseExceptionGroup):
        # a failing example that passed when it was repeated: what was seen was seen
        if not examples.violations:
            raise
    if examples.violations:
        return examples.plainest(), examples.judged
    if examples.gone and not examples.judged and examples.unjudged is None:
        return Inconclusive("what was asked for was gone each time"), 0
    return examples.unjudged, examples.judged


def _run_undrawn(check: Callable[..., None], arguments: dict[str, Any], target: Target) -> None:
    target.resample()
    check(**arguments)


def _explore(
    inner: Callable[..., None], arguments: dict[str, Any], examples: Examples, seed_of: str, max_examples: int
) -> None:
    # Hypothesis begins with the plainest example, which has nothing in it: a single one would always be that
    alone = max_examples == 1 and examples.target.thrift.scarce

    @seed(seed_of)
    @exploring(2 if alone else max_examples, phases=(Phase.generate, Phase.shrink), report_multiple_bugs=False)
    @given(data=st.data())
    def explore(data: st.DataObject) -> None:
        if alone and not data.draw(PLAINEST_OR_NOT):
            return
        draws = FreshDraws(data)
        examples.drawn(lambda: inner(**arguments, data=draws.again()), draws)

    unkept(explore)
    explore()


def _repeat(inner: Callable[..., None], arguments: dict[str, Any], examples: Examples) -> None:
    """Run the kept examples, in their order, as Hypothesis ran them: up to the one that could not be judged."""
    for draws in examples.recording.kept or ():
        with suppress(Violation, Discarded):  # a violation is among those of `examples` by now
            examples.drawn(partial(_run_kept, inner, arguments, draws), draws)
    if not examples.judged:
        raise Unsatisfiable


def _run_kept(inner: Callable[..., None], arguments: dict[str, Any], draws: KeptDraws) -> None:
    inner(**arguments, data=draws.again())
