"""Secrets planted in every place that a request or a response has are in no byte of anything that a command writes."""

from __future__ import annotations

import base64
import gzip
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from tests.cli.conftest import NO_KEY

KEY, SECRET, TOKEN = "canary-key-4711", "canary+secret/with=odd&signs", "canary-token~%25 4711"
ACCOUNT = "1234567890123456"
COOKIE = "canary-cookie-value"
OTHER_KEY = "LTAI5tCanaryCanaryCanary"


class Echo(BaseHTTPRequestHandler):
    """Answers with a result or an error that repeats everything that it was sent, under its name and without."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    signatures: set[str]
    count = 0

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""

    def _answer(self, body: bytes) -> None:
        type(self).count += 1
        sent = dict(parse_qsl(urlsplit(self.path).query) + parse_qsl(body.decode()))
        authorization = self.headers.get("Authorization", "")
        signature = sent.get("Signature") or authorization.partition("Signature=")[2]
        if signature:
            self.signatures.add(signature)
        to_sign = f"{self.command}&%2F&{quote(self.path, safe='')}&{quote(quote(self.path, safe=''), safe='')}"
        refused = type(self).count % 3 != 1  # a run begins with a result, and soon gets none where one is due
        echo = {
            "url": self.path, "body": body.decode(), "headers": [f"{k}: {v}" for k, v in self.headers.items()],
            "authorization": authorization, "plain": [signature, KEY, SECRET, TOKEN], "form": quote(SECRET, safe=""),
            "AccessKeyId": OTHER_KEY, "OwnerId": int(ACCOUNT), "AccountId": ACCOUNT,
            "arn": f"acs:ram::{ACCOUNT}:role/x", "cookie": f"Cookie: {COOKIE}",
        }  # fmt: skip
        message = f"The server string to sign is: {to_sign} and the signature {signature} does not match"
        if refused:
            answer: dict[str, Any] = {"RequestId": "r", "HostId": "h", "Code": "SignatureDoesNotMatch"}
            answer |= {"Message": message, "Echo": echo}
        else:
            task = {"TaskId": f"t-{KEY}", "TaskStatus": message, "OwnerId": ACCOUNT}
            answer = {"RequestId": SECRET, "TotalCount": 1, "PageNumber": 1, "PageSize": 10, "RegionId": "cn-hangzhou"}
            answer |= {"TaskSet": {"Task": [task]}, "Echo": echo}
        self._send(400 if refused else 200, json.dumps(answer).encode())

    def _send(self, status: int, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Set-Cookie", f"session={COOKIE}")
        self.send_header("X-Echo", self.headers.get("Authorization", "none"))
        self.send_header("X-Owner", f"acs:ecs:cn:{ACCOUNT}:task/1")
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture(scope="module")
def echo() -> Iterator[tuple[str, set[str]]]:
    Echo.signatures = set()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", Echo.signatures
    server.shutdown()
    server.server_close()
    thread.join()


CHECKS = ("paging.total-counts*", "signatures.v1-awk*", "errors.leave-no-trace", "fields.unch*")


@pytest.fixture(scope="module")
def written(echo: tuple[str, set[str]], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, set[str]]:
    """A folder in which every command that writes has run on the echoing endpoint, and what the terminal showed."""
    url, signatures = echo
    folder, shown = tmp_path_factory.mktemp("canary"), []
    select = [word for check in CHECKS for word in ("-k", check)]

    def acs(*words: object) -> int:
        environment = {
            "ALIBABA_CLOUD_ACCESS_KEY_ID": KEY,
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": SECRET,
            "ALIBABA_CLOUD_SECURITY_TOKEN": TOKEN,
        }
        command = [sys.executable, "-m", "conformance", *map(str, words)]
        done = subprocess.run(
            command, cwd=folder, env={**NO_KEY, **environment}, capture_output=True, text=True, timeout=120
        )
        assert "Traceback" not in done.stderr
        shown.append(done.stdout + done.stderr)
        return done.returncode

    run = (url, *select, "--max-examples", "2", "--seed", "1", "--method", "POST", "--format", "json")
    assert acs("endpoint", *run, "--report-dir", "live", "--events", "copy.jsonl") in (1, 3)
    assert acs("record", *run, "-o", "cassettes/c.yaml.gz", "--report-dir", "recorded") in (1, 3)
    assert acs("replay", "cassettes/c.yaml.gz", "--against", "strict", "--report-dir", "replayed") in (1, 3)
    assert acs("cassettes", "lint") in (0, 1)
    for rendering in ("html", "markdown", "junit", "summary", "events"):
        acs("report", "live", "--format", rendering, "-o", f"out.{rendering}")
    acs("report", "live")
    acs("compare", "live", "recorded")
    return folder, "\n".join(shown), signatures


def forms(secret: str) -> set[bytes]:
    """A secret as it may be written: plain, in JSON, percent-encoded once and twice, in base 64."""
    once = quote(secret, safe="~")
    texts = {secret, once, quote(once, safe="~"), json.dumps(secret)[1:-1], quote(secret), quote(secret, safe="")}
    return {t.encode() for t in texts} | {base64.b64encode(secret.encode())}


def test_no_secret_in_any_artefact(written: tuple[Path, str, set[str]]) -> None:
    folder, shown, signatures = written
    assert len(signatures) > 20
    planted = {KEY, SECRET, TOKEN, ACCOUNT, COOKIE, OTHER_KEY, *sorted(signatures)[::5]}
    files = [p for p in folder.rglob("*") if p.is_file()]
    reports = {"events.jsonl", "junit.xml", "summary.json", "report.html", "differences.json"}
    assert {p.name for p in files} >= {"c.yaml.gz", *reports}
    texts = {str(p.relative_to(folder)): p.read_bytes() for p in files}
    texts |= {f"{n} (decompressed)": gzip.decompress(d) for n, d in texts.items() if n.endswith(".gz")}
    texts["the terminal"] = shown.encode()
    written_forms = {form: secret for secret in planted for form in forms(secret)}
    anything = re.compile(b"|".join(map(re.escape, written_forms)))
    assert not {(name, found[0].decode()) for name, data in texts.items() if (found := anything.search(data))}


def test_redaction_leaves_something_to_judge(written: tuple[Path, str, set[str]]) -> None:
    assert '"curl"' in (written[0] / "live" / "events.jsonl").read_text("utf-8")
    text = gzip.decompress((written[0] / "cassettes" / "c.yaml.gz").read_bytes()).decode()
    assert "The server string to sign is" in text
    assert "ACS3-HMAC-SHA256" in text
    assert text.count("REDACTED") > 100
