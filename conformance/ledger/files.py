"""The ledger of an operation, computed from the folder of its contract; and as text."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from conformance.contract.catalogue import common_folder
from conformance.contract.files import dump, load_contract, load_protocol
from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.ledger.requirement import Ledger
from conformance.ledger.sentences import PageSentence, load_sentences, placed
from conformance.ledger.templates import endpoint_requirements, sdk_requirements


def load_ledger(folder: Path | str) -> Ledger:
    """The ledger of the contract in a folder. Raises ContractError, and BadTable for a table of requirements."""
    folder = Path(folder)
    return ledger_of(load_contract(folder), load_protocol(common_folder(folder)), load_sentences(folder))


def ledger_of(contract: Contract, protocol: Protocol, sentences: Iterable[PageSentence] = ()) -> Ledger:
    """Templates × contract: what is required of an endpoint, then of an SDK, and what became of every sentence.

    Sentences are placed among the requirements of an endpoint. Raises BadTable.
    """
    of_endpoints = tuple(endpoint_requirements(contract, protocol))
    of_sdks = tuple(requirement for _, requirement in sdk_requirements(contract))
    found = placed(sentences, contract, protocol, of_endpoints)
    return Ledger(contract.operation, (*of_endpoints, *of_sdks), found)


def dump_ledger(ledger: Ledger) -> str:
    """The text of the ledger, which is also what its digest is over."""
    return dump(ledger)
