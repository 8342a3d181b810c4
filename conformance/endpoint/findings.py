"""What a check may raise, for check modules: the vocabulary of the ledger."""

from __future__ import annotations

from conformance.ledger.findings import (
    Disturbed,
    Explained,
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
    "Explained",
    "Finding",
    "Inconclusive",
    "Lack",
    "MadeUp",
    "NotApplicable",
    "Unanswered",
    "Violation",
    "shown",
]
