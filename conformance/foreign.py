"""Text that others wrote, read within bounds: YAML, JSON and gzip that can neither run, hang nor fill anything.

YAML is read by the safe constructors alone. Before it is composed its events are looked over: libyaml nests in C, so
that a document of 50,000 brackets would end the process, and aliases may stand for more than any memory holds.
"""

from __future__ import annotations

import codecs
import json
import os
import re
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, Final

import yaml
from attrs import define, field

DEEPEST: Final = 100
MEBI: Final = 1024 * 1024
# the shipped recordings hold 17 MB; a run on an endpoint that answers at length may hold ten times as much
MOST_BYTES: Final = 256 * MEBI
# what the nodes of a document may be, with what aliases stand for written out, beyond what stands there
MOST_REPEATED: Final = 100_000
# recordings are compressed to about a twentieth
MOST_RATIO: Final = 100
LEAST_BOUND: Final = 16 * MEBI
CHUNK: Final = MEBI
GZIP: Final = b"\x1f\x8b"
JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
NO_BRACKET = re.compile(r"[^][{}]+")
SAFE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# what the constructors of PyYAML raise for a tag that does not fit its value, such as `!!bool maybe`
MISFITS = (yaml.YAMLError, ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError)


class BadText(ValueError):
    """Bytes that are not what they should be. The message is the end of a sentence that begins with their name."""


def bytes_of(path: Path | str) -> bytes:
    """What is in a file, also in one without a size. Raises BadText."""
    try:
        with Path(path).open("rb") as file:
            # a read of all at once takes room for as much as there may be
            parts, size = [file.read(CHUNK)], 0
            while parts[-1] and size <= MOST_BYTES:
                size += len(parts[-1])
                parts.append(file.read(CHUNK))
            data = b"".join(parts)
    except (OSError, ValueError) as error:  # a path with a NUL in it is a ValueError
        raise BadText(f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(data) > MOST_BYTES:
        raise BadText(f"holds more than {MOST_BYTES // MEBI} MiB")
    return data


def text_of(path: Path | str) -> str:
    """The UTF-8 text in a file. Raises BadText."""
    return decoded(bytes_of(path))


def decoded(data: bytes) -> str:
    """UTF-8 text. Raises BadText."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadText("cannot be read: is not UTF-8 text") from None


def utf8_pieces(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same pieces. Raises BadText where they are together no UTF-8."""
    reader = codecs.getincrementaldecoder("utf-8")()
    try:
        for piece in pieces:
            reader.decode(piece)
            yield piece
        reader.decode(b"", True)
    except UnicodeDecodeError:
        raise BadText("cannot be read: is not UTF-8 text") from None


def pieces_of(path: Path | str) -> Iterator[bytes]:
    """What is in a file, also in one without a size, or where that is a gzip file what it holds. Raises BadText."""
    try:
        with Path(path).open("rb") as file:
            first = file.read(CHUNK)
            parts = chain((first,), iter(lambda: file.read(CHUNK), b""))
            if first[:2] != GZIP:
                yield from parts
                return
            yield from unpacked(parts, os.fstat(file.fileno()).st_size)
    except (OSError, ValueError) as error:  # a path with a NUL in it is a ValueError
        if isinstance(error, BadText):
            raise
        raise BadText(f"cannot be read: {getattr(error, 'strerror', None) or error}") from None


def most_in(length: int) -> int:
    """How many bytes a gzip file of so many may hold."""
    return min(MOST_BYTES, max(LEAST_BOUND, MOST_RATIO * length))


def decompressed(data: bytes) -> bytes | bytearray:
    """What a gzip file holds, which may be a hundred times as long as it is, or 16 MiB. Raises BadText."""
    whole = bytearray()
    for part in unpacked((data,), len(data)):
        whole += part
    return whole


def unpacked(parts: Iterable[bytes], length: int) -> Iterator[bytes]:
    """The same, piece by piece, for a gzip file of that many bytes in parts. Raises BadText."""
    most, size, reader = most_in(length), 0, zlib.decompressobj(31)
    try:
        for data in parts:
            if reader.eof:
                raise BadText("is damaged: something follows its compressed data")
            while data:
                part = reader.decompress(data, CHUNK)
                data = reader.unconsumed_tail
                size += len(part)
                if size > most:
                    raise BadText(f"is compressed further than a recording: it holds more than {most // MEBI} MiB")
                yield part
    except zlib.error:
        raise BadText("is cut short or damaged: it cannot be decompressed") from None
    if not reader.eof:
        raise BadText("is cut short or damaged: it cannot be decompressed")
    if reader.unused_data:
        raise BadText("is damaged: something follows its compressed data")


def json_value(text: str, constants: bool = True) -> Any:
    """The value in a JSON text; `constants` says whether NaN and infinities are taken. Raises BadText."""
    if _nested(text) > DEEPEST:
        raise BadText(f"is nested too deeply: more than {DEEPEST} levels")
    try:
        return json.loads(text, parse_constant=None if constants else _refused)
    except json.JSONDecodeError as error:
        raise BadText(f"is not JSON (line {error.lineno}): {error.msg}") from None
    except RecursionError:
        raise BadText("is nested too deeply") from None
    except ValueError as error:
        raise BadText(f"is not JSON that can be read: {_phrase(error)}") from None


def _nested(text: str) -> int:
    """How deep a JSON text is nested, or a bound that is no more than what is allowed."""
    most = text.count("[") + text.count("{")
    if most <= DEEPEST:
        return most
    deepest = depth = 0
    for bracket in NO_BRACKET.sub("", JSON_STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def yaml_value(text: str, loader: Any = SAFE, most: int | None = None) -> Any:
    """The value in a YAML document of at most so many nodes; `loader` is a safe one. Raises BadText."""
    try:
        for _ in events_of(text, loader, most):
            pass
        return yaml.load(text, Loader=loader)
    except BadText:
        raise
    except MISFITS as error:
        raise no_yaml(error) from None


def no_yaml(error: Exception) -> BadText:
    """What is said of a text that is no YAML, because of what reading it raised."""
    mark = getattr(error, "problem_mark", None)
    place = f" (line {mark.line + 1})" if mark else ""
    return BadText(f"is not YAML{place}: {_phrase(getattr(error, 'problem', None) or error)}")


def _phrase(error: object) -> str:
    return " ".join(str(error).split())[:200]


@define
class _Weights:
    """How many nodes are open, and how many each finished anchor stands for, aliases written out."""

    open: list[tuple[str | None, int]] = field(factory=list)
    anchors: dict[str | None, int] = field(factory=dict)
    repeated: int = 0

    def add(self, anchor: str | None, weight: int) -> None:
        """A node is whole."""
        if anchor is not None:
            self.anchors[anchor] = weight
        if self.open:
            name, before = self.open[-1]
            self.open[-1] = (name, before + weight)


def events_of(text: Any, loader: Any, most: int | None) -> Iterator[Any]:
    """The events of a YAML document, a text or what has a `read`. Raises BadText for one that is nested too deeply, has
    more nodes than `most`, or whose aliases stand for too much, and what `loader` raises for what is no YAML.
    """
    weights = _Weights()
    for number, event in enumerate(yaml.parse(text, Loader=loader)):
        if most is not None and number > most:
            raise BadText(f"has more than {most:,} values")
        if isinstance(event, yaml.AliasEvent):
            weight = weights.anchors.get(event.anchor)
            if weight is None and any(name == event.anchor for name, _ in weights.open):
                raise BadText(f"holds itself: the alias *{event.anchor:.40} stands within what it is for")
            weights.repeated += weight or 0
            if weights.repeated > MOST_REPEATED:
                raise BadText(f"has aliases that stand for more than {MOST_REPEATED:,} values; write them out")
            weights.add(None, weight or 0)
        elif isinstance(event, yaml.ScalarEvent):
            weights.add(event.anchor, 1)
        elif isinstance(event, yaml.CollectionStartEvent):
            weights.open.append((event.anchor, 1))
            if len(weights.open) > DEEPEST:
                place = f" (line {event.start_mark.line + 1})" if event.start_mark else ""
                raise BadText(f"is nested too deeply{place}: more than {DEEPEST} levels")
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, weight = weights.open.pop()
            weights.add(anchor, weight)
        yield event
