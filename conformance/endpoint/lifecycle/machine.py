"""Sequences of requests that Hypothesis draws, step by step, and shortens where one shows something."""

from __future__ import annotations

from collections.abc import Callable

import hypothesis
from hypothesis import Phase
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException
from hypothesis.stateful import RuleBasedStateMachine, get_state_machine_test, precondition, rule

from conformance.endpoint.draws import exploring
from conformance.endpoint.findings import Inconclusive
from conformance.endpoint.lifecycle.book import BrokenSequence
from conformance.endpoint.lifecycle.story import Story
from conformance.endpoint.own_hypothesis import own_hypothesis

MOST_ALIVE = 4
STEPS = 10

WHICH = st.integers(0, MOST_ALIVE - 1)
# takes a step of a story (a method of it), with what the step is given
Take = Callable[..., None]


class Lives(RuleBasedStateMachine):
    """The lives of the things of one resource. `story` is a sequence, `take` takes its steps, `end` ends it."""

    def __init__(self, story: Story, take: Take, end: Callable[[], None]) -> None:
        super().__init__()
        self.story, self.take, self.end = story, take, end

    def teardown(self) -> None:
        """Hypothesis calls it at the end of each sequence, whatever its end was."""
        self.end()

    @precondition(lambda self: len(self.story.alive) < MOST_ALIVE)
    @rule(described=st.booleans())
    def create(self, described: bool) -> None:
        """See `Story.create`."""
        self.take(Story.create, described)

    @precondition(lambda self: self.story.alive and self.story.lifecycle.modify)
    @rule(which=WHICH)
    def modify(self, which: int) -> None:
        """See `Story.modify`."""
        self.take(Story.modify, which)

    @precondition(lambda self: self.story.alive)
    @rule(which=WHICH)
    def narrow(self, which: int) -> None:
        """See `Story.narrow`."""
        self.take(Story.narrow, which)

    @precondition(lambda self: self.story.alive and self.story.lifecycle.get)
    @rule(which=WHICH)
    def get(self, which: int) -> None:
        """See `Story.get`."""
        self.take(Story.get, which)

    @precondition(lambda self: self.story.alive and self.story.lifecycle.delete)
    @rule(which=WHICH)
    def delete(self, which: int) -> None:
        """See `Story.delete`."""
        self.take(Story.delete, which)

    @precondition(lambda self: self.story.dead)
    @rule(which=WHICH)
    def delete_again(self, which: int) -> None:
        """See `Story.delete_again`."""
        self.take(Story.delete_again, which)

    @precondition(lambda self: self.story.dead and self.story.lifecycle.get)
    @rule(which=WHICH)
    def get_gone(self, which: int) -> None:
        """See `Story.get_gone`."""
        self.take(Story.get_gone, which)

    @precondition(lambda self: self.story.alive and len(self.story.regions) > 1)
    @rule()
    def elsewhere(self) -> None:
        """See `Story.elsewhere`."""
        self.take(Story.elsewhere)


def explore(made: Callable[[], Lives], seed: str, examples: int) -> BrokenSequence | None:
    """What drawn sequences show first; None where they show nothing. `made` begins a new sequence, and each that shows
    something has been heard of by whoever takes its steps.
    """
    test = get_state_machine_test(
        made,  # type: ignore[arg-type]
        settings=exploring(
            examples, stateful_step_count=STEPS, phases=(Phase.generate, Phase.shrink), report_multiple_bugs=False
        ),
    )
    try:
        with own_hypothesis():
            hypothesis.seed(seed)(test)()
    except BrokenSequence as broken:
        return broken
    except (Inconclusive, HypothesisException, BaseExceptionGroup):
        # one that showed something, and did not when it was repeated, or was not repeated: what was seen was seen
        return None
    return None
