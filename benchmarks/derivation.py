"""Deriving every page beside the checkout, where they are there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from conformance.derive import derive

PAGES = Path(__file__).parents[2] / "shared" / "pages"


def measure() -> Iterator[str]:
    operations = [sorted(folder.glob("*.md")) for folder in sorted(PAGES.glob("*")) if folder.is_dir()]
    if not operations:
        yield "skipped: the documentation pages (../shared/pages) are not beside this checkout"
        return
    started = time.perf_counter()
    for pages in operations:
        derive(pages)
    seconds, count = time.perf_counter() - started, sum(map(len, operations))
    each = seconds / count
    yield f"{count} pages of {len(operations)} operations in {seconds:.2f} s, {each * 40:.2f} s for 40 (limit 4 s)"
