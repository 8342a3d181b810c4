"""What the lists of an endpoint show for the reads of a service that must name something: nothing need be made up."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from attrs import evolve

from conformance.contract.service import Service
from conformance.endpoint.findings import Inconclusive
from conformance.endpoint.lifecycle.pool import Pool
from conformance.endpoint.lifecycle.running import asker_of
from conformance.endpoint.settings import Settings
from conformance.wire.client import BadEndpoint
from conformance.wire.environment import changed_environment

# lists that may give no answer before no more of them are asked
MOST_SILENT = 2


def shown_at(
    service: Service, settings: Settings, names: Iterable[str], values: Mapping[str, Any]
) -> dict[str, dict[str, str]]:
    """By operation what it requires and has no value for, with the first that a list of the endpoint shows in the main
    region, or in the documented example where none is given. Each list is asked once; where two give no answer, no
    others are asked.
    """
    assert settings.url is not None, "the reference is told what it holds"
    found: dict[str, dict[str, str]] = {}
    silent = 0
    plain = evolve(settings, budget=None, creations=None)
    with changed_environment(settings.secrets.shared()), tempfile.TemporaryDirectory(prefix="acs-") as scratch:
        asker = asker_of(service, plain, settings.url, settings.regions, values, Path(scratch) / "allowance")
        pool = Pool(asker)
        for name in names:
            try:
                found[name] = pool.needed(name, settings.regions[0] if settings.regions else None)
            except BadEndpoint:
                return found
            except Inconclusive:
                silent += 1
                if silent == MOST_SILENT:
                    return found
    return found
