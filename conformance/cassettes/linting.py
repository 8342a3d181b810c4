"""A cassette, looked over: is it whole, as it was recorded, and without secrets?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conformance.cassettes.file import Loaded
from conformance.cassettes.scrubbing import secrets_left
from conformance.cassettes.sdk_cassette import SdkCassette

MOST = 5


def notes_on(loaded: Loaded) -> list[str]:
    """What it is a recording of, a phrase each."""
    cassette, provenance = loaded.cassette, loaded.cassette.provenance
    if isinstance(cassette, SdkCassette):
        target, exchanges = cassette.provenance.name, len(cassette.arrived)
    else:
        target, exchanges = cassette.provenance.target, len(cassette.interactions)
    return [f"{target} ({provenance.kind}), {exchanges:,} exchanges", f"recorded {provenance.recorded}"]


def problems_of(loaded: Loaded, secrets: Iterable[str]) -> list[str]:
    """What is wrong with it whatever it is judged by, a phrase each. `secrets` are looked for in it."""
    provenance, problems = loaded.cassette.provenance, list(loaded.changes)
    if not provenance.complete:
        problems.append(f"incomplete: {provenance.reason or 'it was not recorded to its end'}")
    return [*problems, *few(secrets_left(loaded.cassette, secrets), "secrets")]


def few(problems: Iterator[str], what: str) -> list[str]:
    """The first of many problems, and how many more there are."""
    found = list(problems)
    return found if len(found) <= MOST else [*found[:MOST], f"{len(found) - MOST} more {what}"]
