"""What a fault is."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

from conformance.reference.steps import Replacement


@frozen
class Fault:
    """A defect that the reference can be told to have.

    `name` is in kebab case, with `:<subject>` where the fault exists once a subject. `killed_by` are the requirements,
    without the operation's name, that must notice it. `replacements` put middleware in the place of steps; see
    `steps.py`. `dialect` holds the choices without which the fault would not show.
    """

    name: str
    description: str
    killed_by: tuple[str, ...]
    replacements: tuple[Replacement, ...] = field(repr=False)
    dialect: Mapping[str, str] = field(factory=dict)
