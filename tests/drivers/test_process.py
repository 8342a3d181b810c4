"""A driver as a process: what it is given, and each way in which it can break."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import textwrap
import time

import pytest
from attrs import evolve

from conformance.drivers.lines import LineReader
from conformance.drivers.process import DriverFault, DriverProcess, SdkUnusable
from conformance.drivers.protocol import DriverCall, DriverOperation

HEAD = """
import json, os, subprocess, sys, time
def say(**m):
    print(json.dumps(m), flush=True)
def ready(version="1.0"):
    say(ready=True, protocol=1, name="sdk", version=version, runtime="X", dependencies={}, view="json")
sys.stdin.readline()
"""
CALL = DriverCall("http://127.0.0.1:1", DriverOperation("P", "V", "A"), "r", "id", "secret", parameters={}, timeout=1)


def driver(tmp_path, body: str, **settings) -> DriverProcess:
    script = tmp_path / "driver.py"
    script.write_text(HEAD + textwrap.dedent(body))
    return DriverProcess([sys.executable, str(script)], **{"expected_version": "1.0", **settings})


def test_it_answers_call_after_call(tmp_path):
    body = """
    ready()
    for line in sys.stdin:
        call = json.loads(line)
        say(id=call["id"], ok=True, result=call["operation"])
    """
    with driver(tmp_path, body) as one:
        assert one.ready.version == "1.0"
        assert [one.call(CALL, 5).result["action"] for _ in range(3)] == ["A", "A", "A"]


def test_its_environment_is_scrubbed(tmp_path, monkeypatch):
    for name in ("HTTPS_PROXY", "http_proxy", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "NPM_TOKEN", "PYTHONPATH"):
        monkeypatch.setenv(name, "x")
    body = """
    ready()
    for line in sys.stdin:
        say(id=1, ok=True, result=dict(os.environ))
    """
    with driver(tmp_path, body, environment={"HTTP_PROXY": "http://127.0.0.1:2"}) as one:
        seen = one.call(CALL, 5).result
    assert not {
        "HTTPS_PROXY",
        "http_proxy",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        "NPM_TOKEN",
        "PYTHONPATH",
    } & set(seen)
    assert seen["HTTP_PROXY"] == "http://127.0.0.1:2"
    assert seen["HOME"] != os.environ.get("HOME")
    assert not os.path.exists(seen["HOME"])


def patience(kind: str) -> float:
    """Seconds: what is to time out does soon, and nothing else does, however busy the machine is."""
    return 1.0 if kind == "hang" else 60.0


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("raise SystemExit(3)", "crash"),
        ("os.kill(os.getpid(), 9)", "crash"),
        ("time.sleep(60)", "hang"),
        ("print('Hello', flush=True)", "garbage"),
        ("ready('2.0')", "version"),
        ("sys.stdout.buffer.write(b'\\xff\\xfe\\n'); sys.stdout.flush()", "garbage"),
    ],
)
def test_a_driver_that_does_not_start_is_at_fault(tmp_path, body, kind):
    with pytest.raises(DriverFault) as raised, driver(tmp_path, body, start_seconds=patience(kind)):
        pass
    assert raised.value.kind == kind


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("raise RuntimeError('the reason')", "crash"),
        ("time.sleep(60)", "hang"),
        ("print('<html>', flush=True)", "garbage"),
        ("say(id=99, ok=True, result={})", "garbage"),
        ("os.close(1); time.sleep(60)", "crash"),
    ],
)
def test_a_driver_that_breaks_in_a_call_is_at_fault(tmp_path, body, kind):
    with (
        driver(tmp_path, f"ready()\nsys.stdin.readline()\n{body}") as one,
        pytest.raises(DriverFault) as raised,
    ):
        one.call(CALL, patience(kind))
    assert raised.value.kind == kind
    if "RuntimeError" in body:
        assert "the reason" in raised.value.stderr


def test_an_sdk_that_does_not_load_is_no_fault(tmp_path):
    with (
        pytest.raises(SdkUnusable, match="no such module"),
        driver(tmp_path, 'say(ready=False, reason="ImportError: no such module")'),
    ):
        pass


def test_a_command_that_is_not_there():
    with pytest.raises(DriverFault, match="no-such-program") as raised, DriverProcess(["no-such-program"]):
        pass
    assert raised.value.kind == "start"


def test_leaving_kills_what_the_driver_started(tmp_path):
    body = """
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    ready()
    for line in sys.stdin:
        say(id=1, ok=True, result=child.pid)
    """
    with driver(tmp_path, body) as one:
        child = one.call(CALL, 5).result
    until = time.monotonic() + 60  # a guard against hanging, as below
    while _alive(child) and time.monotonic() < until:
        time.sleep(0.01)
    assert not _alive(child)


def _alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


GRANDCHILD = """
import json, subprocess, sys
child = subprocess.Popen(["sleep", "1000"], start_new_session=True, stdin=subprocess.DEVNULL)
sys.stdin.readline()
print(json.dumps({"ready": True, "protocol": 1, "name": str(child.pid), "version": "1", "runtime": "X 1",
                  "dependencies": {}, "view": "json"}), flush=True)
sys.stdin.readline()
"""


def test_a_grandchild_that_holds_the_pipes_is_not_waited_for():
    with DriverProcess([sys.executable, "-c", GRANDCHILD]) as driver:
        grandchild = os.pidfd_open(int(driver.ready.name))
    try:
        assert not select.select([grandchild], [], [], 0)[0], "it was waited for"
    finally:
        signal.pidfd_send_signal(grandchild, signal.SIGKILL)
        os.close(grandchild)


def test_a_driver_that_reads_nothing_does_not_stop_us():
    deaf = "import json, sys, time; sys.stdin.readline(); print(json.dumps({'ready': True, 'protocol': 1, 'name': 'a', "
    deaf += "'version': '1', 'runtime': 'X 1', 'dependencies': {}, 'view': 'json'}), flush=True); time.sleep(1000)"
    with DriverProcess([sys.executable, "-c", deaf]) as driver, pytest.raises(DriverFault) as found:
        driver.call(evolve(CALL, parameters={"A": "x" * 1_000_000}), 0.2)
    assert found.value.kind == "hang"


def test_what_nobody_asked_for_waits_in_the_pipe():
    read, write = os.pipe()
    lines = LineReader(os.fdopen(read, "rb", buffering=0), 1 << 20)
    os.set_blocking(write, False)
    sent = 0
    with contextlib.suppress(BlockingIOError):
        while sent < 100 << 20:
            sent += os.write(write, b"x" * 1000 + b"\n")
    assert sent < 2 << 20, "a flood is kept"
    assert lines.line(1) == b"x" * 1000 + b"\n"
    lines.close()
    os.close(write)
