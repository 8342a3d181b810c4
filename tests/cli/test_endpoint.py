"""`acs-conformance endpoint` from the outside: exit statuses, evidence, and one clear sentence for every bad input."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from conformance.reference import seeding
from conformance.reference.server import ReferenceEndpoint
from conformance.report.stream import read
from conformance.wire.exchange import Credentials
from tests.cli.conftest import NO_KEY, SOME_KEY

FEW = ("-k", "ids.selects", "-k", "paging.total-is-constant", "--max-examples", "2", "--seed", "5")


def refused(done, status: int, *words: str) -> None:
    """One sentence on standard error that names what is wrong, and nothing else."""
    assert done.returncode == status, done.stdout + done.stderr
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr


def test_conformant_is_0_and_leaves_evidence(acs, tmp_path):
    done = acs("endpoint", *FEW, "--report-dir", "out")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Conformant" in done.stdout
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["conformant"] is True
    assert summary["seed"] == 5
    assert {v["requirement"] for v in summary["verdicts"]} == {
        "DescribeTasks.ids.selects", "DescribeTasks.paging.total-is-constant",
    }  # fmt: skip
    assert (tmp_path / "out" / "junit.xml").stat().st_size
    assert read(tmp_path / "out" / "events.jsonl").footer.requests == summary["requests"] > 0


def test_evidence_goes_to_reports_by_default(acs, tmp_path):
    assert acs("endpoint", *FEW, "--quiet").returncode == 0
    found = sorted(p.name for p in (tmp_path / "reports").glob("*-embedded-reference/*.jsonl"))
    assert found == ["events.jsonl", "progress.jsonl"]


def test_a_failed_must_is_1_and_is_explained(acs):
    done = acs("endpoint", "--fault", "repeated-id-counts-twice", "-k", "ids.repetition-irrelevant", "--seed", "5")
    assert done.returncode == 1, done.stdout + done.stderr
    for word in ("ids.repetition-irrelevant", "An id named twice counts once", "curl", "expected", "received"):
        assert word in done.stdout


def test_nothing_established_is_3(acs):
    done = acs("endpoint", *FEW, "--max-requests", "3")
    assert done.returncode == 3
    assert "Not established" in done.stdout


def test_the_same_seed_sends_the_same_requests_and_gives_the_same_verdicts(acs, tmp_path):
    for folder in ("one", "two"):
        acs("endpoint", *FEW, "--report-dir", folder)
    one, two = (json.loads((tmp_path / f / "summary.json").read_text()) for f in ("one", "two"))
    assert one["requests"] == two["requests"]
    assert one["dialect"] == two["dialect"]
    assert [(v["requirement"], v["verdict"]) for v in one["verdicts"]] == [
        (v["requirement"], v["verdict"]) for v in two["verdicts"]
    ]


def test_workers_give_the_same_verdicts(acs, tmp_path):
    # what every exchange is judged by is judged by everything that is sent: in one way, to an operation with few checks
    few = ("--operation", "DescribeTaskAttribute", "-k", "envelope.request-id")
    one_way = ("--format", "json", "--method", "GET", "--signature", "none", "--max-examples", "1", "--seed", "5")
    for workers in (1, 2):
        acs("endpoint", *few, *one_way, "--workers", workers, "--report-dir", f"w{workers}")
    one, two = (json.loads((tmp_path / f / "summary.json").read_text()) for f in ("w1", "w2"))
    assert one["counts"] == two["counts"]
    assert two["conformant"]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["-k", "paging.page-are-full"], ["paging.page-are-full", "did you mean", "paging.pages-are-full"]),
        (["--region", "cn-hangzou"], ["cn-hangzou", "did you mean cn-hangzhou"]),
        (["--profile", "strikt"], ["strikt", "did you mean strict"]),
        (["--profile", "TaskSet.list-frm=object"], ["TaskSet.list-frm", "TaskSet.list-form"]),
        (["--profile", "TaskSet.list-form=objekt"], ["objekt", "did you mean object"]),
        (["--operation", "DescribeTask"], ["DescribeTask", "did you mean DescribeTasks"]),
        (["--contract", "nowhere"], ["nowhere", "contract.yaml"]),
        (["--fault", "no-such-fault"], ["no-such-fault"]),
        (["--variant", "no-such-variant"], ["no-such-variant"]),
        (["--tasks", "missing.yaml"], ["missing.yaml"]),
        (["http://127.0.0.1:9"], ["ALIBABA_CLOUD_ACCESS_KEY_ID"]),
        (["ftp://127.0.0.1", "--signature", "none"], ["ftp://127.0.0.1", "http://"]),
        (["--signature", "none", "--signature", "v1"], ["none", "v1", "run twice"]),
        (["http://127.0.0.1:9", "--fault", "empty-page-is-404"], ["--fault"]),
        (["-k", "envelope.*", "--level", "MAY"], ["--select", "--level"]),
    ],
)
def test_a_misspelt_or_missing_input_is_2(acs, words, named):
    refused(acs("endpoint", *words), 2, *named)


def test_a_report_folder_that_cannot_be_written_is_2(acs, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    refused(acs("endpoint", "--report-dir", "file/reports"), 2, "file/reports", "--report-dir")


def test_plaintext_credentials_to_another_machine_are_refused(acs):
    refused(acs("endpoint", "http://192.0.2.1", key=True), 2, "192.0.2.1", "--allow-plaintext")


def test_an_unreachable_url_is_3(acs):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    refused(acs("endpoint", f"http://127.0.0.1:{port}", key=True), 3, f"127.0.0.1:{port}")


def test_a_server_that_speaks_no_http_is_3(acs):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(b"220 mail.example ESMTP\r\n")

        threading.Thread(target=greet, daemon=True).start()
        refused(acs("endpoint", f"http://127.0.0.1:{server.getsockname()[1]}", key=True), 3, "HTTP")


@contextmanager
def page_server(status: int, body: bytes, media_type: str):
    """A web server that answers everything with one page."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize(
    "body", [b"<html><body><h1>Not Found</h1></body></html>", b"<!doctype html><p>nothing here<p>", b""]
)
def test_a_404_page_is_3(acs, body):
    with page_server(404, body, "text/html") as url:
        refused(acs("endpoint", url, key=True), 3, url, "404", "the API of Ecs")


def test_wrong_credentials_are_2_and_are_not_shown(acs, contract, protocol):
    other = Credentials("another-key-id", "another-secret")
    with ReferenceEndpoint(
        contract, protocol, store=seeding.generated(contract, protocol), credentials=[other]
    ) as endpoint:
        done = acs("endpoint", endpoint.url, key=True)
        refused(done, 2, endpoint.url, "credentials")
    assert SOME_KEY["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] not in done.stderr


def test_the_embedded_reference_takes_what_is_not_signed(acs, tmp_path):
    done = acs("endpoint", *FEW, "--signature", "none", "--report-dir", "out")
    assert done.returncode == 0, done.stdout
    verdicts = json.loads((tmp_path / "out" / "summary.json").read_text())["verdicts"]
    assert verdicts
    assert {v["verdict"] for v in verdicts} == {"passed"}


def test_an_interrupted_run_is_3_and_keeps_what_it_has(tmp_path):
    little_first = ["--signature", "none", "--format", "json", "--method", "GET", "-k", "filters.*", "-k", "ids.*"]
    long_run = ["endpoint", "--report-dir", "out", "--seed", "1", "--max-examples", "200", *little_first]
    command = [sys.executable, "-m", "conformance", *long_run]
    process = subprocess.Popen(
        command, cwd=tmp_path, env={**NO_KEY, "NO_COLOR": "1"}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    for line in process.stdout:
        if "requirements judged" in line:
            break
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 3, out + err
    assert "Traceback" not in out + err
    run = read(tmp_path / "out" / "events.jsonl")
    assert run.footer.interrupted
    assert run.verdicts
    assert (tmp_path / "out" / "junit.xml").exists()
