"""One driver and one endpoint, kept over the cases of many operations, so that an SDK keeps its client as a program
would.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from conformance.drivers.process import DriverProcess
from conformance.drivers.protocol import Ready
from conformance.sdk.cases import Case
from conformance.sdk.endpoint import InstrumentedEndpoint, Reply
from conformance.sdk.harness import START_SECONDS
from conformance.sdk.judging import Observed, made_up_identity
from conformance.sdk.observation import Observation, observe_at
from conformance.sdk.roles import SdkRoles
from conformance.wire.redaction import secrets_of


class Bench:
    """Use as a context manager. A driver that broke is replaced by `renew`."""

    def __init__(self, command: Sequence[str], expected_version: str | None) -> None:
        self._command = tuple(command)
        self._expected = expected_version
        self._credentials = made_up_identity().plain
        self._endpoint = InstrumentedEndpoint(lambda _: Reply(404), self._credentials, set())
        self._driver = self._made()

    def __enter__(self) -> Bench:
        self._driver.__enter__()
        self._endpoint.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._driver.close()
        self._endpoint.__exit__(*exc)

    @property
    def ready(self) -> Ready:
        """What the driver said of itself."""
        return self._driver.ready

    def renew(self) -> None:
        """Another process of the same driver. Raises DriverFault and SdkUnusable."""
        self._driver.close()
        self._driver = self._made()
        self._driver.__enter__()

    def lacks(self, roles: SdkRoles) -> bool:
        """Whether the SDK has no such operation. Raises DriverFault."""
        return self._observe(Case(), roles).last.answer.unsupported == roles.contract.operation

    def observed(self, cases: Iterable[Case], roles: SdkRoles) -> Observed:
        """What is seen in the plain case and in these, each done once. Raises DriverFault."""
        started = time.monotonic()
        roles = self._taken(roles)
        seen = {case.key: case for case in (Case(), *cases)}
        done = {key: self._observe(case, roles) for key, case in seen.items()}
        secrets = secrets_of(self._credentials)
        return Observed(self.ready, done, secrets=secrets, seconds=time.monotonic() - started)

    def _taken(self, roles: SdkRoles) -> SdkRoles:
        """The roles with required values in types that the SDK takes, where it sends nothing with the first ones."""
        retyped = roles.retyped()
        if retyped is None or self._observe(Case(), roles).requests or not self._observe(Case(), retyped).requests:
            return roles
        return retyped

    def _observe(self, case: Case, roles: SdkRoles) -> Observation:
        return observe_at(self._endpoint, case, self._driver, roles, self._credentials)

    def _made(self) -> DriverProcess:
        return DriverProcess(self._command, expected_version=self._expected, start_seconds=START_SECONDS)
