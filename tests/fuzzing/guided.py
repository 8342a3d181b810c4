"""Fuzzing by coverage, with atheris: `make fuzz`, or `python -m tests.fuzzing.guided SECONDS [READER...]`.

Each reader is fuzzed in a process of its own, from its seeds and a dictionary of tokens. An input is a finding where it
ends in another error than the named ones, or where it has at most `LARGEST` bytes and takes more than `SLOWEST` seconds
of the processor; the fuzzer goes on after it. Findings are kept in `reports/fuzzing/READER`, each as the input itself.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

LARGEST, SLOWEST = 100_000, 1.0
KEPT = Path("reports", "fuzzing")


def fuzz(name: str, seconds: int, folder: Path) -> None:
    """Fuzzes one reader; ends the process. Findings are lines of `folder/findings.jsonl`."""
    import atheris

    with atheris.instrument_imports(include=["conformance"]):
        from tests.fuzzing.mutation import TOKENS
        from tests.fuzzing.readers import readers

    reader = next(r for r in readers() if r.name == name)
    corpus, place = folder / "corpus", folder / "read"
    corpus.mkdir()
    place.mkdir()
    for number, seed in enumerate(reader.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    words = ['"' + "".join(f"\\x{byte:02x}" for byte in token) + '"' for token in TOKENS if len(token) <= 60]
    (folder / "words.dict").write_text("\n".join(words))
    seen: set[str] = set()

    def once(data: bytes) -> None:
        started, found = time.process_time(), None
        try:
            reader.read(place, data)
        except reader.errors as error:
            found = None if str(error).strip() else "an error without words"
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            found = f"{type(error).__name__}: {str(error)[:90]!r} at {Path(last.filename).name}:{last.lineno}"
        used = time.process_time() - started
        if found is None and used > SLOWEST and len(data) <= LARGEST:
            found = f"slow: {used:.0f} s"
        if found is not None and found not in seen:
            seen.add(found)
            (folder / f"found-{len(seen)}").write_bytes(data)
            with (folder / "findings.jsonl").open("a") as file:
                file.write(json.dumps([found, len(data), round(used, 2), f"found-{len(seen)}"]) + "\n")

    words_of = [f"-max_total_time={seconds}", f"-max_len={LARGEST}", "-timeout=120", "-rss_limit_mb=4096",
                f"-dict={folder / 'words.dict'}", "-print_final_stats=1", "-reload=0", str(corpus)]  # fmt: skip
    atheris.Setup(["fuzz", *words_of], once)
    atheris.Fuzz()


def summary(log: str) -> str:
    """Executions, coverage at the beginning and at the end, as libFuzzer printed them."""
    cov = [int(n) for n in re.findall(r"\bcov: (\d+)", log)]
    features = [int(n) for n in re.findall(r"\bft: (\d+)", log)]
    runs = re.findall(r"stat::number_of_executed_units:\s*(\d+)", log) or re.findall(r"(?m)^#(\d+)", log)
    inputs = re.findall(r"\bcorp: (\d+)", log)
    if not cov or not runs:
        return "it did not run: " + (log.strip().splitlines() or ["it said nothing"])[-1]
    grown = f"edges {cov[0]} → {cov[-1]}, features {features[0]} → {features[-1]}"
    return f"{runs[-1]} executions, {grown}, {inputs[-1] if inputs else 0} inputs kept"


def main() -> int:
    """Exit status 1 where something was found, 2 for a reader that there is not, 3 where one could not be fuzzed."""
    if sys.argv[1] == "--one":
        fuzz(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
    from tests.fuzzing.readers import readers

    seconds, wanted = sys.argv[1], sys.argv[2:]
    known = [reader.name for reader in readers()]
    if unknown := [name for name in wanted if name not in known]:
        print(f"There is no reader {', '.join(unknown)}; known are {', '.join(known)}.", file=sys.stderr)
        return 2
    status = 0
    for reader in (r for r in readers() if not wanted or r.name in wanted):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            done = subprocess.run(
                [sys.executable, "-m", "tests.fuzzing.guided", "--one", reader.name, seconds, name],
                capture_output=True, text=True, errors="replace", check=False,
            )  # fmt: skip
            said = summary(done.stderr)
            ran = not said.startswith("it did not run") and done.returncode == 0
            listed = folder / "findings.jsonl"
            found = [json.loads(line) for line in listed.read_text().splitlines()] if listed.exists() else []
            print(f"{reader.name}: {said}, {len(found)} findings" + ("" if ran else f" (ended with {done.returncode})"))
            for text, size, used, input in found:
                kept = KEPT / reader.name / input
                kept.parent.mkdir(parents=True, exist_ok=True)
                kept.write_bytes((folder / input).read_bytes())
                print(f"   {text} ({size} bytes, {used} s): {kept}")
            sys.stdout.flush()
            status = max(status, 1 if found else 0) if ran else 3
    return status


if __name__ == "__main__":
    sys.exit(main())
