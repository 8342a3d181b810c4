"""The judging of one resource: a sequence that tries everything once, then drawn ones, within a budget of requests."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from attrs import define, evolve, field, frozen

from conformance.endpoint.allowance import SPENT
from conformance.endpoint.findings import Inconclusive
from conformance.endpoint.judge import verdict_of
from conformance.endpoint.lifecycle.asker import Asker
from conformance.endpoint.lifecycle.book import Book, BrokenSequence
from conformance.endpoint.lifecycle.creations import USED_UP
from conformance.endpoint.lifecycle.machine import Lives, explore
from conformance.endpoint.lifecycle.own import OwnThings
from conformance.endpoint.lifecycle.relations import Lifecycle
from conformance.endpoint.lifecycle.story import Story, names_from
from conformance.ledger.requirement import Requirement
from conformance.ledger.verdicts import Verdict
from conformance.wire.environment import credentials_from

Taken = Callable[..., None]
Step = tuple[Taken, tuple[object, ...]]


def _step(taken: Taken, *given: object) -> Step:
    return taken, given


# what each step is about
ABOUT: Mapping[Taken, tuple[str, ...]] = {
    Story.create: ("created-listed", "created-as-asked", "ids-differ", "unchanged-by-others"),
    Story.get: ("created-got",),
    Story.narrow: ("narrowed",),
    Story.elsewhere: ("regions-apart",),
    Story.modify: ("changed-as-asked",),
    Story.create_again: ("token-once",),
    Story.create_other: ("token-other",),
    Story.try_out: ("dry-run",),
    Story.begin: ("task-found", "progress-never-falls", "task-ends"),
    Story.begin_another: ("task-own",),
    Story.delete: ("gone", "stays"),
    Story.delete_again: ("second-deletion",),
    Story.get_gone: ("not-got-when-gone",),
}
CREATE, MODIFY, DELETE = _step(Story.create, True), _step(Story.modify, 0), _step(Story.delete, 0)
# everything once; a step that a resource has no operation for is left out
WHOLE: tuple[Step, ...] = (
    CREATE,
    _step(Story.get, 0),
    _step(Story.narrow, 0),
    _step(Story.elsewhere),
    _step(Story.create, False),
    _step(Story.narrow, 1),
    _step(Story.modify, 0),
    _step(Story.narrow, 0),
    _step(Story.try_out),
    _step(Story.begin, 1),
    _step(Story.begin_another, 0),
    DELETE,
    _step(Story.delete_again, 0),
    _step(Story.get_gone, 0),
    _step(Story.create_again),
    _step(Story.create_other),
)
# the shortest sequences that can show that something is not so, of which the first that does is told
SHORT: Mapping[str, tuple[tuple[Step, ...], ...]] = {
    "created-listed": ((CREATE,),),
    "created-as-asked": ((CREATE,),),
    "ids-differ": ((CREATE, CREATE),),
    "unchanged-by-others": ((CREATE, CREATE), (CREATE, CREATE, MODIFY), (CREATE, CREATE, DELETE)),
    "created-got": ((CREATE, _step(Story.get, 0)), (CREATE, CREATE, _step(Story.get, 1))),
    "narrowed": (
        (CREATE, _step(Story.narrow, 0)),
        (CREATE, CREATE, _step(Story.narrow, 1)),
        (CREATE, MODIFY, _step(Story.narrow, 0)),
    ),
    "regions-apart": ((CREATE, _step(Story.elsewhere)),),
    "changed-as-asked": ((CREATE, MODIFY),),
    "token-once": ((_step(Story.create_again),),),
    "token-other": ((_step(Story.create_other),),),
    "dry-run": ((_step(Story.try_out),),),
    **dict.fromkeys(("task-found", "progress-never-falls", "task-ends"), ((CREATE, _step(Story.begin, 0)),)),
    "task-own": ((CREATE, CREATE, _step(Story.begin, 0), _step(Story.begin_another, 1)),),
    "gone": ((CREATE, DELETE),),
    "stays": ((CREATE, CREATE), (CREATE, MODIFY), (CREATE, CREATE, DELETE)),
    "second-deletion": ((CREATE, DELETE, _step(Story.delete_again, 0)),),
    "not-got-when-gone": ((CREATE, DELETE, _step(Story.get_gone, 0)),),
}
MOST_EXAMPLES = 8
THEME = "sequences."


@frozen
class LifecycleJudged:
    """Verdicts on the requirements of one resource, and the requests that show what is not met, by requirement."""

    lifecycle: Lifecycle
    requirements: tuple[Requirement, ...]
    verdicts: tuple[Verdict, ...]
    steps: Mapping[str, tuple[str, ...]]
    requests: int
    seconds: float


@define(eq=False)
class LifeJudging:
    """What is to be judged of a resource and how. `draws` is how many sequences are drawn at most.

    `patience` is in seconds. With `careful` nothing is created that a dry run refuses, names are new in every run, and
    everything is taken away at the end of each sequence. What things are made of is `own`, or else what is there.
    """

    asker: Asker
    lifecycle: Lifecycle
    requirements: Sequence[Requirement]
    regions: tuple[str, ...]
    seed: int
    patience: float
    draws: int = MOST_EXAMPLES
    careful: bool = False
    own: OwnThings | None = None
    book: Book = field(init=False)
    names: Iterator[str | None] = field(init=False)
    spent: Inconclusive | None = None
    listed: set[str] = field(factory=set, init=False)

    @book.default
    def _opened(self) -> Book:
        return Book.of(self.requirements)

    @names.default
    def _named(self) -> Iterator[str | None]:
        return names_from(None if self.careful else self.seed)

    def run(self) -> LifecycleJudged:
        """Judge the resource."""
        started = time.monotonic()
        # what is not met once is judged no further, so that each sequence gets further than the one before
        while self._tried(WHOLE) is not None and self.spent is None:
            pass
        if self.spent is None and self.draws:
            self._explored()
        return LifecycleJudged(
            self.lifecycle,
            tuple(self.requirements),
            tuple(self._verdicts(time.monotonic() - started)),
            {self.book.requirements[check].id: f.steps for check, f in self.book.failures.items()},
            self.asker.requests,
            time.monotonic() - started,
        )

    def _explored(self) -> None:
        def made() -> Lives:
            story = self._begun(self.book)
            return Lives(story, lambda taken, *given: self._took(story, taken, given), lambda: self._end(story))

        while self.spent is None:
            if explore(made, f"{self.seed} {self.lifecycle.resource}", self.draws) is None:
                return

    def _tried(self, steps: Sequence[Step]) -> BrokenSequence | None:
        """Take steps until one shows something, which is then shown in fewer, if it can be."""
        story = self._begun(self.book)
        try:
            for taken, given in steps:
                if self._has(taken) and self.spent is None:
                    self._took(story, taken, given)
        except BrokenSequence as broken:
            self._end(story)
            self._shortened(broken)
            return broken
        self._end(story)
        return None

    def _shortened(self, broken: BrokenSequence) -> None:
        """The shortest sequence that shows it, of those that can."""
        for steps in SHORT[broken.check.removeprefix(THEME)]:
            if self.spent is not None or not all(self._has(taken) for taken, _ in steps):
                continue
            # a book of its own: nothing but this requirement is judged
            only = Book({broken.check: self.book.requirements[broken.check]})
            story = self._begun(only)
            try:
                for taken, given in steps:
                    self._took(story, taken, given)
            except BrokenSequence:
                self.book.failed(only.failures[broken.check].violation, only.failures[broken.check].steps)
                return
            finally:
                self._end(story)

    def _begun(self, book: Book) -> Story:
        self.asker.lines.clear()
        return Story(
            self.asker,
            self.lifecycle,
            book,
            self.regions,
            self.patience,
            listed=self.listed,
            names=self.names,
            dry_first=self.careful,
            own=self.own,
        )

    def _took(self, story: Story, taken: Taken, given: Sequence[object]) -> None:
        """Take one step. Where it cannot be judged, that is noted; where nothing can be any more, no step is taken."""
        if self.spent is not None:
            return
        try:
            taken(story, *given)
        except BrokenSequence as broken:
            story.book.failed(broken, self.asker.lines)
            raise
        except Inconclusive as why:
            if why.message == SPENT or USED_UP in why.message or "the run stopped" in why.message:
                self.spent = why
            story.book.unjudged((f"{THEME}{check}" for check in ABOUT[taken]), why)

    def _end(self, story: Story) -> None:
        """Take away what a sequence leaves, where it is somebody's endpoint."""
        if not self.careful:
            return
        try:
            story.end()
        except Inconclusive:
            return  # what is left is taken away at the end of the run

    def _has(self, step: Taken) -> bool:
        return any(f"{THEME}{check}" in self.book.requirements for check in ABOUT[step])

    def _verdicts(self, seconds: float) -> Iterator[Verdict]:
        for check, requirement in self.book.requirements.items():
            finding = self.book.finding(check)
            if isinstance(finding, Inconclusive) and self.spent is not None and check not in self.book.reasons:
                finding = self.spent
            examples = self.book.judged[check] + (check in self.book.failures)
            verdict = verdict_of(requirement, "", finding, examples, 0.0, credentials_from())
            yield evolve(verdict, seconds=round(seconds, 3)) if check == next(iter(self.book.requirements)) else verdict
