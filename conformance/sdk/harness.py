"""Where cases are done to drivers: it starts them, hands cases out, and keeps what was seen."""

from __future__ import annotations

import queue
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

from attrs import define, field

from conformance.drivers.process import DriverFault, DriverProcess
from conformance.sdk.cases import Case
from conformance.sdk.leaks import tells
from conformance.sdk.observation import Identity, Observation, observe, observe_alone
from conformance.sdk.plan import Plan
from conformance.sdk.roles import SdkRoles
from conformance.wire.redaction import redact_text, secrets_of

# A virtual machine and a large SDK on a busy machine: seconds to wait for a driver to be ready.
START_SECONDS = 60.0


@define
class Harness:
    """One certification's drivers and observations. All nonces of the run are collected, over all drivers.

    `seen` holds each case that was done so far, by its key, and `leaks` the cases after which the secret of the access
    key stood in a driver's log.
    """

    command: Sequence[str]
    plan: Plan
    identity: Identity
    expected_version: str | None = None
    nonces: set[str] = field(factory=set)
    leaks: list[str] = field(factory=list)
    seen: dict[str, Observation] = field(factory=dict)
    roles: SdkRoles = field(init=False)

    @roles.default
    def _of_the_plan(self) -> SdkRoles:
        return self.plan.roles()

    def driver(self, environment: Mapping[str, str] | None = None) -> DriverProcess:
        """Another process of the same driver, not started yet, with these environment variables."""
        return DriverProcess(
            self.command,
            environment=environment,
            expected_version=self.expected_version,
            start_seconds=START_SECONDS,
        )

    def smoke(self, driver: DriverProcess) -> None:
        """One plain call. A driver that does not even reach the endpoint is broken; what the SDK makes of it comes
        later, and so does what it has no parameter for.
        """
        case = Case(name="smoke")
        seen = self._plain(case, driver)
        self._look_for_leaks(case.name, driver)
        lacking = seen.last.answer.unsupported
        if lacking == self.roles.contract.operation:
            raise DriverFault("smoke", f"the driver cannot make a plain call: no {lacking}", driver.stderr)
        if not seen.requests and lacking is None:
            error = seen.last.answer.error
            said = f"{error.type}: {error.message}" if error else "a success"
            what = f"a plain call reaches no endpoint; the driver says: {redact_text(said)[:300]}"
            raise DriverFault("smoke", what, driver.stderr)
        self.seen[case.key] = seen

    def _plain(self, case: Case, driver: DriverProcess) -> Observation:
        """The plain case, with required values in types that the SDK takes where it sends nothing with the first."""
        seen, retyped = self._observed(case, driver), self.roles.retyped()
        if seen.requests or retyped is None:
            return seen
        usual, self.roles = self.roles, retyped
        again = self._observed(case, driver)
        if again.requests:
            return again
        self.roles = usual
        return seen

    def observe(self, cases: Sequence[Case], driver: DriverProcess, workers: int) -> None:
        """Do every case once. Raises DriverFault as soon as one driver breaks; an interruption ends it soon, too."""
        waiting: queue.SimpleQueue[Case] = queue.SimpleQueue()
        for case in sorted(cases, key=lambda c: c.timeout):
            waiting.put(case)
        drivers = [driver]
        with ExitStack() as stack:
            drivers += [stack.enter_context(self.driver()) for _ in range(workers - 1)]
            with ThreadPoolExecutor(workers) as pool:
                futures = [pool.submit(self._work, waiting, one) for one in drivers]
                try:
                    for future in futures:
                        future.result()
                finally:
                    _emptied(waiting)
        for one in drivers[1:]:
            self.closed(one)

    def closed(self, driver: DriverProcess) -> None:
        """What a driver logged at the very end is complete only after it was closed."""
        self._look_for_leaks("the last one", driver)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything that no report may show."""
        return (*secrets_of(self.identity.plain), *secrets_of(self.identity.temporary))

    def _work(self, waiting: queue.SimpleQueue[Case], driver: DriverProcess) -> None:
        while True:
            try:
                case = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                self.seen[case.key] = self._observed(case, driver)
            except BaseException:
                _emptied(waiting)
                raise
            self._look_for_leaks(case.name or "plain", driver)

    def _observed(self, case: Case, driver: DriverProcess) -> Observation:
        if case.proxy or case.environment or case.tls:
            return observe_alone(case, self.driver, self.roles, self.identity, self.nonces)
        return observe(case, driver, self.roles, self.identity, self.nonces)

    def _look_for_leaks(self, case: str, driver: DriverProcess) -> None:
        logged = driver.stderr
        for credentials in (self.identity.plain, self.identity.temporary):
            if tells(logged, credentials.access_key_secret):
                self.leaks.append(case)


def _emptied(waiting: queue.SimpleQueue[Case]) -> None:
    with suppress(queue.Empty):
        while True:
            waiting.get_nowait()
