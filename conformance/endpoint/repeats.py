"""Answers that repeat an earlier one in everything but the RequestId: what was read from that one is not read again.

Most answers of a run are such repeats, and reading and judging bodies is what a run spends its time on.
"""

from __future__ import annotations

import re
from collections import OrderedDict

from attrs import define, field

from conformance.endpoint.answer import Answer
from conformance.endpoint.response_reading import ResponseReading

MOST = 512
# bytes of the bodies whose readings are kept, and of the largest one: a reading takes many times the memory of its body
MOST_BYTES = 2 << 20
LARGEST = 256 << 10
REQUEST_ID_FORM = re.compile(rb'(?:"\s*:\s*"|>)([0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12})(?:"|</)')
# status, media type, and the body without its RequestId: answers that agree in these are read alike
RepeatKey = tuple[int, str | None, bytes]


@define
class Repeats:
    """The readings of a run that later answers may repeat, the latest of them, up to `MOST` and `MOST_BYTES`."""

    _known: OrderedDict[RepeatKey, ResponseReading] = field(factory=OrderedDict)
    _bytes: int = 0

    def read(self, answer: Answer) -> Answer:
        """The same answer, with the reading of an earlier one that it repeats."""
        response = answer.exchange.response
        if len(response.body) > LARGEST:
            return answer
        found = _split(response.body, (answer.contract.semantics.request_id or "RequestId").encode())
        if found is None:
            return answer
        rest, request_id = found
        key = (response.status, response.header("content-type"), rest)
        earlier = self._known.get(key)
        if earlier is not None:
            return answer.repeating(earlier, request_id)
        if answer.request_id == request_id:  # it stands where it is looked for
            self._known[key] = answer.reading
            self._bytes += len(rest)
            while len(self._known) > MOST or self._bytes > MOST_BYTES:
                oldest, _ = self._known.popitem(last=False)
                self._bytes -= len(oldest[2])
        return answer


def _split(body: bytes, name: bytes) -> tuple[bytes, str] | None:
    """A body without its RequestId, and that; None unless there is exactly one, of the documented form."""
    place = body.find(name)
    found = REQUEST_ID_FORM.match(body, place + len(name)) if place >= 0 else None
    if found is None:
        return None
    after = body[found.end(1) :]
    closing = after.startswith(b"</" + name)
    if after.count(name) != (1 if closing else 0):
        return None
    return body[: found.start(1)] + after, found[1].decode()
