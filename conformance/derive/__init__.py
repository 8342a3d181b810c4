"""From documentation pages to a contract: readers, rules for prose, nesting, merging, and what stays open."""

from conformance.derive.derivation import derive

__all__ = ["derive"]
