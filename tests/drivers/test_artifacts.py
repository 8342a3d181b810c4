"""A release is its bytes: packages that nobody has published, and the same name and number with other bytes."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from attrs import evolve

from conformance.drivers import golang, installation, maven, npm, pypi
from conformance.drivers.artifact import Artifact
from conformance.drivers.installation import InstallFailed, install, install_artifact
from conformance.drivers.recipe import Recipe, drivers, found, recipe
from conformance.drivers.workshop import Runtimes, Workshop, picked
from conformance.errors import Refusal
from tests.packages import wheel

TINY = Recipe("tiny", "A tiny SDK", "pypi", "tiny-sdk", Path(__file__))


def tarball(path: Path, files: dict[str, str]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return path


@pytest.fixture
def shop(tmp_path):
    return Workshop(tmp_path / "cache")


def test_other_bytes_of_one_release_are_another_installation(tmp_path):
    good = install_artifact(TINY, wheel(tmp_path / "good"), cache=tmp_path / "cache")
    bad = install_artifact(TINY, wheel(tmp_path / "bad", "FAULT = 1\n"), cache=tmp_path / "cache")
    assert good.release == bad.release == "1.2.3"
    assert good.digest != bad.digest
    assert good.command != bad.command
    assert good.digest == {
        "sha256": sha256((tmp_path / "good" / "tiny_sdk-1.2.3-py3-none-any.whl").read_bytes()).hexdigest()
    }
    assert dict(good.dependencies) == {"tiny_sdk": "1.2.3"} or "tiny-sdk" in good.dependencies


def test_a_registry_that_serves_other_bytes_is_noticed_and_one_that_is_gone_is_survived(tmp_path, monkeypatch):
    served: list[Path] = [wheel(tmp_path / "good")]

    def fetched(one, release, folder, shop):
        if not served:
            raise InstallFailed("pip: no such release")
        return Artifact(served[-1], one.package, release)

    monkeypatch.setattr(pypi, "fetched", fetched)
    monkeypatch.setattr(pypi, "known", lambda recipe, shop: ("1.2.4rc1", "1.2.3", "1.2.5"))
    first = install(TINY, "1.2.3", tmp_path / "cache")
    served.append(wheel(tmp_path / "bad", "FAULT = 1\n"))
    second = install(TINY, "1.2.3", tmp_path / "cache")
    served.clear()
    assert first.digest != second.digest
    assert install(TINY, "1.2.3", tmp_path / "cache").digest == second.digest
    with pytest.raises(InstallFailed, match=r"has no release 1\.2\.4; its newest are 1\.2\.3, 1\.2\.4rc1, 1\.2\.5"):
        install(TINY, "1.2.4", tmp_path / "cache")
    with pytest.raises(InstallFailed, match="pip: no such release"):
        install(TINY, "1.2.5", tmp_path / "cache")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (lambda f: f / "absent.whl", "There is no file or folder"),
        (lambda f: wheel(f, name="other_sdk"), "holds other_sdk, and tiny drives tiny-sdk"),
        (lambda f: wheel(f, version="2.0"), "is release 2.0, not 1.2.3"),
        (lambda f: f, "to hold one wheel or sdist, and has none"),
        (lambda f: (wheel(f), wheel(f, version="2.0"), f)[2], "to hold one wheel or sdist, and has 2 ("),
        (
            lambda f: (f / "x.whl", (f / "x.whl").write_text("no zip"))[0],
            "6 bytes are neither a zip nor a tar file",
        ),
        (lambda f: (f / "x.whl", (f / "x.whl").write_bytes(b""))[0], "0 bytes are neither a zip nor a tar file"),
        (lambda f: tarball(f / "x.tar.gz", {"x/README": ""}), "no package of this kind"),
    ],
)
def test_what_is_no_such_package_is_refused_in_a_sentence(tmp_path, given, said):
    folder = tmp_path / "given"
    folder.mkdir()
    with pytest.raises(Refusal) as refused:
        install_artifact(TINY, given(folder), "1.2.3", cache=tmp_path / "cache")
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_tarball_of_npm_says_its_name_and_release(tmp_path, shop):
    body = json.dumps({"name": "@alicloud/ecs20140526", "version": "9.0.0"})
    given = tarball(tmp_path / "x.tgz", {"package/lib/package.json.js": "", "package/package.json": body})
    one = npm.offered(recipe("node-ecs20140526"), given, None, tmp_path, shop)
    assert (one.package, one.release, one.given) == ("@alicloud/ecs20140526", "9.0.0", True)
    for wrong in ("[]", "[" * 100_000, '{"name": "x"}', "\0"):
        with pytest.raises(Refusal, match="without a name and a version"):
            npm.offered(TINY, tarball(tmp_path / "y.tgz", {"package/package.json": wrong}), None, tmp_path, shop)


def test_a_pom_whose_bytes_are_of_no_encoding_is_no_xml(tmp_path):
    (tmp_path / "pom.xml").write_bytes(b"<project><version>0." + b"\xff" * 9 + b"2</version></project>")
    with pytest.raises(Refusal, match="is no XML"):
        maven._named(tmp_path / "pom.xml")


def test_a_release_that_names_a_place_is_refused(tmp_path):
    for release in ("../../x", "1/2"):
        body = json.dumps({"name": "@alicloud/ecs20140526", "version": release})
        given = tarball(tmp_path / "x.tgz", {"package/package.json": body})
        with pytest.raises(Refusal, match="which is no name of one"):
            install_artifact(recipe("node-ecs20140526"), given, cache=tmp_path / "cache")


POM = '<project xmlns="http://maven.apache.org/POM/4.0.0">{}<artifactId>a</artifactId></project>'


@pytest.mark.parametrize(
    "inside",
    [
        "<groupId>g</groupId><version>1</version>",
        "<parent><groupId>g</groupId><artifactId>p</artifactId><version>1</version></parent>",
    ],
)
def test_a_jar_says_its_name_and_release_by_its_pom_within_or_beside(tmp_path, shop, inside):
    jar = tmp_path / "project" / "target" / "a-1.jar"
    jar.parent.mkdir(parents=True)
    with zipfile.ZipFile(jar, "w") as archive:
        archive.writestr("META-INF/maven/g/a/pom.xml", POM.format(inside))
    (tmp_path / "w").mkdir()
    within = maven.offered(TINY, jar, None, tmp_path / "w", shop)
    assert (within.package, within.release) == ("g:a", "1")
    (jar.parent.parent / "pom.xml").write_text(POM.format(inside.replace(">1<", ">2<")), encoding="utf-8")
    beside = maven.offered(TINY, jar.parent.parent, None, tmp_path / "w", shop)
    assert beside.release == "2"
    assert beside.sha256 == within.sha256
    assert beside.mark != sha256(jar.read_bytes()).hexdigest()


@pytest.mark.parametrize("inside", ["", "<groupId>g</groupId><version>${revision}</version>"])
def test_a_jar_without_a_telling_pom_is_refused(tmp_path, shop, inside):
    jar = tmp_path / "a-1.jar"
    with zipfile.ZipFile(jar, "w") as archive:
        archive.writestr("META-INF/maven/g/a/pom.xml", POM.format(inside))
    with pytest.raises(Refusal, match="has no pom"):
        maven.offered(TINY, jar, None, tmp_path, shop)


def module(folder: Path) -> Path:
    (folder / "client").mkdir(parents=True)
    (folder / "go.mod").write_text("module example.test/sdk/v3\n\ngo 1.21\n", encoding="utf-8")
    (folder / "client" / "client.go").write_text("package client\n", encoding="utf-8")
    return folder


def test_a_folder_of_a_go_module_has_the_digest_of_its_files_only(tmp_path, shop):
    one, other = module(tmp_path / "one"), module(tmp_path / "other")
    (other / ".git").mkdir()
    (other / ".git" / "HEAD").write_text("x", encoding="utf-8")
    packed = [
        golang.offered(TINY, f, None, tmp_path / name, shop)
        for f, name in ((one, "a"), (other, "b"))
        if not (tmp_path / name).mkdir()
    ]
    assert packed[0].sha256 == packed[1].sha256
    assert (packed[0].package, packed[0].release) == ("example.test/sdk/v3", "v3.0.0-local")
    (other / "client" / "client.go").write_text("package client // changed\n", encoding="utf-8")
    again = golang.offered(TINY, other, "v3.1.0", tmp_path, shop)
    assert (again.release, again.sha256 == packed[1].sha256) == ("v3.1.0", False)
    assert golang.offered(TINY, again.path, None, tmp_path, shop).release == "v3.1.0"
    with pytest.raises(Refusal, match=r"--release v2\.0\.0 is no release of example"):
        golang.offered(TINY, other, "v2.0.0", tmp_path, shop)


def test_a_go_registry_that_refuses_one_major_release_lists_the_others(tmp_path, monkeypatch):
    def run(command, **_):
        module = command[-1]
        if module not in (TINY.package, f"{TINY.package}/v3"):
            raise InstallFailed("go: forbidden")
        return f"{module} v3.0.0 v3.1.0" if module.endswith("/v3") else f"{module} v1.0.0"

    monkeypatch.setattr(golang, "run", run)
    assert golang.known(TINY, Workshop(tmp_path)) == ("v1.0.0", "v3.0.0", "v3.1.0")


def test_a_driver_of_a_family_serves_one_api_and_any_other_every_one():
    node, core = recipe("node-vpc20160428"), recipe("node-pop-core")
    assert node.serves("Vpc", "2016-04-28")
    assert not node.serves("Ecs", "2014-05-26")
    assert not node.serves("Vpc", "2017-04-28")
    assert recipe("python-r_kvstore20150101").serves("R-kvstore", "2015-01-01")
    assert core.serves("Ecs", "2014-05-26")
    assert core.serves("Vpc", "2016-04-28")


def test_a_family_has_a_driver_for_each_api():
    one = recipe("python-vpc20160428")
    assert (one.package, one.arguments, one.source) == (
        "alibabacloud_vpc20160428",
        ("alibabacloud_vpc20160428",),
        recipe("python-ecs20140526").source,
    )
    assert "VPC" in one.title
    assert recipe("go-slb20140515").package == "github.com/alibabacloud-go/slb-20140515"
    assert found("libcloud20140526", drivers()) is None
    assert found("python-vpc", drivers()) is None


def test_a_folder_of_drivers_of_ones_own(tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "driver.py").write_text("", encoding="utf-8")
    (mine / "driver.yaml").write_text("ecosystem: pypi\npackage: my-sdk\nsource: driver.py\n", encoding="utf-8")
    for folder in (tmp_path, mine):
        assert found("mine", drivers(folder)).package == "my-sdk"
        assert found("python-legacy", drivers(folder)) is not None
    with pytest.raises(Refusal, match="has no driver"):
        drivers(mine / "nothing")


def test_drivers_of_ones_own_share_a_file(tmp_path):
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "driver.py").write_text(SHARING, encoding="utf-8")
        (tmp_path / name / "driver.yaml").write_text(
            "ecosystem: pypi\npackage: p\nsource: driver.py\nshared: [words.py]\n", encoding="utf-8"
        )
    with pytest.raises(Refusal, match=r"first/driver.yaml: its source words.py is not there"):
        drivers(tmp_path)
    (tmp_path / "shared").mkdir()
    shared = tmp_path / "shared" / "words.py"
    shared.write_text("WORD = 'shared'\n", encoding="utf-8")
    first, second = (found(name, drivers(tmp_path)) for name in ("first", "second"))
    assert first.shared == second.shared == (shared,)
    done = subprocess.run([sys.executable, str(second.source)], capture_output=True, text=True, check=True)
    assert done.stdout == "shared\n"


def test_a_change_to_a_shared_file_builds_the_driver_anew(tmp_path):
    shared = tmp_path / "shared.go"
    one = evolve(recipe("go-ecs20140526"), shared=(shared,))
    places = []
    for text in ("package main", "package main // changed"):
        shared.write_text(text, encoding="utf-8")
        places.append(installation._driver(one, tmp_path / "packages", Workshop(tmp_path)))
    assert places[0].parent == places[1].parent
    assert places[0] != places[1]


SHARING = """import os, sys
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "shared"))
import words
print(words.WORD)
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "driver.yaml"),
        ("a", "is to be a mapping"),
        ("ecosystem: pypi\nsource: driver.py", "package has to be text, and is missing"),
        ("ecosystem: cpan\npackage: p\nsource: driver.py", "one of pypi, npm, maven, go"),
        ("ecosystem: pypi\npackage: p\nsource: absent.py", "absent.py is not there"),
        ("ecosystem: pypi\npattern: p\nsource: driver.py", "pattern and api go together"),
        ("ecosystem: pypi\npattern: '{x}'\napi: ecs20140526\nsource: driver.py", "and nothing else"),
        ("ecosystem: pypi\npackage: p\nsource: driver.py\ncompanions: [{name: x}]", "each of companions"),
        ("ecosystem: pypi\npackage: p\nsource: driver.py\ncompanoins: []", "'companoins', which is no member of it"),
        ("ecosystem: pypi\npackage: p\npattern: '{api}'\napi: x20140526\nsource: driver.py", "package and pattern"),
        ("ecosystem: pypi\npackage: p\nsource: driver.py\nshared: [../words.py]", "names of files in shared"),
        ("ecosystem: pypi\npackage: p\nsource: driver.py\nshared: words.py", "names of files in shared"),
    ],
)
def test_a_bad_recipe_is_refused_in_a_sentence(tmp_path, text, said):
    (tmp_path / "driver.py").write_text("", encoding="utf-8")
    (tmp_path / "driver.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match=said):
        drivers(tmp_path)


def test_a_runtime_is_a_program_on_path_a_file_or_a_home(tmp_path):
    home = tmp_path / "jdk" / "bin"
    home.mkdir(parents=True)
    for name in ("java", "javac"):
        (home / name).touch(mode=0o755)
    by_home, by_file = picked(None, None, str(home.parent)), picked(None, None, str(home / "java"))
    assert by_home == by_file
    assert (by_home.javac, by_home.java_home) == (str(home / "javac"), {"JAVA_HOME": str(home.parent)})
    assert picked(sys.executable, None, None) == evolve(Runtimes(), python=sys.executable)
    with pytest.raises(Refusal, match="--node no-such-node is no program"):
        picked(None, "no-such-node", None)


def test_every_ecosystem_offers_the_same():
    for module_ in installation._ECOSYSTEMS.values():
        for name in ("check_tools", "runtime", "same", "known", "fetched", "offered", "install", "prepare", "command"):
            assert callable(getattr(module_, name))
