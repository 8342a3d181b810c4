"""Cassettes as files, of whichever side: written whole, read with care, and compared with what was recorded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from attrs import define

from conformance.cassettes import endpoint_file, integrity, layout, sdk_file, writing
from conformance.cassettes.cassette import FORMAT_VERSION, Cassette
from conformance.cassettes.layout import ADVICE, DIGESTS, OWN, BadCassette
from conformance.cassettes.sdk_cassette import KIND, SdkCassette
from conformance.cassettes.text import CassetteText
from conformance.collecting import uncollected

__all__ = ["BadCassette", "Loaded", "dump", "load", "parse", "save"]


@define
class Loaded:
    """A cassette as it is in its file, and what speaks against its being as it was recorded."""

    cassette: Cassette | SdkCassette
    changes: Sequence[str]


def save(path: Path, cassette: Cassette | SdkCassette) -> None:
    """Write the whole file or nothing. Raises OSError."""
    text = dump(cassette).encode()
    writing.save(path, lambda: (text,))


def dump(cassette: Cassette | SdkCassette) -> str:
    """The text of a cassette."""
    return sdk_file.dump(cassette) if isinstance(cassette, SdkCassette) else endpoint_file.dump(cassette)


def load(path: Path) -> Loaded:
    """Raises BadCassette."""
    return parse(layout.read(path), str(path))


def parse(text: str | CassetteText, name: str) -> Loaded:
    """The cassette in a text; `name` is what messages call it. Raises BadCassette."""
    with uncollected():
        return _parsed(CassetteText.of((text.encode(),)) if isinstance(text, str) else text, name)


def _parsed(text: CassetteText, name: str) -> Loaded:
    data = layout.data_of(text, name)
    written = data[OWN].get("format_version")
    if written != FORMAT_VERSION:
        raise BadCassette(f"{name} has format version {written!r}; this suite reads {FORMAT_VERSION}. {ADVICE}")
    form = sdk_file if data[OWN].get("kind") == KIND else endpoint_file
    changes = integrity.changes(data, OWN, DIGESTS, form.SECTIONS, layout.digest_below_the_head(text))
    return Loaded(form.cassette_of(data, name), changes)
