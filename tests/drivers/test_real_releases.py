"""Each packaged driver with the newest release of its SDK, from its registry. Slow and not local, so only on demand."""

from __future__ import annotations

import os

import pytest

from conformance.drivers.installation import InstallFailed, install, known_releases, missing_toolchain
from conformance.drivers.protocol import DriverOperation
from conformance.drivers.recipe import packaged
from conformance.drivers.releases import selected
from conformance.drivers.self_test import self_test

OPERATION = DriverOperation("Ecs", "2014-05-26", "DescribeTasks")


@pytest.mark.skipif(
    os.environ.get("ACS_CONFORMANCE_INSTALL") != "1",
    reason="installs from registries: ACS_CONFORMANCE_INSTALL=1",
)
@pytest.mark.parametrize("recipe", packaged(), ids=lambda r: r.name)
def test_the_driver_keeps_to_the_protocol_with_the_newest_release(recipe):
    missing = missing_toolchain(recipe)
    if missing:
        pytest.skip(f"{recipe.name} {missing}")
    try:
        release = selected(known_releases(recipe), "latest:1")[0]
        installed = install(recipe, release)
    except InstallFailed as error:
        pytest.skip(f"{recipe.name} cannot be had here: {error}")
    steps = self_test(installed.command, OPERATION, {"RegionId": "cn-hangzhou"}, release)
    assert [s for s in steps if s.problem] == []
