"""The fixtures of checks, there while something is certified; `acs_target` is always there."""

from __future__ import annotations

import pytest

from conformance.endpoint.target import Target


@pytest.fixture(scope="session")
def target(acs_target: Target) -> Target:
    """The endpoint under test."""
    return acs_target
