"""The generated files, by path, with the text that they should have; all from files of this repository."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from conformance.contract.catalogue import COMMON
from conformance.contract.files import CONTRACT_FILE, dump_contract, load_contract, schemas_root
from conformance.derive import derive
from conformance.emit.model_schema import contract_file_schema
from conformance.emit.writing import common_contents, contents
from conformance.ledger.files import LEDGER_FILE, dump_ledger, load_ledger
from conformance.ledger.sentences import SENTENCES_FILE, load_sentences

ROOT = Path(__file__).parents[1]
OWN = ROOT / "tests" / "derive"


def generated() -> dict[Path, str]:
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
        for folder in sorted(path.parent for path in service.glob(f"*/{CONTRACT_FILE}")):
            yield from _operation(folder)


def _operation(folder: Path) -> Iterator[tuple[Path, str]]:
    """A contract in the form that it is dumped in, what is emitted from it, and its ledger where one is kept."""
    sentences = load_sentences(folder) if (folder / SENTENCES_FILE).is_file() else None
    for name, text in contents(load_contract(folder), sentences).items():
        yield folder / name, text
    if (folder / LEDGER_FILE).is_file():
        yield folder / LEDGER_FILE, dump_ledger(load_ledger(folder))


def _own_contracts() -> Iterator[tuple[Path, str]]:
    """What is derived from the documentation pages of our own that tests are run on."""
    for folder in sorted(path.parent for path in OWN.glob("contracts/*/overlay.yaml")):
        (pages,) = (OWN / "pages").glob(f"*__{folder.name}")
        yield folder / CONTRACT_FILE, dump_contract(derive(sorted(pages.glob("*.md")), folder / "overlay.yaml"))
