"""Signatures that are nearly right: each way to change one, for requests that a server has to refuse."""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping

from conformance.wire.exchange import Forgery

HEXADECIMAL = "0123456789abcdef"
# in the order of their values, so that four places on is another value in all but the two lowest bits
BASE64 = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"


def forged(signature: str, forgery: Forgery | None) -> str:
    """The signature as a forgery has it; the right one where that is None."""
    return FORGERIES[forgery](signature) if forgery else signature


def _other_at(place: Callable[[int], int]) -> Callable[[str], str]:
    """One character is another. The last one of a base64 text holds four bits of its own: those are what changes."""

    def change(signature: str) -> str:
        alphabet = HEXADECIMAL if set(signature) <= set(HEXADECIMAL) else BASE64
        at = place(len(signature.rstrip("=")))
        other = alphabet[(alphabet.index(signature[at]) + 4) % len(alphabet)]
        return signature[:at] + other + signature[at + 1 :]

    return change


FORGERIES: Mapping[Forgery, Callable[[str], str]] = {
    "cut": lambda s: s.rstrip("=")[:-1],
    "cut-short": lambda s: s[:8],
    "longer": lambda s: f"{s}{s[:4]}",
    "first": _other_at(lambda length: 0),
    "second": _other_at(lambda length: 1),
    "middle": _other_at(lambda length: length // 2),
    "last": _other_at(lambda length: length - 1),
    "case": str.swapcase,
    "empty": lambda s: "",
    "blank-after": lambda s: f"{s} ",
}
