"""The made-up service of `services.py`, derived, served, and the lives of its things judged."""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from click.testing import CliRunner

from conformance.cli import main
from conformance.contract.files import load_protocol, schemas_root
from conformance.contract.service import Service, load_service
from conformance.endpoint.allowance import Allowance
from conformance.endpoint.lifecycle.asker import Asker
from conformance.endpoint.lifecycle.judging import LifecycleJudged, LifeJudging
from conformance.endpoint.lifecycle.relations import lifecycles
from conformance.endpoint.lifecycle.requirements import requirements_of
from conformance.endpoint.settings import RunSettings
from conformance.endpoint.traffic import Limits
from conformance.reference.manners import Manner
from conformance.reference.service import ServiceEndpoint
from tests.services import written

PROTOCOL = load_protocol(schemas_root() / "ecs" / "2014-05-26" / "common")
MOST = 250


def fair_in(folder: Path) -> Service:
    """The service, derived into a folder."""
    done = CliRunner().invoke(main, ["derive", str(written(folder)), "-o", str(folder / "fair")])
    assert done.exit_code == 0, done.output
    return load_service(folder / "fair")


@contextmanager
def served(
    service: Service, manners: Iterable[Manner] = (), clock: Callable[[], float] = time.time
) -> Iterator[ServiceEndpoint]:
    """A reference of a service, on a loopback port."""
    with ServiceEndpoint(service, PROTOCOL, clock=clock, seconds=0.3, manners=manners) as endpoint:
        assert isinstance(endpoint, ServiceEndpoint)
        yield endpoint


def judged(
    service: Service,
    resource: str,
    manners: Iterable[Manner] = (),
    draws: int = 0,
    most: int = MOST,
    seed: int = 1,
    by_requests: bool = False,
) -> LifecycleJudged:
    """What the sequences over a resource show of a reference that has faults, or is a variant. `by_requests`: its clock
    goes on whenever it is looked at, a tenth of what an asynchronous operation takes, however busy the machine is.
    """
    ticks = itertools.count(int(time.time()) * 33)
    clock, patience = (lambda: next(ticks) / 33, 60.0) if by_requests else (time.time, 0.5)
    lifecycle = next(found for found in lifecycles(service, service.operations) if found.resource == resource)
    with served(service, manners, clock) as endpoint, tempfile.TemporaryDirectory() as scratch:
        regions, file = endpoint.mock.regions[:2], Path(scratch) / "allowance"
        limits = Limits(max_requests=most)
        Allowance.begun(limits, file).close()
        settings = RunSettings(
            endpoint.url, "", regions, formats=("json",), signatures=("none",), limits=limits, allowance_file=str(file)
        )
        asker = Asker(service, PROTOCOL, settings)
        required = requirements_of(service, lifecycle, regions)
        return LifeJudging(asker, lifecycle, required, regions, seed, patience, draws).run()


def failed(found: LifecycleJudged) -> dict[str, str]:
    """What is not met, by check without its theme, and what is said of it."""
    against = (v for v in found.verdicts if v.verdict in ("failed", "warned"))
    return {v.requirement.split(".")[-1]: v.message for v in against}
