"""A region that may be left out: which one is meant then is the endpoint's affair, and need not be one of the run's."""

from __future__ import annotations

import re

import pytest
from attrs import evolve

from conformance.contract.files import dump_contract, load_protocol, schemas_root
from conformance.contract.model import Constraint
from conformance.endpoint import run as runs
from conformance.endpoint.settings import RunSettings
from conformance.reference.application import Application
from conformance.reference.server import ReferenceEndpoint
from conformance.reference.store import Store
from tests.reference.small_contracts import CONTRACTS

PROTOCOL = load_protocol(schemas_root() / "ecs" / "2014-05-26" / "common")
CONTRACT = CONTRACTS["a region that may be left out"]
THEMES = ("parameters.RegionId.*", "regions.*")


def verdicts(tmp_path, regions, contract=CONTRACT):
    (tmp_path / "contract.yaml").write_text(dump_contract(contract), "utf-8")
    items = {name: tuple({"BoatId": f"b-{name}-{n}"} for n in range(count)) for name, count in regions.items()}
    with ReferenceEndpoint(contract, PROTOCOL, store=Store(items)) as endpoint:
        asked = tuple(reversed(items))
        settings = RunSettings(
            endpoint.url,
            str(tmp_path),
            asked,
            signatures=("none",),
            select=THEMES,
            traffic=THEMES,
            seed=3,
            max_examples=2,
        )
        results, _ = runs.run(settings, lambda verdict: None, tmp_path / "settings.json")
    return {v.requirement.partition(".")[2]: (v.verdict, v.message) for v in results.verdicts}


def test_another_default_region_than_the_main_one_of_the_run_is_not_accused(tmp_path):
    found = verdicts(tmp_path, {"cn-hangzhou": 3, "cn-beijing": 5})
    assert not {name: told for name, told in found.items() if told[0] in ("failed", "warned", "errored")}
    assert found["parameters.RegionId.blank-value"][0] == "passed"


def test_a_region_that_is_dropped_for_a_third_one_is_found(tmp_path, monkeypatch):
    """Blank is neither an error nor left out here: it is another region."""
    respond = Application.respond
    monkeypatch.setattr(Application, "respond", lambda self, request: respond(self, of_another_region(request)))
    found = verdicts(tmp_path, {"cn-hangzhou": 3, "cn-beijing": 5, "cn-qingdao": 4})
    assert found["parameters.RegionId.blank-value"][0] == "warned"


def of_another_region(request):
    query, body = (
        re.sub(r"RegionId=(%20|\+)*(?=&|$)", "RegionId=cn-qingdao", t) for t in (request.query, request.body.decode())
    )
    return evolve(request, query=query, body=body.encode())


def with_default(region):
    """The contract in which a default region is documented."""
    changed = [evolve(p, constraints=(*p.constraints, Constraint("default", region))) if p.name == "RegionId" else p
               for p in CONTRACT.parameters]  # fmt: skip
    return evolve(CONTRACT, parameters=tuple(changed))


@pytest.mark.parametrize(
    ("default", "verdict"),
    [("cn-hangzhou", "passed"), ("cn-beijing", "warned"), ("cn-chengdu", "not-applicable")],
)
def test_a_documented_default_region_is_what_a_request_without_one_means(tmp_path, default, verdict):
    """The reference takes the first: right, wrong, and one that the run knows nothing of."""
    found = verdicts(tmp_path, {"cn-hangzhou": 3, "cn-beijing": 5}, with_default(default))
    assert found["parameters.RegionId.default"][0] == verdict
    if verdict == "not-applicable":
        assert "--region cn-chengdu" in found["parameters.RegionId.default"][1]
