"""The sender: one call, sent until there is an answer to judge, within the limits of a run."""

from __future__ import annotations

import time
from fnmatch import fnmatchcase

from attrs import define, field

from conformance.contract.model import Contract
from conformance.endpoint.answer import Answer
from conformance.endpoint.findings import Disturbed, Inconclusive, Violation
from conformance.endpoint.repeats import Repeats
from conformance.endpoint.traffic import Limits, Traffic
from conformance.wire.client import AnyClient
from conformance.wire.exchange import Call, Credentials, Exchange, HttpRequest, HttpResponse
from conformance.wire.transport import BrokenOff, NotHttp, TimedOut, TooLarge, Unreachable

# what asks for patience: HTTP statuses, and patterns of the codes that the common error pages give to it
BUSY_STATUSES = (429, 503)
BUSY_CODES = ("Throttling*", "ServiceUnavailable")
# in seconds, before the first repetition; twice as long before each one after it
LEFT_OUT = "the budget"
FIRST_PAUSE = 0.05
# common parameters of which a value counts once
PINNED = ("SignatureNonce",)


@define
class Sender:
    """Sends the calls of a run: waits for its turn, waits out throttling, and counts."""

    contract: Contract
    client: AnyClient
    limits: Limits
    traffic: Traffic = field(factory=Traffic)
    _repeats: Repeats = field(factory=Repeats)
    _next_at: float = 0.0

    def send(self, call: Call, credentials: Credentials | None = None) -> Answer:
        """Send until the answer is neither throttled nor a passing failure.

        Raises Violation for a connection that breaks twice, Inconclusive for an answer that does not come in time.
        """
        return self._patiently(self.client, call, credentials)

    def send_apart(self, call: Call) -> Answer:
        """The same over a connection of its own, so that calls can be under way together."""
        with self.client.apart() as client:
            return self._patiently(client, call, None)

    def exchange_of(self, call: Call, request: HttpRequest, response: HttpResponse, attempts: int = 1) -> Exchange:
        """The exchange that has just been made. A recording gives requests the numbers that they had."""
        number = getattr(request, "number", None) or self.traffic.requests
        return Exchange(number, call, request, response, time.time(), attempts)

    def _patiently(self, client: AnyClient, call: Call, credentials: Credentials | None) -> Answer:
        for attempt in range(1, self.limits.attempts + 1):
            request, response = self._transfer(client, call, credentials)
            exchange = self.exchange_of(call, request, response, attempt)
            answer = self._repeats.read(Answer(self.contract, exchange))
            if not is_throttled(answer):
                return answer
            self.traffic.throttled += 1
            time.sleep(self._pause(response, attempt))
            if any(call.common.get(name) for name in PINNED):
                # the same nonce again would be refused for being used, which is nobody's fault
                raise Disturbed("throttled while a nonce was given, which counts once", exchange)
        raise Inconclusive(f"throttled {self.limits.attempts} times in a row", exchange)

    def _pause(self, response: HttpResponse, attempt: int) -> float:
        wanted = response.header("retry-after") or ""
        seconds = float(wanted) if wanted.isdigit() else FIRST_PAUSE * 2 ** (attempt - 1)
        return min(seconds, self.limits.longest_wait)

    def _transfer(
        self, client: AnyClient, call: Call, credentials: Credentials | None
    ) -> tuple[HttpRequest, HttpResponse]:
        """One request on the wire, and a second one where the first broke."""
        problem = ""
        for _ in range(2):
            self._wait_for_turn()
            self.traffic.requests += 1
            request = client.prepare(call, credentials)
            try:
                response = client.send(request)
            except (TimedOut, Unreachable) as e:
                self.traffic.outcomes["no answer"] += 1
                raise Inconclusive(str(e)) from None
            except (BrokenOff, NotHttp, TooLarge) as e:
                self.traffic.outcomes["broken off"] += 1
                problem = str(e)
                continue
            if client.is_new(response):
                self.traffic.note(response)
            else:  # a recording gives it again: it was counted the first time
                self.traffic.requests -= 1
            return request, response
        evidence = Exchange(self.traffic.requests, call, request, HttpResponse(0, (), b""), time.time(), 2)
        raise Violation("the server gave no HTTP answer", expected="an answer", received=problem, exchange=evidence)

    def _wait_for_turn(self) -> None:
        if self.limits.max_requests is not None and self.traffic.requests >= self.limits.max_requests:
            raise Inconclusive(f"{LEFT_OUT} of {self.limits.max_requests} requests is used up")
        if self.limits.rate:
            now = time.monotonic()
            time.sleep(max(0.0, self._next_at - now))
            self._next_at = max(now, self._next_at) + 1 / self.limits.rate


def is_throttled(answer: Answer) -> bool:
    """Whether the server asks for patience: by status, or by the code of its error."""
    code = answer.code if answer.kind == "refusal" else None
    return answer.status in BUSY_STATUSES or any(fnmatchcase(code or "", pattern) for pattern in BUSY_CODES)
