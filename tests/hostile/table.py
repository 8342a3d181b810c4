"""The table of what came of the hostile targets, kept as a file: `HOSTILE_TABLE=1 make gate ARGS=tests/hostile`."""

from __future__ import annotations

import fcntl
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import frozen

PATH = Path(__file__).with_name("table.md")
HEAD = """# What came of the hostile targets

Made by `HOSTILE_TABLE=1 make gate ARGS=tests/hostile`, a row each time that a target is tried; the test beside it says
when a row is missing or beyond a bound. Status 1 is "not conformant", 3 "not established". Seconds are of the wall on a
machine of two processors that others use, too; those of the processor show what an idle one would take.

| target | command | status | seconds | of the processor | bound | peak memory, MB | the last sentence |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""
LONGEST = 170
Key = tuple[str, str]


def taken(seconds: float, processor: float, bound: float) -> float:
    """The seconds that an idle machine would have taken, or fewer: no run waits for longer than its bound."""
    return min(seconds, bound + processor)


@frozen
class Row:
    """What came of one command on one target: exit status, seconds of the wall and of the processor, the bound, peak
    memory in bytes.
    """

    target: str
    command: str
    status: int
    seconds: float
    processor: float
    bound: float
    memory: int
    sentence: str

    def line(self) -> str:
        """The row as a line of the table."""
        said = re.sub(r"(?<=127\.0\.0\.1:)\d+|(?<=\[::1\]:)\d+", "…", " ".join(self.sentence.split())).replace("|", "/")
        said = said if len(said) <= LONGEST else f"{said[:LONGEST]}…"
        return (
            f"| {self.target} | {self.command} | {self.status} | {self.seconds:.1f} | {self.processor:.1f} "
            f"| {self.bound:g} | {self.memory >> 20} | {said} |"
        )


def rows(path: Path = PATH) -> dict[Key, list[str]]:
    """The cells of each row of the table that is kept."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    found = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| ")]
    return {(cells[0], cells[1]): cells for cells in found if cells[0] not in ("target", "---")}


def keep(row: Row, order: Sequence[Key], path: Path = PATH) -> None:
    """Put a row into the table, in place of the one before; rows of what is in no `order` go."""
    with path.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        kept: Mapping[Key, str] = {key: f"| {' | '.join(cells)} |" for key, cells in rows(path).items()}
        kept = {**kept, (row.target, row.command): row.line()}
        path.write_text(HEAD + "".join(f"{kept[key]}\n" for key in order if key in kept), "utf-8")
