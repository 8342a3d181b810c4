"""The package managers' adapters, as far as they need no registry."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from lxml import etree

from conformance.drivers import golang, maven
from conformance.drivers.installation import known_releases, missing_toolchain
from conformance.drivers.recipe import recipe
from conformance.drivers.toolchain import InstallFailed, ToolchainMissing, required, run


def test_a_generated_project_requires_the_release_and_its_companions():
    project = etree.fromstring(maven._project(recipe("java-legacy"), "4.7.10"))
    named = {"m": "http://maven.apache.org/POM/4.0.0"}
    assert project.xpath("//m:dependency/m:artifactId/text()", namespaces=named) == [
        "aliyun-java-sdk-core",
        "aliyun-java-sdk-ecs",
    ]
    assert project.xpath("//m:dependency/m:version/text()", namespaces=named) == ["4.7.10", "LATEST"]


@pytest.mark.parametrize(("release", "suffix"), [("v1.2.3", ""), ("v2.0.0", "/v2"), ("v7.11.8", "/v7")])
def test_a_major_release_of_go_is_a_module_of_its_own(release, suffix):
    one = recipe("go-ecs20140526")
    assert golang._module(one, release) == one.package + suffix


def test_a_missing_program_is_named():
    with pytest.raises(ToolchainMissing, match="no-such-tool"):
        required("no-such-tool")


def test_a_driver_whose_toolchain_is_missing_says_which(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert missing_toolchain(recipe("node-pop-core")) == "needs node and npm on PATH"
    assert missing_toolchain(recipe("python-legacy")) is None
    with pytest.raises(ToolchainMissing):
        known_releases(recipe("java-legacy"), Path("unused"))


def test_what_fails_is_told_in_a_line_without_addresses():
    script = "import sys; print('noise'); sys.exit('ERROR: cannot read https://registry.invalid/simple/x')"
    with pytest.raises(InstallFailed) as raised:
        run([sys.executable, "-c", script])
    assert "cannot read <address>" in str(raised.value)
    assert "registry.invalid" not in str(raised.value)


def test_what_does_not_end_is_stopped():
    with pytest.raises(InstallFailed, match="did not end"):
        run([sys.executable, "-c", "import time; time.sleep(60)"], seconds=0.5)
