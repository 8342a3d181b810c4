"""Doing a case to a driver: what was called, what arrived, what was answered, and what the caller got."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import define, evolve, field, frozen

from conformance.drivers.process import DriverProcess
from conformance.drivers.protocol import Burst, DriverAnswer, DriverCall, DriverOperation, Ready
from conformance.sdk import view
from conformance.sdk.cases import CallSpec, Case, Walk
from conformance.sdk.certificates import Authority
from conformance.sdk.endpoint import InstrumentedEndpoint, Recorded, Reply
from conformance.sdk.giving import nested
from conformance.sdk.leaks import revealed
from conformance.sdk.replies import Served, answer
from conformance.sdk.roles import SdkRoles
from conformance.wire.exchange import Credentials

# Beyond every timeout of an SDK and every patience of the endpoint, retries included: who is later hangs.
DEADLINE = 90.0
_CLIENT_REGION = "cn-hangzhou"
_MOST_PAGES = 20
_WRONG_HOST = "localhost"
_PROXY_REFUSES = Reply(
    407, (("Proxy-Authenticate", 'Basic realm="proxy"'), ("Content-Type", "text/html")), b"<html></html>"
)


@frozen
class Identity:
    """The credentials of a run: made up, and long enough to be found wherever they leak."""

    plain: Credentials
    temporary: Credentials


@frozen
class ObservedCall:
    """One call as the caller saw it, and the requests that it caused, each with what it was answered.

    `reveals` names the credentials that the exception tells.
    """

    parameters: Mapping[str, Any]
    answer: DriverAnswer
    requests: tuple[Recorded, ...]
    served: tuple[Served, ...]
    reveals: tuple[str, ...] = ()


@frozen
class Observation:
    """A case that was done. `elsewhere` holds the requests that went to the other host, or to the proxy.

    `unknown` are the documented fields that the SDK never hands out: one requirement tells of them, not all.
    """

    case: Case
    calls: tuple[ObservedCall, ...]
    roles: SdkRoles
    ready: Ready
    elsewhere: tuple[Recorded, ...] = ()
    unknown: frozenset[str] = frozenset()

    @property
    def requests(self) -> tuple[Recorded, ...]:
        """What arrived at the endpoint in all calls, in order."""
        return tuple(r for call in self.calls for r in call.requests)

    @property
    def last(self) -> ObservedCall:
        """The call that most judges look at."""
        return self.calls[-1]


@define
class _Script:
    """What the endpoint answers in one case: reply n to request n, the last one from then on."""

    case: Case
    roles: SdkRoles
    elsewhere: str = ""
    first: Recorded | None = None
    served: dict[int, Served] = field(factory=dict)

    def __call__(self, recorded: Recorded) -> Reply:
        spec = self.case.replies[min(recorded.number, len(self.case.replies)) - 1]
        self.first = self.first or recorded
        reply, self.served[recorded.number] = answer(spec, recorded, self.roles, self.case.walk, self.elsewhere)
        return reply

    def away(self, recorded: Recorded) -> Reply:
        """What the other host answers, in the format that was asked for before the redirect."""
        spec = self.case.elsewhere
        if spec is None:
            return Reply(404)
        return answer(spec, self.first or recorded, self.roles, None, "")[0]


def observe(case: Case, driver: DriverProcess, roles: SdkRoles, identity: Identity, nonces: set[str]) -> Observation:
    """Does the case. Raises DriverFault where the driver breaks its protocol."""
    credentials = identity.temporary if case.token else identity.plain
    script = _Script(case, roles)
    with (
        InstrumentedEndpoint(script.away, credentials, nonces, host=_WRONG_HOST) as other,
        InstrumentedEndpoint(script, credentials, nonces) as endpoint,
    ):
        script.elsewhere = other.url
        url = f"http://127.0.0.1:{_closed_port()}" if case.refused else endpoint.url
        calls = _calls(case, script, endpoint, url, driver, credentials)
        return Observation(case, calls, roles, driver.ready, tuple(other.recorded))


def observe_at(
    endpoint: InstrumentedEndpoint, case: Case, driver: DriverProcess, roles: SdkRoles, credentials: Credentials
) -> Observation:
    """Does a case at an endpoint that is kept, where nothing but answers is needed: no other host, no closed port."""
    script = _Script(case, roles)
    endpoint.begin(script)
    return Observation(case, _calls(case, script, endpoint, endpoint.url, driver, credentials), roles, driver.ready)


def _calls(
    case: Case,
    script: _Script,
    endpoint: InstrumentedEndpoint,
    url: str,
    driver: DriverProcess,
    credentials: Credentials,
) -> tuple[ObservedCall, ...]:
    calls: list[ObservedCall] = []
    for spec in case.calls if case.walk is None else _pages(case.walk, script.roles, calls):
        before = len(endpoint.recorded)
        call = _call(case, spec, url, script.roles, credentials)
        got = driver.call(_shaped(call, driver.ready), DEADLINE)
        if case.as_it_has and (less := _without(call, got)) is not None:
            call, got = less, driver.call(_shaped(less, driver.ready), DEADLINE)
        new = tuple(endpoint.recorded[before:])
        if any(r.reply.hang_up for r in new):
            endpoint.hung_up()
        calls += _seen_at_once(call, got, new, script, credentials)
    return tuple(calls)


def observe_alone(case: Case, start: Any, roles: SdkRoles, identity: Identity, nonces: set[str]) -> Observation:
    """Like `observe`, with a driver of its own that is started under variables of the case, and of its proxy.

    `start` makes a DriverProcess from an environment. The proxy is another instrumented endpoint; requests
    that reach it are in `elsewhere`, answered as the endpoint itself would, or refused.
    """
    script = _Script(case, roles)
    authority = Authority(Path(tempfile.mkdtemp(prefix="acs-authority-")), case.tls) if case.tls else None
    try:
        return _alone(case, start, script, identity, nonces, authority)
    finally:
        if authority is not None:
            shutil.rmtree(authority.folder, ignore_errors=True)


def _alone(
    case: Case, start: Any, script: _Script, identity: Identity, nonces: set[str], authority: Authority | None
) -> Observation:
    roles, tls = script.roles, authority.context() if authority else None
    at_proxy: Callable[[Recorded], Reply] = (lambda _: _PROXY_REFUSES) if case.proxy == "refuses" else script
    with (
        InstrumentedEndpoint(at_proxy, identity.plain, nonces) as proxy,
        InstrumentedEndpoint(script, identity.plain, nonces, "localhost" if tls else "127.0.0.1", tls) as endpoint,
    ):
        environment = {**case.environment, **(authority.environment if authority else {})}
        if case.proxy:
            environment |= dict.fromkeys(("HTTP_PROXY", "http_proxy"), proxy.url)
            excluded = "127.0.0.1,localhost" if case.proxy == "excluded" else ""
            environment |= {"NO_PROXY": excluded, "no_proxy": excluded}
        with start(environment) as driver:
            call = _call(case, case.calls[0], endpoint.url, roles, identity.plain)
            got = driver.call(_shaped(call, driver.ready), DEADLINE)
            one = _seen(call, got, tuple(endpoint.recorded), script, identity.plain)
            return Observation(case, (one,), roles, driver.ready, tuple(proxy.recorded))


def _without(call: DriverCall, got: DriverAnswer) -> DriverCall | None:
    """The call without the parameters that the SDK is said not to have; None where it is about something else."""
    missing = set((got.unsupported or "").split(", "))
    kept = {name: value for name, value in call.parameters.items() if name not in missing}
    return evolve(call, parameters=kept) if kept and len(kept) + len(missing) == len(call.parameters) else None


def _shaped(call: DriverCall, ready: Ready) -> DriverCall:
    """With structures for a driver that takes them; for another, members of structures go by their dotted names."""
    return evolve(call, parameters=nested(call.parameters)) if ready.structures else call


def _seen_at_once(
    call: DriverCall, got: DriverAnswer, new: tuple[Recorded, ...], script: _Script, credentials: Credentials
) -> Iterator[ObservedCall]:
    """What is seen of a call, or of each that was made at once with it. Which request is whose nobody can say."""
    results = got.result if call.burst and got.ok else None
    if not isinstance(results, list) or not results:
        yield _seen(call, got, new, script, credentials)
        return
    surplus = max(0, len(new) - len(results))
    for number, result in enumerate(results):
        begin = number + surplus if number else 0
        yield _seen(call, evolve(got, result=result), new[begin : number + surplus + 1], script, credentials)


def _seen(
    call: DriverCall, got: DriverAnswer, new: tuple[Recorded, ...], script: _Script, credentials: Credentials
) -> ObservedCall:
    served = tuple(script.served[r.number] for r in new)
    return ObservedCall(call.parameters, got, new, served, revealed(got.error, credentials))


def _call(case: Case, spec: CallSpec, url: str, roles: SdkRoles, credentials: Credentials) -> DriverCall:
    contract = roles.contract
    return DriverCall(
        endpoint=url,
        operation=DriverOperation(contract.product, contract.version, contract.operation),
        region=case.client_region or _CLIENT_REGION,
        access_key_id=credentials.access_key_id,
        access_key_secret=credentials.access_key_secret,
        security_token=credentials.security_token,
        parameters={**roles.required(), **roles.given(spec.parameters)},
        timeout=case.timeout,
        options=case.options,
        burst=Burst(case.burst, case.ability) if case.burst else None,
        raw=case.ability == "raw",
        binary=tuple(roles.given(spec.parameters)) if case.ability == "bytes" else (),
    )


def _pages(walk: Walk, roles: SdkRoles, calls: list[ObservedCall]) -> Iterator[CallSpec]:
    """The calls of a caller who walks pages until they cover the total that the last answer gave."""
    for number in range(1, _MOST_PAGES):
        yield CallSpec({"number": number, "size": walk.size})
        total = view.reached(calls[-1].answer.result, roles.fields["total"]) if calls[-1].answer.ok else None
        if not view.text(total).isdigit() or number * walk.size >= int(view.text(total)):
            return


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
