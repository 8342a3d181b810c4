"""Hypothesis as a run of ours uses it: what is around the run changes nothing that is drawn, and nothing is left there.

Hypothesis also draws constants that it finds in the modules which are loaded from outside of site-packages: those of
this suite where it runs from a checkout, none where it was installed, those of a team's own project under their pytest.
The requests of a seed would differ between the three, and with every edit of a module. It has no setting for that, so
the function that collects them is replaced while a run of ours draws.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import hypothesis.configuration
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

COLLECTING = "_get_local_constants"
DATABASE_KEY = "_hypothesis_internal_database_key"


@contextmanager
def own_hypothesis() -> Iterator[None]:
    """While open, what Hypothesis draws follows from the seed alone, and what it keeps goes to a folder that is
    nobody's; the user's own stays as it was.
    """
    before = hypothesis.configuration.__hypothesis_home_directory
    hypothesis.configuration.set_hypothesis_home_dir(_scratch().name)
    try:
        with _no_constants_of_modules():
            yield
    finally:
        hypothesis.configuration.set_hypothesis_home_dir(before)


@contextmanager
def _no_constants_of_modules() -> Iterator[None]:
    """Where a version of Hypothesis collects none, there is nothing to do."""
    collecting = getattr(providers, COLLECTING, None)
    if collecting in (None, _none):
        yield
        return
    _forget()
    setattr(providers, COLLECTING, _none)
    try:
        yield
    finally:
        setattr(providers, COLLECTING, collecting)
        _forget()


def unkept(explore: Callable[..., None]) -> None:
    """Say of a test that no example of it is kept: the key that a database would know it by, which is made of its
    source, each time, is then not made. `hypothesis.find` says it in this way.
    """
    setattr(explore, DATABASE_KEY, b"")


def _none() -> Any:
    return Constants()


def _forget() -> None:
    """Which constants a strategy permits is kept for all that draw in this process."""
    providers.CONSTANTS_CACHE.cache.clear()


@cache
def _scratch() -> tempfile.TemporaryDirectory[str]:
    """One folder a process, gone at its end."""
    return tempfile.TemporaryDirectory(prefix="acs-hypothesis-")
