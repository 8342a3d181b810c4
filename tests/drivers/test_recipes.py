"""The packaged drivers: what they say of themselves, and that each file is of its language."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
from collections import Counter

import pytest

from conformance.drivers.recipe import UnknownDriver, packaged, recipe

NAMES = [one.name for one in packaged()]


def test_all_fifteen_are_there():
    assert set(NAMES) == {
        "aliyun-cli",
        "go-darabonba-openapi",
        "go-ecs20140526",
        "go-legacy",
        "java-ecs20140526",
        "java-legacy",
        "java-tea-openapi",
        "node-ecs20140526",
        "node-openapi-client",
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
    assert all(source.is_file() for source in one.sources)
    assert one.title
    assert one.package


@pytest.mark.parametrize("name", NAMES)
def test_no_driver_names_an_operation_or_the_suite(name):
    for source in recipe(name).sources:
        text = source.read_text(encoding="utf-8")
        assert "DescribeTasks" not in text
        assert "conformance." not in text


def test_every_shared_file_has_a_part_in_more_than_one_driver():
    uses = Counter(path for one in packaged() for path in one.shared)
    assert set(uses) == {p for p in (recipe(NAMES[0]).folder.parent / "shared").iterdir() if p.is_file()}
    assert [path.name for path, drivers in uses.items() if drivers < 2] == []


SOURCES = sorted({source for one in packaged() for source in one.sources if source.suffix != ".java"})


# Java is compiled against its SDK, when a release is installed
@pytest.mark.parametrize("source", SOURCES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_the_source_is_of_its_language(source):
    if source.suffix == ".py":
        ast.parse(source.read_text(encoding="utf-8"))
        return
    tool, words = ("gofmt", ["-e"]) if source.suffix == ".go" else ("node", ["--check"])
    if shutil.which(tool) is None:
        pytest.skip(f"{source.name} needs {tool} on PATH")
    done = subprocess.run([tool, *words, str(source)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def in_node(tmp_path):
    """What a driver in JavaScript says to calls: `start` and `answer` are functions of its source."""
    if shutil.which("node") is None:
        pytest.skip("conversation.js needs node on PATH")

    def said(start: str, answer: str, *parameters: dict) -> list[dict]:
        conversation, driver = recipe("node-pop-core").shared[0], tmp_path / "driver.js"
        driver.write_text(
            f"const {{ converse, described }} = require({json.dumps(str(conversation))});\n"
            f"converse({start}, async (call) => {{ {answer} }}, (error) => described(error, {{}}));\n"
        )
        lines = [
            json.dumps({"op": "start"}),
            *(json.dumps({"id": n, "parameters": p}) for n, p in enumerate(parameters)),
        ]
        words = ["node", str(driver), str(tmp_path)]
        done = subprocess.run(words, input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    return said


READY = "() => ({ ready: true })"


def test_node_does_not_give_a_number_that_is_another_one_in_javascript(in_node):
    calls = [{"A": 2**53 - 1}, {"A": 1.5, "B": 2**53 + 2}, {"A": [{"C": 2**60}]}]
    _, exact, *inexact = in_node(READY, "return { ok: true, result: call.parameters };", *calls)
    assert exact["result"] == calls[0]
    assert [(one["unsupported"], one["by"]) for one in inexact] == [("B", "language"), ("A", "language")]


def test_what_an_sdk_in_node_prints_and_how_it_counts_is_no_breach_of_the_protocol(in_node):
    answer = "process.stdout.write('Hello from the SDK\\n'); return { ok: true, result: { A: 9007199254740993n } };"
    assert in_node(READY, answer, {})[1:] == [{"id": 0, "ok": True, "result": {"A": 2**53 + 1}}]


def test_an_answer_in_node_that_is_larger_than_what_a_pipe_takes_arrives_whole(in_node):
    # a pipe that takes a little, then nothing for a moment
    narrow = """() => {
      const fs = require('fs'), write = fs.writeSync;
      let full = false;
      fs.writeSync = (pipe, data) => {
        full = !full;
        if (!full) throw Object.assign(new Error('full'), { code: 'EAGAIN' });
        return write(pipe, Buffer.from(data).subarray(0, 1000));
      };
      return { ready: true };
    }"""
    _, answer = in_node(narrow, "return { ok: true, result: 'é'.repeat(5000) };", {})
    assert answer["result"] == "é" * 5000


def test_what_is_thrown_where_nobody_can_catch_it_is_the_sdks_and_not_the_drivers(in_node):
    late = "setTimeout(() => { throw new Error('too late'); }, 0);"
    assert in_node(f"() => {{ {late} return {{ ready: true }}; }}", "return {};") == [
        {"ready": False, "reason": "Error: too late"}
    ]
    waits = "await new Promise((resolve) => setTimeout(resolve, 2000)); return { ok: true, result: 1 };"
    for source in (late, "Promise.reject(new Error('too late'));", "setTimeout(() => { throw 'too late'; }, 0);"):
        _, thrown, after = in_node(
            READY, f"if (call.id === 0) {{ {source} {waits} }} return {{ ok: true, result: 2 }};", {}, {}
        )
        assert (thrown["error"]["type"], thrown["error"]["message"], thrown["error"]["declared"]) == (
            "uncaught Error",
            "too late",
            False,
        )
        assert after == {"id": 1, "ok": True, "result": 2}


def test_what_console_log_shows_of_an_error_in_node_is_part_of_its_text(in_node):
    [_, answer] = in_node(READY, "throw Object.assign(new Error('x'), { config: { key: 'A-SECRET' } });", {})
    assert "A-SECRET" in answer["error"]["text"]


def test_an_unknown_driver_is_named_with_those_that_exist():
    with pytest.raises(UnknownDriver, match=r"'nope'.*python-legacy"):
        recipe("nope")
