"""How a check says which requirement it judges."""

from __future__ import annotations

import pytest


def requirement(check: str, *, shared: bool = False) -> pytest.MarkDecorator:
    """Mark a test as the check `check` of the ledger. It runs once for each subject that the ledger has for it.

    A test may take the fixtures `target`, `subject` (a parameter, field, error, filter or situation) and `format`.
    Where requests are scarce, one that is `shared` takes the answers that others got to the same requests; it asks
    nothing twice in order to see a difference.
    """
    return pytest.mark.requirement(check, shared=shared)


def choice_kinds(*kinds: str, shared: bool = False) -> pytest.MarkDecorator:
    """Mark a test that only finds out which alternatives are taken: one run a choice of these kinds, as `subject`."""
    return pytest.mark.choice_kinds(*kinds, shared=shared)
