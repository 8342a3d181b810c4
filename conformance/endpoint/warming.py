"""What the process of every operation makes first, made once in the process that they are forked from."""

from __future__ import annotations

import importlib
import pkgutil

import _pytest
from hypothesis import given
from hypothesis import strategies as st

# both are imported where a session of pytest begins
import conformance.endpoint.fixtures
import conformance.endpoint.sessions  # noqa: F401
from conformance.contract.service import Service
from conformance.endpoint import checks
from conformance.endpoint.draws import exploring
from conformance.endpoint.own_hypothesis import own_hypothesis
from conformance.endpoint.settings import JSON, RunSettings
from conformance.endpoint.watch.validation import error_schemas
from conformance.ledger.specification import Specification
from conformance.report.html import page_template


def warm(service: Service, name: str) -> None:
    """Import, parse and compile what is the same for every operation, by way of the one of that name. Nothing is sent,
    and nothing that is drawn depends on it. Raises ContractError.
    """
    for package in (checks, _pytest):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    page_template("report.html.jinja")
    JSON.loads(JSON.dumps(RunSettings("", "", ())), RunSettings)
    with own_hypothesis():
        # which characters there are Hypothesis finds out when a text is drawn for the first time. One of any characters
        # makes a table of all that can be encoded, which takes 200 MB for a moment: no check draws such a text
        exploring(1)(given(st.text("ab"))(_nothing))()
    Specification.load(service.contract_folder(name))
    error_schemas().warm()


def _nothing(text: str) -> None:
    """A test of nothing."""
