"""What tests of every room use: the committed contract, documentation to derive from, how properties are explored."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.documentation import Documented
from tests.documentation import documented as documented_operations

ROOT = Path(__file__).parents[1]

# No test depends on how fast the machine is, nor on what an earlier run found: the same tree gives the same result
# anywhere, so that a red run is about the change. The suite itself, when it certifies, draws by its own seed.
settings.register_profile(
    "tests",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("tests")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Look for cycles rarely, and not among what was collected: thousands of tests, and the modules of them all."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


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


@pytest.fixture(scope="session", params=documented_operations(), ids=lambda one: one.name)
def documented(request: pytest.FixtureRequest) -> Documented:
    """Two pages of an operation, and the contract that is kept of them."""
    return request.param


@pytest.fixture(scope="session")
def seeds(documented: Documented) -> list[Path]:
    """The two pages of an operation, newest first."""
    return documented.pages
