"""What registries say is read as releases, or refused in a phrase."""

from __future__ import annotations

import json

import pytest

from conformance.drivers import answers, npm
from conformance.drivers.recipe import recipe
from conformance.drivers.toolchain import InstallFailed
from conformance.drivers.workshop import Workshop


def test_releases_are_read_as_each_tool_writes_them():
    assert answers.npm_releases('["1.0.0", "2.0.0-beta.1"]') == ("1.0.0", "2.0.0-beta.1")
    assert answers.npm_releases('"1.0.0"') == ("1.0.0",)
    assert answers.pip_releases("a (2.0)\nAvailable versions: 2.0, 1!1.0+x\n") == ("2.0", "1!1.0+x")
    assert answers.pip_releases("nothing") == ()
    assert answers.maven_releases("<version>1.0</version>\n<version>2.0-SNAPSHOT</version>") == ("1.0", "2.0-SNAPSHOT")
    assert answers.go_releases("example.com/a v1.0.0 v2.0.0+incompatible\n") == ("v1.0.0", "v2.0.0+incompatible")


NO_NAMES = ("../../etc", "1/2", "", "-rf", "1.0 2", "1..2", "\x1b[2J", "*", "a" * 200, ".1", "1\n2", "${HOME}", "1;2")


def test_what_is_no_name_of_a_release_is_left_out():
    assert answers.npm_releases(json.dumps([*NO_NAMES, "1.0", 7, None, ["1"]])) == ("1.0",)
    assert answers.maven_releases("".join(f"<version>{name}</version>" for name in (*NO_NAMES, "1.0"))) == ("1.0",)


@pytest.mark.parametrize("text", ["", "<html>", "[1", "NaN]", '{"error": {"code": "E404"}}', "[" * 9000, "null"])
def test_another_answer_of_npm_is_no_list_of_releases(text, tmp_path, monkeypatch):
    monkeypatch.setattr(npm, "run", lambda *words, **more: text)
    with pytest.raises(InstallFailed, match="what npm answered is "):
        npm.known(recipe("node-pop-core"), Workshop(tmp_path))


def test_more_releases_than_anything_has_are_refused():
    with pytest.raises(InstallFailed, match="npm lists more than 100,000 releases"):
        answers.npm_releases(json.dumps(["1.0"] * 100_001))


@pytest.mark.parametrize(
    "text", ["[]", "{}", '{"packages": []}', '{"packages": {"a": 1}}', '{"packages": {"a": {"version": 1}}}']
)
def test_a_lock_without_its_packages_is_refused(text):
    with pytest.raises(InstallFailed, match="npm"):
        answers.npm_packages(text)


def test_packages_are_read_with_their_versions():
    lock = {"packages": {"": {}, "node_modules/@a/b": {"version": "1"}, "x/node_modules/c": {"version": "2"}, "l": {}}}
    assert answers.npm_packages(json.dumps(lock)) == {"@a/b": "1", "c": "2"}
    assert answers.pip_packages('[{"name": "a", "version": "1"}]') == {"a": "1"}
    assert answers.maven_packages("  g:a:jar:1.0:compile\n   g:b:jar:linux:2:runtime\x1b[0m\n") == {
        "g:a": "1.0", "g:b": "2",
    }  # fmt: skip
    assert answers.go_packages("driver\nexample.com/a v1.0.0\nexample.com/b v2.0.0 => ./x\n") == {
        "example.com/a": "v1.0.0", "example.com/b": "v2.0.0",
    }  # fmt: skip
    for text in ("{}", "[1]", '[{"version": "1"}]', '[{"name": "a", "version": 1}]', "x"):
        with pytest.raises(InstallFailed, match="pip"):
            answers.pip_packages(text)


def test_where_go_put_a_module_is_read():
    assert str(answers.go_zip('{"Zip": "/a/b.zip"}')) == "/a/b.zip"
    for text in ("", "[]", "{}", '{"Zip": 1}', '{"Zip": ""}', '{"Zip": "a\\u0000b"}'):
        with pytest.raises(InstallFailed, match="go"):
            answers.go_zip(text)
