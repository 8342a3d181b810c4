"""What attribution has learnt of an endpoint: tried once in a run, and gone by from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

if TYPE_CHECKING:
    from conformance.endpoint.steadiness import Steadiness


@define
class Learnt:
    """`leaves_a_trace`: whether an error changes the next answer, once that was tried. `steadiness`: how often the
    answers to a plain page differ, by what is sent. `demanded`: names of optional parameters without which no request
    was accepted.
    """

    leaves_a_trace: bool | None = None
    steadiness: dict[tuple[tuple[str, str], ...], Steadiness] = field(factory=dict)
    demanded: set[str] = field(factory=set)
