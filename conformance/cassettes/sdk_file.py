"""A cassette of an SDK's certification as the members of its file, and back."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import asdict

from conformance.cassettes.layout import (
    ADVICE,
    OWN,
    BadCassette,
    Bounds,
    InteractionLine,
    LayoutEntry,
    entries,
    entry_from,
    sent_parameters,
    structured,
    typed,
)
from conformance.cassettes.sdk_cassette import Arrived, KeptCall, KeptCase, SdkCassette, SdkProvenance
from conformance.cassettes.writing import text_of

VERDICTS, CASES = "acs-verdicts", "acs-cases"
SECTIONS = (VERDICTS, CASES)
NEVER = "never"


def dump(cassette: SdkCassette) -> str:
    """The text of a cassette."""
    sections: dict[str, Sequence[Any]] = {
        VERDICTS: list(cassette.verdicts),
        CASES: [_case_data(c) for c in cassette.cases],
    }
    return text_of(asdict(cassette.provenance), sections, [_entry(a) for a in cassette.arrived])


def _case_data(kept: KeptCase) -> dict[str, Any]:
    calls = [_filled({**asdict(call), "reveals": list(call.reveals)}, "reveals") for call in kept.calls]
    return {"case": kept.case, "for": [list(pair) for pair in kept.judged_for], "calls": calls}


def _entry(a: Arrived) -> LayoutEntry:
    own = {
        "number": a.number,
        "case": a.case,
        "call": a.call,
        "count": a.count,
        "connection": a.connection,
        "parameters": None if a.parameters == sent_parameters(a.request) else [list(pair) for pair in a.parameters],
        "transfer": a.transfer,
        "gzip": a.gzip,
        "problems": [list(pair) for pair in a.problems],
        "carries": [list(pair) for pair in a.carries],
        "given_up": NEVER if a.given_up == math.inf else a.given_up,
        "after": a.after,
        "served": a.served,
    }
    if own["parameters"] is None:
        del own["parameters"]
    optional = ("gzip", "problems", "carries", "given_up", "after", "served")
    return LayoutEntry(a.request, a.response, _filled(own, *optional))


def _filled(data: dict[str, Any], *optional: str) -> dict[str, Any]:
    """Without those of the optional members that say nothing."""
    return {name: value for name, value in data.items() if name not in optional or value not in (None, False, [])}


def cassette_of(data: Mapping[str, Any], name: str) -> SdkCassette:
    """Raises BadCassette."""
    provenance = structured(data[OWN], SdkProvenance, name)
    try:
        cases, verdicts = tuple(_case(entry) for entry in data[CASES]), tuple(data[VERDICTS])
    except (TypeError, ValueError, KeyError, AttributeError):
        raise BadCassette(f"{name} lacks its cases or verdicts, or they are damaged. {ADVICE}") from None
    return SdkCassette(provenance, cases, tuple(_all_arrived(data, name, cases)), verdicts)


def _all_arrived(data: Mapping[str, Any], name: str, cases: Sequence[KeptCase]) -> Iterator[Arrived]:
    """Judges ask for all that arrived, so that memory holds all of it. Raises BadCassette."""
    bounds = Bounds()

    def read(entry: Mapping[str, Any]) -> Arrived:
        if isinstance(entry, InteractionLine):
            bounds.keep(entry.text.part(entry.start, entry.length))
        return _arrived(entry_from(entry), cases)

    return entries(data, name, read)


def _case(entry: Mapping[str, Any]) -> KeptCase:
    return KeptCase(typed(entry["case"], dict), _pairs(entry["for"]), tuple(_call(c) for c in entry["calls"]))


def _call(call: Mapping[str, Any]) -> KeptCall:
    answer = typed(call["answer"], dict)
    if "error" in answer:
        for name, value in typed(answer["error"], dict).items():
            typed(value, str, int, bool, type(None) if name != "type" else str)
    reveals = tuple(typed(name, str) for name in call.get("reveals", ()))
    return KeptCall(typed(call["parameters"], dict), answer, float(typed(call["seconds"], int, float)), reveals)


def _arrived(entry: LayoutEntry, cases: Sequence[KeptCase]) -> Arrived:
    own = entry.own
    number, case, count, connection = (typed(own[name], int) for name in ("number", "case", "count", "connection"))
    if own["call"] is not None and not 0 <= typed(own["call"], int) < len(cases[case].calls):
        raise ValueError("call")
    waited, served = own.get("given_up"), typed(own.get("served"), dict, type(None))
    if served is not None:
        typed(served["format"], str), typed(served.get("tree"), dict, type(None))
    return Arrived(
        number,
        case,
        own["call"],
        count,
        connection,
        entry.request,
        entry.answered,
        _pairs(own["parameters"]) if "parameters" in own else sent_parameters(entry.request),
        typed(own["transfer"], str),
        typed(own.get("gzip", False), bool),
        _pairs(own.get("problems", ())),
        _pairs(own.get("carries", ())),
        math.inf if waited == NEVER else typed(waited, int, float, type(None)),
        typed(own.get("after"), int, float, type(None)),
        served,
    )


def _pairs(values: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((typed(name, str), typed(value, str)) for name, value in values)
