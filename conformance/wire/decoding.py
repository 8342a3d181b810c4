"""Content encodings, undone within a limit: what a body unpacks to is never larger than asked for."""

from __future__ import annotations

import zlib
from typing import Protocol

from attrs import define, field

STEP = 1 << 16
# what zlib is to expect: a gzip header, or either of the two meanings that servers give to deflate
GZIP, ZLIB, RAW = 31, 15, -15


class Overflow(Exception):
    """The body is larger than the limit."""


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

    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes:
        """At most `max_length` bytes of what is packed."""


@define
class Decoder:
    """Takes the pieces of a body as they come, and gives the whole at its end. `limit` is in bytes."""

    limit: int
    zlib: Decompressor | None = None
    deflate: bool = False
    _parts: list[bytes] = field(factory=list)
    _size: int = 0

    @classmethod
    def of(cls, encoding: str, limit: int) -> Decoder:
        """The decoder for a Content-Encoding. Raises BadEncoding for one that was not asked for."""
        name = encoding.strip().lower()
        if name in ("", "identity"):
            return cls(limit)
        if name in ("gzip", "x-gzip"):
            return cls(limit, zlib.decompressobj(GZIP))
        if name == "deflate":
            return cls(limit, zlib.decompressobj(ZLIB), deflate=True)
        raise BadEncoding(encoding)

    def add(self, data: bytes) -> None:
        """Raises Overflow or BadEncoding."""
        if self.zlib is None:
            self._keep(data)
            return
        try:
            self._unpack(data)
        except zlib.error:
            if not self.deflate or self._size:
                raise BadEncoding from None
            self.zlib, self.deflate = zlib.decompressobj(RAW), False
            self.add(data)

    def end(self) -> bytes:
        """The whole body. Raises BadEncoding where it stops in the middle."""
        if self.zlib is not None and self._size and not self.zlib.eof:
            raise BadEncoding
        return b"".join(self._parts)

    def _unpack(self, data: bytes) -> None:
        assert self.zlib is not None
        while data and not self.zlib.eof:
            self._keep(self.zlib.decompress(data, STEP))
            data = self.zlib.unconsumed_tail

    def _keep(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self.limit:
            raise Overflow
        self._parts.append(data)
