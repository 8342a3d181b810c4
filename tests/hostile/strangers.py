"""More hostile targets: answers of other times, places and letters, and listings that are never the same."""

# a table: one target a line
# ruff: noqa: E501

from __future__ import annotations

import gzip
import itertools
import json
import random
import re
import ssl
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from tests.hostile.targets import MB, OK, Hostile, content, head, says, tasks, whole
from tests.wire.certificates import DAY, NOW, Authority

NOBODY = b'{"RequestId":"r","TotalCount":0,"PageNumber":1,"PageSize":10,"TaskSet":{"Task":[]}}'
GOOD = whole(NOBODY)
CHINESE = '{"Code":"参数错误","Message":"参数","RequestId":"r","HostId":"h"}'
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def changed(change: Callable[[int, dict], object]):
    """Each good listing in JSON, changed by its number."""
    counted = itertools.count(1)

    def spoil(asked, status, headers, body):
        if status != 200 or not body.startswith(b"{") or b'"TaskSet"' not in body:
            return None
        return whole(json.dumps(change(next(counted), json.loads(body))).encode())

    return spoil


def rewritten(pattern: bytes, make: Callable[[int], bytes]):
    """Each good answer with what matches `pattern` replaced, by its number."""
    counted = itertools.count(1)

    def spoil(asked, status, headers, body):
        made = make(next(counted))
        return whole(
            re.sub(pattern, lambda found: made, body), f"{status} X", f"Content-Type: {headers['Content-Type']}\r\n"
        )

    return spoil


def errors(make: Callable[[int], dict]):
    """An error for everything, by its number."""
    counted = itertools.count(1)
    usual = {"RequestId": "r", "HostId": "h", "Code": "Forbidden", "Message": "m"}
    return lambda *_: whole(json.dumps({**usual, **make(next(counted))}).encode(), "400 X")


def in_turn(*answers: bytes | None):
    """These answers one after the other; None is the good one."""
    turns = itertools.cycle(answers)
    return lambda *_: next(turns)


def grows(number: int, found: dict) -> dict:
    """A listing to which each reading adds an item, at its beginning."""
    listed = found["TaskSet"]["Task"] if isinstance(found["TaskSet"], dict) else found["TaskSet"]
    if listed:
        listed[:] = [{**listed[0], "TaskId": f"t-new{number:09}"}, *listed[:-1]]
    return {**found, "TotalCount": found["TotalCount"] + number}


def back_in_time(number: int, found: dict) -> dict:
    """Each reading shows what was created a day earlier."""
    listed = found["TaskSet"]["Task"] if isinstance(found["TaskSet"], dict) else found["TaskSet"]
    for item in listed:
        item["CreationTime"] = f"{2030 - number % 60:04}-01-01T00:00Z"
    return found


def trickles(connection, stopped):
    """A good answer, a byte at a time, within most of the time that there is."""
    while head(connection):
        for byte in GOOD:
            connection.sendall(bytes([byte]))
            if stopped.wait(0.8 / len(GOOD)):
                return


def resets_late(connection, stopped):
    """A whole answer, and a reset right behind it."""
    while head(connection):
        connection.sendall(GOOD)
        connection.setsockopt(1, 13, b"\1\0\0\0\0\0\0\0")
        return


def never_reads(connection, stopped):
    """Answers before it has read anything, and reads nothing."""
    connection.sendall(GOOD)
    stopped.wait(60)


# goes at the end of the process
FOLDER = tempfile.TemporaryDirectory(prefix="acs-hostile-", ignore_cleanup_errors=True)


@cache
def _authority() -> Authority:
    return Authority.made(Path(FOLDER.name))


def over_tls(host: str, until=NOW + DAY, version: ssl.TLSVersion | None = None):
    """A server with a certificate for a host that an authority of ours has signed."""

    def raw(connection, stopped):
        certificate, key = _authority().signed(host, until, f"server-{random.randrange(10**9)}")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        if version is not None:
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = version
        with context.wrap_socket(connection, server_side=True) as secured:
            while head(secured):  # type: ignore[arg-type]
                secured.sendall(GOOD)

    return raw


COMMENTS = b"<R>" + b"<!---->" * 500_000 + b"</R>"
PREFIXES = b"<R " + b" ".join(b'xmlns:p%d="u:%d"' % (n, n) for n in range(100_000)) + b"/>"
CDATA = b"<R><TotalCount><![CDATA[" + b"]" * 3_000_000 + b"]]></TotalCount></R>"
STRANGERS: tuple[Hostile, ...] = (
    # HTTP
    Hostile("HTTP/0.9", says(NOBODY), words=("HTTP", "within")),
    Hostile("ICY", says(b"ICY 200 OK\r\n\r\n"), words=("HTTP",)),
    Hostile("status 099", says(b"HTTP/1.1 099 X\r\nContent-Length: 2\r\n\r\n{}"), words=("HTTP", "within", "99")),
    Hostile("a header without a colon", says(OK + b"X y\r\nContent-Length: 2\r\n\r\n{}"), words=("HTTP",)),
    Hostile("a CR alone in a header", says(OK + b"X: a\rContent-Length: 2\r\n\r\n{}"), words=("HTTP", "within")),
    Hostile("a length with a sign", says(OK + b"Content-Length: +2\r\n\r\n{}"), words=("HTTP", "broke")),
    Hostile("a chunk size below zero", says(CHUNKED + b"-1\r\n{}\r\n0\r\n\r\n"), words=("HTTP",)),
    Hostile("a chunk that is longer than it says", says(CHUNKED + b"2\r\n{}{}\r\n0\r\n\r\n"), words=("HTTP",)),
    Hostile("gzip as a transfer coding", says(OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"), words=("HTTP", "Transfer")),
    Hostile("a length that is too short", says(OK + b"Content-Length: 9\r\n\r\n" + NOBODY), words=("neither", "JSON", "HTTP")),
    Hostile("a body with 204", says(b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n{}"), words=("204", "empty")),
    Hostile("a part of a body", content(NOBODY[:40], status="206 Partial Content", headers="Content-Range: bytes 0-39/90\r\n"), words=("206", "neither")),
    Hostile("a redirect to a file", content(b"", status="301 Moved", headers="Location: file:///etc/passwd\r\n"), words=("redirect",)),
    Hostile("a redirect with a password", content(b"", status="308 Moved", headers="Location: http://u:zq7-canary@h.example/\r\n"), words=("h.example",)),
    Hostile("401 for a browser", content(b"", status="401 No", headers='WWW-Authenticate: Basic realm="\x1b[2J"\r\n'), words=("401",)),
    Hostile("426", content(b"", status="426 Upgrade Required", headers="Upgrade: TLS/1.3\r\n"), words=("426",)),
    Hostile("1,000 cookies", says(OK + b"Set-Cookie: a=b\r\n" * 1000 + b"Content-Length: 2\r\n\r\n{}"), words=("headers",)),
    Hostile("a good answer, byte by byte", trickles),
    Hostile("a reset behind each answer", resets_late),
    Hostile("answers and never reads", never_reads),
    Hostile("gzip that is not announced", content(gzip.compress(NOBODY)), words=("gzip",)),
    Hostile("gzip members without end", content(gzip.compress(b"") * 400_000, headers="Content-Encoding: gzip\r\n"), words=("members of gzip",)),
    # letters
    Hostile("GBK", content(CHINESE.encode("gbk"), status="400 X", headers="Content-Type: application/json; charset=GBK\r\n"), words=("UTF-8",)),
    Hostile("UTF-16 without a mark", content(CHINESE.encode("utf-16-le"), status="400 X", headers="Content-Type: application/json; charset=utf-16le\r\n"), words=("UTF-8", "neither")),
    Hostile("XML in GBK", content('<?xml version="1.0" encoding="GBK"?><Error><Code>参数</Code></Error>'.encode("gbk"), status="400 X", headers="Content-Type: text/xml\r\n"), words=("UTF-8",)),
    Hostile("two documents", content(NOBODY + b"\n" + NOBODY), words=("neither", "JSON")),
    Hostile("JSONP", content(b"callback(" + NOBODY + b");"), words=("callback",)),
    Hostile("3 MB of blanks before JSON", content(b" " * 3 * MB + b"x"), words=("neither", "JSON", "blank")),
    Hostile("500,000 comments", content(COMMENTS, headers="Content-Type: text/xml\r\n"), words=("XML", "root", "element", "<R>")),
    Hostile("100,000 namespaces", content(PREFIXES, headers="Content-Type: text/xml\r\n"), words=("XML", "attributes", "namespace", "<R>")),
    Hostile("3 MB of CDATA", content(CDATA, headers="Content-Type: text/xml\r\n"), words=("XML", "TotalCount", "<R>")),
    Hostile("XML that includes a file", content(b'<R xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="/etc/passwd" parse="text"/></R>', headers="Content-Type: text/xml\r\n")),
    # TLS
    Hostile("a certificate of nobody", over_tls("127.0.0.1"), words=("--cacert",), scheme="https"),
    Hostile("TLS 1.0", over_tls("127.0.0.1", version=ssl.TLSVersion.TLSv1), words=("TLS",), scheme="https"),
    # semantics
    Hostile("a listing that grows", spoil=changed(grows), after=3, options=("--format", "json")),
    Hostile("a listing that goes back in time", spoil=changed(back_in_time), after=3, options=("--format", "json")),
    Hostile("keys twice", spoil=rewritten(rb'"TotalCount": ?\d+', lambda n: b'"TotalCount":%d,"TotalCount":%d' % (n, n + 1)), after=3, options=("--format", "json")),
    Hostile("a total of -0", spoil=rewritten(rb'(?<="TotalCount": )\d+|(?<="TotalCount":)\d+', lambda n: b"-0"), options=("--format", "json")),
    Hostile("another root each time", spoil=rewritten(rb"DescribeTasksResponse", lambda n: b"R%d" % n), options=("--format", "xml")),
    Hostile("another code each time", spoil=errors(lambda n: {"Code": f"E{n:09}", "Message": f"m{n}" * 500}), after=10),
    Hostile("an error that says the request", spoil=lambda asked, *_: whole(json.dumps({"RequestId": "r", "HostId": "h", "Code": "C", "Message": json.dumps(asked)}).encode(), "400 X"), after=10),
    Hostile("one RequestId for all", spoil=rewritten(rb'(?<="RequestId": ")[^"]+|(?<="RequestId":")[^"]+|(?<=<RequestId>)[^<]+', lambda n: b"00000000-0000-0000-0000-000000000000"), after=3),
    Hostile("1,000 members an item", spoil=tasks(lambda n, item: {**item, **{f"X{k}": k for k in range(1000)}}), after=3),
    Hostile("ids that differ in capitals and blanks", spoil=tasks(lambda n, item: {**item, "TaskId": ("t-a", "T-A", "t-a ", " t-a", "t-\u00e1", "t-a\u0301")[n % 6]}), after=3),
    Hostile("ids that are nothing", spoil=tasks(lambda n, item: {**item, "TaskId": (None, "", [], {}, 0, False)[n % 6]}), after=3),
    Hostile("JSON and XML in turn after 10", spoil=in_turn(None, whole(b"<A/>", headers="Content-Type: text/xml\r\n")), after=10),
    Hostile("a gateway now and then after 10", spoil=in_turn(None, None, None, whole(b"<html>502</html>", "502 Bad Gateway", "Content-Type: text/html\r\n")), after=10),
    Hostile("Retry-After of -5", spoil=lambda *_: whole(b'{"Code":"Throttling","Message":"m","RequestId":"r","HostId":"h"}', "429 X", "Retry-After: -5\r\n"), after=10),
    Hostile("Retry-After of an hour", spoil=lambda *_: whole(b'{"Code":"Throttling","Message":"m","RequestId":"r","HostId":"h"}', "429 X", "Retry-After: 3600\r\n"), after=10),
    # after 300 good answers
    Hostile("silence after 300", raw=lambda c, s: s.wait(60), spoil=lambda *_: b"", after=300, words=("no answer", "within")),
    Hostile("garbage after 300", raw=lambda c, s: c.sendall(b"SSH-2.0-x\r\n"), spoil=lambda *_: b"", after=300),
    Hostile("a reset behind each answer after 300", raw=resets_late, spoil=lambda *_: b"", after=300),
    Hostile("500,000 comments after 300", spoil=lambda *_: whole(COMMENTS, headers="Content-Type: text/xml\r\n"), after=300),
    Hostile("another code each time after 300", spoil=errors(lambda n: {"Code": f"E{n:09}"}), after=300),
)  # fmt: skip
