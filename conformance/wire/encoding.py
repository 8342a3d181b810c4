"""Percent-encoding of the RPC style, and reading and writing of queries and form bodies.

RFC 3986 over UTF-8: the unreserved characters `A-Za-z0-9-_.~` stand for themselves, everything else is
escaped, a space as `%20`. Readers are more lenient than writers: `+` is read as a space, and blank values are
kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl

from conformance.wire.exchange import WireForm

ESCAPE = re.compile(r"%[0-9A-F]{2}")
# one character of a query that is no separator: an escape, or as it is
PART = re.compile(r"%[0-9A-F]{2}|[^&=]")
# what does not stand for itself, and what stands for it
RESERVED = re.compile(rb"[^A-Za-z0-9_.~-]")
ESCAPES = {bytes((byte,)): b"%%%02X" % byte for byte in range(256)}
Pairs = Iterable[tuple[str, str]]


def percent_encode(text: str) -> str:
    """`text` with every character escaped that is not unreserved. A lone surrogate travels as `?`."""
    return RESERVED.sub(_escaped, text.encode("utf-8", "replace")).decode("ascii")


def _escaped(byte: re.Match[bytes]) -> bytes:
    return ESCAPES[byte[0]]


def build_query(pairs: Pairs) -> str:
    """`a=1&b=2` in the order given."""
    return "&".join([f"{percent_encode(name)}={percent_encode(value)}" for name, value in pairs])


def written_as(query: str, wire_form: WireForm) -> str:
    """A query or a form body that `build_query` made, with its escapes as the form on the wire has them."""
    if wire_form.escapes == "every":
        return PART.sub(lambda part: part[0].lower() if part[0][0] == "%" else f"%{ord(part[0]):02x}", query)
    if wire_form.space != "%20" or wire_form.star != "%2A":
        query = query.replace("%20", wire_form.space).replace("%2A", wire_form.star)
    return ESCAPE.sub(lambda escape: escape[0].lower(), query) if wire_form.escapes == "lower" else query


def canonical_query(pairs: Pairs) -> str:
    """The query that signatures cover: sorted by name (then value), encoded."""
    return build_query(sorted(pairs))


def parse_query(text: str) -> tuple[tuple[str, str], ...]:
    """The pairs of a query or a form body, in order. Bytes that are not UTF-8 become U+FFFD."""
    return tuple(parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="replace"))


def split_target(url: str) -> tuple[str, str]:
    """Path and query (undecoded) of a URL or of a request target such as `/?a=1`."""
    address, _, _fragment = url.partition("#")
    before, _, query = address.partition("?")
    if "://" in before:
        before = "/" + before.split("://", 1)[1].partition("/")[2]
    return before or "/", query
