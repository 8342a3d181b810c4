"""Content encodings, whichever way a server writes them and wherever its pieces end."""

from __future__ import annotations

import gzip
import zlib
from random import Random

import pytest

from conformance.wire import decoding
from conformance.wire.decoding import BadEncoding, Decoder, Overflow

TEXT = b'{"TotalCount": 12, "TaskSet": {"Task": []}}'


def packed(data: bytes) -> bytes:
    """Without the time, so that tests have the same names whenever they are collected."""
    return gzip.compress(data, mtime=0)


def raw(data: bytes, level: int = 6) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def members(count: int) -> bytes:
    return b"".join(packed(TEXT[n::count]) for n in range(count))


ENCODED = {
    "gzip": ("gzip", packed(TEXT), TEXT),
    "gzip, in other capitals": (" X-GZIP ", packed(TEXT), TEXT),
    "gzip and identity": ("identity, gzip", packed(TEXT), TEXT),
    "no encoding twice": ("identity,, identity", TEXT, TEXT),
    "members": ("gzip", members(3), b"".join(TEXT[n::3] for n in range(3))),
    "members, some of nothing": ("gzip", packed(b"") * 2 + packed(TEXT) + packed(b""), TEXT),
    "padding behind gzip": ("gzip", packed(TEXT) + bytes(9), TEXT),
    "half a member's beginning behind gzip": ("gzip", packed(TEXT) + b"\x1f", TEXT),
    "gzip of nothing": ("gzip", packed(b""), b""),
    "nothing at all": ("gzip", b"", b""),
    "deflate": ("deflate", zlib.compress(TEXT), TEXT),
    "deflate without its header": ("deflate", raw(TEXT), TEXT),
    "deflate, stored": ("deflate", raw(TEXT, 0), TEXT),
    "no second member of deflate": ("deflate", zlib.compress(TEXT) + packed(TEXT), TEXT),
}


@pytest.mark.parametrize("way", ENCODED)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_what_was_encoded_is_decoded_wherever_its_pieces_end(way, size):
    name, data, text = ENCODED[way]
    decoder = Decoder.of(name, 1000)
    for at in range(0, len(data), size):
        decoder.add(data[at : at + size])
    assert decoder.end() == text


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("br", TEXT), ("zstd", TEXT), ("gzip, gzip", packed(TEXT)), ("gzip, br", TEXT), ("deflate", TEXT),
        ("gzip", TEXT), ("gzip", packed(TEXT)[:-1]), ("gzip", packed(TEXT)[:9]), ("gzip", b"\x1f"),
        ("gzip", packed(TEXT) + packed(TEXT)[:12]), ("deflate", zlib.compress(TEXT)[:-1]),
        ("deflate", b"x"), ("gzip", zlib.compress(TEXT)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("size", [1, 1000])
def test_what_does_not_fit_its_encoding_is_none(name, data, size):
    with pytest.raises(BadEncoding):
        decoded(name, data, size, 1000)


def decoded(name: str, data: bytes, size: int, limit: int) -> bytes:
    decoder = Decoder.of(name, limit)
    for at in range(0, len(data), size):
        decoder.add(data[at : at + size])
    return decoder.end()


@pytest.mark.parametrize("data", [packed(bytes(5000)), packed(b"") * 200, packed(b"") + b"x" * 3000], ids=range(3))
def test_what_is_too_much_is_refused_packed_or_not(data):
    with pytest.raises(Overflow):
        decoded("gzip", data, 1000, 1000)


def test_members_are_counted(monkeypatch):
    monkeypatch.setattr(decoding, "MOST_MEMBERS", 3)
    assert decoded("gzip", members(3), 7, 1000)
    with pytest.raises(Overflow, match="3 members of gzip"):
        decoded("gzip", members(4), 7, 1000)


def test_what_cannot_be_packed_may_be_as_long_as_the_limit():
    data = Random(1).randbytes(100_000)
    for name, written in (("gzip", packed(data)), ("deflate", raw(data))):
        assert decoded(name, written, 4096, len(data)) == data
