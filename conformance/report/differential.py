"""Two endpoints beside each other: in what they differ, and what the contract says of each difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from attrs import frozen

from conformance.report.events import CONVERTER
from conformance.report.markdown import inline
from conformance.report.results import Result, results
from conformance.report.stream import Run

DIFFERENCES = "differences.json"
DIFFERENCES_PAGE = "differences.md"
Said = Literal["one wrong", "both allowed", "documentation silent"]
SAID: tuple[Said, ...] = ("one wrong", "both allowed", "documentation silent")
SHOWN = 40


@frozen
class Difference:
    """One difference: what it is `about` (a requirement, a choice, or a request), what the contract says of it, which
    endpoint is `wrong` where it says so, and what each does.
    """

    operation: str
    about: str
    said: Said
    first: str
    second: str
    wrong: str | None = None
    requirement: str | None = None


@frozen
class Differential:
    """Two endpoints and their differences. `unjudged` says what could not be compared, and why; `requests` were sent
    to both, in all.
    """

    first: str
    second: str
    differences: tuple[Difference, ...]
    unjudged: tuple[str, ...] = ()
    requests: int = 0

    def of(self, said: Said) -> tuple[Difference, ...]:
        """The differences of which the contract says one thing."""
        return tuple(d for d in self.differences if d.said == said)

    @property
    def exit_status(self) -> int:
        """1 where the contract says that one endpoint is wrong; 3 where nothing, or not all, could be compared."""
        if self.of("one wrong"):
            return 1
        return 3 if self.unjudged else 0

    @property
    def sentence(self) -> str:
        """What was established."""
        found = [f"{len(of)} × {said}" for said in SAID if (of := self.of(said))]
        wrong = dict.fromkeys(d.wrong for d in self.of("one wrong") if d.wrong)
        blamed = f" Wrong by the contract: {', '.join(wrong)}." if wrong else ""
        open_ones = f" Not everything could be compared: {self.unjudged[0]}" if self.unjudged else ""
        if not found:
            return f"No difference was found between {self.first} and {self.second}.{open_ones}"
        return f"{self.first} and {self.second} differ: {', '.join(found)}.{blamed}{open_ones}"


def run_differences(first: Run, second: Run, names: tuple[str, str]) -> Iterator[Difference]:
    """In what two runs at one seed differ: requirements that one meets and the other does not, and choices."""
    there = {r.entry.id: r for r in results(second)}
    for one in results(first):
        other = there.get(one.entry.id)
        if other is not None and (found := _of_results(first.header.operation, one, other, names)) is not None:
            yield found
    yield from _of_choices(first, second)


def _of_results(operation: str, one: Result, other: Result, names: tuple[str, str]) -> Difference | None:
    bad, good = ("failed", "warned"), "passed"
    pair = (one.standing, other.standing)
    if not (pair[0] in bad and pair[1] == good) and not (pair[1] in bad and pair[0] == good):
        return None
    broken, name = (one, names[0]) if pair[0] in bad else (other, names[1])
    # what only samples show, or what is left open, is no more than recommended
    said: Said = "one wrong" if broken.standing == "failed" else "documentation silent"
    told = f"{broken.message}" if broken.standing == "failed" else f"not as recommended: {broken.message}"
    words = (told, "it is met") if broken is one else ("it is met", told)
    wrong = name if said == "one wrong" else None
    return Difference(operation, broken.entry.id, said, words[0], words[1], wrong, broken.entry.id)


def _of_choices(first: Run, second: Run) -> Iterator[Difference]:
    """Choices of which the two were seen to take other alternatives."""
    seen = [_taken(run) for run in (first, second)]
    for choice in first.header.choices:
        one, other = (taken.get(choice.id, ()) for taken in seen)
        if one and other and set(one) != set(other):
            said: Said = "both allowed" if choice.reason == "contradiction" else "documentation silent"
            about = f"choice {choice.id}"
            yield Difference(first.header.operation, about, said, ", ".join(one), ", ".join(other))


def _taken(run: Run) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for o in sorted(run.observed, key=lambda o: (o.choice, o.alternative)):
        found[o.choice] = tuple(dict.fromkeys((*found.get(o.choice, ()), o.alternative)))
    return found


def as_data(found: Differential) -> dict[str, Any]:
    """Plain JSON values."""
    return {
        "format_version": 1,
        "first": found.first,
        "second": found.second,
        "exit_status": found.exit_status,
        "sentence": found.sentence,
        "requests": found.requests,
        "counts": {said: len(found.of(said)) for said in SAID},
        "unjudged": list(found.unjudged),
        "differences": [CONVERTER.unstructure(d) for d in found.differences],
    }


def terminal_lines(found: Differential) -> Iterator[str]:
    """The differences, those first in which one is wrong, then the sentence."""
    for said in SAID:
        of = found.of(said)
        if of:
            yield f"{said} ({len(of)}):"
        for d in of[:SHOWN]:
            blamed = f" — wrong: {d.wrong}" if d.wrong else ""
            yield f"  {_about(d)}{blamed}"
            yield f"    {found.first}: {d.first}"
            yield f"    {found.second}: {d.second}"
        if len(of) > SHOWN:
            yield f"  and {len(of) - SHOWN} more, in the report"
    for line in found.unjudged[:SHOWN]:
        yield f"not compared: {line}"
    yield found.sentence


def differences_markdown(found: Differential) -> str:
    """The same as a Markdown page."""
    lines = [f"# {inline(found.first)} and {inline(found.second)}", "", inline(found.sentence, 1000), ""]
    for said in SAID:
        if of := found.of(said):
            lines += [f"## {said.capitalize()} ({len(of)})", "", *_rows(of, found)]
    if found.unjudged:
        lines += ["## Not compared", "", *(f"- {inline(line)}" for line in found.unjudged), ""]
    return "\n".join(lines)


def _rows(of: Sequence[Difference], found: Differential) -> Iterable[str]:
    yield f"| about | wrong | {inline(found.first, 60)} | {inline(found.second, 60)} |"
    yield "| --- | --- | --- | --- |"
    for d in of:
        yield f"| {inline(_about(d))} | {inline(d.wrong or '')} | {inline(d.first)} | {inline(d.second)} |"
    yield ""


def _about(d: Difference) -> str:
    return d.about if d.about.startswith(f"{d.operation}.") else f"{d.operation}: {d.about}"
