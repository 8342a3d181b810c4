"""Company: where requests are scarce, values of several parameters are tried in one request. Where that gets what the
documentation allows, it did no harm in any of them; where not, each is tried alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from attrs import evolve, frozen

from conformance.contract.model import Parameter
from conformance.endpoint.answer import Answer
from conformance.endpoint.checks.drawing import every_way, long_way
from conformance.endpoint.checks.ways import NoValue, use_of
from conformance.endpoint.findings import Violation
from conformance.endpoint.target import Target
from conformance.ledger.roles import is_plain
from conformance.ledger.subjects import operation_parameters

# how many are tried together: of many one is the likelier to be refused
MOST = 16
# uses that choose items by a text
CHOOSING = ("filter", "names")
# characters that fit into any URL, and into one form body
MOST_IN_A_URL, MOST_IN_A_FORM = 2_000, 100_000
# parameters, and what each is given
Group = list[tuple[str, Sequence[str]]]
# what a parameter is sent, perhaps twice; None: it does not take part
Given = Callable[[Parameter], Sequence[str] | None]


@frozen
class Tried:
    """One thing that several parameters are sent at once: for which check, and which of its things; what each is given.

    `allowed`: by the documentation the server has to take it, so that a refusal, too, says that something is wrong.
    """

    check: str
    given: Given
    thing: str = ""
    allowed: bool = False
    holds: Callable[[Answer], bool] = lambda answer: True


def did_no_harm(target: Target, subject: str, tried: Tried) -> bool:
    """Whether something unusual got a result in company, of items that there are. Only of parameters that choose no
    items: beside a filter that keeps nothing no other is seen.
    """

    def unusual(parameter: Parameter) -> Sequence[str] | None:
        free = is_plain(parameter) and not parameter.is_required and not is_trial(parameter)
        return tried.given(parameter) if free and use_of(target, parameter.name) in ("other", "integer") else None

    if target.thrift.on and use_of(target, subject) not in ("other", "integer"):
        return False
    within = NoValue(target, subject).is_within
    return were_taken(
        target, subject, evolve(tried, given=unusual, holds=lambda answer: within(answer) and tried.holds(answer))
    )


def kept_nothing(target: Target, subject: str, tried: Tried) -> bool:
    """Whether something unusual in every filter got a result without items. It says that no filter breaks by it, and
    not which of them kept out the items.
    """

    def unusual(parameter: Parameter) -> Sequence[str] | None:
        chooses = is_plain(parameter) and not parameter.is_required and use_of(target, parameter.name) in CHOOSING
        return tried.given(parameter) if chooses else None

    in_filters = f"{tried.thing} in filters"
    return were_taken(
        target, subject, evolve(tried, given=unusual, thing=in_filters, holds=lambda answer: not answer.items)
    )


def is_trial(parameter: Parameter) -> bool:
    """Whether it says that the request is only tried, which is answered by itself."""
    return parameter.name.casefold() == "dryrun" or parameter.value("dry_run_code") is not None


def were_taken(target: Target, subject: str, tried: Tried) -> bool:
    """Whether a request with a value of this and of other parameters was accepted, and its answer `holds`."""
    thrift, form = target.thrift, (tried.check, tried.thing)
    if not thrift.on:
        return False
    if form not in thrift.cleared:
        thrift.cleared[form] = frozenset()
        for group in _groups(target, tried.given):
            thrift.cleared[form] |= {name for name, _ in _unharmed(target, tried, group)}
    return subject in thrift.cleared[form]


def _groups(target: Target, given: Given) -> Iterator[Group]:
    """Parameters of one type together, since a text is often refused for its type."""
    by_type: dict[tuple[str, bool], Group] = {}
    for parameter in operation_parameters(target.contract, target.protocol):
        texts = given(parameter)
        if texts is not None:
            by_type.setdefault((parameter.type, bool(parameter.value("enum"))), []).append((parameter.name, texts))
    for group in by_type.values():
        longest = max(sum(map(len, texts)) for _, texts in group)
        most = min(MOST, MOST_IN_A_FORM // max(1, longest))
        yield from (group[at : at + most] for at in range(0, len(group), most))


def _unharmed(target: Target, tried: Tried, group: Group) -> Group:
    """Those that did no harm: all together, or one half of them. Where the server broke, the others are suspected."""
    if len(group) < 2:
        return []
    taken, suspicious = _ask(target, tried, group)
    if taken:
        return group
    half, unharmed = len(group) // 2, Group()
    for part in (group[:half], group[half:]) if half > 1 else ():
        taken, broke = _ask(target, tried, part)
        unharmed += part if taken else ()
        if not taken and broke:
            suspicious = False
            target.thrift.suspects.update((tried.check, name) for name, _ in part)
    if suspicious:
        target.thrift.suspects.update((tried.check, name) for name, _ in group)
    return unharmed


def _ask(target: Target, tried: Tried, group: Group) -> tuple[bool, bool]:
    """Whether all of them together are taken, and if not, whether that is suspicious. What is too long for a URL goes
    in a form body, where there is one, and is not watched: a server may refuse so much in a way of its own.
    """
    sent = [(name, text) for name, texts in group for text in texts]
    ways = every_way(target)
    channel = next(islice(ways, len(target.thrift.cleared) % (2 * len(target.channels)), None))
    is_long = sum(len(text) for _, text in sent) > MOST_IN_A_URL
    way = long_way(target, channel) if is_long else channel
    if way is None:
        return False, False
    try:
        answer = target.send(target.call(sent, way), watched=not is_long)
    except Violation:
        return False, True
    return answer.accepted and tried.holds(answer), tried.allowed or not (answer.accepted or answer.refused)
