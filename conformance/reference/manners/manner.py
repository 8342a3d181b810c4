"""What a manner of a mocked service is: a fault, or a way of being right."""

from __future__ import annotations

from collections.abc import Callable

from attrs import field, frozen

from conformance.contract.service import ServiceOperation
from conformance.reference.mock import Mock
from conformance.reference.steps import Replacement


@frozen
class Manner:
    """What a service does otherwise. `of` gives the middleware of one of its operations.

    A fault is `killed_by` the requirements over several requests (`sequences.*`) that must notice it; a conformant
    variant by none.
    """

    name: str
    description: str
    of: Callable[[Mock, ServiceOperation], tuple[Replacement, ...]] = field(repr=False)
    killed_by: tuple[str, ...] = ()
