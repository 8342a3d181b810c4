"""Deriving every documentation page at hand: the real ones where they are beside the checkout, else our own."""

from __future__ import annotations

import time
from collections.abc import Iterator

from conformance.derive import derive
from tests.documentation import libraries


def measure() -> Iterator[str]:
    library = libraries()[-1]
    operations = [sorted(folder.glob("*.md")) for folder in sorted(library.pages.iterdir())]
    started = time.perf_counter()
    for pages in operations:
        derive(pages)
    seconds, count = time.perf_counter() - started, sum(map(len, operations))
    found = f"{count} {library.name} pages of {len(operations)} operations"
    yield f"{found} in {seconds:.2f} s, {seconds / count * 40:.2f} s for 40 (limit 4 s)"
