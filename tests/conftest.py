"""What tests of every room use: the committed contract, and the pages beside the checkout where they are there."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def operation_folder() -> Path:
    """The committed folder of the first operation."""
    return ROOT / "schemas" / "ecs" / "2014-05-26" / "DescribeTasks"


@pytest.fixture(scope="session")
def contract(operation_folder):
    from conformance.contract.files import load_contract

    return load_contract(operation_folder)


@pytest.fixture(scope="session")
def protocol(operation_folder):
    from conformance.contract.files import load_protocol

    return load_protocol(operation_folder.parent / "common")


@pytest.fixture(scope="session")
def seeds() -> list[Path]:
    """The two pages that the contract is derived from."""
    found = sorted((SHARED / "seeds").glob("*.txt"))
    if not found:
        pytest.skip("the documentation pages (../shared/seeds) are not beside this checkout")
    return found
