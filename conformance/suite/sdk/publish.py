"""Writing matrices as files: an index, and for each driver Markdown, JSON and HTML."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from conformance.suite.sdk import render
from conformance.suite.sdk.matrix import Matrix


def publish(matrices: Sequence[Matrix], folder: Path, preface: str = "") -> tuple[Path, ...]:
    """The files that were written, the index (`README.md`, with `preface` on top) first."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [_written(folder / "README.md", render.index(matrices, preface))]
    for matrix in matrices:
        written.append(_written(folder / f"{matrix.driver}.md", render.as_markdown(matrix)))
        written.append(_written(folder / f"{matrix.driver}.json", render.as_json(matrix)))
        written.append(_written(folder / f"{matrix.driver}.html", render.as_html(matrix)))
    return tuple(written)


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
