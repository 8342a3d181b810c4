"""The embedded reference endpoint of a run: started in a process of its own, its items known to the suite."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.errors import Refusal
from conformance.reference import process, seeding
from conformance.reference.items import load_items
from conformance.reference.server import EndpointError
from conformance.wire.environment import KEY_ID, KEY_SECRET, TOKEN, changed_environment
from conformance.wire.exchange import Credentials

NAME = "embedded reference"
PROGRESSING = "progressing"


@frozen
class Embedded:
    """Where the reference listens, which regions hold items (all where nothing is listed), and the file that lists them
    where they stay the same.
    """

    url: str
    regions: tuple[str, ...]
    items_file: Path | None


@contextmanager
def embedded_reference(
    contract: Contract,
    protocol: Protocol,
    faults: Sequence[str],
    variants: Sequence[str],
    folder: Path,
    items: Path | None = None,
    signed: bool = True,
    forked: bool = False,
) -> Iterator[Embedded]:
    """The reference in a child process, with an access key made for this run, while the context is open; where requests
    are not to be signed, with none, which takes them as they are.

    It stores the given `items`, or made-up ones. What the suite is to know of them is written to `folder`.
    `forked`: the child is a fork of this process, which has no threads that do anything.
    """
    key = Credentials(f"LTAI{secrets.token_hex(8)}", secrets.token_hex(15))
    environment = {KEY_ID: key.access_key_id, KEY_SECRET: key.access_key_secret, TOKEN: None}
    try:
        store = seeding.generated(contract, protocol) if items is None else load_items(items, contract)
        data = store.as_data()
        known = folder / "items.json"
        known.write_text(json.dumps(data), "utf-8")
        with (
            changed_environment(environment),
            process.running(
                contract,
                protocol,
                store,
                [key] if signed else (),
                faults=faults,
                variants=variants,
                forked=forked,
            ) as endpoint,
        ):
            holding = tuple(name for name, stored in data["regions"].items() if stored)
            regions = holding or tuple(data["regions"])
            yield Embedded(endpoint.url, regions, None if PROGRESSING in variants else known)
    except (EndpointError, ValueError) as e:
        raise Refusal(str(e)) from None
