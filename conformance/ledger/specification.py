"""What an implementation is certified against."""

from __future__ import annotations

from pathlib import Path

from attrs import frozen

from conformance.contract.as_of import as_of
from conformance.contract.catalogue import common_folder
from conformance.contract.files import ContractError, load_contract, load_protocol
from conformance.contract.model import Contract
from conformance.contract.protocol import Protocol
from conformance.ledger.files import ledger_of
from conformance.ledger.requirement import Ledger
from conformance.ledger.sentences import load_sentences


@frozen
class Specification:
    """The contract of an operation, its ledger, and the common protocol; `folder` holds the contract."""

    folder: Path
    contract: Contract
    ledger: Ledger
    protocol: Protocol

    @classmethod
    def load(cls, folder: Path, date: str | None = None) -> Specification:
        """What is in a folder that `derive` wrote, of which only revisions of a `date` and before count.

        Raises ContractError and TooEarly.
        """
        contract, protocol = load_contract(folder), load_protocol(common_folder(folder))
        sentences = load_sentences(folder)
        if date is not None:
            contract = as_of(contract, date)
            counting = {r.id for r in contract.revisions}
            sentences = tuple(s for s in sentences if s.citation.revision in counting)
        try:
            ledger = ledger_of(contract, protocol, sentences)
        except (TypeError, KeyError, AttributeError, IndexError, ValueError) as error:
            what = f"nothing can be required by it, since its parts do not fit together ({error})"
            raise ContractError(folder, f"{what}; derive it again with `acs-conformance derive`") from None
        return cls(folder, contract, ledger, protocol)

    @classmethod
    def of_rpc(cls, folder: Path) -> Specification:
        """The same for what judges only operations that share one path. Raises ContractError for others."""
        contract = load_contract(folder)
        if contract.path is not None:
            problem = f"is of {contract.operation}, which has a path of its own ({contract.path})"
            raise ContractError(folder, f"{problem}; only operations in the style of RPC can be judged of an SDK")
        return cls.load(folder)
