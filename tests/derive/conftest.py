"""Where the documentation is that derivation is tried on: beside the checkout, never in it."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2].parent / "shared"


def shared(name: str) -> Path:
    folder = SHARED / name
    if not folder.is_dir():
        pytest.skip(f"the folder shared/{name} is not beside the checkout")
    return folder


@pytest.fixture(scope="session")
def seeds() -> list[Path]:
    return sorted(shared("seeds").glob("*.txt"))


@pytest.fixture(scope="session")
def pages() -> list[Path]:
    return sorted(shared("pages").glob("*/*.md"))


@pytest.fixture(scope="session")
def metadata() -> Path:
    return shared("metadata")
