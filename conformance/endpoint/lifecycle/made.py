"""What a run makes at an endpoint for the operations of a service that change something, so that they have what to be
about.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from attrs import evolve

from conformance.contract.service import Service
from conformance.endpoint.findings import Inconclusive
from conformance.endpoint.lifecycle.own import PATIENCE, OwnThings, region_of
from conformance.endpoint.lifecycle.pool import Pool
from conformance.endpoint.lifecycle.relations import Lifecycle
from conformance.endpoint.lifecycle.running import asker_of
from conformance.endpoint.settings import Settings
from conformance.wire.client import BadEndpoint
from conformance.wire.environment import changed_environment


def made_for(
    service: Service,
    settings: Settings,
    names: Iterable[str],
    values: Mapping[str, Any],
    own: Iterable[Lifecycle],
    patience: float | None,
) -> tuple[dict[str, dict[str, str]], tuple[str, ...]]:
    """By operation what it has to name, each a thing that is made now and written down in the file of `settings`; and
    the regions of these. Where an endpoint gives no answer, or the budget is used up, no more are made.
    """
    assert settings.url is not None, "the reference is told what it holds"
    lives, found = {life.resource: life for life in own}, dict[str, dict[str, str]]()
    if not lives:
        return {}, ()
    regions = settings.regions or region_of(service, lives.values()) or ("",)
    plain = evolve(settings, budget=None)
    with changed_environment(settings.secrets.shared()), tempfile.TemporaryDirectory(prefix="acs-") as scratch:
        asker = asker_of(service, plain, settings.url, regions, values, Path(scratch) / "allowance")
        things = OwnThings(asker, lives, regions[0], PATIENCE if patience is None else patience, Pool(asker))
        with suppress(Inconclusive, BadEndpoint):
            for name in names:
                if needed := things.needed(name):
                    found[name] = needed
    return found, regions
