"""The values of a parameter that the pages in force list."""

from __future__ import annotations

from typing import Any

from conformance.contract.model import Constraint, Contract, Parameter


def values_in_force(contract: Contract, parameter: Parameter) -> tuple[Any, ...]:
    """The listed values, or where the newest page has no such list, those that it names otherwise: as the ones that
    have an effect and the ones that have none. Empty where it names none.

    Revisions add values under one version of an API: a list that only an older page has says nothing of today's.
    """
    for kinds in (("enum",), ("effective_values", "ignored_values")):
        rules = [c for c in parameter.constraints if c.kind in kinds]
        if rules and all(_in_force(contract, rule) for rule in rules):
            return tuple(v for rule in rules for v in rule.value)
    return ()


def _in_force(contract: Contract, rule: Constraint) -> bool:
    """Whether the newest page states a rule; one without a citation is of no older page."""
    return not rule.citations or not contract.current.isdisjoint(c.revision for c in rule.citations)
