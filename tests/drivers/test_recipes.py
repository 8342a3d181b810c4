"""The packaged drivers: what they say of themselves, and that each file is of its language."""

from __future__ import annotations

import ast
import subprocess

import pytest

from conformance.drivers.installation import missing_toolchain
from conformance.drivers.recipe import UnknownDriver, packaged, recipe

NAMES = [one.name for one in packaged()]


def test_all_twelve_are_there():
    assert set(NAMES) == {
        "aliyun-cli",
        "go-ecs20140526",
        "go-legacy",
        "java-ecs20140526",
        "java-legacy",
        "node-ecs20140526",
        "node-openapi-core",
        "node-pop-core",
        "python-ecs20140526",
        "python-legacy",
        "python-libcloud",
        "python-tea-openapi",
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_is_complete(name):
    one = recipe(name)
    assert one.source.is_file()
    assert one.title
    assert one.package


@pytest.mark.parametrize("name", NAMES)
def test_no_driver_names_an_operation_or_the_suite(name):
    text = recipe(name).source.read_text(encoding="utf-8")
    assert "DescribeTasks" not in text
    assert "conformance." not in text


# Java is compiled against its SDK, when a release is installed
@pytest.mark.parametrize("name", [name for name in NAMES if recipe(name).source.suffix != ".java"])
def test_the_source_is_of_its_language(name, tmp_path):
    one = recipe(name)
    if one.source.suffix == ".py":
        ast.parse(one.source.read_text(encoding="utf-8"))
        return
    missing = missing_toolchain(one)
    if missing:
        pytest.skip(f"{name} {missing}")
    if one.source.suffix == ".go":
        done = subprocess.run(["gofmt", "-e", str(one.source)], capture_output=True, text=True, check=False)
    else:
        done = subprocess.run(["node", "--check", str(one.source)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_an_unknown_driver_is_named_with_those_that_exist():
    with pytest.raises(UnknownDriver, match=r"'nope'.*python-legacy"):
        recipe("nope")
