"""What a check may raise, for check modules: the vocabulary of the ledger."""

from __future__ import annotations

from conformance.ledger.findings import Finding, Inconclusive, NotApplicable, Violation, shown

__all__ = ["Finding", "Inconclusive", "NotApplicable", "Violation", "shown"]
