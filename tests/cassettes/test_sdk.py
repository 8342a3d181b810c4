"""Recordings of SDKs: judged again as they were judged, without a driver or a socket, and compared with each other."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from attrs import evolve, frozen
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from conformance.cassettes import file
from conformance.cassettes.comparison import compare
from conformance.cassettes.scrubbing import secrets_left
from conformance.cassettes.sdk_cassette import SdkCassette
from conformance.contract.files import load_contract, load_protocol
from conformance.ledger.files import load_ledger
from conformance.report import events
from conformance.report.events import Verdict
from conformance.report.header import run_header
from conformance.sdk.judging import Certification, certify, judge
from conformance.sdk.plan import Plan
from conformance.sdk.recording import SdkRecorder, observed_in
from tests.cassettes.conftest import FOLDER
from tests.cli.conftest import NO_KEY, Command, acs

__all__ = ["acs"]

MINIATURE = Path(__file__).parents[1] / "sdk" / "miniature.py"
# wrong in every way that a recording has to keep: what is sent, carried, revealed, logged, received, waited for
WRONG = (
    "raw-plus", "bad-signature", "sends-secret", "secret-in-exception", "loses-last", "adds-unknown", "secret-in-log",
    "same-nonce", "numbers-as-text",
)  # fmt: skip


@pytest.fixture(scope="session")
def plan() -> Plan:
    return Plan(load_contract(FOLDER), load_protocol(FOLDER.parent / "common"))


@frozen
class Kept:
    """A live certification, its recording, and the secrets that were made up for it."""

    live: Certification
    cassette: SdkCassette
    secrets: tuple[str, ...]


Record = Callable[..., Kept]


@pytest.fixture(scope="session")
def record(plan: Plan) -> Record:
    def record(*faults: str, plan: Plan = plan) -> Kept:
        recorder, ledger = SdkRecorder(plan), load_ledger(FOLDER)
        chosen = tuple(r.requirement for r in plan.requirements())
        recorder.hear(
            run_header(plan.contract, ledger, chosen, events.TargetIdentity("sdk", "miniature"), 0, side="sdk")
        )
        done = certify([sys.executable, str(MINIATURE), *faults], plan, recorder.hear, on_observed=recorder.keep)
        recorder.hear(events.RunFinished(requests=done.requests, seconds=1.0))
        assert recorder.cassette is not None
        return Kept(done, recorder.cassette, recorder.observed.secrets)

    return record


@pytest.fixture(scope="session")
def right(record: Record) -> Kept:
    return record()


@pytest.fixture(scope="session")
def wrong(record: Record) -> Kept:
    return record(*WRONG)


@pytest.fixture
def no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """No process can be started."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(subprocess, "Popen", refuse)


def without_times(verdicts: tuple[Verdict, ...]) -> list[Verdict]:
    return [evolve(v, seconds=0.0) for v in verdicts]


@pytest.mark.parametrize("which", ["right", "wrong"])
def test_a_replay_gives_the_same_verdicts_and_evidence(
    which: str, plan: Plan, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    kept = request.getfixturevalue(which)
    live, cassette = kept.live, kept.cassette
    for nothing_else in ("no_network", "no_child"):
        request.getfixturevalue(nothing_else)
    file.save(tmp_path / "c.yaml.gz", cassette)
    loaded = file.load(tmp_path / "c.yaml.gz")
    assert not loaded.changes
    again = judge(observed_in(loaded.cassette, plan), plan)
    assert without_times(again.verdicts) == without_times(live.verdicts)
    assert again.requests == live.requests
    assert again.outcomes == live.outcomes
    assert again.dialect == live.dialect
    assert again.conformant == live.conformant == (which == "right")


def test_the_wrong_one_is_wrong_in_many_ways(wrong: Kept) -> None:
    failed = {r.partition(".sdk.")[2] for r, v in wrong.live.summary().items() if v == "failed"}
    assert failed >= {
        "requests.plus", "signing.valid", "signing.secret-stays-home", "behaviour.secret-not-in-exceptions",
        "responses.no-silent-loss", "behaviour.secret-not-in-logs", "signing.fresh-nonce", "responses.types",
    }  # fmt: skip


def test_the_file_gives_back_what_was_written(wrong: Kept) -> None:
    text = file.dump(wrong.cassette)
    again = file.parse(text, "it").cassette
    assert file.dump(again) == text
    assert again.arrived == wrong.cassette.arrived
    assert again.cases == wrong.cassette.cases


def test_it_holds_no_secret(wrong: Kept) -> None:
    text = file.dump(wrong.cassette)
    assert not list(secrets_left(wrong.cassette, wrong.secrets))
    assert "REDACTED" in text
    assert len(wrong.secrets) == 5
    for secret in wrong.secrets:
        assert secret not in text
        assert quote(secret, safe="") not in text


def test_parameters_named_like_accounts_are_judged_as_they_were_given(record: Record, plan: Plan) -> None:
    """Their values are the suite's own, and no account of anybody."""
    named = evolve(plan.contract.parameter("TaskIds"), name="OwnerAccount", examples=("someone",))
    contract = evolve(plan.contract, parameters=(*plan.contract.parameters, named))
    wider = evolve(plan, contract=contract, select=("requests.each-parameter",))
    kept = record("trims", plan=wider)
    assert "OwnerAccount=REDACTED" in file.dump(kept.cassette)
    assert ("OwnerAccount", "someone") in {pair for one in kept.cassette.arrived for pair in one.parameters}
    loaded = file.parse(file.dump(kept.cassette), "it").cassette
    assert without_times(judge(observed_in(loaded, wider), wider).verdicts) == without_times(kept.live.verdicts)


def test_a_case_that_was_not_recorded_is_inconclusive_and_named(right: Kept, plan: Plan) -> None:
    place = next(
        n for n, c in enumerate(right.cassette.cases) if any(r.endswith("requests.plus") for r, _ in c.judged_for)
    )
    seen = observed_in(right.cassette, plan)
    fewer = evolve(seen, cases={k: v for n, (k, v) in enumerate(seen.cases.items()) if n != place})
    again = judge(fewer, plan)
    assert again.summary()["DescribeTasks.sdk.requests.plus"] == "inconclusive"
    assert not again.conformant
    (told,) = {v.message for v in again.verdicts if v.requirement.endswith("requests.plus")}
    assert "was not done" in told
    assert "a+b++c" in told


def test_a_case_that_the_table_no_longer_has_is_passed_over(right: Kept, plan: Plan) -> None:
    first, *others = right.cassette.cases
    odd = evolve(first, case={"calls": [{"parameters": {"text": "what nobody asks"}}]})
    again = judge(observed_in(evolve(right.cassette, cases=(odd, *others)), plan), plan)
    assert len(again.verdicts) == len(right.live.verdicts)
    assert {v.verdict for v in again.verdicts} >= {"inconclusive"}


def test_a_field_that_was_not_served_is_not_taken_for_received(right: Kept, plan: Plan) -> None:
    """A contract that names a further field cannot be judged by answers without it."""
    new = evolve(plan.contract.response[0], name="NewField", members=())
    later = evolve(plan, contract=evolve(plan.contract, response=(*plan.contract.response, new)))
    found = {
        v.case: v.verdict
        for v in judge(observed_in(right.cassette, later), later).verdicts
        if "each-field" in v.requirement
    }
    assert found.pop("NewField") == "inconclusive"
    assert set(found.values()) == {"passed"}


@pytest.fixture(scope="session")
def short(record: Record, plan: Plan) -> tuple[Plan, list[str]]:
    few = evolve(plan, select=("requests.plus", "responses.each-field", "errors.code", "behaviour.redirect*"))
    return few, file.dump(record(plan=few).cassette).split("\n")


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_damaged_is_noticed_and_breaks_nothing(short: tuple[Plan, list[str]], data: st.DataObject) -> None:
    plan, lines = short[0], list(short[1])
    line = data.draw(st.sampled_from([n for n, text in enumerate(lines) if text.startswith("- {")]))
    before = json.loads(lines[line][2:])
    after = json.loads(lines[line][2:])
    container, member = data.draw(st.sampled_from(list(members_of(after))))
    if data.draw(st.booleans()):
        del container[member]
    else:
        container[member] = data.draw(st.sampled_from([None, "x", -7, 0.5, True, [1], {"a": 1}, []]))
    assume(after != before)
    lines[line] = f"- {json.dumps(after)}"
    with suppress(file.BadCassette):
        loaded = file.parse("\n".join(lines), "it")
        assert loaded.changes
        with suppress(ValueError):
            judge(observed_in(loaded.cassette, plan), plan)


def members_of(value: object) -> Iterator[tuple[Any, Any]]:
    """Every member of a value of JSON: what it is in, and its name or place."""
    names = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for name in names:
        yield value, name
        yield from members_of(value[name])


# ----------------------------------------------------------------------------------------------------- the commands


@pytest.fixture(scope="session")
def two(record: Record, right: Kept, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("two")
    file.save(folder / "old.yaml", right.cassette)
    file.save(folder / "new.yaml", record("adds-page-size", "loses-last").cassette)
    return folder / "old.yaml", folder / "new.yaml"


def test_record_replay_and_lint(acs: Command, tmp_path: Path) -> None:
    few = ("-k", "requests.p*", "-k", "paging.*", "--quiet", "--report-dir")
    done = acs("sdk", *few, "live", "--record", "folder", "--", sys.executable, MINIATURE, "raw-plus")
    assert done.returncode == 1, done.stdout + done.stderr
    (path,) = (tmp_path / "folder").iterdir()
    assert f"Cassette: folder/{path.name} (" in done.stdout
    again = acs("replay", path, "--report-dir", "again", "--quiet")
    assert again.returncode == 1, again.stdout + again.stderr
    assert json.loads((tmp_path / "again" / "differences.json").read_text()) == []
    live, replayed = (json.loads((tmp_path / d / "summary.json").read_text()) for d in ("live", "again"))
    assert live["counts"] == replayed["counts"]
    assert live["requests"] == replayed["requests"]
    assert acs("cassettes", "lint", path).returncode == 0


def test_compare(acs: Command, two: tuple[Path, Path], tmp_path: Path) -> None:
    done = acs("replay", "--compare", *two, "--report-dir", "compared")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "parameter PageSize: absent → 50" in done.stdout
    assert "result TaskSet.Task[]: 1 entries → 0 entries" in done.stdout
    assert "requests.absent-stays-absent" in done.stdout
    assert "Regression" in done.stdout
    data = json.loads((tmp_path / "compared" / "comparison.json").read_text())
    assert {c["side"] for c in data["wire"]["changes"]} == {"sends", "hands on"}
    assert data["verdicts"]["counts"]["new-failure"] > 0
    assert acs("replay", "--compare", *reversed(two), "--quiet").returncode == 0
    same = acs("replay", "--compare", two[0], two[0])
    assert same.returncode == 0
    assert "Sends differently: nothing" in same.stdout
    assert "Hands on differently: nothing" in same.stdout


def test_an_edited_one_is_refused_or_never_conformant(acs: Command, two: tuple[Path, Path], tmp_path: Path) -> None:
    path = tmp_path / "edited.yaml"
    path.write_text(two[0].read_text("utf-8").replace('"connection": 1', '"connection": 2', 1), "utf-8")
    done = acs("replay", path)
    assert done.returncode == 2
    assert "is not as it was recorded: interaction 1 was changed." in done.stderr
    assert acs("replay", path, "--edited", "--quiet").returncode == 3
    assert acs("replay", "--compare", path, two[1]).returncode == 2
    assert acs("cassettes", "lint", path).returncode == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("replay", "--compare", "old.yaml"), "--compare takes two cassettes, the older first; 1 given"),
        (("replay", "old.yaml", "new.yaml"), "One cassette is replayed at a time; 2 given"),
        (("replay", "old.yaml", "--against", "strict"), "strict holds no contract.yaml"),
        (("replay", "old.yaml", "-k", "no.such"), "no requirement of an SDK 'no.such'"),
    ],
)
def test_bad_words_are_one_sentence(acs: Command, two: tuple[Path, Path], words: tuple[str, ...], said: str) -> None:
    done = acs(*(two[0].with_name(word) if word.endswith(".yaml") else word for word in words))
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_endpoint_is_not_compared_this_way(acs: Command, two: tuple[Path, Path]) -> None:
    sample = FOLDER.parents[3] / "cassettes" / "samples" / "DescribeTasks-2021-01-07-json.yaml"
    done = acs("replay", "--compare", two[0], sample)
    assert done.returncode == 2
    assert "is no recording of an SDK" in done.stderr


def test_several_releases_need_a_folder(acs: Command) -> None:
    words = ("sdk", "python-ecs20140526", "--release", "1", "--release", "2", "--record", "c.yaml")
    done = acs(*words)
    assert done.returncode == 2
    assert "give --record a folder" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.gate)])
def test_an_interrupted_recording_is_valid_incomplete_and_never_green(
    acs: Command, tmp_path: Path, number: signal.Signals
) -> None:
    """The driver says through a file that it has been called often enough, and goes on when the signal is sent."""
    wrapper = tmp_path / "driver.py"
    wrapper.write_text(
        "import os, runpy, socket, sys, time\n"
        "real, made = socket.create_connection, []\n"
        "def counting(*words, **named):\n"
        "    made.append(1)\n"
        "    if len(made) == 12: open('enough', 'w').close()\n"
        "    while len(made) >= 12 and not os.path.exists('signalled'): time.sleep(0.01)\n"
        "    return real(*words, **named)\n"
        "socket.create_connection = counting\n"
        f"sys.argv = [{str(MINIATURE)!r}]\n"
        f"runpy.run_path({str(MINIATURE)!r}, run_name='__main__')\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "conformance", "sdk", "--record", "c.yaml.gz", "--report-dir", "live", "--quiet",
         "--", sys.executable, str(wrapper)],
        cwd=tmp_path, env={**NO_KEY, "NO_COLOR": "1"}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    limit = time.monotonic() + 60
    while not (tmp_path / "enough").exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < limit, "it did not come so far"
        time.sleep(0.01)
    process.send_signal(number)
    (tmp_path / "signalled").touch()
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 3, output + errors
    assert "INCOMPLETE" in errors
    assert "Traceback" not in errors
    loaded = file.load(tmp_path / "c.yaml.gz")
    assert not loaded.changes
    assert not loaded.cassette.provenance.complete
    assert len(loaded.cassette.cases) > 10
    done = acs("replay", "c.yaml.gz", "--report-dir", "again", "--quiet")
    assert done.returncode == 3
    assert "the cassette is incomplete" in " ".join(done.stdout.split()).lower()
    linted = acs("cassettes", "lint", "c.yaml.gz")
    assert linted.returncode == 1
    assert "incomplete" in linted.stdout


# ------------------------------------------------------------------------------------------------------- comparison


def test_what_is_new_in_every_request_is_no_difference(record: Record, plan: Plan) -> None:
    few = evolve(plan, select=("requests.p*", "signing.*"))
    one, other = record(plan=few).cassette, record(plan=few).cassette
    found = compare(one, other)
    assert found.changes == ()
    assert found.common == len(one.cases) > 10
    assert found.only_before == found.only_after == ()


def test_what_is_sent_and_handed_on_differently_is_found(right: Kept, wrong: Kept) -> None:
    found = compare(right.cassette, wrong.cassette)
    sends, hands_on = ({c.what for c in found.on(side)} for side in ("sends", "hands on"))
    assert "problems of the signature" in sends
    assert any(what.startswith("header ") for what in sends)
    assert "result TotalCount" not in hands_on
    assert "result TaskSet.Task[]" in hands_on
    assert not any(what.startswith("result TaskSet.Task[].") and "entries" in what for what in hands_on)


def test_where_an_error_became_a_result_that_is_all_that_is_told(right: Kept, record: Record, plan: Plan) -> None:
    strict = record("strict-members", plan=evolve(plan, select=("responses.unknown-member",)))
    found = compare(strict.cassette, right.cassette).on("hands on")
    assert [(c.what, c.before, c.after) for c in found] == [("outcome", "an error (ApiError)", "a result")]


def test_numbers_in_results_are_compared_whole(right: Kept, record: Record, plan: Plan) -> None:
    wraps = record("wraps-numbers", plan=evolve(plan, select=("responses.number-*",)))
    told = {c.before for c in compare(right.cassette, wraps.cassette).on("hands on") if c.what == "result TotalCount"}
    assert "9007199254740993" in told


def test_cases_of_one_recording_only_are_named(right: Kept) -> None:
    _, *others = right.cassette.cases
    fewer = evolve(right.cassette, cases=tuple(others), arrived=())
    found = compare(right.cassette, fewer)
    assert len(found.only_before) == 1
    assert found.only_after == ()
