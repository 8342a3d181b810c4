"""More hostile targets: endpoints that lie about where an answer begins, ends or belongs, or that turn in small ways."""

# a table: one target a line
# ruff: noqa: E501

from __future__ import annotations

import gzip
import itertools
import json
import random
import re
import socket
import time

from tests.hostile.targets import MB, OK, Hostile, content, head, says, tasks, whole

GOOD = whole(b'{"RequestId":"r","TotalCount":0,"PageNumber":1,"PageSize":10,"TaskSet":{"Task":[]}}')


def parrot(connection, stopped):
    """The request itself for an answer."""
    while data := head(connection):
        connection.sendall(data)


def too_early(connection, stopped):
    """Answers before it is asked, again and again."""
    while not stopped.wait(0.01):
        connection.sendall(GOOD)


def half_closed(connection, stopped):
    """Half an answer, and the end of what it says, while it goes on to listen."""
    head(connection)
    connection.sendall(OK + b"Content-Length: 99\r\n\r\n{")
    connection.shutdown(socket.SHUT_WR)
    stopped.wait(60)


def one_behind():
    """Each answer is that to the request before."""
    kept: list[bytes] = []

    def spoil(asked, status, headers, body):
        kept.append(whole(body, f"{status} X", "".join(f"{n}: {v}\r\n" for n, v in headers.items())))
        return kept[-2] if len(kept) > 1 else None

    return spoil


def noise():
    """Any status, any bytes."""
    drawn = random.Random(7)

    def spoil(asked, status, headers, body):
        return whole(
            drawn.randbytes(drawn.randrange(600)), f"{drawn.choice((200, 201, 302, 400, 404, 418, 500, 599))} X"
        )

    return spoil


def swapped(asked, status, headers, body):
    """Results with the status of an error, and errors with that of a result."""
    return whole(body, "500 X" if status == 200 else "200 OK", f"Content-Type: {headers['Content-Type']}\r\n")


def other_format(asked, status, headers, body):
    """XML where JSON is asked for, and JSON where XML is."""
    if body.startswith(b"{"):
        return whole(b"<DescribeTasksResponse><TotalCount>0</TotalCount></DescribeTasksResponse>", f"{status} X", "")
    return whole(b'{"TotalCount":0}', f"{status} X")


def just_in_time(asked, status, headers, body):
    """Each answer takes most of the time that there is."""
    time.sleep(0.9)
    return


def another_page():
    """The number and the size of the page are those of none."""
    counted = itertools.count(3)

    def spoil(asked, status, headers, body):
        return whole(
            re.sub(rb'("Page(?:Number|Size)": ?)\d+', lambda found: found[1] + b"%d" % next(counted), body),
            f"{status} X",
        )

    return spoil


def handshake_cut(connection, stopped):
    """Begins a handshake of TLS, and hangs up in it."""
    connection.recv(65536)
    connection.sendall(b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03" + bytes(32))


QUOTED = ('t-1,t-2', 't-["a","b"]', "t-%s{0}${HOME}", "t-' OR 1=1--", "t-<b>&amp;]]>", "t-\\u0000\\")  # fmt: skip
BIG = json.dumps({"Code": "Throttling", "Message": "m", "RequestId": "r", "HostId": "h"}).encode()
TURNCOATS: tuple[Hostile, ...] = (
    Hostile("the request itself", parrot, words=("HTTP",)),
    Hostile("answers before it is asked", too_early),
    Hostile("half-closed in a body", half_closed, words=("broke", "closed")),
    Hostile("a length and chunks", says(OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}   \r\n0\r\n\r\n")),
    Hostile("a length of a terabyte", says(OK + b"Content-Length: 1099511627776\r\n\r\n" + b"{" * 9999), words=("within", "more than")),
    Hostile("a status line of 1 MB", says(b"HTTP/1.1 200 " + b"x" * MB + b"\r\n\r\n"), words=("HTTP",)),
    Hostile("a NUL in a header", says(OK + b"X: a\0b\r\nContent-Length: 2\r\n\r\n{}"), words=("HTTP", "no answer of this API", "neither")),
    Hostile("gzip in gzip", content(gzip.compress(gzip.compress(b" " * 64 * MB, compresslevel=1)), headers="Content-Encoding: gzip, gzip\r\n"), words=("more than", "Content-Encoding")),
    Hostile("half a gzip", content(gzip.compress(b'{"a":"' + random.Random(1).randbytes(999).hex().encode() + b'"}')[:300], headers="Content-Encoding: gzip\r\n"), words=("Content-Encoding",)),
    Hostile("escapes in a redirect", content(b"", status="302 Found", headers="Location: /\x1b[2J\x1b]0;owned\x07\r\n"), words=("redirect", "HTTP")),
    Hostile("throttled until long ago after 10", spoil=lambda *_: whole(BIG, "429 X", "Retry-After: Thu, 01 Jan 1970 00:00:00 GMT\r\n"), after=10),
    Hostile("one answer behind after 10", spoil=one_behind(), after=10),
    Hostile("noise after 10", spoil=noise(), after=10),
    Hostile("results as errors after 10", spoil=swapped, after=10),
    Hostile("the other format after 10", spoil=other_format, after=10),
    Hostile("just in time after 10", spoil=just_in_time, after=10),
    Hostile("another page after 3", spoil=another_page(), after=3, options=("--format", "json", "-k", "parameters.Page*.echoed")),
    Hostile("one id for all", spoil=tasks(lambda n, item: {**item, "TaskId": "t-1"}), after=3),
    Hostile("ids that quote", spoil=tasks(lambda n, item: {**item, "TaskId": QUOTED[n % len(QUOTED)] + item["TaskId"]}), after=3),
    Hostile("TLS that is cut in its handshake", handshake_cut, words=("TLS", "closed"), scheme="https"),
)  # fmt: skip
