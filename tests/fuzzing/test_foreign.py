"""Text that others wrote is read within bounds. Each hostile one stands for a kind that ended or filled the process."""

from __future__ import annotations

import gzip
import json
import os
import resource
import subprocess
import sys

import pytest
from click.testing import CliRunner

from conformance import foreign
from conformance.cassettes.file import load as load_cassette
from conformance.cassettes.layout import BadCassette
from conformance.cli import main
from conformance.contract.files import ContractError, read_yaml
from conformance.foreign import BadText, bytes_of, decompressed, json_value, yaml_value

LAUGHS = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)
MERGES = "a0: &a0 {b: 1, c: 2}\n" + "".join(
    f"a{n}: &a{n} {{<<: [{','.join([f'*a{n - 1}'] * 10)}]}}\n" for n in range(1, 10)
)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (LAUGHS, "aliases that stand for more"),
        (MERGES, "aliases that stand for more"),
        ("&a [*a]", "holds itself"),
        ("[" * 50_000 + "]" * 50_000, "nested too deeply"),  # the composer in C ended the process here
        ("{a: " * 50_000 + "1" + "}" * 50_000, "nested too deeply"),
        ("- " * 5_000 + "a", "nested too deeply"),
        ("a: !!python/object/apply:os.system ['touch ran']", "is not YAML"),
        ("a: !!python/name:os.system", "is not YAML"),
        ("a: !!timestamp x", "is not YAML"),
        ("a: !!bool maybe", "is not YAML"),
        ("a: 2001-99-99", "is not YAML"),
        ("a: " + "9" * 5_000, "is not YAML"),
        ("a: \x00", "is not YAML"),
    ],
    ids=lambda text: text[:12],
)
def test_hostile_yaml_is_refused_in_a_phrase(text, why):
    with pytest.raises(BadText, match=why) as found:
        yaml_value(text)
    assert "\n" not in str(found.value)


def test_aliases_that_a_person_writes_are_taken():
    text = "base: &base {a: 1, b: [x, y]}\nitems:\n" + "".join(f"- {{<<: *base, n: {n}}}\n" for n in range(300))
    assert yaml_value(text)["items"][299] == {"a": 1, "b": ["x", "y"], "n": 299}


def test_nesting_up_to_the_bound_is_taken():
    deepest = "[" * foreign.DEEPEST + "]" * foreign.DEEPEST
    assert yaml_value(deepest) == json_value(deepest)


@pytest.mark.parametrize("text", ["[" * 900 + "]" * 900, '{"a":' * 100_000, "[" * 101 + "]" * 101])
def test_deep_json_is_refused(text):
    with pytest.raises(BadText, match="nested too deeply"):
        json_value(text)


def test_brackets_in_strings_are_no_nesting():
    assert json_value(json.dumps(["[{" * 1_000, '\\"[' * 500])) == ["[{" * 1_000, '\\"[' * 500]


@pytest.mark.parametrize("member", [0, 20 * foreign.MEBI])
def test_gzip_is_read_as_far_as_a_recording_is_compressed(member):
    data = gzip.compress(os.urandom(1000) + b"\0" * member)
    if member:
        with pytest.raises(BadText, match="compressed further"):
            decompressed(data)
    else:
        assert decompressed(data) == gzip.decompress(data)


@pytest.mark.parametrize(
    "change", [lambda d: d[:-9], lambda d: d + b"x", lambda d: d[:20] + b"\xff\xff" + d[22:], lambda d: d[:2]]
)
def test_a_damaged_gzip_is_refused(change):
    with pytest.raises(BadText):
        decompressed(change(gzip.compress(bytes(range(256)) * 9)))


def test_a_file_without_an_end_is_refused(monkeypatch):
    monkeypatch.setattr(foreign, "MOST_BYTES", 1000)
    with pytest.raises(BadText, match="holds more"):
        bytes_of("/dev/zero")


@pytest.mark.parametrize(
    "words",
    [
        ["report", "/dev/zero"],
        ["certificate", "/dev/zero", "-o", "x"],
        ["compare", "/dev/zero", "/dev/zero"],
        ["verify", "/dev/zero", "--events", "/dev/zero"],
        ["derive", "/dev/zero", "-o", "x"],
        ["replay", "/dev/zero"],
        ["endpoint", "--values", "/dev/zero"],
    ],
    ids=lambda words: words[0],
)
def test_no_command_reads_without_an_end(words, monkeypatch, tmp_path):
    monkeypatch.setattr(foreign, "MOST_BYTES", foreign.MEBI)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 2, done.output
    assert "holds more than 1 MiB" in done.output


def test_no_command_is_run_out_of_a_cassette(tmp_path):
    evil = f"version: 1\ninteractions: !!python/object/apply:os.system ['touch {tmp_path / 'ran'}']\n"
    (tmp_path / "evil.yaml").write_text(evil)
    with pytest.raises(BadCassette, match="of a kind that no recording has"):
        load_cassette(tmp_path / "evil.yaml")
    assert not (tmp_path / "ran").exists()


def test_a_cassette_of_laughs_is_refused(tmp_path):
    (tmp_path / "a.yaml").write_text(f"version: 1\nacs-conformance: {{format_version: 1}}\n{LAUGHS}interactions: []\n")
    with pytest.raises(BadCassette, match="aliases"):
        load_cassette(tmp_path / "a.yaml")


def test_contracts_and_items_are_read_within_the_same_bounds(tmp_path):
    (tmp_path / "a.yaml").write_text(LAUGHS)
    with pytest.raises(ContractError, match=r"a\.yaml: has aliases"):
        read_yaml(tmp_path / "a.yaml")


@pytest.mark.parametrize("name", ["items.yaml", "contract.yaml", "a.yaml"])
def test_every_command_ends_with_one_sentence_in_little_memory(name, tmp_path):
    (tmp_path / name).write_text(LAUGHS)
    command = {
        "items.yaml": ["serve", "--port", "0", "--tasks", "items.yaml"],
        "contract.yaml": ["endpoint", "--contract", ".", "--report-dir", "out"],
        "a.yaml": ["replay", "a.yaml", "--report-dir", "out"],
    }[name]

    def bounded():
        resource.setrlimit(resource.RLIMIT_AS, (1 << 31, 1 << 31))

    done = subprocess.run(
        [sys.executable, "-m", "conformance", *command],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, preexec_fn=bounded, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "aliases that stand for more" in done.stderr
