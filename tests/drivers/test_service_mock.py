"""`serve --service ecs` as a mock for real SDKs: what their clients create they list, change and delete again."""

from __future__ import annotations

import pytest

from conformance.contract.catalogue import protocol_of, service_of
from conformance.drivers.installation import InstallFailed, install, known_releases, missing_toolchain
from conformance.drivers.process import DriverProcess
from conformance.drivers.recipe import recipe
from conformance.drivers.releases import selected
from conformance.endpoint.lifecycle.judging import LifeJudging
from conformance.endpoint.lifecycle.relations import lifecycles
from conformance.endpoint.lifecycle.requirements import requirements_of
from conformance.endpoint.settings import RunSettings
from conformance.reference.service import ServiceEndpoint
from conformance.wire.exchange import Credentials
from tests.drivers.through_an_sdk import KEY_ID, SECRET, SdkAsker

ECS = service_of("ecs")
REGIONS = ("cn-hangzhou", "cn-beijing")
LEAST = 30


@pytest.mark.gate
@pytest.mark.parametrize("name", ["python-ecs20140526", "node-ecs20140526"])
def test_thirty_operations_are_called_and_their_results_read_back(name):
    driver = recipe(name)
    if missing := missing_toolchain(driver):
        pytest.skip(f"{name} {missing}")
    try:
        installed = install(driver, selected(known_releases(driver), "latest:1")[0])
    except InstallFailed as error:
        pytest.skip(f"{name} cannot be had here: {error}")
    called, found = set(), {}
    keys = [Credentials(KEY_ID, SECRET)]
    with (
        ServiceEndpoint(ECS, protocol_of(ECS), keys, seconds=0.2) as endpoint,
        DriverProcess(installed.command) as process,
    ):
        settings = RunSettings(contract_dir=str(ECS.folder), url=endpoint.url, regions=REGIONS, signatures=("none",))
        for life in lifecycles(ECS, ECS.operations):
            asker = SdkAsker(ECS, protocol_of(ECS), settings, driver=process)
            requirements = requirements_of(ECS, life, REGIONS)
            judged = LifeJudging(asker, life, requirements, REGIONS, 1, 5.0, draws=0).run()
            called |= asker.called
            found |= {v.requirement: f"{v.verdict}: {v.message}" for v in judged.verdicts if v.verdict != "passed"}
            if len(called) >= LEAST:
                break
    assert {id: said for id, said in found.items() if not said.startswith("inconclusive")} == {}
    assert len(called) >= LEAST
    # what one SDK has no parameter for is no fault of the mock's
    assert all("the SDK has no" in said or "nothing to do this with" in said for said in found.values()), found
