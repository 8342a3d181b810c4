"""What the documentation says of every operation alike: common parameters, formats, signatures, and common errors."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from conformance.contract.model import Citation, Parameter


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

    `theme` is the part of the ledger it belongs to, `signatures` the signature versions under which it can arise.
    `must_refuse` is False where the documentation does not oblige the server to refuse.
    """

    id: str
    theme: Literal["signatures", "protocol"]
    statement: str
    citations: tuple[Citation, ...]
    answers: tuple[ErrorAnswer, ...] = ()
    signatures: tuple[str, ...] = ("v1", "v3")
    must_refuse: bool = True


@frozen
class CommonError:
    """What the tables of all operations call a mistake in a parameter, whatever the page of an operation calls it: that
    it is absent, or names a region that there is not. `{Parameter}` in the code stands for its name.
    """

    code: str
    status: int
    cause: Literal["absent", "unknown-region"]
    citations: tuple[Citation, ...]


@frozen
class Statement:
    """A normative statement of a common page, in our words, and the requirements that test it or why none does."""

    citation: Citation
    statement: str
    requirements: tuple[str, ...] = ()
    excluded: str | None = None


@frozen
class Protocol:
    """`statements` is the common pages' part of the ledger; `clock_window_minutes` every documented window."""

    product: str
    version: str
    sources: tuple[Source, ...]
    parameters: tuple[Parameter, ...]
    situations: tuple[Situation, ...]
    statements: tuple[Statement, ...]
    regions: tuple[str, ...]
    clock_window_minutes: tuple[int, ...]
    errors: tuple[CommonError, ...] = ()
    format_version: int = 1

    def situation(self, id: str) -> Situation:
        """The situation of that id. Raises KeyError."""
        for situation in self.situations:
            if situation.id == id:
                return situation
        raise KeyError(id)
