"""A cassette of an SDK's certification as the members of its file, and back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from attrs import asdict

from conformance.cassettes.layout import ADVICE, OWN, BadCassette, Entry, entries, sent_parameters, structured, text_of
from conformance.cassettes.sdk_cassette import Arrived, KeptCall, KeptCase, SdkCassette, SdkProvenance

VERDICTS, CASES = "acs-verdicts", "acs-cases"
SECTIONS = (VERDICTS, CASES)
NEVER = "never"


def dump(cassette: SdkCassette) -> str:
    """The text of a cassette."""
    sections = {VERDICTS: list(cassette.verdicts), CASES: [_case_data(c) for c in cassette.cases]}
    return text_of(asdict(cassette.provenance), sections, [_entry(a) for a in cassette.arrived])


def _case_data(kept: KeptCase) -> dict[str, Any]:
    calls = [_filled({**asdict(call), "reveals": list(call.reveals)}, "reveals") for call in kept.calls]
    return {"case": kept.case, "for": [list(pair) for pair in kept.judged_for], "calls": calls}


def _entry(a: Arrived) -> Entry:
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
        "served": a.served,
    }
    if own["parameters"] is None:
        del own["parameters"]
    return Entry(a.request, a.response, _filled(own, "gzip", "problems", "carries", "given_up", "served"))


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
    return SdkCassette(provenance, cases, tuple(entries(data, name, lambda e: _arrived(e, cases))), verdicts)


def _case(entry: Mapping[str, Any]) -> KeptCase:
    calls = tuple(
        KeptCall(dict(c["parameters"]), dict(c["answer"]), float(c["seconds"]), tuple(c.get("reveals", ())))
        for c in entry["calls"]
    )
    return KeptCase(dict(entry["case"]), _pairs(entry["for"]), calls)


def _arrived(entry: Entry, cases: Sequence[KeptCase]) -> Arrived:
    own = entry.own
    if own["call"] is not None and not 0 <= own["call"] < len(cases[own["case"]].calls):
        raise ValueError("call")
    waited = own.get("given_up")
    parameters = _pairs(own["parameters"]) if "parameters" in own else sent_parameters(entry.request)
    return Arrived(
        own["number"],
        own["case"],
        own["call"],
        own["count"],
        own["connection"],
        entry.request,
        entry.response,
        parameters,
        own["transfer"],
        own.get("gzip", False),
        _pairs(own.get("problems", ())),
        _pairs(own.get("carries", ())),
        math.inf if waited == NEVER else waited,
        own.get("served"),
    )


def _pairs(values: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in values)
