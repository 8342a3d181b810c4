"""The order of checks, and what a test of the suite says of itself: which check it is, of which requirement, and when
it has its turn.
"""

from __future__ import annotations

from collections import Counter
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
# what is only tried makes nothing: it is seen to before what may be made is used up
TRIED = "parameters.dry-run"
# modules and checks that take many requests for a verdict
DEAR = ("test_forms", "test_overflow", "parameters.listed-values")
# what is not so dear, though it is among them
WORTH_IT = ("ids.near-id",)
# so many subjects of what costs little come before one of what costs much
FEW_SUBJECTS, MORE_SUBJECTS = 3, 8
# what a filter is for costs one request: of more filters that comes before what else may be tried with them
OF_FILTERS = ("filters.selects", "filters.complete")
# a check that takes many requests, and shows as many kinds of faults
MANY_FAULTS = "parameters.hostile-text"
# what shows of a server that keeps something from one request to the next
KEPT = ("test_errors", "test_regions")
# the theme whose checks ask the same again and again for one verdict
COSTLY, AFTER_ERRORS = "stability", "stability.after-errors"


def is_check(item: pytest.Item) -> bool:
    """Whether a test is a check of an endpoint, ours or a team's own."""
    return bool(item.get_closest_marker("requirement") or item.get_closest_marker("choice_kinds"))


def in_turns(checks: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Each check for its first subject; then for its other subjects, those that take many requests for one verdict by
    turns at last; then all of it again, for what else there is to see. What comes late may not be judged: so what is a
    MUST comes before what is not, and what takes many requests after the rest.
    """
    seen: Counter[tuple[str, str, bool]] = Counter()
    turns = list[tuple[tuple[bool | int, ...], pytest.Item]]()
    for item in checks:
        name = str(item.path), str(getattr(item, "originalname", item.name)), is_again(item)
        seen[name] += 1
        turns.append((_turn(item, seen[name]), item))
    return [item for _, item in sorted(turns, key=lambda turn: turn[0])]


def _turn(item: pytest.Item, nth: int) -> tuple[bool | int, ...]:
    """What the turn of a check is known by, for the `nth` of its subjects."""
    choice, check, dear = item.get_closest_marker("choice_kinds"), _about(item)[0], is_dear(item)
    late, cheap = choice is not None and LATE_CHOICE in choice.args, check in CHEAP
    # one subject of everything; a few more of what costs little, then one of what costs much; the rest likewise
    if check == MANY_FAULTS:
        rank = (2 if nth <= FEW_SUBJECTS else 3, 0)
    elif dear:
        rank = (2, 0) if nth == 1 else (4, nth)
    else:
        few = MORE_SUBJECTS if check in OF_FILTERS else FEW_SUBJECTS
        rank = (0 if nth == 1 or cheap else 1 if nth <= few else 3, 0)
    no_must = not choice and not _is_must(item)
    return is_again(item), late, *rank, check != TRIED, not cheap, not choice, no_must, _theme(item)


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


def is_dear(item: pytest.Item) -> bool:
    """Whether a check takes many requests for a verdict."""
    return (Path(item.path).stem in DEAR or _about(item)[0] in DEAR) and _about(item)[0] not in WORTH_IT


def _theme(item: pytest.Item) -> int:
    """Errors before the rest of a turn: much of what every exchange is judged by is about them, and a server that a
    row of errors changes is to be seen before it has had one. What takes many requests for one verdict after the rest.
    """
    check = _about(item)[0]
    if Path(item.path).stem in KEPT or check == AFTER_ERRORS:
        return 0
    return 3 if is_dear(item) else 2 if check.startswith(f"{COSTLY}.") else 1


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


def bring_forward(item: pytest.Item, suspects: frozenset[tuple[str, str]], because: str = "") -> None:
    """After a request that broke the server with several parameters in it: the checks of those parameters that tell
    which one it was come next. So does the requirement of which a violation is the finding, `because` of which another
    was not judged. The very next test stays where it is, since it was announced.
    """
    items = item.session.items
    if hasattr(item.config, "workerinput") or item not in items:
        return
    at = items.index(item) + 2

    def is_wanted(later: pytest.Item) -> bool:
        found = requirement_of(later)
        return _about(later) in suspects or (isinstance(found, Requirement) and found.id == because)

    items[at:] = sorted(items[at:], key=lambda later: is_again(later) or not is_wanted(later))


def _about(item: pytest.Item) -> tuple[str, str]:
    found = requirement_of(item)
    return (found.check, found.subject or "") if isinstance(found, Requirement) else ("", "")


def requirement_of(item: pytest.Item) -> object:
    """The requirement that a test judges; None for one that is none of the suite."""
    callspec = getattr(item, "callspec", None)
    return callspec.params.get("acs_requirement") if callspec else None
