"""The exchanges of a run that is recorded, on disk until the cassette is written."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from attrs import define, field

from conformance import foreign
from conformance.cassettes.cassette import Interaction
from conformance.cassettes.endpoint_file import entry_of, interaction_of
from conformance.cassettes.layout import MOST_INTERACTIONS, entry_from, line_value
from conformance.cassettes.text import MOST_IN_A_LINE
from conformance.cassettes.writing import line_of

CHUNK: Final = 1 << 20
# what reads a cassette takes 256 MiB; a quarter is for what else stands on it
MOST_BYTES: Final = foreign.MOST_BYTES // 4 * 3


@define(eq=False)
class Spool:
    """The lines of a cassette's interactions (`writing.Lines`), in a file without a name: whatever ends the process,
    nothing of it is left behind. Memory holds one digest an interaction.

    `folder` is where the file lies, by default that of temporary files. `most` bounds its bytes.
    """

    folder: Path | None = None
    most: int = MOST_BYTES
    digests: list[str] = field(factory=list)
    _file: IO[bytes] = field(init=False)
    _size: int = 0

    @_file.default
    def _unnamed(self) -> IO[bytes]:
        return tempfile.TemporaryFile(dir=self.folder)

    def add(self, interaction: Interaction) -> bool:
        """Put an interaction on it; whether there was room. Raises OSError."""
        line, digest = line_of(entry_of(interaction))
        if self._size + len(line) > self.most or len(line) > MOST_IN_A_LINE or len(self.digests) >= MOST_INTERACTIONS:
            return False
        self._file.seek(self._size)
        self._file.write(line)
        self._size += len(line)
        self.digests.append(digest)
        return True

    def pieces(self) -> Iterator[bytes]:
        """All lines, in pieces. Raises OSError."""
        self._file.seek(0)
        left = self._size
        while left:
            piece = self._file.read(min(CHUNK, left))
            left -= len(piece)
            yield piece

    def interactions(self) -> Iterator[Interaction]:
        """Each interaction, as it will be read from the cassette."""
        self._file.seek(0)
        for _ in self.digests:
            yield interaction_of(entry_from(line_value(self._file.readline().decode())))
