"""The order of checks, and what a test of the suite says of itself: which check it is, of which requirement, and when
it has its turn.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from conformance.contract.model import Contract
from conformance.ledger import roles
from conformance.ledger.requirement import Requirement

MEANINGS = ("region", "ids", "size", "cursor", "bound", "filters", "selectors", "number")
# a choice that no other check needs to know, and that takes many requests to find out
LATE_CHOICE = "order-over-sizes"
# checks that ask nothing but what others ask, for any number of parameters
CHEAP = ("parameters.optional",)
# modules and checks that take many requests for a verdict
DEAR = ("test_forms", "test_overflow", "parameters.listed-values")
# the theme whose checks ask the same again and again for one verdict
COSTLY = "stability"


def is_check(item: pytest.Item) -> bool:
    """Whether a test is a check of an endpoint, ours or a team's own."""
    return bool(item.get_closest_marker("requirement") or item.get_closest_marker("choice_kinds"))


def in_turns(checks: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Each check for its first subject, then each for its second, and so on; then all of it again, for what else there
    is to see. What comes late may not be judged: so what is a MUST comes before what is not, and what takes many
    requests for one verdict after the rest.
    """
    rounds: dict[tuple[str, str, bool], int] = {}
    turns: list[tuple[tuple[bool | int, ...], pytest.Item]] = []
    for item in checks:
        again = is_again(item)
        name = str(item.path), str(getattr(item, "originalname", item.name)), again
        rounds[name] = 1 if _about(item)[0] in CHEAP else rounds.get(name, 0) + 1
        must, choice = _is_must(item), item.get_closest_marker("choice_kinds")
        late = LATE_CHOICE in choice.args if choice else _about(item)[0].startswith(f"{COSTLY}.") + 2 * (not must)
        turns.append(((again, late, rounds[name], not choice, not choice and not must, _theme(item)), item))
    return [item for _, item in sorted(turns, key=lambda turn: turn[0])]


def place_of_role(contract: Contract, subject: str | None) -> int:
    """What of an operation is looked at first: one parameter of each meaning (region, ids, pages, filters, …), since
    those of one meaning are often read alike; then a second of each, and so on; then what has no such meaning.
    """
    ways = [roles.names(contract, word) for word in MEANINGS]
    places = ((names.index(subject), place) for place, names in enumerate(ways) if subject in names)
    nth, place = next(places, (len(contract.parameters), 0))
    return nth * len(ways) + place


def _is_must(item: pytest.Item) -> bool:
    requirement = requirement_of(item)
    return isinstance(requirement, Requirement) and requirement.level == "MUST"


def is_again(item: pytest.Item) -> bool:
    """Whether a check is run for the second time in a run with a budget, without thrift."""
    callspec = getattr(item, "callspec", None)
    return bool(callspec and callspec.params.get("acs_again"))


def shares_answers(item: pytest.Item) -> bool:
    """Whether a check says of itself that it takes the answers that others got."""
    marks = [mark for name in ("requirement", "choice_kinds") if (mark := item.get_closest_marker(name))]
    return any(mark.kwargs.get("shared") for mark in marks)


def _theme(item: pytest.Item) -> int:
    """Errors before the rest of a round: much of what every exchange is judged by is about them. What takes many
    requests for one verdict after the rest.
    """
    theme = Path(item.path).stem
    return 0 if theme == "test_errors" else 2 if theme in DEAR or _about(item)[0] in DEAR else 1


def finds_out_choices(item: pytest.Item) -> bool:
    """Whether a check is there to find out which alternative of a choice is taken."""
    return item.get_closest_marker("choice_kinds") is not None


def judged_by(item: pytest.Item) -> tuple[str, str, str]:
    """The requirement, the case and the check that a test of the suite is."""
    assert isinstance(item, pytest.Function)
    requirement = item.callspec.params["acs_requirement"]
    assert isinstance(requirement, Requirement)
    case = str(item.callspec.params["format"])
    return requirement.id, f"{case} again".strip() if is_again(item) else case, item.obj.__name__


def bring_forward(item: pytest.Item, suspects: frozenset[tuple[str, str]]) -> None:
    """After a request that broke the server with several parameters in it: the checks of those parameters that tell
    which one it was come next. The very next test stays where it is, since it was announced.
    """
    items = item.session.items
    if hasattr(item.config, "workerinput") or item not in items:
        return
    at = items.index(item) + 2
    items[at:] = sorted(items[at:], key=lambda later: is_again(later) or _about(later) not in suspects)


def _about(item: pytest.Item) -> tuple[str, str]:
    found = requirement_of(item)
    return (found.check, found.subject or "") if isinstance(found, Requirement) else ("", "")


def requirement_of(item: pytest.Item) -> object:
    """The requirement that a test judges; None for one that is none of the suite."""
    callspec = getattr(item, "callspec", None)
    return callspec.params.get("acs_requirement") if callspec else None
