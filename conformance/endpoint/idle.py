"""Checks that judge nothing in a run: they are not collected, which for a narrow run is most of its time."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

CHECKS = "conformance.endpoint.checks"


def is_idle(obj: object, idle: frozenset[str]) -> bool:
    """Whether something in a module is a check, one of those that judge nothing."""
    marks = getattr(obj, "pytestmark", ())
    return any(mark.name == "requirement" and not idle.isdisjoint(mark.args[:1]) for mark in marks)


def is_idle_module(path: Path, idle: frozenset[str]) -> bool:
    """Whether all checks of a module of ours, that is imported, judge nothing."""
    module = sys.modules.get(f"{CHECKS}.{path.stem}")
    if module is None or module.__file__ != str(path):
        return False
    return all(is_idle(obj, idle) for name, obj in vars(module).items() if name.startswith("test"))


class IdleChecks(pytest.Module):
    """A module of such checks alone."""

    def collect(self) -> list[pytest.Item | pytest.Collector]:
        """None of them."""
        return []
