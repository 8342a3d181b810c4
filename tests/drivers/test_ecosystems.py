"""The package managers' adapters, as far as they need no registry."""

from __future__ import annotations

import json
import sys
import tarfile
from pathlib import Path

import pytest
from attrs import evolve
from lxml import etree

from conformance.drivers import golang, maven, pypi
from conformance.drivers.installation import known_releases, missing_toolchain
from conformance.drivers.recipe import recipe
from conformance.drivers.toolchain import InstallFailed, ToolchainMissing, build, required, run
from conformance.drivers.workshop import Workshop


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


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (
            "/srv/us/drivers/x/Driver.java:4: error: package a.b does not exist",
            "Driver.java:4: error: package a.b does not",
        ),
        ("../../p/v7/module/client.go:3:14: syntax error: unexpected {", "client.go:3:14: syntax error: unexpected {"),
        ("error: @alicloud/ecs20140526 has no main", "error: @alicloud/ecs20140526 has no main"),
        ("error: github.com/alibabacloud-go/tea@v1: 404", "error: github.com/alibabacloud-go/tea@v1: 404"),
        ("error at '/srv/a b/c.py'", "error at 'a b/c.py'"),
    ],
)
def test_what_fails_is_told_without_the_folders_of_this_machine(said, told):
    with pytest.raises(InstallFailed) as raised:
        build([sys.executable, "-c", f"import sys; sys.exit({said!r})"])
    assert str(raised.value).startswith("the driver cannot be built with this package and what it needs: ")
    assert told in str(raised.value)
    assert "/srv" not in str(raised.value)


def test_what_does_not_end_is_stopped():
    with pytest.raises(InstallFailed, match="did not end"):
        run([sys.executable, "-c", "import time; time.sleep(60)"], seconds=0.5)


SECRETS = (
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "NPM_TOKEN", "CI_JOB_TOKEN",
    "NPM_CONFIG__AUTH", "npm_config_//registry.invalid/:_authToken", "PIP_PASSWORD", "TWINE_PASSWORD", "SOME_NAME",
)  # fmt: skip


def test_a_package_manager_sees_where_its_registry_is_and_no_secret(monkeypatch):
    for name in SECRETS:
        monkeypatch.setenv(name, "canary-of-a-secret")
    monkeypatch.setenv("PIP_INDEX_URL", "https://registry.invalid/simple")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:1")
    seen = json.loads(run([sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))"]))
    assert "canary-of-a-secret" not in json.dumps(seen)
    assert seen["PIP_INDEX_URL"] == "https://registry.invalid/simple"
    assert seen["https_proxy"] == "http://127.0.0.1:1"


def test_a_source_package_is_not_built_unless_that_is_allowed(tmp_path, monkeypatch):
    """A made-up release that writes down what its setup.py sees."""
    source = tmp_path / "made-up-9.9.9"
    source.mkdir()
    seen = tmp_path / "seen.json"
    (source / "setup.py").write_text(f"import json, os\njson.dump(dict(os.environ), open({str(seen)!r}, 'w'))\n")
    (source / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )
    (source / "backend.py").write_text("exec(open('setup.py').read())\nraise SystemExit('no wheel comes of this')\n")
    (source / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: made-up\nVersion: 9.9.9\n")
    with tarfile.open(tmp_path / "made-up-9.9.9.tar.gz", "w:gz") as archive:
        archive.add(source, source.name)
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("GITHUB_TOKEN", "canary-of-a-secret")
    made_up = evolve(recipe("python-legacy"), package="made-up", companions=())
    for place in ("refused", "built"):
        (tmp_path / place).mkdir()
    with pytest.raises(InstallFailed, match="--allow-build"):
        pypi.fetched(made_up, "9.9.9", tmp_path / "refused", Workshop(tmp_path))
    assert not seen.exists(), "code of the package was run"
    with pytest.raises(InstallFailed):
        pypi.fetched(made_up, "9.9.9", tmp_path / "built", Workshop(tmp_path, build=True))
    assert "canary-of-a-secret" not in seen.read_text()
