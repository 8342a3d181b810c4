"""What the documentation says of every operation alike: common parameters, formats, signatures, and common errors."""

from __future__ import annotations

from attrs import frozen

from conformance.contract.model import Choice, Citation, Parameter


@frozen
class Source:
    """A page of the common documentation, known to us through its facts. `id` is what citations name as revision."""

    id: str
    title: str
    reference: str


@frozen
class ErrorAnswer:
    """One documented way to refuse a request: code, HTTP status, and the message (`{name}` stands for a parameter)."""

    code: str
    status: int
    message: str
    citations: tuple[Citation, ...]


@frozen
class Situation:
    """Something wrong with a request that any operation refuses, and the documented answers to it.

    `certain` holds when every source agrees on the code, so that another code is a failure and not a warning.
    """

    id: str
    statement: str
    answers: tuple[ErrorAnswer, ...]
    certain: bool = False


@frozen
class Protocol:
    product: str
    version: str
    sources: tuple[Source, ...]
    parameters: tuple[Parameter, ...]
    situations: tuple[Situation, ...]
    choices: tuple[Choice, ...]
    regions: tuple[str, ...]
    clock_window_minutes: tuple[int, ...]
    format_version: int = 1

    def situation(self, id: str) -> Situation:
        for situation in self.situations:
            if situation.id == id:
                return situation
        raise KeyError(id)
