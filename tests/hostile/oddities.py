"""Endpoints that are odd and yet conformant: what HTTP leaves open, which no finding may come from."""

# a table: one target a line
# ruff: noqa: E501

from __future__ import annotations

import gzip
import json
import re
import zlib

from tests.hostile.targets import Hostile


def written(make):
    """The good answer written in another way: `make` gets status, headers as lines, and body, and gives the bytes."""
    return lambda asked, status, headers, body: make(status, "".join(f"{n}: {v}\r\n" for n, v in headers.items()), body)


def plain(status: int, lines: str, body: bytes, version: str = "HTTP/1.1") -> bytes:
    return f"{version} {status} X\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body


def chunked(status: int, lines: str, body: bytes, extension: str = "", trailers: str = "") -> bytes:
    parts = [body[start : start + 7] for start in range(0, len(body), 7)]
    chunks = b"".join(b"%x%s\r\n%s\r\n" % (len(part), extension.encode(), part) for part in parts)
    head = f"HTTP/1.1 {status} X\r\n{lines}Transfer-Encoding: chunked\r\n\r\n".encode()
    return head + chunks + f"0{extension}\r\n{trailers}\r\n".encode()


def cased(status: int, lines: str, body: bytes) -> bytes:
    return (
        re.sub(rb"(?m)^[A-Za-z-]+(?=:)", lambda found: found[0].swapcase(), plain(status, lines, b"")[:-4]).replace(
            b"cONTENT-lENGTH: 0", b"cONTENT-lENGTH:%d" % len(body)
        )
        + b"\r\n\r\n"
        + body
    )


def hints(count: int):
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </>; rel=preload\r\n\r\n" * count
    return written(lambda status, lines, body: early + plain(status, lines, body))


def strangely(asked, status, headers, body):
    """A result with members that nobody documents."""
    if not body.startswith(b"{") or status != 200:
        return None
    odd = {"__proto__": {}, "": 1, "\0": 1, "a.b[0]": [], "\U0001f600" * 99: None}
    return plain(status, "Content-Type: application/json\r\n", json.dumps({**json.loads(body), **odd}).encode())


def raw(body: bytes) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, -15)
    return packer.compress(body) + packer.flush()


def in_members(body: bytes) -> bytes:
    return b"".join(gzip.compress(body[at : at + 50]) for at in range(0, len(body), 50))


def encoded(name: str, pack):
    return written(lambda s, h, b: plain(s, f"{h}Content-Encoding: {name}\r\n", pack(b)))


def in_pieces(name: str, pack):
    return written(lambda s, h, b: chunked(s, f"{h}Content-Encoding: {name}\r\n", pack(b)))


ODDITIES: tuple[Hostile, ...] = (
    Hostile("HTTP/1.0 that is kept", spoil=written(lambda s, h, b: plain(s, h + "Connection: keep-alive\r\n", b, "HTTP/1.0"))),
    Hostile("Connection: close", spoil=written(lambda s, h, b: plain(s, h + "Connection: close\r\n", b)), closes=True),
    Hostile("closed between requests, unannounced", spoil=written(plain), closes=True),
    Hostile("a body that ends with the connection", spoil=written(lambda s, h, b: f"HTTP/1.0 {s} X\r\n{h}\r\n".encode() + b), closes=True),
    Hostile("small chunks", spoil=written(chunked)),
    Hostile("chunk extensions", spoil=written(lambda s, h, b: chunked(s, h, b, extension=';name="a;b"'))),
    Hostile("trailers", spoil=written(lambda s, h, b: chunked(s, h, b, trailers="X-Sum: 1\r\nX-Time: 2\r\n"))),
    Hostile("names of headers in other capitals", spoil=written(cased)),
    Hostile("no reason phrase", spoil=written(lambda s, h, b: plain(s, h, b).replace(b" X\r\n", b" \r\n", 1))),
    Hostile("early hints", spoil=hints(3)),
    Hostile("gzip unasked", spoil=written(lambda s, h, b: plain(s, h + "Content-Encoding: gzip\r\n", gzip.compress(b)))),
    Hostile("cookies", spoil=written(lambda s, h, b: plain(s, h + "Set-Cookie: a=b; Path=/\r\n" * 20, b))),
    Hostile("an answer twice, of which the second is to nothing", spoil=written(lambda s, h, b: plain(s, h, b) * 2)),
    Hostile("IPv6", spoil=written(plain), host="::1"),
    Hostile("gzip in members", spoil=encoded("gzip", in_members)),
    Hostile("gzip by its old name, and identity", spoil=encoded("identity, x-gzip", gzip.compress)),
    Hostile("deflate", spoil=encoded("deflate", zlib.compress)),
    Hostile("deflate without its header, in small chunks", spoil=in_pieces("deflate", raw)),
    Hostile("a folded header", spoil=written(lambda s, h, b: plain(s, f"{h}X-Long: a\r\n b\r\n", b))),
    Hostile("letters in a header", spoil=written(lambda s, h, b: plain(s, f"{h}X-Place: M\u00fcnchen\r\n", b))),
    Hostile("blanks around a body", spoil=written(lambda s, h, b: plain(s, h, b" \r\n\t" + b + b"\n\n") if b"<?xml" not in b[:9] else plain(s, h, b + b"\n"))),
    Hostile("members of strange names", spoil=strangely),
    Hostile("the same length twice", spoil=written(lambda s, h, b: plain(s, f"{h}Content-Length: {len(b)}\r\n", b))),
)  # fmt: skip
