"""Two recordings of an SDK beside each other: what the newer one sends or hands on differently in the same cases.

What is new in every request does not count: nonces, moments, signatures, digests, ports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from attrs import evolve, frozen

from conformance.cassettes.sdk_cassette import Arrived, KeptCall, KeptCase, SdkCassette
from conformance.wire.arrival import Arrival, read_request

Side = Literal["sends", "hands on"]
Facts = dict[str, str]
ABSENT = "absent"
OUTCOME = "outcome"
LONGEST = 160
# new in every request, or a consequence of what is compared anyway
PASSED_OVER = frozenset(
    ("authorization", "content-length", "content-md5", "date", "host", "signature", "signaturenonce", "timestamp",
     "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce")
)  # fmt: skip
VOLATILE = {
    "<uuid>": re.compile(r"(?i)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"),
    "<time>": re.compile(r"\b\d{4}-\d\d-\d\dT\d\d(?::|%3A)\d\d(?::|%3A)\d\d(?:\.\d+)?Z?"),
    "<date>": re.compile(r"\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT"),
    "<endpoint>": re.compile(r"\b(?:127\.0\.0\.1|localhost):\d+"),
    "port=<port>": re.compile(r"\bport[=: ]+\d+"),
    "<hex>": re.compile(r"(?i)\b(?:0x)?(?=[0-9a-f]*\d)(?=[0-9]*[a-f])[0-9a-f]{12,}\b"),
    "<milliseconds>": re.compile(r"\b\d{13}\b"),
}


@frozen
class WireChange:
    """One thing that is different, `before` and `after` in words, and the cases that show it."""

    side: Side
    what: str
    before: str
    after: str
    cases: tuple[str, ...]


@frozen
class WireComparison:
    """`common` counts the cases that both recordings hold; the others are named."""

    changes: tuple[WireChange, ...]
    common: int
    only_before: tuple[str, ...] = ()
    only_after: tuple[str, ...] = ()

    def on(self, side: Side) -> tuple[WireChange, ...]:
        """Those that most cases show first."""
        return tuple(sorted((c for c in self.changes if c.side == side), key=lambda c: -len(c.cases)))


@frozen
class _Done:
    """A case of a recording with what arrived in it, by call."""

    kept: KeptCase
    arrived: Mapping[int | None, Sequence[Arrived]]


def compare(before: SdkCassette, after: SdkCassette) -> WireComparison:
    """What changed between two recordings, in the cases that both hold."""
    older, newer = _by_case(before), _by_case(after)
    found: dict[tuple[Side, str, str, str], list[str]] = {}
    common = [key for key in older if key in newer]
    for key in common:
        name = _name(newer[key].kept)
        for side, what, was, now in dict.fromkeys(_differences(older[key], newer[key])):
            found.setdefault((side, what, was, now), []).append(name)
    changes = tuple(WireChange(*key, tuple(cases)) for key, cases in found.items())
    return WireComparison(changes, len(common), _missing(older, newer), _missing(newer, older))


def _missing(here: Mapping[str, _Done], there: Mapping[str, _Done]) -> tuple[str, ...]:
    return tuple(_name(done.kept) for key, done in here.items() if key not in there)


def _by_case(cassette: SdkCassette) -> dict[str, _Done]:
    arrived: dict[int, dict[int | None, list[Arrived]]] = {}
    for one in cassette.arrived:
        arrived.setdefault(one.case, {}).setdefault(one.call, []).append(one)
    return {
        repr(_sorted(kept.case)): _Done(_in_order(kept), arrived.get(n, {})) for n, kept in enumerate(cassette.cases)
    }


def _in_order(kept: KeptCase) -> KeptCase:
    """With the calls that were made at once in the order of their answers: which came first is new in every run."""
    if "burst" not in kept.case:
        return kept
    return evolve(kept, calls=tuple(sorted(kept.calls, key=lambda call: repr(_sorted(call.answer)))))


def _sorted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return [(k, _sorted(v)) for k, v in sorted(value.items())]
    return [_sorted(v) for v in value] if isinstance(value, (list, tuple)) else value


def _name(kept: KeptCase) -> str:
    if not kept.judged_for:
        return "a plain call"
    requirement, case = kept.judged_for[0]
    short = requirement.partition(".sdk.")[2] or requirement
    return f"{short} [{case}]" if case else short


def _differences(before: _Done, after: _Done) -> Iterator[tuple[Side, str, str, str]]:
    for number, (was, now) in enumerate(zip(before.kept.calls, after.kept.calls, strict=False)):
        sent, sent_now = (done.arrived.get(number, ()) for done in (before, after))
        yield from _unlike("sends", *({"requests for one call": str(len(s))} for s in (sent, sent_now)))
        for one, other in zip(sent, sent_now, strict=False):
            yield from _unlike("sends", _sent(one), _sent(other))
        yield from _unlike_outcomes(_handed_on(was), _handed_on(now))
    calls = [{"calls": str(len(done.kept.calls))} for done in (before, after)]
    yield from _unlike("hands on", *calls)
    elsewhere = [{"requests to another host": str(len(done.arrived.get(None, ())))} for done in (before, after)]
    yield from _unlike("sends", *elsewhere)


def _unlike(side: Side, before: Facts, after: Facts) -> Iterator[tuple[Side, str, str, str]]:
    """Where two sets of facts differ. Lists of another length differ by that; their entries are not told as well."""
    longer: tuple[str, ...] = ()
    for what in dict.fromkeys((*before, *after)):
        was, now = before.get(what, ABSENT), after.get(what, ABSENT)
        if was != now and not what.startswith(longer):
            yield side, what, *_excerpts(was, now)
            longer += (what,) if what.endswith("[]") else ()


def _excerpts(before: str, after: str) -> tuple[str, str]:
    """Two texts, shortened so that they can be told apart."""
    pairs = enumerate(zip(before, after, strict=False))
    same = next((n for n, (one, other) in pairs if one != other), min(len(before), len(after)))
    start = max(0, same - LONGEST // 4) if max(len(before), len(after)) > LONGEST else 0
    return _excerpt(before, start), _excerpt(after, start)


def _excerpt(text: str, start: int) -> str:
    end = start + LONGEST
    return f"{'…' if start else ''}{text[start:end]}{'…' if len(text) > end else ''}"


# ------------------------------------------------------------------------------------------------------------- facts


def _sent(one: Arrived) -> Facts:
    """What a request says, apart from what is new in each."""
    arrival = read_request(one.request)
    facts = {
        "method": one.request.method,
        "path": arrival.path,
        "signature": arrival.signature,
        "parameters travel in": _places(arrival),
        "problems of the signature": ", ".join(id for id, _ in one.problems) or "none",
    }
    if arrival.authorization.algorithm:
        facts["algorithm"] = arrival.authorization.algorithm
        facts["signed headers"] = ";".join(arrival.authorization.signed_headers)
    operation = {name for name, _ in one.parameters}
    for name, value in (*arrival.query, *arrival.form):
        if name not in operation and name.lower() not in PASSED_OVER:
            _add(facts, f"common parameter {name}", _shown(value))
    for name, value in one.parameters:
        _add(facts, f"parameter {name}", _plainly(value))
    for name, value in one.request.headers:
        if name.lower() not in PASSED_OVER:
            _add(facts, f"header {name.lower()}", _shown(value))
    return facts


def _places(arrival: Arrival) -> str:
    own = {name for name, _ in arrival.parameters}
    places = {"query": arrival.query, "form": arrival.form}
    return " and ".join(p for p, pairs in places.items() if own & {name for name, _ in pairs}) or "nothing"


def _handed_on(call: KeptCall) -> Facts:
    """What the caller got. Results are made of what the suite served, so that nothing in them is new in every run."""
    if "unsupported" in call.answer:
        return {OUTCOME: f"unsupported: {call.answer['unsupported']}"}
    error = call.answer.get("error")
    if error is not None:
        return {OUTCOME: "an error", **{f"error {n.replace('_', ' ')}": _shown(v) for n, v in error.items()}}
    facts: Facts = {}
    for path, value in _leaves(call.answer.get("result"), ""):
        _add(facts, f"result {path}".rstrip(), _plainly(value))
    return {OUTCOME: "a result", **facts}


def _unlike_outcomes(before: Facts, after: Facts) -> Iterator[tuple[Side, str, str, str]]:
    """Where an error became a result or the reverse, that is all: the rest follows."""
    if before[OUTCOME] == after[OUTCOME]:
        yield from _unlike("hands on", before, after)
        return
    yield "hands on", OUTCOME, _outcome(before), _outcome(after)


def _outcome(facts: Facts) -> str:
    return f"{facts[OUTCOME]} ({facts['error type']})" if "error type" in facts else facts[OUTCOME]


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Scalars by path; those of all entries of a list by one path, in their order, and how many entries it has."""
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _leaves(member, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        yield f"{path}[]", f"{len(value)} entries"
        for entry in value:
            yield from _leaves(entry, f"{path}[]")
    else:
        yield path, value


def _add(facts: Facts, what: str, value: str) -> None:
    facts[what] = f"{facts[what]}, {value}" if what in facts else value


def _plainly(value: Any) -> str:
    return (value if isinstance(value, str) else "none" if value is None else str(value)) or "empty"


def _shown(value: Any) -> str:
    """A value without what is new in every request."""
    text = _plainly(value)
    for name, form in VOLATILE.items():
        text = form.sub(name, text)
    return text
