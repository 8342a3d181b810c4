"""What the choices of a contract allow for each response field: read once, used by every schema and by derivation.

A schema accepts every documented alternative, since an implementation may take any of them.
"""

from __future__ import annotations

from attrs import frozen

from conformance.contract.model import Choice, Contract, Field, Parameter

# a day and a time in UTC, to the minute or to the second
DATE = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
TIME = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?"
UTC_TIME = f"{DATE}T{TIME}Z"

# how a value of another type reads as text
QUOTED = {
    "boolean": "[Tt]rue|[Ff]alse|TRUE|FALSE",
    "integer": "[+-]?[0-9]+",
    "number": r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)?",
}


@frozen
class Form:
    """How one field may be written. `types` are JSON types; `array_of_one` and `may_be_empty` come from choices."""

    field: Field
    types: tuple[str, ...]
    required: bool
    array_of_one: bool = False
    may_be_empty: bool = False
    stated_time: bool = False

    def is_open(self, format: str) -> bool:
        """Whether anything may stand there in a format, as a documented sample has what fits nothing else."""
        return format in self.field.open_in

    @property
    def is_time(self) -> bool:
        """Whether a page states that the field is a time in UTC; what only samples show is no rule."""
        return self.stated_time and str(self.field.value("time_format", "")).startswith("yyyy")


def form(contract: Contract, path: tuple[str, ...], field: Field) -> Form:
    """The form of the field at a path."""
    listed = contract.semantics.items
    empty_list = contract.choice_about("empty-list", listed or "")
    # an empty listing may be written without its items, or not at all
    on_the_way = listed is not None and empty_list is not None and f"{listed}.".startswith(".".join(path) + ".")
    missing = _alternatives(contract, "missing-value", path)
    return Form(
        field=field,
        types=_alternatives(contract, "json-type", path) or (field.type,),
        required=field.presence == "always" and not on_the_way and not missing,
        array_of_one="array-of-one" in _alternatives(contract, "list-form", path),
        may_be_empty="empty" in missing,
        stated_time=states_time(contract, field),
    )


def states_time(contract: Contract, thing: Parameter | Field) -> bool:
    """Whether a sentence of a page in force states how a time is written: samples, and examples in a table, only show
    it.
    """
    rules = [rule for rule in thing.constraints if rule.kind == "time_format"]
    said = (c for rule in rules for c in rule.citations)
    # what is cited from nowhere was not read off a sample
    return any(not rule.citations for rule in rules) or any(
        c.sentence is not None and c.revision in contract.current for c in said
    )


def have_one_time_format(contract: Contract) -> bool:
    """Whether the times of an item are documented in one form. Where they are not, each has its own: there is no one
    precision that all could keep to.
    """
    return len({pattern for f in contract.item_fields if (pattern := f.value("time_format"))}) < 2


def path_of(choice: Choice, contract: Contract) -> tuple[str, ...]:
    """The whole path of a choice's subject, which may be named by its last part."""
    path = tuple(choice.subject.split("."))
    if contract.field_at(path) is None:
        path = next((one for one in contract.paths_to(path[-1]) if len(one) > 1), path)
    return path


def item_names(contract: Contract) -> dict[tuple[str, ...], Choice]:
    """The lists whose items are documented under several names, each with the choice that has them."""
    return {path_of(c, contract): c for c in contract.choices if c.kind == "item-name"}


def _alternatives(contract: Contract, kind: str, path: tuple[str, ...]) -> tuple[str, ...]:
    """The alternatives of the choice about a field, which is named by its last part or by its whole path."""
    for subject in (".".join(path), path[-1]):
        choice = contract.choice_about(kind, subject)
        if choice is not None:
            return tuple(a.id for a in choice.alternatives)
    return ()
