"""Absence: what an operation wants all the same, of what its own page lets be left out."""

from __future__ import annotations

from collections.abc import Collection
from fnmatch import fnmatchcase

from conformance.contract.model import Contract, ErrorCode
from conformance.generate.required import sent_name

MISSING = "Missing*"


def is_wanted(contract: Contract, code: str | None, message: str | None, sent: Collection[str]) -> bool:
    """Whether an error is the documented one for the absence of what no request must have: the page then says of one
    thing that it may be left out and that its absence is an error, and means by that some requests or other things
    that are given. `sent` are the names in the request.
    """
    errors = [e for e in contract.errors if e.code == code and fnmatchcase(e.code, MISSING)]
    return any(_is_about_an_option(contract, e, message or "", sent) for e in errors)


def _is_about_an_option(contract: Contract, error: ErrorCode, message: str, sent: Collection[str]) -> bool:
    parameter = contract.parameter(error.parameter) if error.parameter else None
    if parameter is None:
        return "." in error.code  # it names what is no parameter by itself, such as Tags
    named = {p.name for p in contract.parameters if f'"{p.name}"' in message}
    about = not named or parameter.name in named
    return not parameter.is_required and sent_name(parameter.name) not in sent and about
