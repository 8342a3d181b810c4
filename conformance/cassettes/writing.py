"""Writing cassettes, piece by piece: what a run brings need not fit into memory."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any, Protocol

import yaml
from attrs import define, field

from conformance import foreign
from conformance.cassettes import integrity
from conformance.cassettes.json_line import line_of_value
from conformance.cassettes.layout import DIGESTS, INTERACTIONS, OWN, VCR_VERSION, LayoutEntry
from conformance.wire.exchange import HttpResponse

# the body is kept decoded, so that these no longer hold
DECODED = ("content-encoding", "content-length", "transfer-encoding")


def save(path: Path, pieces: Callable[[], Iterable[bytes]]) -> None:
    """Write the whole file or nothing: `pieces` gives its bytes from the first on, as often as it is asked to. Raises
    OSError.

    A recording that is compressed further than one may be, of one answer over and over, could not be read again: it is
    then compressed less.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w+b") as file:
            if not path.name.endswith(".gz"):
                file.writelines(pieces())
            elif _compress(file, pieces(), zlib.Z_DEFAULT_STRATEGY) > foreign.most_in(file.tell()):
                file.seek(0)
                file.truncate()
                _compress(file, pieces(), zlib.Z_HUFFMAN_ONLY)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _compress(file: IO[bytes], pieces: Iterable[bytes], strategy: int) -> int:
    """Write the pieces as gzip does, always to the same bytes; how many they were before."""
    packer, size = zlib.compressobj(9, zlib.DEFLATED, 31, zlib.DEF_MEM_LEVEL, strategy), 0
    for piece in pieces:
        size += len(piece)
        file.write(packer.compress(piece))
    file.write(packer.flush())
    return size


class Lines(Protocol):
    """The interactions of a cassette as they stand in its file."""

    @property
    def digests(self) -> Sequence[str]:
        """The digest of each."""

    def pieces(self) -> Iterable[bytes]:
        """Their lines, in pieces of any length; each time from the first on."""


@define
class LinesInMemory:
    """The lines of a few interactions."""

    made: Sequence[tuple[bytes, str]]

    @property
    def digests(self) -> Sequence[str]:
        """The digest of each."""
        return [digest for _, digest in self.made]

    def pieces(self) -> Iterable[bytes]:
        """A line at a time."""
        return (line for line, _ in self.made)


def line_of(entry: LayoutEntry) -> tuple[bytes, str]:
    """An interaction as it stands in a file, a whole line, written through VCR.py's serialization; and its digest."""
    from vcr.request import Request  # takes long to import, and only writing needs it
    from vcr.serialize import serialize

    request = Request(entry.request.method, entry.request.url, entry.request.body or None, {})
    kept = _Kept()
    serialize({"requests": [request], "responses": [_response_data(entry.response)]}, kept)
    (made,) = kept.data["interactions"]
    headers = _grouped(entry.request.headers)
    made = {**made, "request": {**made["request"], "headers": headers}, "acs": dict(entry.own)}
    made["acs"]["digest"] = digest = integrity.of_interaction(made)
    return f"- {line_of_value(made)}\n".encode(), digest


@define
class _Kept:
    """A serializer of VCR.py that keeps what it would write."""

    data: dict[str, Any] = field(factory=dict)

    def serialize(self, data: dict[str, Any]) -> str:
        self.data = data
        return ""


def text_of(provenance: Any, sections: Mapping[str, Sequence[Any] | None], entries: Sequence[LayoutEntry]) -> str:
    """The text of a cassette, digests added."""
    return b"".join(pieces_of(provenance, sections, LinesInMemory([line_of(e) for e in entries]))).decode()


def pieces_of(provenance: Any, sections: Mapping[str, Sequence[Any] | None], lines: Lines) -> Iterator[bytes]:
    """The bytes of a cassette, digests added: its head, its sections, and the lines of its interactions."""
    below = "".join(f"{name}:{_lines(value)}\n" for name, value in sections.items()).encode()
    below += f"{INTERACTIONS}:".encode() + (b"\n" if lines.digests else b" []\n")
    text = hashlib.sha256(below)
    for piece in lines.pieces():
        text.update(piece)
    own = json.loads(json.dumps(provenance))
    digests = integrity.seal({OWN: own, **sections}, lines.digests, text.hexdigest())
    head = {"version": VCR_VERSION, OWN: own, DIGESTS: digests}
    yield yaml.safe_dump(head, sort_keys=False, allow_unicode=True, width=110).encode()
    yield below
    yield from lines.pieces()


def _lines(values: Sequence[Any] | None) -> str:
    if not values:
        return " []" if values == [] else " null"
    return "".join(f"\n- {line_of_value(value)}" for value in values)


def _grouped(headers: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name, []).append(value)
    return found


def _response_data(response: HttpResponse | None) -> dict[str, Any]:
    if response is None:
        return {"status": {"code": 599, "message": "no answer"}, "headers": {}, "body": {"string": b""}}
    headers = _grouped([(n, v) for n, v in response.headers if n.lower() not in DECODED])
    reason = HTTPStatus(response.status).phrase if response.status in set(HTTPStatus) else ""
    status = {"code": response.status, "message": reason}
    return {"status": status, "headers": headers, "body": {"string": response.body}}
