"""Known failures: requirements that a target is known not to meet, who owns each, and until when.

The file is checked whole before the first request: an entry that matches nothing, overlaps another, has
expired or is misspelt stops the run. Known failures still run, and one that passes fails the run until its
entry is removed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from attrs import field, frozen

from conformance.foreign import BadText, text_of, yaml_value
from conformance.ledger.verdicts import Verdict, VerdictName

SCHEMA = "known-failing.schema.json"
MEMBERS = ("requirement", "case", "cause", "choice", "reason", "owner", "link", "expires", "flaky")
REQUIRED = ("requirement", "reason", "owner", "expires")
CASES = ("json", "xml")


class BadKnownFailures(ValueError):
    """The file cannot be used. `problems` has a sentence for each thing that is wrong with it."""

    def __init__(self, path: object, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"{path}: {' '.join(problems)}")


@frozen
class Flaky:
    """Fails now and then: at most `failures` of `of` tries."""

    failures: int
    of: int


@frozen
class KnownFailure:
    """One entry. `requirement` is a glob over ids, the operation's name left out or not.

    `case` limits it to a format, or for an SDK to cases by a glob over their names, `cause` to failures of such a cause
    (a glob), `choice` (`id=alternative`) to a target that takes that alternative.
    """

    requirement: str
    reason: str
    owner: str
    expires: date
    case: str | None = None
    choice: tuple[str, str] | None = None
    link: str | None = None
    flaky: Flaky | None = None
    cause: str | None = None

    @property
    def label(self) -> str:
        """What the entry says of which it speaks, in one line."""
        parts = (self.requirement, self.case and f"[{self.case}]", self.cause and f"({self.cause})")
        return " ".join(part for part in parts if part)

    def matches(self, id: str) -> bool:
        """Whether this entry speaks of a requirement at all."""
        return speaks_of(self.requirement, id)

    def applies(self, id: str, case: str, dialect: Mapping[str, str], cause: str | None = None) -> bool:
        """Whether this entry speaks of a verdict, on a target that takes the alternatives of `dialect`. What fails for
        another `cause` is not spoken of.
        """
        in_case = self.case is None or case == "" or fnmatchcase(case, self.case)
        in_dialect = self.choice is None or dialect.get(self.choice[0]) == self.choice[1]
        by_cause = self.cause is None or cause is None or fnmatchcase(cause, self.cause)
        return in_case and in_dialect and by_cause and self.matches(id)


def speaks_of(pattern: str, id: str) -> bool:
    """Whether a glob means a requirement; the operation's name may be left out, and the side's."""
    rest = id.partition(".")[2]
    return any(fnmatchcase(name, pattern) for name in (id, rest, rest.removeprefix("sdk.")))


@frozen
class KnownFailures:
    """The entries of one file, of which never two speak of one verdict."""

    entries: tuple[KnownFailure, ...] = field(default=())

    def entry(self, id: str, case: str, dialect: Mapping[str, str], cause: str | None = None) -> KnownFailure | None:
        """The entry for a verdict, if there is one; there is never more than one."""
        return next((entry for entry in self.entries if entry.applies(id, case, dialect, cause)), None)

    def tries(self, id: str, case: str, dialect: Mapping[str, str]) -> int:
        """How often a check is to be run: once, unless it is known to be flaky."""
        entry = self.entry(id, case, dialect)
        return entry.flaky.of if entry and entry.flaky else 1

    def settled(
        self, verdict: Verdict, dialect: Mapping[str, str], more: Callable[[int], Sequence[VerdictName]]
    ) -> tuple[VerdictName, str | None]:
        """What counts of a verdict, and a message where an entry decided it. `more` judges again, so many times, where
        the check is known to be flaky.
        """
        place = verdict.requirement, verdict.case, dialect
        tries = self.tries(*place)
        return settle(self.entry(*place, verdict.cause), [verdict.verdict, *(more(tries - 1) if tries > 1 else ())])


def settle(entry: KnownFailure | None, verdicts: Sequence[VerdictName]) -> tuple[VerdictName, str | None]:
    """The verdict that counts, given those of each try, and a message where the entry decided it.

    What fails as known is `known-failing`, what passes although known to fail `unexpectedly-passed`. A flaky check
    passes if no try failed, is `known-failing` within its bound, and `failed` over it. What could not be
    judged stays.
    """
    failed = [verdict for verdict in verdicts if verdict in ("failed", "warned")]
    last = next(iter(failed), verdicts[-1])
    if entry is None:
        return last, None
    why = f"{entry.reason} ({entry.owner}, until {entry.expires})"
    if entry.flaky is None:
        if failed:
            return "known-failing", f"known: {why}"
        if last == "passed":
            return "unexpectedly-passed", f"passes now, so that its entry is to be removed; was known: {why}"
        return last, None
    if len(failed) > entry.flaky.failures:
        bound = f"{entry.flaky.failures} of {entry.flaky.of}"
        return last, f"failed in {len(failed)} of {len(verdicts)} tries, where at most {bound} were known: {why}"
    return ("known-failing", f"flaky, {len(failed)} of {len(verdicts)} tries: {why}") if failed else (last, None)


def load(
    path: Path | str,
    requirements: Iterable[str],
    choices: Mapping[str, Sequence[str]],
    today: date,
    of_sdk: bool = False,
) -> KnownFailures:
    """The file's entries. `requirements` are the ids of the ledger, `choices` the alternatives of each choice; `of_sdk`
    says whether they are of an SDK, whose cases have names, and whose verdicts no second try changes.

    Raises BadKnownFailures with every problem found.
    """
    ids, problems, entries = tuple(requirements), [], []
    for number, item in enumerate(_items(path), 1):
        found = list(_problems(item, ids, choices, today, of_sdk))
        problems += [f"Entry {number}{_named(item)}: {problem}" for problem in found]
        if not found:
            entries.append(_entry(item))
    problems += _overlaps(entries, ids)
    if problems:
        raise BadKnownFailures(path, problems)
    return KnownFailures(tuple(entries))


def patterns_in(path: Path | str) -> tuple[str, ...]:
    """The globs over requirements that a file has entries for, as far as they are texts. Raises BadKnownFailures."""
    found = (item.get("requirement") for item in _items(path) if isinstance(item, dict))
    return tuple(pattern for pattern in found if isinstance(pattern, str))


def _items(path: Path | str) -> list[Any]:
    """The entries of a file as they are in it. Raises BadKnownFailures."""
    try:
        data = yaml_value(text_of(path))
    except BadText as error:
        raise BadKnownFailures(path, [f"the file {error}."]) from None
    items = data.get("known_failures") if isinstance(data, dict) else None
    if not isinstance(items, list) or set(data) - {"known_failures", "format_version"}:
        raise BadKnownFailures(path, ["expected one list named known_failures (and format_version: 1)."])
    if data.get("format_version", 1) != 1:
        raise BadKnownFailures(path, [f"format_version {data['format_version']!r} is not known; expected 1."])
    return items


def _problems(
    item: Any, ids: tuple[str, ...], choices: Mapping[str, Sequence[str]], today: date, of_sdk: bool
) -> Iterable[str]:
    if not isinstance(item, dict):
        yield f"expected {', '.join(REQUIRED)}; found {item!r:.60}."
        return
    for name in item:
        if name not in MEMBERS:
            yield f"unknown member {name!r}{_suggestion(str(name), MEMBERS)}."
    for name in REQUIRED:
        if name not in item:
            yield f"{name} is missing."
    for name in ("requirement", "reason", "owner", "link", "case", "cause"):
        if name in item and (not isinstance(item[name], str) or not item[name].strip()):
            yield f"{name} is to be text that is not empty."
    pattern = item.get("requirement")
    if isinstance(pattern, str) and not any(_glob(pattern).matches(id) for id in ids):
        yield f"no requirement matches{_suggestion(pattern, _names(ids))}."
    if not of_sdk and isinstance(item.get("case"), str) and item["case"] not in CASES:
        yield f"no such case: {item['case']!r}; expected {' or '.join(CASES)}{_suggestion(item['case'], CASES)}."
    yield from _choice_problems(item, choices)
    yield from _expiry_problems(item, today)
    if "flaky" in item and of_sdk:
        yield "flaky is of endpoints: a case is done to an SDK once, and fails or does not."
    elif "flaky" in item and not _is_bound(item["flaky"]):
        yield "flaky is to be {failures: 1, of: 5} with 0 < failures < of <= 100."


def _choice_problems(item: dict[str, Any], choices: Mapping[str, Sequence[str]]) -> Iterable[str]:
    if "choice" not in item:
        return
    name, _, alternative = str(item["choice"]).partition("=")
    if name not in choices:
        yield f"no such choice: {name!r}{_suggestion(name, choices)}."
    elif alternative not in choices[name]:
        yield f"choice {name} has no alternative {alternative!r}; there are {', '.join(choices[name])}."


def _expiry_problems(item: dict[str, Any], today: date) -> Iterable[str]:
    expires = item.get("expires")
    if "expires" in item and type(expires) is not date:
        yield f"expires is to be a date such as 2027-01-31; found {expires!r}."
    elif isinstance(expires, date) and expires < today:
        yield f"expired on {expires}; mend the target, or give it a new date with its owner's consent."


def _overlaps(entries: Sequence[KnownFailure], ids: tuple[str, ...]) -> Iterable[str]:
    """Two entries for one verdict are ambiguous: which reason, owner and date would count?"""
    for place, one in enumerate(entries):
        for other in entries[place + 1 :]:
            apart = one.case and other.case and one.case != other.case
            apart = apart or (one.choice and other.choice and one.choice != other.choice)
            apart = apart or (one.cause and other.cause and one.cause != other.cause)
            both = None if apart else next((id for id in ids if one.matches(id) and other.matches(id)), None)
            if both:
                yield f"{one.requirement!r} and {other.requirement!r} are ambiguous: both match {both}."


def _entry(item: dict[str, Any]) -> KnownFailure:
    name, _, alternative = str(item.get("choice", "")).partition("=")
    bound = item.get("flaky")
    return KnownFailure(
        requirement=item["requirement"],
        reason=item["reason"],
        owner=item["owner"],
        expires=item["expires"],
        case=item.get("case"),
        choice=(name, alternative) if name else None,
        link=item.get("link"),
        flaky=Flaky(bound["failures"], bound["of"]) if bound else None,
        cause=item.get("cause"),
    )


def _glob(pattern: str) -> KnownFailure:
    return KnownFailure(pattern, "", "", date.max)


def _is_bound(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) != {"failures", "of"}:
        return False
    return all(type(value[name]) is int for name in value) and 0 < value["failures"] < value["of"] <= 100


def _names(ids: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for id in ids for name in (id, id.partition(".")[2]) if name))


def _suggestion(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else ""


def _named(item: Any) -> str:
    name = item.get("requirement") if isinstance(item, dict) else None
    return f" ({name})" if isinstance(name, str) else ""
