"""The built wheel, as a user gets it: the command works from any folder, with the schemas that ship inside."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """A folder into which the wheel was installed, without its dependencies, which this environment has."""
    folder = tmp_path_factory.mktemp("wheel")
    quiet = {"cwd": ROOT, "check": True, "capture_output": True}
    subprocess.run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", str(folder)], **quiet)
    wheel = next(folder.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(installed: Path, tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed), "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, *words], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600
    )


def test_it_is_the_wheel_that_is_tested(installed, tmp_path):
    where = run(installed, tmp_path, "-c", "import conformance; print(conformance.__file__)").stdout
    assert where.startswith(str(installed))


def test_schemas_and_data_ship_in_it(installed):
    operation = installed / "conformance" / "schemas" / "ecs" / "2014-05-26"
    for name in ("DescribeTasks/contract.yaml", "DescribeTasks/sentences.yaml", "common/protocol.yaml"):
        assert (operation / name).is_file(), name
    assert list((installed / "conformance" / "endpoint" / "checks").glob("pytest.ini"))
    assert list((installed / "conformance" / "drivers").glob("*/driver.yaml"))
    assert (installed / "conformance" / "report" / "templates" / "report.html.jinja").is_file()


def test_the_command_certifies_from_any_folder(installed, tmp_path):
    done = run(
        installed, tmp_path, "-m", "conformance", "endpoint", "-k", "ids.selects", "--seed", "1", "--max-examples", "2"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Conformant" in done.stdout
    assert list((tmp_path / "reports").glob("*/report.html"))


def test_a_whole_service_ships_in_it(installed, tmp_path):
    code = (
        "from conformance.contract.catalogue import service_of; s = service_of('ecs');"
        "print(len(s.operations), s.contract('DescribeInstances').semantics.key)"
    )
    assert run(installed, tmp_path, "-c", code).stdout.split() == ["347", "InstanceId"]
    done = run(installed, tmp_path, "-m", "conformance", "requirements", "--operation", "DescribeInstances")
    assert done.returncode == 0, done.stderr
    assert "DescribeInstances.paging" in done.stdout


def test_the_command_is_declared(installed):
    entry_points = next(installed.glob("*.dist-info")) / "entry_points.txt"
    assert "acs-conformance = conformance.cli:main" in entry_points.read_text()
