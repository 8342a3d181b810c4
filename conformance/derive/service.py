"""A whole service from the metadata of all its operations, with the pages of single operations merged in."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from conformance.contract.as_of import is_later
from conformance.contract.files import ContractError, dump_contract
from conformance.contract.model import Contract
from conformance.contract.service import Service, ServiceHost, ServiceOperation, Style
from conformance.derive import explorer, metadata
from conformance.derive.bare import bare
from conformance.derive.derivation import contract_of
from conformance.derive.explorer import ADVICE, MetadataOperation
from conformance.derive.kinds import consumed, kind_of, paging_of, produced
from conformance.derive.nouns import id_names, keys_given_away, nouns, resource_of
from conformance.derive.overlay import Overlay, ServiceOverlay
from conformance.derive.page import Page, PageError
from conformance.derive.reading import LIMIT as PAGE_LIMIT
from conformance.derive.reading import METADATA, identified
from conformance.derive.revision import Facts, facts
from conformance.foreign import BadText, bytes_of

LIMIT = 64_000_000  # bytes of JSON; the largest service's has a twentieth of it


@frozen
class ServiceDocument:
    """The metadata of a service as it was read: `data` has `info`, `apis`, `components` and `endpoints`."""

    path: str
    data: Mapping[str, Any] = field(repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """Its operations, in its order."""
        return tuple(self.data["apis"])


@frozen
class DerivedService:
    """A service with the contracts of its operations. `called` is the metadata's own word for each."""

    service: Service
    contracts: Mapping[str, Contract]


def service_in(paths: Iterable[Path]) -> ServiceDocument | None:
    """The metadata of a whole service among files, or None where all are pages of one operation each.

    Raises PageError for two services, and for a packed file that holds none.
    """
    found = [read_service(path) for path in paths if _may_be_service(path)]
    if len(found) > 1:
        raise PageError(found[1].path, None, f"is a second service beside {found[0].path}; derive one at a time")
    return found[0] if found else None


def _may_be_service(path: Path) -> bool:
    """Whether a file is packed, or is JSON that is larger than a page or describes several operations."""
    try:
        with path.open("rb") as file:
            beginning = file.read(64)
            if beginning[:2] == b"\x1f\x8b":
                return True
            if not beginning.decode("utf-8", "ignore").lstrip("\ufeff \t\r\n").startswith("{"):
                return False
            if path.stat().st_size > PAGE_LIMIT:
                return True
        apis = json.loads(path.read_text("utf-8-sig")).get("apis")
    except (OSError, ValueError, AttributeError, RecursionError):
        return False  # the reader of pages says what is wrong with it
    return isinstance(apis, dict) and len(apis) > 1


def read_service(path: Path | str) -> ServiceDocument:
    """The metadata in a file, which may be packed with gzip. Raises PageError."""
    path = Path(path)
    try:
        data = bytes_of(path)
    except BadText as error:
        raise PageError(path, None, str(error)) from None
    if data[:2] == b"\x1f\x8b":
        data = _unpacked(path, data)
    if len(data) > LIMIT:
        raise PageError(path, 1, f"has {len(data)} bytes and the metadata of a service at most {LIMIT}; {ADVICE}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PageError(path, 1, f"is not UTF-8 text; {ADVICE}") from None
    found = explorer.read_json(str(path), text)
    apis = found.get("apis")
    if not isinstance(apis, dict) or not apis or not all(isinstance(a, dict) for a in apis.values()):
        raise PageError(path, 1, f"has no `apis` with operations; {ADVICE}")
    for name in apis:
        explorer.refuse_no_name(path, name)
    return ServiceDocument(str(path), found)


def _unpacked(path: Path, data: bytes) -> bytes:
    """At most one byte more than is allowed, so that a small file cannot fill the memory."""
    try:
        with gzip.open(path) as stream:
            return stream.read(LIMIT + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise PageError(path, 1, f"is packed with gzip and cannot be unpacked: {error}; {ADVICE}") from None


def derive_service(
    document: ServiceDocument,
    patterns: Iterable[str] = (),
    pages: Sequence[Page] = (),
    overlay: ServiceOverlay = ServiceOverlay(),  # noqa: B008
    kept: Mapping[str, Contract] | None = None,
    facts_alone: bool = False,
) -> DerivedService:
    """The service of a document: the operations that any pattern matches, all without patterns.

    `pages` are pages of its operations, each understood as one more revision; `overlay` has corrections by hand,
    `kept` the contracts that stay as they are. With `facts_alone` the others hold no word of the documentation.
    Raises PageError for a pattern that matches nothing, and for a page of another
    operation, ContractError for an overlay of one.
    """
    wanted, overlays = _wanted(document, tuple(patterns)), overlay.operations
    for name in sorted(overlay.names - set(document.names)):
        raise ContractError("overlay", f"corrects {name}, which is no operation of {document.path}")
    read = {name: explorer.operation_of(document.data, name) for name in document.names}
    by_operation = _by_operation(document, pages)
    revisions = {name: _revisions(document, read[name], by_operation.get(name, ()), overlays) for name in read}
    contracts = {name: contract_of(revisions[name], overlays.get(name, Overlay())) for name in read}
    for name, key in keys_given_away(contracts).items():
        contracts[name] = contract_of(revisions[name], overlays.get(name, Overlay()), key)
    if facts_alone:
        contracts = {name: bare(contract) for name, contract in contracts.items()}
    contracts |= {name: contract for name, contract in (kept or {}).items() if name in contracts}
    service = _service(document, read, contracts, wanted)
    return DerivedService(_corrected(service, overlay), {n: contracts[n] for n in wanted})


def published_of_service(
    pages: Sequence[Page], overlay: ServiceOverlay, as_of: str | None
) -> tuple[tuple[Page, ...], ServiceOverlay]:
    """The pages of a date and before, and the overlay with a note for the operation of each page that is not counted
    and of each without a date, which is. The metadata of a service has no date, and counts.
    """
    if as_of is None:
        return tuple(pages), overlay
    operations = dict(overlay.operations)
    kept = []
    for page in pages:
        note: str | None = None
        if is_later(page.date, as_of):
            note = f"{page.id} was published after {as_of} and does not count"
        else:
            kept.append(page)
            if page.date is None:
                note = f"{page.id} has no date, and counts as of {as_of}"
        if note is not None:
            name = facts(page).operation
            known = operations.get(name, Overlay())
            operations[name] = evolve(known, notes=(*known.notes, note))
    return tuple(kept), evolve(overlay, operations=operations)


def _corrected(service: Service, overlay: ServiceOverlay) -> Service:
    """The service with the kinds, resources and relations that the overlay gives."""
    found = dict(service.operations)
    for name in overlay.names & set(found):
        was = found[name]
        found[name] = evolve(
            was,
            kind=overlay.kinds.get(name, was.kind),
            resource=overlay.resources.get(name, was.resource),
            produces=overlay.produces.get(name, was.produces),
            consumes=overlay.consumes.get(name, was.consumes),
        )
    return evolve(service, operations=found)


def _wanted(document: ServiceDocument, patterns: tuple[str, ...]) -> tuple[str, ...]:
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in document.names):
            some = ", ".join(document.names[:3])
            raise PageError(document.path, None, f"has no operation {pattern}; it has {some} and others")
    return tuple(n for n in document.names if not patterns or any(fnmatchcase(n, p) for p in patterns))


def _by_operation(document: ServiceDocument, pages: Sequence[Page]) -> dict[str, list[Page]]:
    found: dict[str, list[Page]] = {}
    for page in pages:
        name = facts(page).operation
        if name not in document.names:
            raise PageError(page.path, 1, f"is about {name}, which is no operation of {document.path}")
        found.setdefault(name, []).append(page)
    return found


def _revisions(
    document: ServiceDocument, found: MetadataOperation, pages: Sequence[Page], overlays: Mapping[str, Overlay]
) -> tuple[Facts, ...]:
    own, overlay = page_of(document, found), overlays.get(found.name, Overlay())
    dated = (evolve(p, date=d.date or p.date) if (d := overlay.dated(p.sha256)) else p for p in pages)
    revisions: list[Facts] = []
    known: dict[tuple[str, ...], None] = {}
    for page in reversed(identified([*dated, own])):
        one = metadata.facts_of(page, found) if page.generation == METADATA else facts(page, known)
        revisions.insert(0, one)
        known.update(dict.fromkeys(path for f in one.response for path, _ in f.walk()))
    return tuple(revisions)


def page_of(document: ServiceDocument, found: MetadataOperation) -> Page:
    """The metadata of one operation as a page; its digest is over that operation's part alone."""
    text = json.dumps(document.data["apis"][found.name], sort_keys=True, ensure_ascii=False)
    return Page(
        path=f"{document.path}#{found.name}",
        title=found.name,
        language="zh" if any("\u4e00" <= c <= "\u9fff" for c in text) else "en",
        generation=METADATA,
        sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        sections=metadata.sections_of(found),
        source=text,
    )


# -------------------------------------------------------------------------------------------------------- service


def _service(
    document: ServiceDocument,
    read: Mapping[str, MetadataOperation],
    contracts: Mapping[str, Contract],
    wanted: Sequence[str],
) -> Service:
    known = nouns(contracts.values())
    ids = id_names(contracts.values(), known)
    first = next(iter(contracts.values()))
    return Service(
        product=first.product,
        version=first.version,
        style=_style(document),
        operations={n: _operation(contracts[n], read[n], known, ids) for n in wanted},
        endpoints=tuple(_endpoints(document)),
    )


def _style(document: ServiceDocument) -> Style:
    info = document.data.get("info")
    return "path" if isinstance(info, Mapping) and info.get("style") == "ROA" else "rpc"


def _operation(contract: Contract, found: MetadataOperation, known: Sequence[str], ids: Any) -> ServiceOperation:
    kind = kind_of(contract, found.kind, ids)
    return ServiceOperation(
        name=contract.operation,
        kind=kind,
        digest=contract_digest(contract),
        resource=resource_of(contract.operation, known),
        paging=paging_of(contract, kind),
        produces=produced(contract, ids, kind),
        consumes=consumed(contract, ids),
        deprecated=found.deprecated,
    )


def contract_digest(contract: Contract) -> str:
    """`sha256:…` of the text of a contract's file, as runs and recordings name it."""
    return f"sha256:{hashlib.sha256(dump_contract(contract).encode()).hexdigest()}"


def _endpoints(document: ServiceDocument) -> Iterator[ServiceHost]:
    for one in document.data.get("endpoints") or ():
        region, host = (one.get("regionId"), one.get("endpoint")) if isinstance(one, Mapping) else (None, None)
        if isinstance(region, str) and isinstance(host, str) and region and host:
            yield ServiceHost(region, host)
