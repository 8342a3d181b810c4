"""A finished run on a terminal: verdicts by theme, the dialect, each failure with how to reproduce it, one
sentence.
"""

from __future__ import annotations

import os
import sys
from typing import IO

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from conformance.ledger.verdicts import BAD, GLYPHS
from conformance.report.causes import MOST, Cause, start_here
from conformance.report.conclusion import Conclusion, conclude
from conformance.report.missing import missing_data
from conformance.report.results import (
    Result,
    ResultGroup,
    Standing,
    Taken,
    by_theme,
    groups,
    levels,
    results,
    taken,
    tally,
)
from conformance.report.stream import Run
from conformance.report.text import duration, first_lines, folded, one_line, printable

STYLES: dict[Standing, str] = {
    "failed": "bold red",
    "unexpectedly-passed": "bold red",
    "errored": "bold magenta",
    "known-failing": "yellow",
    "inconclusive": "yellow",
    "warned": "yellow",
    "passed": "green",
    "not-applicable": "dim",
    "not-judged": "yellow",
}
HEADLINE_STYLES = {0: "bold green", 1: "bold red", 3: "bold yellow"}
RESPONSE_LINES = 8
LOG_WIDTH = 110
# requirements of one reason that are named, and choices of one kind and answer that have a line each
MOST_NAMED = 12
MOST_ALIKE = 3


def console(file: IO[str] | None = None, width: int | None = None) -> Console:
    """A console that never fails on a character that its encoding lacks. NO_COLOR is obeyed."""
    file = file or sys.stdout
    if hasattr(file, "reconfigure"):
        file.reconfigure(errors="replace")
    if width is None and not file.isatty() and not os.environ.get("COLUMNS"):
        width = LOG_WIDTH
    return Console(file=file, width=width, highlight=False, markup=False, emoji=False)


def show(run: Run, to: Console) -> None:
    """Print the whole report."""
    found, conclusion = results(run), conclude(run)
    to.print()
    to.print(_header(run))
    to.print()
    to.print(_themes(found))
    if observed := taken(run):
        _section(to, "Dialect")
        to.print(_dialect(run, observed))
    _by_reason(to, "Could not be judged", found, ("inconclusive", "not-judged"))
    _list(to, "Not met, as was known", found, ("known-failing",))
    _list(to, "Recommended, and not met", found, ("warned",))
    _by_reason(to, "Do not apply", found, ("not-applicable",))
    if failures := groups(found, BAD):
        _section(to, "Failures")
        for group in failures:
            if len(failures) > MOST:
                _brief_failure(to, group)
            else:
                to.print(Rule(style="dim"))
                _failure(to, group)
        if len(failures) > MOST:
            _start_here(to, start_here(found))
    to.print()
    if missing := missing_data(run):
        to.print(Text(missing.sentence, style="yellow"))
    to.print(verdict_line(conclusion))


def verdict_line(conclusion: Conclusion) -> Text:
    """`Conformant. Each of 96 MUST requirements …`"""
    partly = conclusion.exit_status == 0 and conclusion.scope.word == "part"
    style = "bold yellow" if partly else HEADLINE_STYLES[conclusion.exit_status]
    line = Text(f"{conclusion.headline}. ", style=style)
    return line.append(one_line(conclusion.sentence), style="default not bold")


def failure_line(glyph: str, style: str, requirement: str, case: str, message: str) -> Text:
    """One line for one verdict, as live views print it."""
    line = Text(f"{glyph} ", style=style, no_wrap=True, overflow="ellipsis")
    line.append(one_line(requirement), style="bold default")
    if case:
        line.append(f" {one_line(case)}", style="dim not bold")
    return line.append(f"  {one_line(message)}" if message else "", style="default not bold")


def print_line(to: Console, line: Text) -> None:
    """One line for certain: cut where a person watches, whole in a log."""
    if to.is_terminal:
        to.print(line, no_wrap=True, overflow="ellipsis", crop=True)
    else:
        to.print(line, soft_wrap=True)


def _header(run: Run) -> RenderableType:
    header, footer = run.header, run.footer
    title = Text(one_line(header.operation), style="bold")
    title.append(f"  {one_line(header.target.url or header.target.name)}", style="default not bold")
    if header.target.release:
        title.append(f"  {one_line(header.target.release)}", style="not bold")
    facts = [f"{footer.requests:,} requests", duration(footer.seconds), f"seed {header.seed}"]
    if footer.throttled:
        facts.insert(1, f"{footer.throttled:,} throttled")
    facts += [f"profile {header.profile.name}"] if header.profile.name else []
    facts += [f"{choice} pinned to {alternative}" for choice, alternative in header.profile.pins.items()][:3]
    facts += [f"resumed, {header.resumed.checks:,} checks kept from {header.resumed.started}"] if header.resumed else []
    facts.append(f"{header.suite.name} {header.suite.version}")
    return Text.assemble(title, "\n", (one_line(" · ".join(facts)), "dim"))


def _themes(found: tuple[Result, ...]) -> Table:
    columns = levels(found)
    table = Table(box=None, padding=(0, 3, 0, 0), header_style="dim", show_edge=False)
    table.add_column("theme")
    for level in columns:
        table.add_column(level)
    for theme, members in by_theme(found).items():
        cells = [_counts([result for result in members if result.entry.level == level]) for level in columns]
        table.add_row(Text(one_line(theme)), *cells)
    table.add_section()
    table.add_row(
        Text("all", style="bold"),
        *(_counts([r for r in found if r.entry.level == level]) for level in columns),
    )
    return table


def _counts(members: list[Result]) -> Text:
    line = Text()
    for standing, number in tally(members):
        line.append(f"{'  ' if line else ''}{GLYPHS[standing]} {number}", style=STYLES[standing])
    return line


def _dialect(run: Run, observed: tuple[Taken, ...]) -> Table:
    """A line a choice; many of one kind that a target takes alike have one together."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, show_edge=False)
    pins = run.header.profile.pins
    alike: dict[object, list[Taken]] = {}
    for one in observed:
        plain = not one.mixed and one.choice not in pins
        key = (one.choice.rpartition(".")[2], one.format, one.alternative) if plain else one
        alike.setdefault(key, []).append(one)
    for members in alike.values():
        if len(members) > MOST_ALIKE:
            table.add_row(*_together(members))
        else:
            for one in members:
                table.add_row(*_apart(one, pins.get(one.choice)))
    return table


def _apart(one: Taken, pinned: str | None) -> tuple[Text, Text, Text]:
    name = Text(one_line(one.choice))
    if one.format:
        name.append(f" {one.format}", style="dim")
    shown = ", ".join(f"{alternative} ({count:,}×)" for alternative, count in one.counts)
    note = "both: should keep to one" if one.mixed else f"pinned: {pinned}" if pinned else ""
    return name, Text(one_line(shown), style="yellow" if one.mixed else ""), Text(one_line(note), style="dim")


def _together(members: list[Taken]) -> tuple[Text, Text, Text]:
    first = members[0]
    name = Text(f"*.{one_line(first.choice.rpartition('.')[2])}")
    name.append(f" {first.format or ''}", style="dim")
    count = sum(count for one in members for _, count in one.counts)
    subjects = ", ".join(one.choice.rpartition(".")[0] for one in members[:2])
    said = f"{subjects} and {len(members) - 2} more"
    return name, Text(f"{one_line(first.alternative)} ({count:,}×)"), Text(one_line(said), style="dim")


def _section(to: Console, title: str) -> None:
    to.print()
    to.print(Text(title, style="bold"))


def _list(to: Console, title: str, found: tuple[Result, ...], standings: tuple[Standing, ...]) -> None:
    chosen = [result for result in found if result.standing in standings]
    if not chosen:
        return
    _section(to, title)
    for result in chosen:
        case = result.decisive.case if result.decisive else ""
        style = (GLYPHS[result.standing], STYLES[result.standing])
        line = failure_line(*style, result.entry.id, case, result.message)
        if line.cell_len <= to.width:
            to.print(line)
        else:
            to.print(failure_line(*style, result.entry.id, case, ""))
            to.print(Padding(Text(one_line(result.message, 400), style="dim"), (0, 0, 0, 4)))


def _start_here(to: Console, causes: tuple[Cause, ...]) -> None:
    """The causes whose mending turns most green, each with the simplest request that shows it."""
    _section(to, "Start here")
    for number, cause in enumerate(causes[:MOST], 1):
        first, more = cause.results[0], len(cause.results) - 1
        fail = f"{more + 1} requirements fail" if more else "1 requirement fails"
        title = Text(f"{number}  ", style="dim")
        if cause.about:
            title.append(f"{one_line(cause.about)}  ", style="bold red")
        title.append(f"{fail}{' where it is sent' if cause.about else ''}", style="default not bold")
        to.print(Rule(style="dim"))
        to.print(title)
        _failure(to, ResultGroup(None, (first,)))
    to.print(Rule(style="dim"))
    if rest := causes[MOST:]:
        failing = sum(len(cause.results) for cause in rest)
        to.print(Text(f"and {failing} more, of {len(rest)} causes; each in full is in the report", style="dim"))


def _brief_failure(to: Console, group: ResultGroup) -> None:
    """A line for the first of those of one cause, and one for the others: where to start is shown in full."""
    result, others = group.results[0], [one_line(other.entry.id) for other in group.results[1:]]
    case, style = result.decisive.case if result.decisive else "", STYLES[result.standing]
    print_line(to, failure_line(GLYPHS[result.standing], style, result.entry.id, case, result.message))
    if others:
        said = f"{len(others)} more for the same cause: {_first_of(others)}"
        to.print(Padding(Text(said, style="dim"), (0, 0, 0, 4)))


def _first_of(ids: list[str]) -> str:
    more = f", and {len(ids) - MOST_NAMED} more" if len(ids) > MOST_NAMED else ""
    return ", ".join(ids[:MOST_NAMED]) + more


def _by_reason(to: Console, title: str, found: tuple[Result, ...], standings: tuple[Standing, ...]) -> None:
    """What was not judged or does not apply, by reason: many requirements share one."""
    reasons: dict[tuple[Standing, str], list[str]] = {}
    for result in found:
        if result.standing in standings:
            reasons.setdefault((result.standing, _reason(result)), []).append(one_line(result.entry.id))
    if reasons:
        _section(to, title)
    for (standing, reason), ids in reasons.items():
        count = f"{len(ids)} requirements: " if len(ids) > 1 else ""
        to.print(
            Text(f"{GLYPHS[standing]} {count}{reason}", style=STYLES[standing] if standing != "not-applicable" else "")
        )
        to.print(Padding(Text(_first_of(ids), style="dim"), (0, 0, 0, 4)))


def _reason(result: Result) -> str:
    """Why there is no verdict: the requirement that failed and stands in the way, or the message."""
    because = result.decisive.because if result.decisive else None
    if because is not None:
        return f"not judged, because {one_line(because)} failed"
    return one_line(result.message, 300) or "no reason given"


def _failure(to: Console, group: ResultGroup) -> None:
    result = group.results[0]
    decisive = result.decisive
    title = Text(f"{GLYPHS[result.standing]} {one_line(result.entry.id)}", style=STYLES[result.standing])
    title.append(f"  {result.entry.level}", style="default not bold")
    cases = ", ".join(case for case, verdict in result.cases.items() if case and verdict == result.standing)
    title.append(f"  {one_line(cases)}" if cases else "", style="dim not bold")
    to.print(title)
    body = Table.grid(padding=(0, 2, 0, 0))
    body.add_column(style="dim", no_wrap=True)
    body.add_column(overflow="fold")
    body.add_row("statement", one_line(result.entry.statement))
    for citation in result.entry.citations[:3]:
        body.add_row("source", one_line(citation))
    body.add_row("found", one_line(result.message, 600))
    if decisive and decisive.expected is not None:
        body.add_row("expected", Text("\n".join(first_lines(decisive.expected, 6, 400)), style="green"))
    if decisive and decisive.received is not None:
        body.add_row("received", Text("\n".join(first_lines(decisive.received, 6, 400)), style="red"))
    if others := [other.entry.id for other in group.results[1:]]:
        body.add_row("also", one_line(f"{len(others)} more for the same cause: {', '.join(others)}", 600))
    to.print(Padding(body, (0, 0, 0, 2)))
    if result.evidence:
        to.print()
        # no wrapping: the line is there to be copied
        to.print(Text(f"  {printable(result.evidence.reproduce)}", style="cyan"), soft_wrap=True)
        for number, line in enumerate(folded(result.evidence.response, RESPONSE_LINES, max(40, to.width - 8))):
            status = str(result.evidence.status or "") if number == 0 else ""
            to.print(Text.assemble((f"  {status:<5}", "bold"), (line, "dim")), soft_wrap=True)
