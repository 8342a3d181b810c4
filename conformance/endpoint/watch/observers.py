"""What an answer shows of the dialect without being asked: its shape, spellings, and the wording of its errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen

from conformance.contract.forms import have_one_time_format, path_of
from conformance.contract.model import Choice
from conformance.endpoint.answer import Answer
from conformance.endpoint.renaming import names_shown
from conformance.generate.times import precision_of


@frozen
class ShownAlternative:
    """One alternative of a choice that a response shows, and the format that it is in."""

    kind: str
    subject: str
    alternative: str
    format: str | None


def shown_alternatives(answer: Answer, choices: Iterable[Choice]) -> Iterator[ShownAlternative]:
    """Every alternative of the choices that this response shows."""
    for choice in choices:
        observer = OBSERVERS.get(choice.kind)
        for alternative in observer(answer, choice) if observer else ():
            yield ShownAlternative(choice.kind, choice.subject, alternative, _format(answer))


def _format(answer: Answer) -> str | None:
    return answer.body.format if answer.body else None


def _is_json_result(answer: Answer) -> bool:
    return answer.kind == "success" and answer.body is not None and answer.body.format == "json"


def _list_form(answer: Answer, choice: Choice) -> set[str]:
    """Object or array of one. An empty array is both forms' way to be empty, and shows neither."""
    if not _is_json_result(answer):
        return set()
    value = _at(answer.tree, choice.subject)
    if isinstance(value, Mapping):
        return {"object"}
    return {"array-of-one"} if isinstance(value, list) and value else set()


def _item_name(answer: Answer, choice: Choice) -> set[str]:
    """The names under which the items of a list are there."""
    if answer.kind != "success":
        return set()
    return names_shown(answer.reading.written, path_of(choice, answer.contract), {a.id for a in choice.alternatives})


def _json_type(answer: Answer, choice: Choice) -> set[str]:
    if not _is_json_result(answer):
        return set()
    names = {bool: "boolean", str: "string", int: "integer", float: "number"}
    return {names[type(v)] for v in _values(answer, choice.subject) if type(v) in names}


def _spelling(answer: Answer, choice: Choice) -> set[str]:
    """Only a value of several words, or in mixed case, shows how it is spelt."""
    if answer.kind != "success":
        return set()
    texts = [v for v in _values(answer, choice.subject) if isinstance(v, str) and v]
    return {"capitals" if v.upper() == v else "as-listed" for v in texts if v.lower() != v}


def _time_precision(answer: Answer, choice: Choice) -> set[str]:
    if answer.kind != "success":
        return set()
    times = [f.name for f in answer.contract.item_fields if f.value("time_format")]
    subject = choice.subject.split(".")[-1]
    if subject not in times and not have_one_time_format(answer.contract):
        return set()
    names = [subject] if subject in times else times
    return {p for item in answer.items for n in names if (p := precision_of(item.get(n)))}


def _empty_list(answer: Answer, choice: Choice) -> set[str]:
    if answer.kind != "success" or answer.raw_items or answer.body is None:
        return set()
    wrapper, _, inner = choice.subject.rpartition(".")
    if answer.body.format == "xml":
        return set()
    held = _at(answer.tree, wrapper) if wrapper else answer.tree
    if held is None:
        return {"absent"}
    one = held[0] if isinstance(held, list) and held else held
    return {"empty-list"} if isinstance(one, Mapping) and isinstance(one.get(inner), list) else {"empty-wrapper"}


def _missing_value(answer: Answer, choice: Choice) -> set[str]:
    if answer.kind != "success" or answer.body is None or answer.body.format == "xml":
        return set()
    name = choice.subject.split(".")[-1]
    return {
        "absent" if name not in raw else "empty"
        for raw in answer.raw_items
        if isinstance(raw, Mapping) and raw.get(name) in (None, "")
    }


def _error_answer(answer: Answer, choice: Choice) -> set[str]:
    """A documented error whose status the documentation gives in two ways; the subject is its code."""
    return {f"{answer.code}/{answer.status}"} if answer.kind == "refusal" and answer.code == choice.subject else set()


def _error_message(answer: Answer, choice: Choice) -> set[str]:
    """`page` where the message is that of the operation's own page, `common` where it is another about its
    parameter.
    """
    if answer.kind != "refusal" or answer.code != choice.subject:
        return set()
    own = [e for e in answer.contract.errors if e.code == choice.subject]
    if answer.message in {e.message for e in own}:
        return {"page"}
    about = {e.parameter for e in own if e.parameter}
    return {"common"} if any(f'"{p}"' in (answer.message or "") for p in about) else set()


OBSERVERS: Mapping[str, Callable[[Answer, Choice], set[str]]] = {
    "list-form": _list_form,
    "item-name": _item_name,
    "json-type": _json_type,
    "spelling": _spelling,
    "time-precision": _time_precision,
    "empty-list": _empty_list,
    "missing-value": _missing_value,
    "error": _error_answer,
    "error-message": _error_message,
}


def _at(tree: Any, path: str) -> Any:
    for name in path.split("."):
        tree = tree.get(name) if isinstance(tree, Mapping) else None
    return tree


def _values(answer: Answer, path: str) -> list[Any]:
    """The raw values of a field: of every item where it is a member of items (by path or by bare name), else the
    top's.
    """
    items = answer.contract.semantics.items
    name = path.removeprefix(f"{items}.")
    if any(f.name == name for f in answer.contract.item_fields):
        return [raw.get(name) for raw in answer.raw_items if isinstance(raw, Mapping)]
    return [_at(answer.tree, path)]
