"""What is asynchronous, followed to its end: it is there, its progress never falls, no state that it has left comes
back, and once it has ended it stays as it is.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping

from attrs import define, field

from conformance.contract.model import Field
from conformance.contract.service import Relation
from conformance.endpoint.absence import NOT_THERE
from conformance.endpoint.answer import Answer
from conformance.endpoint.findings import Inconclusive
from conformance.endpoint.lifecycle.asker import Asker
from conformance.endpoint.lifecycle.book import BrokenSequence
from conformance.endpoint.lifecycle.guard import texts_at
from conformance.endpoint.lifecycle.relations import getter_of, lister_of
from conformance.generate.views import View

FOUND, FALLS, ENDS = "sequences.task-found", "sequences.progress-never-falls", "sequences.task-ends"
# seconds between two looks, of which so many come close together; then each pause is longer than the one before
PAUSE, LONGEST_PAUSE = 0.05, 1.0
CLOSE_LOOKS, GROWTH = 20, 1.3
# looks at what has ended, and in how many of them its progress may still be brought up to date
LAST_LOOKS, LATE = 4, 1
PERCENT = re.compile(r"(\d{1,3})(?:\.\d+)?%?")
# what the state of a task says when it is over
ENDED = ("finish", "fail", "succe", "complet", "cancel", "delet", "done", "accomplish", "abort")
WHOLE = "100"


@define
class TaskCourse:
    """What the looks at one task show, by member: each value that is not that of the look before. Percentages are under
    names with a `%` before them. `last` are looks since it has ended, and `late` how many of these show something else.
    """

    values: dict[str, list[str]] = field(factory=dict)
    last: int | None = None
    late: int = 0

    def see(self, told: Mapping[str, str], answer: Answer) -> BrokenSequence | None:
        """Take in one look; what there is against it."""
        was_over, changed = self.last is not None, False
        for name, value in told.items():
            known = self.values.setdefault(name, [])
            if known and known[-1] == value:
                continue
            if name.startswith("%") and known and int(value) < int(known[-1]):
                return broken(FALLS, "its progress falls", f"{known[-1]}% or more", f"{value}%", answer)
            if not name.startswith("%") and value in known:
                return broken(FALLS, "it comes back to a state that it had left", "another state", value, answer)
            if was_over and (not name.startswith("%") or self.late == LATE):
                return broken(ENDS, "it has ended, and changes", self.now, value, answer)
            known.append(value)
            changed = bool(known[1:])
        self.late += was_over and changed
        if self.last is not None or is_over(told):
            self.last = (self.last or 0) + 1
        return None

    @property
    def now(self) -> str:
        """How far it is, in a few words."""
        return ", ".join(f"{v[-1]}%" if n.startswith("%") else v[-1] for n, v in self.values.items() if v)


def follow(
    asker: Asker, operation: str, begun: Answer, region: str, patience: float
) -> Mapping[str, BrokenSequence | Inconclusive | None]:
    """What the task that an answer gives shows of each requirement about it: what there is against it, why it cannot be
    judged, or None where it is met. Raises Inconclusive where there is no task.
    """
    relation, id = task_of(asker, operation, begun)
    course, answer, seen, looks, pause = TaskCourse(), begun, False, 0, PAUSE
    until = time.monotonic() + patience
    while course.last is None or course.last <= LAST_LOOKS:
        told, answer = _seen(asker, relation, id, region)
        looks += 1
        if told is None and seen:
            break  # what has ended may go
        if told is not None:
            seen = True
            if (found := course.see(told, answer)) is not None:
                return {FOUND: None, found.check: found}
        if time.monotonic() + pause > until:
            break
        time.sleep(pause)
        pause = min(LONGEST_PAUSE, pause * GROWTH) if looks > CLOSE_LOOKS else PAUSE
    if not seen:
        lost = broken(FOUND, f"the {relation.resource} that was begun is not there", id, answer.outline(), answer)
        why = Inconclusive(f"not judged, because the {relation.resource} is not found", because=FOUND)
        return {FOUND: lost, FALLS: why, ENDS: why}
    if not any(course.values.values()):
        none = Inconclusive("not judged: nothing shows the progress of the task", begun.exchange)
        return {FOUND: None, FALLS: none, ENDS: none}
    said = f"not judged: after {patience:g} seconds the task is not over ({course.now}); --patience gives it longer"
    return {FOUND: None, FALLS: None, ENDS: None if course.last else Inconclusive(said, answer.exchange)}


def task_of(asker: Asker, operation: str, begun: Answer) -> tuple[Relation, str]:
    """The task that an answer gives: where, and its id. Raises Inconclusive for an answer that gives none."""
    relation = next(iter(asker.service.operation(operation).produces), None)
    id = next(iter(texts_at(begun.tree, relation.at.split("."))), None) if relation else None
    if relation is None or id is None:
        raise Inconclusive("not judged: the answer gives no id of a task", begun.exchange)
    return relation, id


def broken(check: str, message: str, expected: str, received: str, answer: Answer) -> BrokenSequence:
    """A requirement about a task that is not met."""
    return BrokenSequence(check, message, expected=expected, received=received, exchange=answer.exchange)


def is_over(told: Mapping[str, str]) -> bool:
    """Whether a task has ended: by its states, or where it shows none, by its progress."""
    states = [value.casefold() for name, value in told.items() if not name.startswith("%")]
    if states:
        return all(any(word in state for word in ENDED) for state in states)
    return bool(told) and all(value == WHOLE for value in told.values())


def _seen(asker: Asker, relation: Relation, id: str, region: str) -> tuple[dict[str, str] | None, Answer]:
    """What the members of a task that show its progress say; None where it is not there."""
    naming = getter_of(asker.service, relation.resource)
    if naming is not None:
        answer = asker.ask(naming.operation, naming.sent([id]), region)
        if answer.refused and not any(word in (answer.code or "") for word in NOT_THERE):
            said = f"{naming.operation} is refused ({answer.outline()})"
            raise Inconclusive(f"not judged: {said}", answer.exchange)
        values = {f.name: answer.text(f.name) for f in answer.contract.response}
        is_it = answer.accepted and values.get(relation.at.rpartition(".")[-1]) in (None, id)
        return (_told(answer.contract.response, values) if is_it else None), answer
    lister = lister_of(asker.service, None, relation.resource)
    if lister is None:
        raise Inconclusive(f"not judged: nothing shows a {relation.resource}")
    target = asker.target(lister)
    answer = asker.ask(lister, target.parameters_of(View(ids=(id,))) if target.contract.semantics.ids else {}, region)
    item = next((i for i in answer.items if i.get(target.contract.semantics.key or "") == id), None)
    if item is None and (not answer.accepted or not answer.is_whole):
        raise Inconclusive(f"not judged: a page of {lister} does not show the {relation.resource}", answer.exchange)
    return (None if item is None else _told(answer.contract.item_fields, item)), answer


def _told(fields: Iterable[Field], values: Mapping[str, str | None]) -> dict[str, str]:
    told: dict[str, str] = {}
    for f in fields:
        value = values.get(f.name)
        if value is None:
            continue
        if _is_progress(f) and (found := PERCENT.fullmatch(value)):
            told[f"%{f.name}"] = found[1]
        elif f.name.endswith(("Status", "State")):
            told[f.name] = value
    return told


def _is_progress(field: Field) -> bool:
    """Whether a member shows how far something has come: its documented sample is a percentage, or its name says so."""
    return any(e.endswith("%") and PERCENT.fullmatch(e) for e in field.examples) or "progress" in field.name.casefold()
