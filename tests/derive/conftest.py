"""The documentation that derivation is tried on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.documentation import Library, libraries


@pytest.fixture(scope="session", params=libraries(), ids=lambda one: one.name)
def library(request: pytest.FixtureRequest) -> Library:
    """Our own pages, and the real ones where they are beside the checkout."""
    return request.param


@pytest.fixture(scope="session")
def pages(library: Library) -> list[Path]:
    return sorted(library.pages.glob("*/*.md"))


@pytest.fixture(scope="session")
def metadata(library: Library) -> Path:
    return library.metadata
