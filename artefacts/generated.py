"""The generated files, by path, with the text that they should have; all from files of this repository."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from attrs import evolve

from conformance.contract.catalogue import COMMON
from conformance.contract.files import CONTRACT_FILE, dump_contract, load_contract, load_protocol, schemas_root
from conformance.contract.service import SERVICE_FILE, dump_service, load_service
from conformance.derive import derive
from conformance.derive.choices import silences_anew
from conformance.derive.overlay import OVERLAY_FILE, load_overlay
from conformance.emit.model_schema import contract_file_schema
from conformance.emit.writing import common_contents, contents
from conformance.ledger.files import dump_ledger, ledger_of
from conformance.ledger.sentences import SENTENCES_FILE, load_sentences
from conformance.report.header import digest

ROOT = Path(__file__).parents[1]
OWN = ROOT / "tests" / "derive"
# kept beside the contract of the first operation for people to read; nothing else reads it
LEDGER_FILE = "requirements.yaml"


@cache
def generated() -> Mapping[Path, str]:
    """All generated files. Raises ContractError and PageError where a file that they are made from is wrong."""
    return {path: text for files in (_schemas, _own_contracts) for path, text in files()}


def stale(files: Mapping[Path, str]) -> list[Path]:
    """Those that are not there, or hold something else."""
    return [path for path, text in files.items() if not path.is_file() or path.read_bytes() != text.encode()]


def _schemas() -> Iterator[tuple[Path, str]]:
    root = schemas_root()
    schema = json.dumps(contract_file_schema(), indent=2, ensure_ascii=False) + "\n"
    yield root / "acs-conformance" / "contract.schema.json", schema
    for service in sorted(path.parent for path in root.glob(f"*/*/{COMMON}")):
        for name, text in common_contents().items():
            yield service / COMMON / name, text
        digests: dict[str, str] = {}
        for folder in sorted(path.parent for path in service.glob(f"*/{CONTRACT_FILE}")):
            files = dict(_operation(folder) if (folder / OVERLAY_FILE).is_file() else _facts(folder))
            digests[folder.name] = digest(files[folder / CONTRACT_FILE])
            yield from files.items()
        if (service / SERVICE_FILE).is_file():
            yield service / SERVICE_FILE, _index(service, digests)


def _facts(folder: Path) -> Iterator[tuple[Path, str]]:
    """A contract that came from the metadata of its whole service, with the kinds of choice that there are now.

    Where it came from is not in the repository: `acs-conformance derive API-DOCS.json.gz -o SERVICE --facts` wrote it
    from what the vendor's API explorer serves (the digest of the operation's part stands in the contract). Its schemas
    follow from it and are made when they are asked for.
    """
    contract = load_contract(folder)
    yield folder / CONTRACT_FILE, dump_contract(evolve(contract, choices=silences_anew(contract, {})))


def _index(service: Path, digests: Mapping[str, str]) -> str:
    """The index of a service, with the digests of its contracts as they are generated."""
    found = load_service(service)
    anew = {name: evolve(o, digest=digests.get(name, o.digest)) for name, o in found.operations.items()}
    return dump_service(evolve(found, operations=anew))


def _operation(folder: Path) -> Iterator[tuple[Path, str]]:
    """A contract with the kinds of choice that there are now, what is emitted from it, and its ledger if it is kept."""
    contract, overlay = load_contract(folder), folder / OVERLAY_FILE
    preferred = load_overlay(overlay).preferred if overlay.is_file() else {}
    contract = evolve(contract, choices=silences_anew(contract, preferred))
    kept = (folder / SENTENCES_FILE).is_file()
    sentences = load_sentences(folder)
    protocol = load_protocol(folder.parent / COMMON)
    for name, text in contents(contract, sentences if kept else None, protocol).items():
        yield folder / name, text
    if (folder / LEDGER_FILE).is_file():
        ledger = ledger_of(contract, protocol, sentences)
        yield folder / LEDGER_FILE, dump_ledger(ledger)


def _own_contracts() -> Iterator[tuple[Path, str]]:
    """What is derived from the documentation pages of our own that tests are run on."""
    for folder in sorted(path.parent for path in OWN.glob("contracts/*/overlay.yaml")):
        (pages,) = (OWN / "pages").glob(f"*__{folder.name}")
        yield folder / CONTRACT_FILE, dump_contract(derive(sorted(pages.glob("*.md")), folder / "overlay.yaml"))
