"""What a check may raise, for check modules: the vocabulary of the ledger."""

from __future__ import annotations

from conformance.ledger.findings import (
    Disturbed,
    Finding,
    Inconclusive,
    Lack,
    MadeUp,
    NotApplicable,
    Unanswered,
    Violation,
    shown,
)

__all__ = [
    "Disturbed",
    "Finding",
    "Inconclusive",
    "Lack",
    "MadeUp",
    "NotApplicable",
    "Unanswered",
    "Violation",
    "shown",
]
