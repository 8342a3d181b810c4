"""Two endpoints beside each other: in what they differ, and what the contract says of each difference."""

from __future__ import annotations

import re
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
SHOWN, NAMED = 40, 5
# how many exchanges of a run showed something
EXTENT = re.compile(r" \([\d,]+ of [\d,]+ exchanges\)")


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
class DifferenceGroup:
    """Differences of one cause: the same is said of the same thing in one operation or in several; at least one."""

    differences: tuple[Difference, ...]

    @property
    def about(self) -> str:
        """What they are about, and where."""
        first, names = self.differences[0], self.operations
        if len(names) == 1:
            return _about(first)
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        return f"{_of_any(first)} of {len(names)} operations ({', '.join(names[:NAMED])}{more})"

    @property
    def operations(self) -> tuple[str, ...]:
        """The operations in which they show."""
        return tuple(dict.fromkeys(d.operation for d in self.differences))

    @property
    def one(self) -> Difference:
        """The first of them, whose words speak for all."""
        return self.differences[0]


def grouped(found: Iterable[Difference]) -> tuple[DifferenceGroup, ...]:
    """Those of one cause together, what shows most widely first."""
    gathered: dict[object, list[Difference]] = {}
    for d in found:
        said = tuple(EXTENT.sub("", text.replace(d.operation, "*")) for text in (d.first, d.second))
        gathered.setdefault((d.said, d.wrong, _of_any(d), said), []).append(d)
    groups = [DifferenceGroup(tuple(members)) for members in gathered.values()]
    return tuple(sorted(groups, key=lambda group: -len(group.operations)))


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
        left = list(dict.fromkeys(line.partition(": ")[0] for line in self.unjudged))
        more = f" and {len(left) - 1} more" if len(left) > 1 else ""
        open_ones = f" Not everything could be compared: {left[0]}{more}." if left else ""
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
        "groups": [
            {"about": _of_any(g.one), "said": g.one.said, "wrong": g.one.wrong, "operations": list(g.operations)}
            for g in grouped(found.differences)
        ],
    }


def terminal_lines(found: Differential) -> Iterator[str]:
    """The differences, those first in which one is wrong, then the sentence."""
    for said in SAID:
        of = found.of(said)
        if of:
            yield f"{said} ({len(of)}):"
        groups = grouped(of)
        for group in groups[:SHOWN]:
            blamed = f" — wrong: {group.one.wrong}" if group.one.wrong else ""
            yield f"  {group.about}{blamed}"
            yield f"    {found.first}: {group.one.first}"
            yield f"    {found.second}: {group.one.second}"
        if len(groups) > SHOWN:
            yield f"  and {sum(len(g.differences) for g in groups[SHOWN:])} more, in the report"
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
    for group in grouped(of):
        d = group.one
        yield f"| {inline(group.about)} | {inline(d.wrong or '')} | {inline(d.first)} | {inline(d.second)} |"
    yield ""


def _of_any(d: Difference) -> str:
    """What it is about, whatever the operation."""
    return d.about.removeprefix(f"{d.operation}.")


def _about(d: Difference) -> str:
    return d.about if d.about.startswith(f"{d.operation}.") else f"{d.operation}: {d.about}"
