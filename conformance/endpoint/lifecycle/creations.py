"""What a run creates at an endpoint, on disk before it is asked for, so that it can be taken away after whatever end.

`created.jsonl` in the folder of a run has one JSON object a line. The first says of which service and endpoint the run
is, and how it is reached; then an `intent` for each request that may create something, before it is sent, and what came
of it: `created` with ids, `refused`, or neither where nobody saw an answer; what was `seen` under the name that it was
given, and what is `gone`. No secret is in it.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import define, field, frozen

from conformance.endpoint.findings import Inconclusive
from conformance.errors import Refusal
from conformance.foreign import BadText, json_value

CREATED = "created.jsonl"
FORMAT_VERSION = 1
DEFAULT_CREATES = 20
USED_UP = "the budget of creations"


@frozen
class Intent:
    """One request that may create something, as it is written down before it is sent.

    `texts` are the free texts by which what it makes is known again, by the member that shows them. `token` is its
    ClientToken.
    """

    number: int
    operation: str
    resource: str
    region: str
    texts: Mapping[str, str] = field(factory=dict)
    token: str | None = None


@define
class Creation:
    """An intent and what became of it. `ids` is None while nobody knows; `gone` are those that are away again,
    `seen` those that a list showed under the name that the run gave.
    """

    intent: Intent
    ids: tuple[str, ...] | None = None
    refused: bool = False
    gone: set[str] = field(factory=set)
    settled: bool = False
    seen: set[str] = field(factory=set)

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is left, as far as is known."""
        return self.settled or (self.ids is not None and set(self.ids) <= self.gone)

    @property
    def counts(self) -> int:
        """How many things of the budget it takes."""
        return 0 if self.refused else max(1, len(self.ids or ()))


@define(eq=False)
class Creations:
    """The file, which the processes of a run share. `most` is how many things may be created, in all."""

    path: Path
    most: int = DEFAULT_CREATES

    @classmethod
    def begun(cls, folder: Path, head: Mapping[str, Any], most: int) -> Creations:
        """That of a new run. Raises Refusal where an earlier one in the folder has left something."""
        path = folder / CREATED
        if path.exists() and any(not c.is_over and not c.refused for c in Creations(path).all):
            raise Refusal(
                f"{folder} says of things that an earlier run created and that may still be there; take them away with "
                f"`acs-conformance clean {folder}` first."
            )
        path.unlink(missing_ok=True)
        made = cls(path, most)
        with made._held() as file:
            _write(file, {"event": "run", "format_version": FORMAT_VERSION, "creates": most, **head})
        return made

    @classmethod
    def joined(cls, path: Path) -> Creations:
        """That of the run whose file this is, with its budget. Raises Refusal."""
        return cls(path, int(Creations(path).head.get("creates", DEFAULT_CREATES)))

    def intend(
        self,
        operation: str,
        resource: str,
        region: str,
        texts: Mapping[str, str],
        token: str | None,
        share: int | None = None,
        mine: Iterable[int] = (),
    ) -> int:
        """Write down what is about to be asked for; its number. `share` is what may be created of the budget by whoever
        asks, and `mine` what was asked by the same.

        Raises Inconclusive where either is used up.
        """
        with self._held() as file:
            known = _read(file, self.path)[1]
            own = sum(known[number].counts for number in mine)
            if sum(c.counts for c in known.values()) >= self.most or (share is not None and own >= share):
                of_it = "" if share is None or own < share else f", of which {share} are for this"
                raise Inconclusive(f"not judged: {USED_UP} is used up (--budget creates={self.most}{of_it})")
            number = len(known) + 1
            entry = {"number": number, "operation": operation, "resource": resource, "region": region}
            _write(file, {"event": "intent", **entry, "texts": dict(texts), "token": token})
        return number

    def created(self, number: int, ids: tuple[str, ...]) -> None:
        """An answer gave ids."""
        self._note("created", number=number, ids=list(ids))

    def refused(self, number: int, code: str | None) -> None:
        """An answer said that nothing came of it."""
        self._note("refused", number=number, code=code)

    def seen(self, number: int, id: str) -> None:
        """A list showed a thing of that id under the name that the run gave: it is the run's for good."""
        self._note("seen", number=number, id=id)

    def gone(self, number: int, id: str, how: str) -> None:
        """A thing is away: `removed`, or `already` was."""
        self._note("gone", number=number, id=id, how=how)

    def settled(self, number: int) -> None:
        """Nothing was found of it."""
        self._note("settled", number=number)

    @property
    def head(self) -> dict[str, Any]:
        """What the first line says of the run. Raises Refusal."""
        with self._held() as file:
            return _read(file, self.path)[0]

    @property
    def all(self) -> tuple[Creation, ...]:
        """Every creation, in the order in which they were intended. Raises Refusal for a file that is none."""
        with self._held() as file:
            return tuple(_read(file, self.path)[1].values())

    def _note(self, event: str, **values: Any) -> None:
        with self._held() as file:
            _write(file, {"event": event, **values})

    @contextmanager
    def _held(self) -> Iterator[int]:
        """The file, for this process and thread alone. Raises Refusal where it cannot be had."""
        try:
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as e:
            raise Refusal(f"Cannot write {self.path}: {e.strerror}; nothing is created without it.") from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        except OSError as e:
            raise Refusal(f"Cannot write {self.path}: {e.strerror}; nothing is created without it.") from None
        finally:
            os.close(file)


def _write(file: int, entry: Mapping[str, Any]) -> None:
    """One line, on disk when this returns. It never goes on a line that a kill cut off."""
    size = os.fstat(file).st_size
    cut = b"\n" if size and os.pread(file, 1, size - 1) != b"\n" else b""
    data = cut + json.dumps(entry, ensure_ascii=False).encode() + b"\n"
    while data:
        data = data[os.write(file, data) :]
    os.fsync(file)


def _read(file: int, path: Path) -> tuple[dict[str, Any], dict[int, Creation]]:
    head: dict[str, Any] = {}
    found: dict[int, Creation] = {}
    lines = os.pread(file, os.fstat(file).st_size, 0).decode("utf-8", "replace").splitlines()
    for number, line in enumerate(lines, 1):
        try:
            entry = json_value(line)
        except BadText:
            continue  # a kill cut it off, before what it says was asked for
        try:
            _take(entry, head, found)
        except (KeyError, TypeError, AttributeError, ValueError):
            raise Refusal(f"{path}, line {number}: no entry of what a run created.") from None
    if head and head.get("format_version") != FORMAT_VERSION:
        raise Refusal(f"{path} has format_version {head.get('format_version')}; this version reads {FORMAT_VERSION}.")
    return head, found


def _take(entry: dict[str, Any], head: dict[str, Any], found: dict[int, Creation]) -> None:
    match entry.pop("event"):
        case "run":
            head.update(entry)
        case "intent":
            found[entry["number"]] = Creation(Intent(**entry))
        case "created":
            found[entry["number"]].ids = tuple(map(str, entry["ids"]))
        case "refused":
            found[entry["number"]].refused = True
        case "gone":
            found[entry["number"]].gone.add(str(entry["id"]))
        case "seen":
            found[entry["number"]].seen.add(str(entry["id"]))
        case "settled":
            found[entry["number"]].settled = True
        case _:
            raise ValueError
