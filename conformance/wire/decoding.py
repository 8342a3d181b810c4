"""Content encodings, undone within a limit: what a body unpacks to is never larger than asked for."""

from __future__ import annotations

import zlib
from typing import Protocol

from attrs import define, field

STEP = 1 << 16
# what zlib is to expect: a gzip header, or either of the two meanings that servers give to deflate
GZIP, ZLIB, RAW = 31, 15, -15
# RFC 1952, 2.2: a gzip file is a series of members, each of which begins so
MEMBER = b"\x1f\x8b"
# packed data gives its first byte before that
LONGEST_START = 4096
# block-wise gzip has one for each 64 kB; each costs as much as a page
MOST_MEMBERS = 50_000


class Overflow(Exception):
    """The body is larger than the limit; the message, if there is one, says of what it has more."""


class BadEncoding(Exception):
    """The body is not in the encoding that its header names, or in one that was not asked for."""


class Decompressor(Protocol):
    """What zlib offers."""

    @property
    def eof(self) -> bool:
        """Whether the packed data has come to its end."""

    @property
    def unconsumed_tail(self) -> bytes:
        """What is left to unpack of the last piece."""

    @property
    def unused_data(self) -> bytes:
        """What stands behind the end of the packed data."""

    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes:
        """At most `max_length` bytes of what is packed."""


@define
class Decoder:
    """Takes the pieces of a body as they come, and gives the whole at its end. `limit` is in bytes.

    What stands behind packed data and is no further member of a gzip file is passed over, as clients do.
    """

    limit: int
    zlib: Decompressor | None = None
    deflate: bool = False
    gzip: bool = False
    _parts: list[bytes] = field(factory=list)
    _size: int = 0
    _received: int = 0
    _members: int = 1
    # what came before anything could be unpacked, and what came behind the end of what could
    _first: bytes = b""
    _behind: bytes = b""

    @classmethod
    def of(cls, encoding: str, limit: int) -> Decoder:
        """The decoder for a Content-Encoding. Raises BadEncoding for one that was not asked for."""
        names = [name for part in encoding.lower().split(",") if (name := part.strip()) not in ("", "identity")]
        if not names:
            return cls(limit)
        if names in (["gzip"], ["x-gzip"]):
            return cls(limit, zlib.decompressobj(GZIP), gzip=True)
        if names == ["deflate"]:
            return cls(limit, zlib.decompressobj(ZLIB), deflate=True)
        raise BadEncoding(encoding)

    def add(self, data: bytes) -> None:
        """Raises Overflow or BadEncoding."""
        if self.zlib is None:
            self._keep(data)
            return
        self._received += len(data)
        if self._received > 2 * self.limit:  # packed, a little may take more than itself
            raise Overflow
        try:
            self._unpack(data)
        except zlib.error:
            if not self.deflate or self._size or len(self._first) > LONGEST_START:
                raise BadEncoding from None
            self.zlib, self.deflate = zlib.decompressobj(RAW), False
            self.add(self._first + data)
        if self.deflate and not self._size and len(self._first) <= LONGEST_START:
            self._first += data

    def end(self) -> bytes:
        """The whole body. Raises BadEncoding where it stops in the middle."""
        if self.zlib is not None and self._received and not self.zlib.eof:
            raise BadEncoding
        return b"".join(self._parts)

    def _unpack(self, data: bytes) -> None:
        assert self.zlib is not None
        while data:
            if self.zlib.eof:
                data = self._next_member(data)
            else:
                self._keep(self.zlib.decompress(data, STEP))
                data = self.zlib.unconsumed_tail or self.zlib.unused_data

    def _next_member(self, data: bytes) -> bytes:
        """What is to be unpacked of what came behind packed data."""
        if len(self._behind) < len(MEMBER):
            data, self._behind = self._behind + data, (self._behind + data)[: len(MEMBER)]
            if self.gzip and self._behind == MEMBER:
                self._members += 1
                if self._members > MOST_MEMBERS:
                    raise Overflow(f"{MOST_MEMBERS:,} members of gzip")
                self.zlib, self._behind = zlib.decompressobj(GZIP), b""
                return data
        return b""

    def _keep(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self.limit:
            raise Overflow
        self._parts.append(data)
