import pytest

from conformance.contract.files import load_contract, load_protocol, schemas_root

ECS = schemas_root() / "ecs" / "2014-05-26"


@pytest.fixture(scope="session")
def contract():
    return load_contract(ECS / "DescribeTasks")


@pytest.fixture(scope="session")
def protocol():
    return load_protocol(ECS / "common")
