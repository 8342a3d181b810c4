"""`make bench`: every benchmark, or those named."""

from __future__ import annotations

import sys

from benchmarks import derivation, hostile, pages, replay, serving, throughput, validation

BENCHMARKS = {
    "throughput": throughput.measure,
    "validation": validation.measure,
    "derivation": derivation.measure,
    "pages": pages.measure,
    "replay": replay.measure,
    "hostile": hostile.measure,
    "serving": serving.measure,
}


def main() -> None:
    for name in sys.argv[1:] or BENCHMARKS:
        print(f"{name}")
        for line in BENCHMARKS[name]():
            print(f"  {line}")


main()
