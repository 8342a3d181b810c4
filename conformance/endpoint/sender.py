"""The sender: one call, sent until there is an answer to judge, within the limits of a run."""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from email.utils import parsedate_to_datetime
from fnmatch import fnmatchcase

from attrs import define, field

from conformance.contract.model import Contract
from conformance.endpoint.allowance import UNANSWERED, Allowance
from conformance.endpoint.answer import NOT_OURS, Answer
from conformance.endpoint.findings import Disturbed, Inconclusive, MadeUp, Unanswered, Violation
from conformance.endpoint.lifecycle.guard import CreationGuard
from conformance.endpoint.repeats import Repeats
from conformance.endpoint.traffic import Limits, Traffic
from conformance.generate.required import first_name
from conformance.wire.access import known_secrets
from conformance.wire.client import AnyClient
from conformance.wire.exchange import Call, Credentials, Exchange, HttpRequest, HttpResponse
from conformance.wire.redaction import gives_away
from conformance.wire.transport import BrokenOff, NotHttp, OutOfTime, TimedOut, TooLarge, TransportError, Unreachable

# what asks for patience: HTTP statuses, and patterns of the codes that the common error pages give to it
BUSY_STATUSES = (429, 503)
BUSY_CODES = ("Throttling*", "ServiceUnavailable")
# in seconds, before the first repetition; twice as long before each one after it, up to the longest of our own choice
FIRST_PAUSE = 0.05
LONGEST_PAUSE = 5.0
# bytes of bodies after which cycles are looked for: a finding that is thrown away is one, and holds its exchange. By
# itself the collector counts objects, of which a long text is one
ROOM = 8 << 20
# common parameters of which a value counts once
PINNED = ("SignatureNonce",)


@define
class Sender:
    """Sends the calls of a run: waits for its turn, waits out throttling, and counts. `given` are values that the user
    wants to be sent, whatever they hold. What `strangers` has by the names of parameters may be somebody's, and is sent
    for nothing else.
    """

    contract: Contract
    client: AnyClient
    limits: Limits
    allowance: Allowance
    given: AbstractSet[str] = frozenset()
    traffic: Traffic = field(factory=Traffic)
    guard: CreationGuard | None = None
    strangers: Mapping[str, AbstractSet[str]] = field(factory=dict)
    _repeats: Repeats = field(factory=Repeats)
    _known_to_answer: Call | None = None
    _received: int = 0
    _random: random.Random = field(factory=random.SystemRandom)

    def send(self, call: Call, credentials: Credentials | None = None) -> Answer:
        """Send until the answer is neither throttled nor a passing failure.

        Raises Violation for a connection that breaks twice, Inconclusive for an answer that does not come in time, and
        for a call that would give away a secret which the endpoint has put into its answers.
        """
        return self._guarded(self.client, call, credentials)

    def send_apart(self, call: Call) -> Answer:
        """The same over a connection of its own, so that calls can be under way together."""
        with self.client.apart() as client:
            return self._guarded(client, call, None)

    def exchange_of(self, call: Call, request: HttpRequest, response: HttpResponse, attempts: int = 1) -> Exchange:
        """The exchange that has just been made. A recording gives requests the numbers that they had."""
        number = getattr(request, "number", None) or self.traffic.requests
        return Exchange(number, call, request, response, time.time(), attempts)

    def gives_away(self, text: str) -> bool:
        """Whether a text holds a secret of the run."""
        return gives_away(text, self.client.credentials, known_secrets(None))

    def spare_strangers(self, call: Call) -> None:
        """Raises MadeUp for a call that names what may be somebody else's."""
        for name, value in call.parameters:
            samples = self.strangers.get(first_name(name), ())
            if value not in self.given and (sample := next((s for s in samples if s in value), None)):
                raise MadeUp(f"not judged: {sample}, the documented {name}, {NOT_OURS}")

    def _guarded(self, client: AnyClient, call: Call, credentials: Credentials | None) -> Answer:
        """What may create something is written down before it is sent."""
        self.spare_strangers(call)
        if self.guard is None:
            return self._patiently(client, call, credentials)
        number = self.guard.before(call)
        answer = self._patiently(client, call, credentials)
        self.guard.after(number, answer)
        return answer

    def _patiently(self, client: AnyClient, call: Call, credentials: Credentials | None) -> Answer:
        if self.gives_away("\n".join(value for _, value in call.parameters if value not in self.given)):
            raise Inconclusive(
                "not asked: a value that the endpoint gave holds a secret of this run, or a piece of one"
            )
        for attempt in range(1, self.limits.attempts + 1):
            request, response = self._transfer(client, call, credentials)
            exchange = self.exchange_of(call, request, response, attempt)
            answer = self._repeats.read(Answer(self.contract, exchange))
            if not is_throttled(answer):
                self.allowance.answered()
                if not (call.common or call.tamper or call.covered or call.forgery):
                    self._known_to_answer = call
                return answer
            self.traffic.throttled += 1
            self.allowance.wait(self._pause(response, attempt))
            if any(call.common.get(name) for name in PINNED):
                # the same nonce again would be refused for being used, which is nobody's fault
                raise Disturbed("throttled while a nonce was given, which counts once", exchange)
        raise Inconclusive(f"throttled {self.limits.attempts} times in a row", exchange)

    def _pause(self, response: HttpResponse, attempt: int) -> float:
        """As long as the server wants, up to a bound; otherwise twice as long each time, and never just as others."""
        wanted = retry_after(response.header("retry-after") or "")
        if wanted is not None:
            return min(wanted * self._random.uniform(1.0, 1.1), self.limits.longest_wait)
        longest: float = min(FIRST_PAUSE * 2.0 ** (attempt - 1), LONGEST_PAUSE, self.limits.longest_wait)
        return longest * self._random.uniform(0.5, 1.0)

    def _transfer(
        self, client: AnyClient, call: Call, credentials: Credentials | None
    ) -> tuple[HttpRequest, HttpResponse]:
        """One request on the wire, and a second one where the first broke."""
        problem = ""
        for _ in range(2):
            self.allowance.take()
            self.traffic.requests += 1
            request = client.prepare(call, credentials)
            try:
                response = client.send(request)
            except OutOfTime:
                self.allowance.stop(self.allowance.out_of_time)
                raise Inconclusive(f"not judged: the run stopped, because {self.allowance.out_of_time}") from None
            except (TimedOut, Unreachable, TooLarge) as e:
                self.traffic.outcomes["too large" if isinstance(e, TooLarge) else "no answer"] += 1
                self._unanswered(client, call, str(e))
                raise (Unanswered if isinstance(e, TimedOut) else Inconclusive)(str(e)) from None
            except (BrokenOff, NotHttp) as e:
                self.traffic.outcomes["broken off"] += 1
                problem = str(e)
                continue
            if client.is_new(response):
                self.traffic.note(response)
            else:  # a recording gives it again: it was counted the first time
                self.traffic.requests -= 1
                self.allowance.give_back()
            self._make_room(len(response.body))
            return request, response
        self._unanswered(client, call, problem)
        evidence = Exchange(self.traffic.requests, call, request, HttpResponse(0, (), b""), time.time(), 2)
        raise Violation("the server gave no HTTP answer", expected="an answer", received=problem, exchange=evidence)

    def _make_room(self, length: int) -> None:
        """Throw away what nothing holds but itself, each time that much has come."""
        self._received += length
        if self._received > ROOM:
            self._received = 0
            gc.collect()

    def _unanswered(self, client: AnyClient, call: Call, problem: str) -> None:
        """After several asks in a row without an answer: stop the run, unless what was answered before still is."""
        if not self.allowance.unanswered():
            return
        known = self._known_to_answer or call
        try:
            self.allowance.take()
            self.traffic.requests += 1
            response = client.send(client.prepare(known))
        except TransportError:
            self.allowance.stop(f"{UNANSWERED} requests in a row got no answer: {problem.rstrip('.')}")
        else:
            self.traffic.note(response)
            self.allowance.answered()


def retry_after(text: str) -> float | None:
    """The seconds that a Retry-After header asks for, as a number or a date; None where it says neither."""
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, moment.timestamp() - time.time())


def is_throttled(answer: Answer) -> bool:
    """Whether the server asks for patience: by status, or by the code of its error."""
    code = answer.code if answer.kind == "refusal" else None
    return answer.status in BUSY_STATUSES or any(fnmatchcase(code or "", pattern) for pattern in BUSY_CODES)
