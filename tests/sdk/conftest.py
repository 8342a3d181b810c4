"""What the tests of the SDK suite share: the plan for the committed contract, and the command of a miniature."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from conformance.contract.files import load_contract, load_protocol, schemas_root
from conformance.sdk.plan import Plan
from tests.cli.conftest import acs

__all__ = ["acs"]

_MINIATURE = Path(__file__).with_name("miniature.py")


@pytest.fixture(scope="session")
def plan() -> Plan:
    here = schemas_root() / "ecs" / "2014-05-26"
    return Plan(load_contract(here / "DescribeTasks"), load_protocol(here / "common"))


@pytest.fixture(scope="session")
def miniature():
    """The command of the miniature with these faults."""

    def command(*faults: str) -> list[str]:
        return [sys.executable, str(_MINIATURE), *faults]

    return command
