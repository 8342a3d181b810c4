"""What convention gets wrong about one operation, corrected by hand in a small file beside the contract."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from conformance.contract.files import read_yaml, structure
from conformance.contract.model import Contract, OptionalField
from conformance.contract.service import Kind, Relation

OVERLAY_FILE = "overlay.yaml"


@frozen
class Dated:
    """A revision's date and source, which its file does not give; `sha256` may be its first digits."""

    sha256: str
    date: str | None = None
    source: str | None = None


@frozen
class Exclusion:
    """A sentence that states nothing that can be tested, by digest, and why."""

    digest: str
    reason: str


@frozen
class Overlay:
    """`semantics` replaces members of the derived semantics; `preferred` maps choices to alternatives."""

    product: str | None = None
    version: str | None = None
    revisions: tuple[Dated, ...] = ()
    semantics: Mapping[str, Any] = {}
    optional_fields: tuple[OptionalField, ...] = ()
    preferred: Mapping[str, str] = {}
    notes: tuple[str, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()

    @property
    def reasons(self) -> dict[str, str]:
        """Excluded sentences: digest to reason."""
        return {e.digest: e.reason for e in self.exclusions}

    def dated(self, sha256: str) -> Dated | None:
        """What is known of the revision with that digest."""
        return next((r for r in self.revisions if sha256.startswith(r.sha256)), None)


@frozen
class ServiceOverlay:
    """Corrections of a whole service, by operation: an overlay for its contract, and what convention gets wrong of its
    kind, its resource, and the ids that it gives and takes.
    """

    operations: Mapping[str, Overlay] = {}
    kinds: Mapping[str, Kind] = {}
    resources: Mapping[str, str] = {}
    produces: Mapping[str, tuple[Relation, ...]] = {}
    consumes: Mapping[str, tuple[Relation, ...]] = {}

    @property
    def names(self) -> frozenset[str]:
        """Every operation that is corrected."""
        return frozenset({*self.operations, *self.kinds, *self.resources, *self.produces, *self.consumes})


def load_service_overlay(path: Path | str | None) -> ServiceOverlay:
    """The overlay of a service in a file; an empty one without a path. Raises ContractError."""
    if path is None:
        return ServiceOverlay()
    return structure(read_yaml(path) or {}, ServiceOverlay, path)


def load_overlay(path: Path | str | None) -> Overlay:
    """The overlay in a file; an empty one without a path. Raises ContractError."""
    if path is None:
        return Overlay()
    return structure(read_yaml(path) or {}, Overlay, path)


def corrected(contract: Contract, overlay: Overlay) -> Contract:
    """The contract with the overlay's corrections of product, version and semantics."""
    semantics = contract.semantics
    if overlay.semantics:
        given = structure(dict(overlay.semantics), type(semantics), "overlay, semantics")
        semantics = evolve(semantics, **{name: getattr(given, name) for name in overlay.semantics})
    return evolve(
        contract,
        product=overlay.product or contract.product,
        version=overlay.version or contract.version,
        semantics=evolve(semantics, optional_fields=(*semantics.optional_fields, *overlay.optional_fields)),
        notes=(*contract.notes, *overlay.notes),
    )
