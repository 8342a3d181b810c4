"""The fuzzer from the command line: `python -m tests.fuzzing.run SECONDS [READER...]`; counts, and what it found."""

from __future__ import annotations

import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random

from tests.fuzzing.readers import Reader, readers


def failures(
    reader: Reader, folder: Path, seed: str, most: int | None = None
) -> Iterator[tuple[bytes, Exception | None]]:
    """Each input with what is wrong with its reading: an exception that is none of the named ones, or None."""
    for data in islice(reader.inputs(Random(seed)), most):
        try:
            reader.read(folder, data)
        except reader.errors as error:
            yield data, None if str(error).strip() else error
        except Exception as error:
            yield data, error
        else:
            yield data, None


def main() -> None:
    seconds, wanted, seed = float(sys.argv[1]), sys.argv[2:], str(time.time())
    for reader in readers():
        if wanted and reader.name not in wanted:
            continue
        found: Counter[str] = Counter()
        shown: dict[str, bytes] = {}
        with tempfile.TemporaryDirectory() as folder:
            ends, count = time.monotonic() + seconds, 0
            for data, error in failures(reader, Path(folder), seed):
                count += 1
                if error is not None:
                    last = traceback.extract_tb(error.__traceback__)[-1]
                    key = f"{type(error).__name__}: {str(error)[:90]!r} at {Path(last.filename).name}:{last.lineno}"
                    found[key] += 1
                    shown.setdefault(key, data)
                if time.monotonic() > ends:
                    break
        print(f"{reader.name}: {count} executions, {sum(found.values())} failures in {len(found)} places", flush=True)
        for key, number in found.most_common(12):
            print(f"   {number:5} {key}")


if __name__ == "__main__":
    main()
