"""The endpoint without its sockets: from a request to a response."""

from __future__ import annotations

import itertools
import random
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterable, Mapping

from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.reference import pipeline
from conformance.reference.context import Context, Server
from conformance.reference.credentials import KeyLike, access_keys
from conformance.reference.dialect import dialect as resolved
from conformance.reference.message import Request, Response
from conformance.reference.refusals import COMMON, RefusedRequest
from conformance.reference.steps import Replacement, pipeline_with
from conformance.reference.store import Store


class Application:
    """`respond` answers one request and may be called from several threads."""

    def __init__(
        self,
        contract: Contract,
        protocol: Protocol | None,
        store: Store,
        credentials: Iterable[KeyLike] = (),
        dialect: Mapping[str, str] | None = None,
        replacements: Iterable[Replacement] = (),
        clock: Callable[[], float] | None = None,
        request_ids: Callable[[], str] | None = None,
    ) -> None:
        self._numbers = itertools.count(1)
        self.request_count = 0
        self.server = Server(
            contract=contract,
            protocol=protocol,
            store=store,
            keys=access_keys(credentials),
            dialect=resolved(contract, protocol, dialect or {}),
            clock=clock or time.time,
            request_ids=request_ids or fresh_ids(),
            steps=pipeline_with(replacements),
        )

    def at(self, address: str) -> None:
        """Say where the endpoint is, which its errors name."""
        self.server.host_id = address

    def respond(self, request: Request) -> Response:
        """The answer to one request; an error of our own is a documented 500, and a traceback on standard error."""
        number = next(self._numbers)
        self.request_count = max(self.request_count, number)
        context, steps = Context(self.server, request, number), self.server.steps
        try:
            response = steps.answer(context)
        except Exception:
            traceback.print_exc()
            response = pipeline.fail(context, RefusedRequest(*COMMON["crashed"], "crashed"))
        return steps.send(context, response)


def fresh_ids(seed: int | None = None) -> Callable[[], str]:
    """A source of upper-case UUIDs that never repeat; the same ones for the same seed."""
    source, lock = random.Random(seed), threading.Lock()
    seen = itertools.count()

    def fresh() -> str:
        with lock:
            # the running number in the last group makes a repetition impossible, not just unlikely
            bits = source.getrandbits(80) << 48 | (next(seen) ^ 0x5A5A5A5A5A5A)
        return str(uuid.UUID(int=bits, version=4)).upper()

    return fresh
