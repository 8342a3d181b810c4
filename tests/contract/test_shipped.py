"""The contracts that ship: those of a whole service, as facts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conformance.contract.catalogue import operation_folder, service_of
from conformance.contract.files import load_contract, schemas_root
from conformance.derive.bare import is_value
from conformance.errors import Refusal
from conformance.report.header import digest

ECS = service_of("ecs")


def test_every_operation_of_the_service_has_its_contract() -> None:
    assert len(ECS.operations) == 347
    for name, operation in ECS.operations.items():
        text = (ECS.contract_folder(name) / "contract.yaml").read_text("utf-8")
        assert operation.digest == digest(text), name
    assert {p.parent.name for p in schemas_root().glob("ecs/*/*/contract.yaml")} == set(ECS.operations)


def test_it_takes_less_than_four_megabytes() -> None:
    assert sum(p.stat().st_size for p in (schemas_root() / "ecs").rglob("*") if p.is_file()) < 4_000_000


def test_no_sentence_of_the_documentation_ships() -> None:
    chinese = re.compile("[\u3000-\u9fff\uff00-\uffef]")
    for name in ECS.operations:
        if (ECS.contract_folder(name) / "overlay.yaml").is_file():
            continue  # derived from pages, and looked through by hand
        assert not chinese.search((ECS.contract_folder(name) / "contract.yaml").read_text("utf-8")), name
        contract = ECS.contract(name)
        assert not [e for e in contract.errors if e.message], name
        assert not contract.samples, name
        examples = [e for p in contract.parameters for e in p.examples]
        examples += [e for _, f in contract.fields() for e in f.examples]
        assert not [e for e in examples if not is_value(e)], name


def test_no_list_of_values_names_one_twice() -> None:
    for file in sorted(schemas_root().glob("*/*/*/contract.yaml")):
        contract = load_contract(file.parent)
        ruled = [(p.name, p.constraints) for p in contract.parameters]
        ruled += [(".".join(path), f.constraints) for path, f in contract.fields()]
        for name, constraints in ruled:
            for values in (c.value for c in constraints if c.kind == "enum"):
                assert len({repr(v) for v in values}) == len(values), (contract.operation, name)


def test_an_operation_of_it_is_found_by_name() -> None:
    assert load_contract(operation_folder("DescribeInstances", None)).semantics.key == "InstanceId"
    with pytest.raises(Refusal, match=r"did you mean DescribeInstances\? Shipped are the operations of ecs \(347\)"):
        operation_folder("describeInstances", None)


def test_the_first_operation_is_still_derived_from_its_pages() -> None:
    assert len(ECS.contract("DescribeTasks").revisions) == 2
    assert (ECS.contract_folder("DescribeTasks") / "requirements.yaml").is_file()
    assert Path(ECS.contract_folder("CreateDisk") / "contract.yaml").is_file()


def test_resources_are_called_in_the_singular():
    """VSwitch and not VSwitche: what takes -es in the plural loses it whole."""
    operations = ECS.operations.values()
    names = {o.resource for o in operations} | {r.resource for o in operations for r in (*o.produces, *o.consumes)}
    assert {"VSwitch", "EipAddress", "AutoSnapshotPolicy", "DeploymentSet"} <= names
    assert [n for n in names if n and re.search(r"(?:tch|sh|ss|x)e$|(?<!s)s$", n) and not n.endswith("us")] == []
