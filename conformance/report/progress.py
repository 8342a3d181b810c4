"""A run while it goes on: a live line on a terminal, quiet lines elsewhere, failures as they come."""

from __future__ import annotations

import time
from collections.abc import Callable

from attrs import define, field
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from conformance.ledger.verdicts import GLYPHS
from conformance.report.events import Event, Pace, RunStarted, Verdict
from conformance.report.terminal import STYLES, failure_line, print_line
from conformance.report.text import duration, one_line

# shown as soon as they come; a warning can wait for the end
AT_ONCE = frozenset(("failed", "unexpectedly-passed", "errored"))
LINES = 4
BAR = 24


@define(eq=False)
class Progress:
    """A consumer of events: call `on_event` with each, and `on_requests` now and then; use it as a context
    manager.

    With `quiet` only failures are printed, and that the run will be long. A requirement that fails in several cases is
    one failure, shown once; of those that fail for one cause the first is shown, and at the end the ids of the others.
    """

    console: Console
    quiet: bool = False
    clock: Callable[[], float] = time.monotonic
    total: int = field(default=0, init=False)
    requests: int = field(default=0, init=False)
    _judged: set[str] = field(factory=set, init=False)
    _failed: set[str] = field(factory=set, init=False)
    _alike: dict[str, list[str]] = field(factory=dict, init=False)
    _began: float = field(default=0.0, init=False)
    _live: Live | None = field(default=None, init=False)

    def __enter__(self) -> Progress:
        self._began = self.clock()
        if self.console.is_terminal and not self.quiet and not self.console.is_dumb_terminal:
            self._live = Live(console=self.console, get_renderable=self._line, refresh_per_second=8, transient=True)
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None
        for first, *others in self._alike.values():
            if others and self.quiet:  # else the report that follows names them
                said = f"  {len(others)} more for the cause of {one_line(first)}: {', '.join(map(one_line, others))}"
                print_line(self.console, Text(said, style="dim"))

    def on_event(self, event: Event) -> None:
        """An event, as it comes."""
        if isinstance(event, RunStarted):
            self._start(event)
        elif isinstance(event, Verdict):
            self._verdict(event)

    def on_requests(self, requests: int) -> None:
        """How many requests were sent so far."""
        self.requests = max(self.requests, requests)

    def _start(self, header: RunStarted) -> None:
        self.total = len(header.catalogue)
        if not self.quiet:
            subject = one_line(header.target.url or header.target.name)
            facts = f"{self.total} requirements, seed {header.seed}"
            print_line(self.console, Text(f"{one_line(header.operation)} of {subject}: {facts}", style="dim"))
        if header.pace is not None:
            self.console.print(Text(pace_line(header.pace), style="yellow"), soft_wrap=True)

    def _verdict(self, verdict: Verdict) -> None:
        before = len(self._judged)
        self._judged.add(verdict.requirement)
        if verdict.verdict in AT_ONCE and verdict.requirement not in self._failed:
            self._failed.add(verdict.requirement)
            self._show(verdict)
        if self._live is None and not self.quiet and self._crossed(before):
            print_line(self.console, Text(f"  {self._state()}", style="dim"))

    def _show(self, verdict: Verdict) -> None:
        """A line for a failure that is the first of its cause."""
        alike = self._alike.setdefault(verdict.cause, []) if verdict.cause else []
        alike.append(verdict.requirement)
        if len(alike) == 1:
            glyph, style = GLYPHS[verdict.verdict], STYLES[verdict.verdict]
            status = f"{verdict.exchange.status} " if verdict.exchange and verdict.exchange.status else ""
            line = failure_line(glyph, style, verdict.requirement, verdict.case, f"{status}{verdict.message}")
            print_line(self.console, line)

    def _crossed(self, before: int) -> bool:
        """Whether another quarter of the requirements has been judged: four lines a run, whatever its length."""
        now = len(self._judged)
        return self.total > 0 and now * LINES // self.total > before * LINES // self.total

    def _state(self) -> str:
        words = [f"{len(self._judged)} of {self.total} requirements judged"]
        if self.requests:
            words.append(f"{self.requests:,} requests")
        if self._failed:
            words.append(f"{len(self._failed)} failed")
        return ", ".join([*words, duration(self.clock() - self._began)])

    def _line(self) -> Table:
        elapsed, done, total = self.clock() - self._began, len(self._judged), max(self.total, 1)
        words = [f"{done}/{self.total}"]
        if self.requests and elapsed > 0.5:
            words.append(f"{self.requests:,} requests, {self.requests / elapsed:,.0f}/s")
        words.append(_clock(elapsed))
        if done and done < total and elapsed > 2:
            words.append(f"about {_clock(elapsed / done * (total - done))} left")
        if self._failed:
            words.append(f"{len(self._failed)} failed")
        filled = round(BAR * min(done, total) / total)
        bar = Text("━" * filled, style="red" if self._failed else "green").append("─" * (BAR - filled), style="dim")
        line = Table.grid(padding=(0, 2, 0, 0))
        line.add_row(bar, Text(" · ".join(word for word in words if word), no_wrap=True, overflow="ellipsis"))
        return line


def pace_line(pace: Pace) -> str:
    """What a person is told of a run that will be long, and what would make it shorter."""
    with_workers = f" with {pace.workers} workers" if pace.workers > 1 else ""
    told = f"An answer takes {duration(pace.answer)} here: the {pace.requests:,} requests of this run, roughly, take "
    told += f"{duration(pace.seconds)}{with_workers}"
    if pace.ends_after is not None and pace.ends_after < pace.seconds:
        told += f", more than the {duration(pace.ends_after)} after which it ends"
    more = "More --workers send" if pace.workers > 1 else "--workers 8 sends"
    ways = "-k and --max-examples ask for less; --max-seconds and --max-requests end it early"
    return f"{told}. {more} in parallel; {ways}."


def _clock(seconds: float) -> str:
    """Whole seconds as `0:07`: a number that does not jitter while it is watched."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
