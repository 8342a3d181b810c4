"""The text of a cassette, unpacked to disk: of what is in its interactions, memory holds what is asked for."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Final

from attrs import define, field

from conformance import foreign
from conformance.foreign import CHUNK, MEBI, BadText

# a line is in memory more than once while it is read, and a rare character makes four bytes of each
MOST_IN_A_LINE: Final = 16 * MEBI


class TooMuch(Exception):
    """What would stand in memory is more than that of any recording. The message is a phrase."""


@define(eq=False)
class CassetteText:
    """UTF-8 in a file without a name: whatever ends the process, nothing of it is left behind. Any part is read at any
    time, also by processes that were forked from this one.
    """

    size: int = 0
    _file: IO[bytes] = field(factory=tempfile.TemporaryFile)

    @classmethod
    def of(cls, pieces: Iterable[bytes]) -> CassetteText:
        """What the pieces are together. Raises BadText where that is not UTF-8 or too long, and what they raise."""
        try:
            found = cls()
            for piece in foreign.utf8_pieces(pieces):
                found.size += len(piece)
                if found.size > foreign.MOST_BYTES:
                    raise BadText(f"holds more than {foreign.MOST_BYTES // MEBI} MiB")
                found._file.write(piece)
            found._file.flush()
        except OSError as error:
            raise BadText(f"cannot be unpacked: {error.strerror or error}") from None
        return found

    def part(self, start: int, length: int) -> bytes:
        """So many bytes from a place on."""
        return os.pread(self._file.fileno(), length, start)

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Each line without its end, and where it begins. Raises TooMuch for one that is too long."""
        rest, start = b"", 0
        for at in range(0, self.size, CHUNK):
            *whole, last = self.part(at, CHUNK).split(b"\n")
            for line in whole:
                yield start, rest + line
                start, rest = start + len(rest) + len(line) + 1, b""
            rest += last
            if len(rest) > MOST_IN_A_LINE:
                raise TooMuch(f"has a line of more than {MOST_IN_A_LINE // MEBI} MiB")
        yield start, rest

    def digest_from(self, start: int) -> str:
        """All of SHA-256 over what stands from a place on, in hexadecimal digits."""
        found = hashlib.sha256()
        for at in range(start, self.size, CHUNK):
            found.update(self.part(at, CHUNK))
        return found.hexdigest()
