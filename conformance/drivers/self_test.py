"""The self-test of a driver: whether it keeps to the protocol, before any SDK is judged with it.

A loopback server answers as an RPC service could; what is looked at is only that the driver calls it and
reports what it got. No step says anything about an SDK.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from attrs import evolve, frozen

from conformance.drivers.process import DriverFault, DriverProcess, SdkUnusable
from conformance.drivers.protocol import DriverAnswer, DriverCall, DriverOperation

_REQUEST_ID = "5E1F0000-0000-4000-8000-000000000001"
_SECRET = "SelfTestSecret0123456789"


@frozen
class Step:
    """One thing that a driver must do. `problem` is empty where it does, and else one sentence."""

    name: str
    problem: str = ""


def self_test(
    command: Sequence[str],
    operation: DriverOperation,
    parameters: dict[str, object] | None = None,
    expected_version: str | None = None,
    deadline: float = 20.0,
) -> tuple[Step, ...]:
    """Each step in order, up to the first after which the driver is gone. `parameters` make a plain call."""
    steps: list[Step] = []
    try:
        with _server() as (url, arrived), DriverProcess(command, expected_version=expected_version) as driver:
            steps.append(Step("starts and says who it is"))
            plain = DriverCall(
                endpoint=url,
                operation=operation,
                region="cn-hangzhou",
                access_key_id="selftestid",
                access_key_secret=_SECRET,
                parameters=dict(parameters or {}),
                timeout=3,
            )
            for name, call, judge in _script(plain):
                before = len(arrived)
                got = driver.call(call, deadline)
                steps.append(Step(name, judge(got, len(arrived) - before)))
    except SdkUnusable as error:
        steps.append(Step("starts and says who it is", f"its SDK cannot be used: {error}"))
    except DriverFault as error:
        steps.append(Step("keeps to the protocol", str(error)))
    return tuple(steps)


def _script(plain: DriverCall) -> Iterator[tuple[str, DriverCall, Callable[[DriverAnswer, int], str]]]:
    yield "calls the endpoint and gives the result", plain, _gives_the_result
    yield "gives an error with its code", evolve(plain, endpoint=_failing(plain.endpoint)), _gives_the_error
    yield "says what the SDK has no parameter for, or sends it", _with_unknown(plain), _either
    yield "survives an endpoint where nobody listens", evolve(plain, endpoint="http://127.0.0.1:9"), _fails
    yield "works again after that", plain, _gives_the_result


def _failing(endpoint: str) -> str:
    """The same server under its other name, by which it answers with an error."""
    return endpoint.replace("127.0.0.1", "localhost")


def _with_unknown(plain: DriverCall) -> DriverCall:
    return evolve(plain, parameters={**plain.parameters, "NoSuchParameter": "x"})


def _gives_the_result(got: DriverAnswer, arrived: int) -> str:
    if not arrived:
        return f"no request arrived at the endpoint; it answered {_said(got)}"
    if not got.ok:
        return f"the answer was a success, but it reports {_said(got)}"
    if _REQUEST_ID not in json.dumps(got.result):
        return f"the result has no RequestId {_REQUEST_ID}: {json.dumps(got.result)[:120]}"
    return ""


def _gives_the_error(got: DriverAnswer, arrived: int) -> str:
    if not arrived:
        return f"no request arrived at the endpoint; it answered {_said(got)}"
    if got.error is None:
        return f"the answer was an error, but it reports {_said(got)}"
    said = f"{got.error.code} {got.error.message} {got.error.text}"
    return "" if "SelfTest.Refused" in said else f"the code SelfTest.Refused is nowhere in the error: {said[:120]}"


def _either(got: DriverAnswer, arrived: int) -> str:
    return "" if arrived or got.unsupported is not None else f"nothing arrived, and it reports {_said(got)}"


def _fails(got: DriverAnswer, arrived: int) -> str:
    return "" if got.error is not None else f"nobody listens there, but it reports {_said(got)}"


def _said(got: DriverAnswer) -> str:
    if got.unsupported is not None:
        return f"that {got.unsupported} is unsupported"
    return "a success" if got.error is None else f"{got.error.type}: {got.error.message}"[:200]


@contextmanager
def _server() -> Iterator[tuple[str, list[str]]]:
    arrived: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            body = self._body()
            arrived.append(self.path)
            asked_xml = b"Format=XML" in self.path.encode() + body
            refused = (self.headers.get("Host") or "").startswith("localhost")
            status, members = (400, _ERROR) if refused else (200, _RESULT)
            data = _xml(members, refused) if asked_xml else json.dumps(members).encode()
            head = f"HTTP/1.1 {status} OK\r\nContent-Type: {'text/xml' if asked_xml else 'application/json'}\r\n"
            self.wfile.write(head.encode() + b"Content-Length: %d\r\n\r\n" % len(data) + data)

        do_POST = do_GET

        def _body(self) -> bytes:
            if "chunked" not in (self.headers.get("Transfer-Encoding") or ""):
                return self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = b""
            while size := int(self.rfile.readline().split(b";")[0] or b"0", 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

        def log_message(self, *arguments: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", arrived
    finally:
        server.shutdown()
        server.server_close()


_RESULT = {"RequestId": _REQUEST_ID}
_ERROR = {"RequestId": _REQUEST_ID, "HostId": "h", "Code": "SelfTest.Refused", "Message": "Refused by the self-test."}


def _xml(members: dict[str, str], refused: bool) -> bytes:
    root = "Error" if refused else "Response"
    inside = "".join(f"<{n}>{v}</{n}>" for n, v in members.items())
    return f'<?xml version="1.0"?><{root}>{inside}</{root}>'.encode()
