"""The endpoint in a child process: it answers, tells what is wrong, and ends with its parent."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conformance.reference.process import running
from conformance.reference.seeding import generated
from conformance.reference.server import EndpointError
from tests.reference.client import KEY, Client


def is_gone(pid, within=60.0):
    end = time.monotonic() + within
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        stat = Path(f"/proc/{pid}/stat")
        if stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("forked", [False, True])
def test_it_answers_as_asked_and_ends(contract, protocol, forked):
    store = generated(contract, protocol, seed=5)
    with running(
        contract, protocol, store, [KEY], faults=["filter-ignored:TaskStatus"], variants=["json-indented"],
        dialect={"TaskSet.list-form": "object"}, forked=forked,
    ) as child:  # fmt: skip
        with Client(child.url) as client:
            found = client.v3({"RegionId": next(iter(store.regions)), "TaskStatus": "Finished", "PageSize": "100"})
        assert found.body.startswith(b"{\n")
        assert isinstance(found.json["TaskSet"], dict)
        assert {task["TaskStatus"] for task in found.tasks} > {"Finished"}
        assert set(found.ids) <= {i["TaskId"] for items in store.regions.values() for i in items}
        assert child.request_count == 1
        pid = child.pid
    assert is_gone(pid)
    with pytest.raises(EndpointError, match="has ended"):
        _ = child.request_count


def test_a_port_in_use_is_told(contract):
    with running(contract) as first:
        port = int(first.url.rpartition(":")[2])
        with pytest.raises(EndpointError, match=f"port {port} on 127.0.0.1 is in use"), running(contract, port=port):
            pass


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"faults": ["pages-overlaps"]}, "no such fault: pages-overlaps; did you mean pages-overlap"),
        ({"variants": ["zip"]}, "no such variant: zip; did you mean gzip"),
        ({"dialect": {"TaskSet.form": "object"}}, "no such choice: TaskSet.form"),
    ],
)
def test_unknown_names_are_told_before_anything_runs(contract, protocol, asked, message):
    with pytest.raises(ValueError, match=message), running(contract, protocol, **asked):
        pass


def test_a_fork_holds_nothing_open_of_what_its_parent_has(contract):
    read, write = os.pipe()
    with running(contract, forked=True):
        os.close(write)
        assert os.read(read, 1) == b""
    os.close(read)


PARENT = """
import sys, time
from conformance.contract.files import load_contract
from conformance.reference.process import running
with running(load_contract(sys.argv[1]), forked=sys.argv[2] == "forked") as child:
    print(child.pid, flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("how", ["forked", "spawned"])
def test_it_dies_with_a_parent_that_is_killed(how):
    from tests.reference.contracts import ECS

    root = str(Path(__file__).parents[2])
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(ECS / "DescribeTasks"), how], stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": root},
    )  # fmt: skip
    pid = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    assert is_gone(pid)
