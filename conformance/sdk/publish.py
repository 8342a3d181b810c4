"""Writing matrices as files: an index, and for each driver Markdown, JSON and HTML."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from conformance.sdk import render
from conformance.sdk.matrix import Matrix


def publish(matrices: Sequence[Matrix], folder: Path, preface: str = "") -> tuple[Path, ...]:
    """The files that were written, the index (`README.md`, with `preface` on top) first."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [_written(folder / "README.md", render.index(matrices, preface))]
    for matrix in matrices:
        written += publish_one(matrix, folder)
    return tuple(written)


def publish_one(matrix: Matrix, folder: Path) -> list[Path]:
    """The three files of one driver."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        _written(folder / f"{matrix.driver}.{suffix}", rendered(matrix))
        for suffix, rendered in (("md", render.as_markdown), ("json", render.as_json), ("html", render.as_html))
    ]


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
