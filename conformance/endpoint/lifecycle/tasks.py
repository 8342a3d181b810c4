"""What is asynchronous, followed to its end: its progress never falls, and no state that it has left comes back."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping

from conformance.contract.model import Field
from conformance.contract.service import Relation
from conformance.endpoint.answer import Answer
from conformance.endpoint.findings import Inconclusive
from conformance.endpoint.lifecycle.asker import Asker
from conformance.endpoint.lifecycle.book import BrokenSequence
from conformance.endpoint.lifecycle.guard import texts_at
from conformance.endpoint.lifecycle.relations import getter_of, lister_of

CHECK = "sequences.progress-never-falls"
PAUSE = 0.05
MOST_LOOKS = 40
PERCENT = re.compile(r"(\d{1,3})(?:\.\d+)?%?")


def follow(asker: Asker, operation: str, begun: Answer, region: str, patience: float) -> BrokenSequence | None:
    """What there is against the progress of the task that an answer gives. Raises Inconclusive where none is seen."""
    relation = next(iter(asker.service.operation(operation).produces), None)
    id = next(iter(texts_at(begun.tree, relation.at.split("."))), None) if relation else None
    if relation is None or id is None:
        raise Inconclusive("not judged: the answer gives no id of a task", begun.exchange)
    progress, states = list[int](), list[str]()
    until = time.monotonic() + patience
    for _ in range(MOST_LOOKS):
        seen, answer = _seen(asker, relation, id, region)
        for name, value in seen.items():
            if name.startswith("%"):
                if progress and int(value) < progress[-1]:
                    return _fallen("its progress falls", f"{progress[-1]}% or more", f"{value}%", answer)
                progress.append(int(value))
            elif not states or states[-1] != value:
                if value in states:
                    return _fallen("it comes back to a state that it had left", "another state", value, answer)
                states.append(value)
        if time.monotonic() + PAUSE > until:
            break
        time.sleep(PAUSE)
    if not progress and not states:
        raise Inconclusive("not judged: nothing shows the progress of the task", begun.exchange)
    return None


def _fallen(message: str, expected: str, received: str, answer: Answer) -> BrokenSequence:
    return BrokenSequence(CHECK, message, expected=expected, received=received, exchange=answer.exchange)


def _seen(asker: Asker, relation: Relation, id: str, region: str) -> tuple[dict[str, str], Answer]:
    """What the members of a task that show its progress say: percentages under names with a `%` before them."""
    naming = getter_of(asker.service, relation.resource)
    if naming is not None:
        answer = asker.ask(naming.operation, naming.sent([id]), region)
        values = {f.name: answer.text(f.name) for f in answer.contract.response}
        return _told(answer.contract.response, values), answer
    lister = lister_of(asker.service, None, relation.resource)
    if lister is None:
        raise Inconclusive(f"not judged: nothing shows a {relation.resource}")
    answer = asker.ask(lister, {}, region)
    item = next((i for i in answer.items if i.get(answer.contract.semantics.key or "") == id), {})
    return _told(answer.contract.item_fields, item), answer


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
