"""Consent: what a run creates at somebody's endpoint is taken away at its end, or after a kill by `clean`."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.cli import main
from conformance.endpoint.lifecycle.creations import CREATED
from conformance.reference import manners
from tests.fair import fair_in, served

OPERATIONS = ("CreateStall", "DescribeStalls", "ModifyStallAttribute", "DeleteStall")
FEW, MANY = range(2), range(2, 52)


@pytest.fixture(scope="module")
def fair(tmp_path_factory):
    """The service of the tests."""
    return fair_in(tmp_path_factory.mktemp("fair"))


def arguments(fair, url, folder, *more):
    chosen = [word for name in OPERATIONS for word in ("--operation", name)]
    return ["endpoint", url, "--service", str(fair.folder), "--signature", "none", "--allow-changes", "--patience", "1",
            "--report-dir", str(folder), "--seed", "1", *chosen, *more]  # fmt: skip


def cleaned(folder, *more):
    return CliRunner().invoke(main, ["clean", str(folder), "--patience", "2", *more])


def things(endpoint):
    """The ids of what requests made and what is there, in any region."""
    mock = endpoint.mock
    return {t.id for t in mock.every("Stall", "")} - mock.at_the_start


def test_a_plan_comes_first_and_nothing_is_left(fair, tmp_path):
    with served(fair) as endpoint:
        before = {t.id for t in endpoint.mock.every("Stall", "")}
        done = CliRunner().invoke(main, arguments(fair, endpoint.url, tmp_path, "-k", "sequences.*"))
        assert done.exit_code == 0, done.output
        plan, _, rest = done.output.partition("sequences over Stall  conformant")
        assert rest
        assert "At most 20 things are created" in plan
        assert "Stall by CreateStall, after a DryRun; DeleteStall takes it away" in plan
        assert things(endpoint) == set()
        assert {t.id for t in endpoint.mock.every("Stall", "")} == before
    entries = [json.loads(line) for line in (tmp_path / CREATED).read_text().splitlines()]
    assert {e["event"] for e in entries} >= {"run", "intent", "created", "gone"}
    assert cleaned(tmp_path).output == "There was nothing left to remove.\n"


def test_over_the_budget_nothing_more_is_created_and_it_is_said(fair, tmp_path):
    with served(fair) as endpoint:
        given = arguments(fair, endpoint.url, tmp_path, "-k", "sequences.*", "--budget", "creates=2")
        done = CliRunner().invoke(main, given)
        assert endpoint.mock.given <= 2 + len(endpoint.mock.at_the_start) + 2  # each of them has an OrderId, too
        assert things(endpoint) == set()
    stall = json.loads((tmp_path / "summary.json").read_text())["sequences"]["Stall"]
    assert stall["verdict"] == "in-part", done.output
    assert any("creates=2" in said for said in stall["verdicts"].values())


def test_without_consent_no_sequence_is_tried(fair, tmp_path):
    with served(fair) as endpoint:
        given = [w for w in arguments(fair, endpoint.url, tmp_path, "-k", "sequences.*") if w != "--allow-changes"]
        CliRunner().invoke(main, given)
        assert things(endpoint) == set()
        assert endpoint.mock.given <= len(endpoint.mock.at_the_start)
    assert json.loads((tmp_path / "summary.json").read_text())["sequences"] == {}
    assert not (tmp_path / CREATED).exists()


@pytest.mark.parametrize("text", ["20", "creates", "creates=-1", "deletes=1", "creates=1e9"])
def test_a_budget_that_is_none_is_refused(text):
    done = CliRunner().invoke(main, ["endpoint", "--service", "ecs", "--budget", text])
    assert done.exit_code == 2
    assert "expected creates=N" in done.output


def test_a_folder_without_a_run_is_refused(tmp_path):
    done = cleaned(tmp_path)
    assert done.exit_code == 2
    assert CREATED in done.output


def written(folder, fair, url, entries):
    folder.mkdir(exist_ok=True)
    settings = {"regions": ["cn-hangzhou"], "formats": ["json"], "signatures": ["none"], "methods": ["POST"],
                "timeout": 5.0, "allow_plaintext": False, "max_body": 1 << 20, "access": {}}  # fmt: skip
    head = {"event": "run", "format_version": 1, "creates": 9, "service": str(fair.folder), "url": url,
            "settings": settings}  # fmt: skip
    text = "".join(json.dumps(e) + "\n" for e in [head, *entries])
    (folder / CREATED).write_text(text)


def intent(number, text):
    return {"event": "intent", "number": number, "operation": "CreateStall", "resource": "Stall",
            "region": "cn-hangzhou", "texts": {"StallName": text}, "token": None}  # fmt: skip


def test_only_what_is_written_down_is_deleted_by_id_or_by_name(fair, tmp_path):
    with served(fair) as endpoint:
        mock = endpoint.mock
        known = mock.made("Stall", "cn-hangzhou", {"StallName": "acsc1"}).id
        unseen = mock.made("Stall", "cn-hangzhou", {"StallName": "acsc2"}).id
        refused = mock.made("Stall", "cn-hangzhou", {"StallName": "acsc3"}).id
        others = {mock.made("Stall", "cn-hangzhou", {"StallName": name}).id for name in ("acsc4", "acsc", "mine")}
        created = {"event": "created", "number": 1, "ids": [known]}
        no = {"event": "refused", "number": 3, "code": "X"}
        entries = [intent(1, "acsc1"), created, intent(2, "acsc2"), intent(3, "acsc3"), no, intent(4, "acsc-nowhere")]
        written(tmp_path / "run", fair, endpoint.url, entries)
        done = cleaned(tmp_path / "run")
        assert done.exit_code == 0, done.output
        assert things(endpoint) == others
        order = [done.output.index(id) for id in (refused, unseen, known)]
        assert order == sorted(order), "the newest goes first"
        again = cleaned(tmp_path / "run")
        assert (again.exit_code, again.output) == (0, "There was nothing left to remove.\n")


def test_what_nobody_told_of_is_named_and_left_alone(fair, tmp_path):
    with served(fair) as endpoint:
        made, twin = (endpoint.mock.made("Stall", "cn-hangzhou", {"StallName": "acsc1"}).id for _ in range(2))
        entries = [intent(1, "acsc1"), {"event": "created", "number": 1, "ids": [made]}]
        written(tmp_path / "run", fair, endpoint.url, entries)
        done = cleaned(tmp_path / "run")
        assert done.exit_code == 3, done.output
        assert things(endpoint) == {twin}
    assert (
        f"could not be removed: Stall {twin} in cn-hangzhou: it is called acsc1, and no answer told of it"
        in done.output
    )


def test_what_cannot_be_removed_is_named_and_tried_again_later(fair, tmp_path):
    stubborn = manners.named(manners.all_faults(), "deletions-in-vain")
    with served(fair, [stubborn]) as endpoint:
        id = endpoint.mock.made("Stall", "cn-hangzhou", {"StallName": "acsc1"}).id
        entries = [intent(1, "acsc1"), {"event": "created", "number": 1, "ids": [id]}]
        written(tmp_path / "run", fair, endpoint.url, entries)
        for _ in range(2):
            done = cleaned(tmp_path / "run")
            assert done.exit_code == 3
            assert f"could not be removed: Stall {id} in cn-hangzhou: it is still listed" in done.output


def test_what_is_called_otherwise_is_left_alone(fair, tmp_path):
    """An answer may give the id of what somebody else made."""
    with served(fair) as endpoint:
        id = endpoint.mock.made("Stall", "cn-hangzhou", {"StallName": "production"}).id
        written(
            tmp_path / "run", fair, endpoint.url, [intent(1, "acsc1"), {"event": "created", "number": 1, "ids": [id]}]
        )
        done = cleaned(tmp_path / "run")
        assert done.exit_code == 3
        assert "left alone" in done.output
        assert things(endpoint) == {id}


def test_what_is_called_otherwise_by_now_is_taken_away_where_it_was_seen_as_the_runs_own(fair, tmp_path):
    with served(fair) as endpoint:
        id = endpoint.mock.made("Stall", "cn-hangzhou", {"StallName": "renamed"}).id
        told = [{"event": "created", "number": 1, "ids": [id]}, {"event": "seen", "number": 1, "id": id}]
        written(tmp_path / "run", fair, endpoint.url, [intent(1, "acsc1"), *told])
        done = cleaned(tmp_path / "run")
        assert done.exit_code == 0, done.output
        assert things(endpoint) == set()


def test_what_was_asked_for_in_no_region_is_looked_for_where_there_are_any(fair, tmp_path):
    with served(fair) as endpoint:
        endpoint.mock.made("Stall", "cn-hangzhou", {"StallName": "acsc2"})
        wild = [{**intent(number, f"acsc{number}"), "region": "<b>"} for number in (2, 3)]
        known = [intent(1, "acsc1"), {"event": "refused", "number": 1, "code": "X"}]
        written(tmp_path / "run", fair, endpoint.url, [*known, *wild])
        done = cleaned(tmp_path / "run")
        assert done.exit_code == 0, done.output
        assert things(endpoint) == set()


def test_an_endpoint_that_is_away_leaves_everything_written_down(fair, tmp_path):
    written(tmp_path / "run", fair, "http://127.0.0.1:9", [intent(1, "acsc1")])
    done = cleaned(tmp_path / "run")
    assert done.exit_code == 3
    assert "could not be removed: Stall acsc1" in done.output


def killed_at(line, fair, url, folder, *more):
    """A real process, killed once it has written down so much."""
    command = [sys.executable, "-m", "conformance", *arguments(fair, url, folder, "--operation-budget", "60", *more)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        file = folder / CREATED
        while run.poll() is None and not (file.exists() and file.read_bytes().count(b"\n") >= line):
            time.sleep(0.005)
        os.kill(run.pid, signal.SIGKILL)


def kill_and_clean(seed: int, fair, folder: Path, *more):
    source = random.Random(seed)
    with served(fair) as endpoint:
        killed_at(source.randint(1, 14 if more else 40), fair, endpoint.url, folder, *more)
        done = cleaned(folder)
        assert done.exit_code == 0, done.output
        assert things(endpoint) == set()
        assert len(endpoint.mock.at_the_start & {t.id for t in endpoint.mock.every("Stall", "")}) == 4


@pytest.mark.parametrize("seed", FEW)
def test_after_a_kill_nothing_is_left(seed, fair, tmp_path):
    kill_and_clean(seed, fair, tmp_path, "-k", "sequences.*")


@pytest.mark.gate
@pytest.mark.parametrize("seed", MANY)
def test_after_fifty_kills_nothing_is_left(seed, fair, tmp_path):
    kill_and_clean(seed, fair, tmp_path)


def test_no_secret_is_written_down(fair, tmp_path, monkeypatch):
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAIvisible")
    monkeypatch.setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "hiddensecret")
    with served(fair) as endpoint:
        more = ("-k", "sequences.*", "--header", "X-Gate: opensesame")
        given = [w for w in arguments(fair, endpoint.url, tmp_path, *more) if w not in ("--signature", "none")]
        CliRunner().invoke(main, given)
    for path in tmp_path.rglob("*"):
        text = path.read_bytes() if path.is_file() else b""
        assert b"hiddensecret" not in text
        assert b"opensesame" not in text
        assert b"LTAIvisible" not in text
    assert (tmp_path / CREATED).read_text().count('"intent"') > 1
