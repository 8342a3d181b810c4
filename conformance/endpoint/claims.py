"""The few claims that endpoint checks make, each one assertion that shows what was expected beside what came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from conformance.contract.forms import states_time
from conformance.contract.model import Contract
from conformance.derive.nouns import only_reads
from conformance.endpoint.answer import Answer
from conformance.endpoint.canonical import NO_XML
from conformance.endpoint.findings import Inconclusive, Lack, NotApplicable, Violation
from conformance.endpoint.oracle import Expectation
from conformance.endpoint.response_reading import Item
from conformance.endpoint.target import Target
from conformance.endpoint.watch.envelope import ERROR_STATUS
from conformance.generate.times import parse_time, precision_of
from conformance.generate.views import fold

NOT_IMPLEMENTED = 501
# the row of the gateway's table whose code names what is missing
MISSING_BY_NAME = "Missing{Parameter}"


def claim(holds: bool, message: str, expected: Any, received: Any, answer: Answer | None) -> None:
    """Raise the violation unless the claim holds."""
    if not holds:
        exchange = answer.exchange if answer is not None else None
        raise Violation(message, expected=expected, received=received, exchange=exchange)


def claim_certain(holds: bool, message: str, expected: Any, received: Any, answer: Answer) -> None:
    """Raise the violation unless the claim holds; no change of the listing, and no outage, explains what came."""
    if not holds:
        raise Violation(message, expected=expected, received=received, exchange=answer.exchange, certain=True)


def claim_refusable(holds: bool, message: str, expected: Any, received: Any, answer: Answer) -> None:
    """Raise the violation unless the claim holds, which it does of any error with the status of one."""
    if not holds:
        exchange = answer.exchange
        raise Violation(message, expected=expected, received=received, exchange=exchange, refusable=True, apart=True)


def claim_apart(holds: bool, message: str, expected: Any, received: Any, answer: Answer) -> None:
    """Raise the violation unless the claim holds; it does so of an answer alone, whatever else is in the listing."""
    if not holds:
        raise Violation(message, expected=expected, received=received, exchange=answer.exchange, apart=True)


def claim_equal(message: str, expected: Any, received: Any, answer: Answer | None) -> None:
    """Raise the violation unless the two are equal."""
    claim(expected == received, message, expected, received, answer)


def claim_same_page(message: str, expected: Answer, received: Answer) -> None:
    """Two results hold the same items in the same order, and the same total; without a list, the same data."""
    claim_equal(message, expected.keys, received.keys, received)
    claim_equal(f"{message}: the total", expected.total, received.total, received)
    if expected.contract.semantics.items is None and is_a_getter(expected.contract):
        claim_equal(f"{message}: the result", dict(expected.facts), dict(received.facts), received)


def is_a_getter(contract: Contract) -> bool:
    """Whether an operation only reads, by its name: then the same request has the same answer while nothing changes."""
    return only_reads(contract.operation)


def claim_listing(message: str, expectation: Expectation, keys: Sequence[str], answer: Answer | None) -> None:
    """Exactly the certain items, perhaps the possible ones, none twice that is not so in the whole listing, too."""
    if not expectation.keyed:
        claim(
            expectation.admits_total(len(keys)), f"{message}: other items come", expectation.fewest, len(keys), answer
        )
        return
    claim_selected(message, expectation, keys, answer)
    claim_complete(message, expectation, keys, answer)
    claim_once(message, [key for key in keys if key not in expectation.twice], answer)


def claim_once(message: str, keys: Iterable[str], answer: Answer | None) -> None:
    """No item twice."""
    twice = sorted(key for key, times in Counter(keys).items() if times > 1)
    claim(not twice, f"{message}: items come twice", "each item once", twice, answer)


def claim_selected(message: str, expectation: Expectation, keys: Iterable[str], answer: Answer | None) -> None:
    """No item that is not possible."""
    if not expectation.keyed:
        count = len(list(keys))
        claim(count <= expectation.most, f"{message}: too many items come", expectation.most, count, answer)
        return
    extra = sorted(frozenset(keys) - expectation.possible)
    claim(
        not extra,
        f"{message}: items come that should not",
        expectation.possible,
        f"also {', '.join(extra[:5])}",
        answer,
    )


def claim_complete(message: str, expectation: Expectation, keys: Iterable[str], answer: Answer | None) -> None:
    """Every item that is certain."""
    if not expectation.keyed:
        count = len(list(keys))
        claim(count >= expectation.fewest, f"{message}: items are missing", expectation.fewest, count, answer)
        return
    lost = sorted(expectation.certain - frozenset(keys))
    claim(not lost, f"{message}: items are missing", expectation.certain, f"without {', '.join(lost[:5])}", answer)


def claim_same_items(
    target: Target, expected: Iterable[Item], received: Iterable[Item], message: str, answer: Answer | None
) -> None:
    """Items that are in both have the same data, under every spelling and precision that the documentation allows."""
    key = target.contract.semantics.key
    if key is None:
        _claim_known_items(target, expected, received, message, answer)
        return
    by_key = {item.get(key): item for item in expected}
    for item in received:
        known = by_key.get(item.get(key))
        if known is None:
            continue
        for name in item:
            claim(
                same_value(target, name, known.get(name), item.get(name)),
                f"{message}: {name} of {item.get(key)} differs",
                f"{name}: {known.get(name)}",
                f"{name}: {item.get(name)}",
                answer,
            )


def _claim_known_items(
    target: Target, expected: Iterable[Item], received: Iterable[Item], message: str, answer: Answer | None
) -> None:
    """Items that nothing identifies are told apart by all their data: none comes that is not among the expected."""
    known = Counter(_comparable(target, item) for item in expected)
    for item in received:
        form = _comparable(target, item)
        claim(known[form] > 0, f"{message}: an item differs from every known one", "a known item", dict(item), answer)
        known[form] -= 1


def _comparable(target: Target, item: Item) -> tuple[tuple[str, str | None], ...]:
    """An item in a form that is the same under every spelling and precision that the documentation allows."""
    return tuple((name, _common_form(target, name, value)) for name, value in sorted(item.items()))


def _common_form(target: Target, name: str, value: str | None) -> str | None:
    moment = parse_time(value)
    if moment is not None:
        return moment.replace(second=0).isoformat()
    return fold(value) if value is not None and _folds(target, name) else value


def same_value(target: Target, name: str, a: str | None, b: str | None) -> bool:
    """Equality under the choices: a folded spelling, and one moment, cut to the coarser of two precisions. How a text
    is written that XML cannot hold no page says.
    """
    if a == b:
        return True
    if a is None or b is None:
        return False
    if NO_XML.search(a) or NO_XML.search(b):
        return True
    one, other = parse_time(a), parse_time(b)
    if one and other:
        coarse = "minutes" in (precision_of(a), precision_of(b))
        return one.replace(second=0) == other.replace(second=0) if coarse else one == other
    return _folds(target, name) and fold(a) == fold(b)


def unreadable_times(target: Target, items: Iterable[Item]) -> frozenset[str]:
    """The fields of which only samples show that a time is written in a form, and an item has something else there: a
    finding of the requirement about that, and nothing to compare.
    """
    shown = [
        f.name for f in target.contract.item_fields if f.value("time_format") and not states_time(target.contract, f)
    ]
    return frozenset(n for n in shown for item in items if item.get(n) and parse_time(item.get(n)) is None)


def _folds(target: Target, name: str) -> bool:
    """Whether the documentation spells the values of a field in more than one way."""
    subject = f"{target.contract.semantics.items}.{name}"
    return any(c.kind == "spelling" and c.subject in (name, subject) for c in target.contract.choices)


def claim_never_breaks(answer: Answer, what: str) -> None:
    """A request that is not as documented gets a result or a 4xx error, and nothing else."""
    fine = answer.accepted or answer.refused
    claim_refusable(fine, f"{what} breaks the server", "a result or a 4xx error", answer.outline(), answer)


def claim_refused(answer: Answer, what: str) -> None:
    """A documented error with a status of the client's fault, and nothing else."""
    answer.readable()
    claim_refusable(answer.refused, f"{what} is not refused", "a 4xx error", answer.outline(), answer)


def claim_documented_code(target: Target, situation: str, answer: Answer) -> None:
    """One of the codes that the protocol documents for a situation.

    Raises Inconclusive where the request is not refused, which is another requirement's finding.
    """
    wrong, answer = target.protocol.situation(situation), answer.readable().with_a_code()
    if not answer.refused:
        about = (
            ERROR_STATUS if answer.kind == "refusal" and answer.status < 400 else f"{wrong.theme}.{situation}.refused"
        )
        why = f"not judged, because the request is not refused: {answer.outline()}"
        raise Inconclusive(why, answer.exchange, because=about)
    codes = {a.code for a in wrong.answers}
    # a gateway names what is missing in the code, and a header may be called otherwise than its parameter
    named = any(c.row == MISSING_BY_NAME for a in wrong.answers for c in a.citations)
    known = answer.code in codes or (named and (answer.code or "").startswith(MISSING_BY_NAME.partition("{")[0]))
    claim(known, "another code than documented", codes, answer.outline(), answer)


def need_total(answer: Answer) -> int | None:
    """The total of a listing. Raises NotApplicable where the answer has none, and need not have one."""
    if answer.listing().lacks_total:
        raise NotApplicable("the answer does not say how many items there are in all, and no page says that it must")
    return answer.total


def stands(answer: Answer) -> bool:
    """Whether the server is not broken: of the statuses from 500 on, one says that it does not do this."""
    return answer.status < 500 or answer.status == NOT_IMPLEMENTED


def _always_there(target: Target, field: str | None) -> bool:
    """Whether each item has a field by its documentation, so that any item shows a value of it."""
    optional = {o.field for o in target.contract.semantics.optional_fields}
    always = {f.name for f in target.contract.item_fields if f.presence == "always"}
    return field in always - optional


def lack_of(target: Target, field: str, held: int = 0, needed: int = 1) -> Lack:
    """What a listing lacks that has too few items with a value, or with another value, of a field."""
    return Lack(target.regions[0], held, needed, field)


def need_items(
    target: Target, at_least: int = 1, region: str | None = None, field: str | None = None
) -> tuple[Item, ...]:
    """Items to draw requests from, or inconclusive where there are too few to judge by. With a `field`, so many of them
    have a value there.

    What a request must bring is computed from the inventory (`target.expect`), which follows a listing that moves.
    """
    if target.contract.semantics.items is None:
        return ()  # no list is documented: what is asked for does not depend on items
    items = target.sample(region)
    if not items and _always_there(target, field):
        field = None
    held = len(items) if field is None else sum(bool(item.get(field)) for item in items)
    if held < at_least:
        where = target.regions[0] if region is None else region
        what = f"region {where}" if where else "the listing"
        nouns = f"item{'' if held == 1 else 's'}{f' with a value of {field}' if field else ''}"
        lack = Lack(where, held, at_least, field)
        raise Inconclusive(f"{what} holds {held} {nouns}; this needs at least {at_least}", lack=lack)
    return items
