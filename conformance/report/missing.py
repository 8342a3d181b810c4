"""What of its verdicts a run owes to data that the target does not hold, in one sentence: how many items would do."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from conformance.ledger.findings import Lack
from conformance.report.results import Result, results
from conformance.report.stream import Run
from conformance.report.text import one_line

# a requirement with one of these verdicts in some case was not judged, or not in that case
UNJUDGED = ("inconclusive", "not-applicable")


@frozen
class Wanted:
    """Items of a region (None: of another region than those of the run): how many it holds, where that was established,
    how many would do, and the fields that some of them must have a value of.
    """

    region: str | None
    held: int | None
    needed: int
    fields: tuple[str, ...]


@frozen
class MissingData:
    """With all the items that are `wanted`, each of `requirements` (ids) can be judged, which were not for want of them
    and of nothing else.
    """

    wanted: tuple[Wanted, ...]
    requirements: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """`cn-beijing holds 2 items; 3 there and 1 in another region would judge 41 more requirements.`"""
        known = [one for one in self.wanted if one.held is not None]
        held = _and(f"{_place(one)} holds {_number(one.held or 0, 'item')}" for one in known)
        asked = _and(self._asked(one, bare=bool(known)) for one in self.wanted)
        text = f"{held}; {asked}" if held else asked
        return f"{text[:1].upper() if text.startswith('the ') else text[:1]}{text[1:]} would judge {self._more}."

    @property
    def _more(self) -> str:
        return _number(len(self.requirements), "more requirement")

    def _asked(self, one: Wanted, bare: bool) -> str:
        number = str(one.needed) if bare else _number(one.needed, "item")
        having = f", with values of {_and(one.fields)} among them," if one.fields else ""
        alone = sum(other.region is not None for other in self.wanted) == 1 and one.held is not None
        where = " in another region" if one.region is None else " there" if alone else f" in {_place(one)}"
        return f"{number}{where}{having}"


def missing_data(run: Run) -> MissingData | None:
    """What data would judge more, as far as the checks said; None where they did not, or the run was cut off."""
    if run.footer.interrupted:
        return None
    lacking = {result.entry.id: lacks for result in results(run) if (lacks := tuple(_lacks(result)))}
    every = [lack for lacks in lacking.values() for lack in lacks]
    regions = sorted({lack.region for lack in every}, key=lambda region: (region is None, region or ""))
    wanted = tuple(_wanted(region, [lack for lack in every if lack.region == region]) for region in regions)
    return MissingData(wanted, tuple(lacking)) if wanted else None


def _wanted(region: str | None, lacks: Iterable[Lack]) -> Wanted:
    lacks = list(lacks)
    counts = [lack.held for lack in lacks if lack.field is None and region is not None]
    fields = tuple(dict.fromkeys(one_line(lack.field) for lack in lacks if lack.field))
    held = max(counts, default=None)
    return Wanted(region, held, max(lack.needed for lack in lacks), fields)


def _lacks(result: Result) -> Iterable[Lack]:
    """What data each case lacks that was not judged; nothing where one was not judged for another reason."""
    unjudged = [v for v in result.verdicts if v.verdict == result.standing and v.verdict in UNJUDGED]
    return [v.lack for v in unjudged if v.lack] if all(v.lack for v in unjudged) else ()


def _place(one: Wanted) -> str:
    return one_line(one.region) if one.region else "the listing"


def _number(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def _and(words: Iterable[str]) -> str:
    *first, last = (*words,) or ("",)
    return f"{', '.join(first)} and {last}" if first else last
