"""What the command does when the suite itself goes wrong: it never says that a target is not conformant."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from conformance.cli import COMMANDS, main
from conformance.cli.errors import Ending, ExitStatus
from conformance.cli.requirements import requirements


def interrupted_in_a_class() -> Exception:
    """What Python 3.11 makes of an interruption while a class is made."""
    error = RuntimeError("Error calling __set_name__ on 'X' instance 'x' in 'Y'")
    error.__cause__ = KeyboardInterrupt()
    return error


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (RuntimeError("a bug"), "The suite itself failed"),
        (KeyboardInterrupt(), "Stopped"),
        (interrupted_in_a_class(), "Stopped"),
    ],
)
def test_a_fault_of_the_suite_is_3(monkeypatch, raised, said):
    def broken(**_: object) -> None:
        raise raised

    monkeypatch.setattr(requirements, "callback", broken)
    done = CliRunner().invoke(main, ["requirements"])
    assert done.exit_code == 3
    assert said in done.output


def test_a_secret_in_a_fault_is_redacted(monkeypatch):
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "some-key-id")
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "the-secret-itself")

    def broken(**_: object) -> None:
        raise RuntimeError("cannot sign with the-secret-itself")

    monkeypatch.setattr(requirements, "callback", broken)
    assert "the-secret-itself" not in CliRunner().invoke(main, ["requirements"]).output


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_there_and_says_what_it_does(name):
    done = CliRunner().invoke(main, [name, "--help"])
    assert done.exit_code == 0
    assert done.output.startswith(f"Usage: main {name}")


def test_the_whole_says_what_each_does_and_nothing_else_is_a_command():
    said = CliRunner().invoke(main, ["--help"]).output
    assert all(f"\n  {name} " in said for name in COMMANDS)
    assert CliRunner().invoke(main, ["no-such-command"]).exit_code == 2


def test_json_prints_the_summary_and_nothing_else(acs, tmp_path):
    done = acs("endpoint", "-k", "ids.selects", "--seed", "1", "--max-examples", "2", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["conformant"] is True
    assert (tmp_path / json.loads(done.stdout)["evidence"] / "summary.json").exists()


def test_json_comes_at_every_end(tmp_path):
    nobody = ["endpoint", "http://127.0.0.1:1", "--signature", "none", "--report-dir", str(tmp_path / "out"), "--json"]
    ends = {
        3: (nobody, "cannot be reached", str(tmp_path / "out")),
        2: (["endpoint", "--operation", "Nope", "--json"], "no operation 'Nope'", None),
    }
    for status, (arguments, said, evidence) in ends.items():
        done = CliRunner().invoke(main, arguments)
        told = json.loads(done.stdout)
        assert (done.exit_code, told["exit_status"], told["conformant"]) == (status, status, False)
        assert said in told["sentence"]
        assert told["evidence"] == evidence
    bad_option = CliRunner().invoke(main, ["endpoint", "--json", "--seed", "x"])
    assert json.loads(bad_option.stdout)["exit_status"] == bad_option.exit_code == 2


def test_the_nearest_command_is_named():
    assert "did you mean endpoint?" in CliRunner().invoke(main, ["endpont"]).stderr


def test_what_a_stranger_put_into_a_sentence_acts_on_no_terminal(capsys):
    Ending("it said \x1b[2J\x1b]8;;http://evil\x07", ExitStatus.NOT_ESTABLISHED).show()
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert "\\x1b[2J" in said
