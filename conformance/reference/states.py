"""The states that things of a mocked service come into: by the verb of an operation, of those that are documented."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from conformance.contract.model import Contract, Field

# what a verb brings about, the likeliest word first; compared without capitals and signs
AFTER: Mapping[str, tuple[str, ...]] = {
    "Create": (
        "available",
        "active",
        "enabled",
        "normal",
        "inservice",
        "stopped",
        "running",
        "accomplished",
        "finished",
    ),
    "Run": ("running", "active", "available", "finished"),
    "Start": ("running", "started", "active", "enabled"),
    "Reboot": ("running", "active"),
    "Stop": ("stopped", "inactive", "disabled"),
    "Attach": ("inuse", "attached"),
    "Associate": ("inuse", "associated"),
    "Detach": ("available", "detached", "unattached"),
    "Unassociate": ("available", "unassociated"),
    "Enable": ("enabled", "enable", "active", "inuse"),
    "Disable": ("disabled", "disable", "inactive"),
    "Activate": ("active", "activated", "enabled"),
    "Deactivate": ("inactive", "deactivated", "disabled"),
    "Cancel": ("cancelled", "canceled", "deleted", "stopped", "failed"),
}
UNDER_WAY = ("processing", "running", "inprogress", "pending", "waiting", "creating")
DONE = ("finished", "success", "succeeded", "completed", "failed", "cancelled", "canceled", "deleted")
BEING_MADE = ("creating", "pending", "processing", "waiting")
_NAMES = ("Status", "State")


def state_field(fields: Iterable[Field], resource: str) -> Field | None:
    """The member that holds the state of a thing."""
    known = {f.name.casefold(): f for f in fields if f.type == "string"}
    names = (*(f"{resource}{n}" for n in _NAMES), *_NAMES)
    return next((known[n.casefold()] for n in names if n.casefold() in known), None)


def states_of(field: Field, contracts: Iterable[Contract]) -> tuple[str, ...]:
    """The documented states: those that the member lists, that a parameter of its name lists, or that are shown."""
    found = [*(field.value("enum") or ())]
    for contract in contracts:
        parameter = contract.parameter(field.name)
        if parameter is not None:
            found += parameter.value("effective_values") or parameter.value("enum") or ()
    return tuple(dict.fromkeys(str(v) for v in (*found, *field.examples)))


def state_after(verb: str, states: Iterable[str]) -> str | None:
    """The documented state that a verb brings about, or None where none is known."""
    return first_of(AFTER.get(verb, ()), states)


def first_of(words: Iterable[str], states: Iterable[str]) -> str | None:
    """The documented state that is called by the first of the words."""
    known = {"".join(c for c in s.casefold() if c.isalnum()): s for s in states}
    return next((known[word] for word in words if word in known), None)


def verb_of(operation: str) -> str:
    """`StartInstances` is Start."""
    return next((v for v in sorted(AFTER, key=len, reverse=True) if operation.startswith(v)), "Create")
