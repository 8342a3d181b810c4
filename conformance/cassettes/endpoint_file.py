"""A cassette of an endpoint run as the members of its file, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from attrs import asdict, define, evolve, field

from conformance.cassettes import meaning
from conformance.cassettes.cassette import Cassette, Example, Interaction, Provenance, StoredInteraction
from conformance.cassettes.layout import (
    ADVICE,
    OWN,
    BadCassette,
    Bounds,
    LayoutEntry,
    entries,
    entry_from,
    sent_parameters,
    structured,
    typed,
)
from conformance.cassettes.meaning import Meaning
from conformance.cassettes.writing import Lines, LinesInMemory, line_of, pieces_of
from conformance.wire.exchange import HttpResponse

VERDICTS, ITEMS, EXAMPLES = "acs-verdicts", "acs-items", "acs-examples"
SECTIONS = (VERDICTS, ITEMS, EXAMPLES)


def dump(cassette: Cassette) -> str:
    """The text of a cassette."""
    lines = LinesInMemory([line_of(entry_of(i.whole())) for i in cassette.interactions])
    return b"".join(pieces(cassette, lines)).decode()


def pieces(cassette: Cassette, lines: Lines) -> Iterator[bytes]:
    """The bytes of a cassette whose interactions are these lines, whatever it says itself."""
    stored = cassette.items
    items = None if stored is None else [{"region": r, "items": list(items)} for r, items in stored.items()]
    examples = [[e.requirement, e.case, e.check, [list(d) for d in e.draws], e.whole] for e in cassette.examples]
    sections = {VERDICTS: list(cassette.verdicts), ITEMS: items, EXAMPLES: examples}
    return pieces_of(asdict(cassette.provenance), sections, lines)


def entry_of(i: Interaction) -> LayoutEntry:
    """An interaction as it stands in a file."""
    own: dict[str, Any] = {"number": i.number, "example": i.example, "meaning": _meaning_data(i)}
    if i.response is not None:
        own["nanoseconds"] = round(i.response.seconds * 1e9)
    else:
        own["failure"] = list(i.failure or ("", ""))
    return LayoutEntry(i.request, i.response, own)


def _meaning_data(i: Interaction) -> dict[str, Any]:
    """What the request itself says of its parameters is not said twice: in a long cassette that is much."""
    data = meaning.as_data(i.meaning)
    if i.meaning.parameters == sent_parameters(i.request):
        data.pop("parameters", None)
    else:
        data.setdefault("parameters", [])
    return data


def cassette_of(data: Mapping[str, Any], name: str) -> Cassette:
    """Raises BadCassette."""
    provenance = structured(data[OWN], Provenance, name)
    try:
        examples = tuple(_example(*entry) for entry in data[EXAMPLES])
        stored = data.get(ITEMS)
        items = None if stored is None else {entry["region"]: entry["items"] for entry in stored}
        verdicts = tuple(data[VERDICTS])
    except (TypeError, ValueError, KeyError):
        raise BadCassette(f"{name} lacks its examples, items or verdicts, or they are damaged. {ADVICE}") from None
    return Cassette(provenance, tuple(entries(data, name, Shelf().stored)), examples, verdicts, items)


@define
class Shelf:
    """What memory holds of the interactions of a file: each meaning once."""

    meanings: dict[Meaning, Meaning] = field(factory=dict)
    bounds: Bounds = field(factory=Bounds)

    def stored(self, entry: Mapping[str, Any]) -> StoredInteraction:
        """An interaction, looked over once. Raises TooMuch, and what `interaction_of` raises."""
        i = read_again(entry)
        meaning = self.meanings.get(i.meaning)
        if meaning is None:
            self.bounds.keep(repr(i.meaning).encode())
            meaning = self.meanings[i.meaning] = i.meaning
        return StoredInteraction(i.number, meaning, i.failure, i.example, i.length, partial(read_again, entry))


def read_again(entry: Mapping[str, Any]) -> Interaction:
    """The interaction that stands in a file."""
    return interaction_of(entry_from(entry))


def _example(requirement: str, case: str, check: str, draws: Sequence[Any], whole: bool) -> Example:
    named = (typed(requirement, str), typed(case, str), typed(check, str))
    return Example(*named, tuple((typed(label, str, type(None)), value) for label, value in draws), typed(whole, bool))


def interaction_of(entry: LayoutEntry) -> Interaction:
    """What stands in a file as an interaction. Raises ValueError, TypeError or KeyError where it is damaged."""
    own = entry.own
    response: HttpResponse | None = None
    failure: tuple[str, str] | None = None
    if own.get("failure") is None:
        response = evolve(entry.answered, seconds=typed(own["nanoseconds"], int) / 1e9)
    else:
        kind, message = own["failure"]
        failure = (typed(kind, str), typed(message, str))
    told = typed(own["meaning"], dict)
    if "parameters" not in told:
        told = {**told, "parameters": sent_parameters(entry.request)}
    read = meaning.from_data(told)
    number, example = typed(own["number"], int), typed(own["example"], int, type(None))
    return Interaction(number, read, entry.request, response, failure, example)
