"""Absence: what an operation wants of what its page lets be left out, and what is named and not there."""

from __future__ import annotations

from collections.abc import Collection
from fnmatch import fnmatchcase

from conformance.contract.model import Contract, ErrorCode
from conformance.derive.nouns import only_reads, parted
from conformance.generate.required import names_something, sent_name

MISSING = "Missing*"
# what the code of an error says about a thing that is not there
NOT_THERE = ("NotFound", "NotExist", "NoSuch")
GONE = 404
# verbs of what takes a thing away
ENDING = ("Delete", "Release")


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


def names_nothing(
    contract: Contract, code: str | None, status: int, sent: Collection[str], varied: Collection[str]
) -> str | None:
    """The parameter of a request of which an error says that what it names is not there. So it may be: what changes
    something may have taken it away, and beside what is `varied`, such as another type, it names another thing. None
    where that explains nothing: of a request that reads, and varies nothing or that very parameter. Which error that
    is the page says; what takes away what it is about may have any for what it took away before.
    """
    reads, unknown = only_reads(contract.operation), any(word in (code or "") for word in NOT_THERE)
    about = {e.parameter for e in contract.errors if e.code == code} if unknown else set()
    ending = parted(contract.operation).verb in ENDING and (unknown or status == GONE)
    for parameter in contract.parameters:
        name = sent_name(parameter.name)
        is_it = parameter.name in about or (ending and parameter.is_required)
        if not is_it or not names_something(parameter) or parameter.name == contract.semantics.region:
            continue
        if name in sent and name not in varied and (varied or not reads):
            return name
    return None
