"""Coverage: a signature covers all that it is documented to cover.

What is sent is right; the signature is made over something else. So a request that is let through was let through by
the signature, and by nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle
from uuid import uuid4

from conformance.contract.model import Parameter
from conformance.endpoint.checks.signing import by_versions, signed
from conformance.endpoint.claims import claim_refused
from conformance.endpoint.findings import NotApplicable
from conformance.endpoint.marks import requirement
from conformance.endpoint.target import SentParameters, Target
from conformance.generate.required import as_sent
from conformance.ledger.subjects import operation_parameters
from conformance.wire.client import stamp
from conformance.wire.exchange import Channel, WireForm
from conformance.wire.signing import HEADER_OF

Covered = dict[str, str | None]
# what a signature is made over where something else travels, in the place of a name or a time
ELSEWHERE = "elsewhere.example"


def claim_covered(target: Target, what: str, channel: Channel, parameters: SentParameters, covered: Covered) -> None:
    """A signature over something else is refused."""
    answer = target.ask(parameters, channel, covered=covered)
    claim_refused(answer, f"a {channel.signature} signature over another {what}")


def documented_value(target: Target, parameter: Parameter) -> str | None:
    """A value that the documentation allows, or None where none is known."""
    if parameter.name == target.contract.semantics.region:
        return target.regions[0]
    listed = (*(parameter.value("effective_values") or ()), *(parameter.value("enum") or ()))
    for value in (*listed, parameter.value("default"), parameter.value("minimum"), *parameter.examples):
        if value is not None:
            return as_sent(value)
    return "1" if parameter.type == "integer" else None


def own_parameters(target: Target) -> Iterator[tuple[str, str]]:
    """The operation's parameters, each with a value that it may have."""
    for parameter in operation_parameters(target.contract, target.protocol):
        if ".N" not in parameter.name:
            value = documented_value(target, parameter)
            if value is not None:
                yield parameter.name, value


@requirement("signatures.covers-parameters")
def test_covers_parameters(target: Target) -> None:
    """Each parameter of the operation, and each that nobody knows: changed, added, taken away, and changed places."""
    for ways in by_versions(target).values():
        for name, value in own_parameters(target):
            claim_covered(target, f"value of {name}", next(ways), {name: value}, {name: f"{value}0"})
            claim_covered(target, f"request, without {name}", next(ways), {name: value}, {name: None})
        for what, parameters, covered in OF_UNKNOWN:
            claim_covered(target, what, next(ways), parameters, covered)


LONG = "a" * 256
OF_UNKNOWN: tuple[tuple[str, dict[str, str], Covered], ...] = (
    ("value of a parameter", {"Note": "b"}, {"Note": "a"}),
    ("case of a value", {"Note": "note"}, {"Note": "NOTE"}),
    ("way to write a number", {"Note": "1"}, {"Note": "01"}),
    ("value with a blank after it", {"Note": "a"}, {"Note": "a "}),
    ("end of a long value", {"Note": f"{LONG}b"}, {"Note": LONG}),
    ("request, without a parameter", {"Note": "b"}, {"Note": None}),
    ("request, without an empty parameter", {"Note": ""}, {"Note": None}),
    ("request, with one parameter more", {}, {"Note": "a"}),
    ("order of values", {"Note": "a", "Other": "b"}, {"Note": "b", "Other": "a"}),
    ("cut between a name and its value", {"Note": "ab"}, {"Notea": "b", "Note": None}),
)


@requirement("signatures.covers-common-parameters")
def test_covers_common_parameters(target: Target) -> None:
    """V1 signs the common parameters like any other."""
    earlier = stamp(datetime.now(UTC) - timedelta(minutes=1))
    other: Covered = {
        "Action": "NoSuchAction", "Version": "1999-01-01", "Timestamp": earlier, "SignatureNonce": uuid4().hex,
        "AccessKeyId": "LTAI0000NoSuchKey0000", "SignatureMethod": "HMAC-NONE", "SignatureVersion": "9.9",
    }  # fmt: skip
    if _has_token(target):
        other["SecurityToken"] = ELSEWHERE
    ways = cycle(signed(target, "v1"))
    for name, value in other.items():
        for covered in (value, None):
            claim_covered(target, f"value of {name}", next(ways), (), {name: covered})
    channel = next(ways)
    other_format = "XML" if channel.format == "json" else "JSON"
    claim_covered(target, "value of Format", channel, (), {"Format": other_format})


@requirement("signatures.covers-headers")
def test_covers_headers(target: Target) -> None:
    """V3 signs the values of the headers that it names."""
    earlier = stamp(datetime.now(UTC) - timedelta(minutes=1))
    other: Covered = {
        "host": ELSEWHERE, "Action": "NoSuchAction", "Version": "1999-01-01", "Timestamp": earlier,
        "SignatureNonce": uuid4().hex, "x-acs-content-sha256": "0" * 64,
    }  # fmt: skip
    if _has_token(target):
        other["SecurityToken"] = ELSEWHERE
    ways = cycle(signed(target, "v3"))
    for name, value in other.items():
        for covered in (value, ""):
            claim_covered(target, f"value of {HEADER_OF.get(name, name)}", next(ways), (), {name: covered})
    for channel in (c for c in signed(target, "v3") if c.placement == "form"):
        claim_covered(target, "content-type", channel, {"Note": "a"}, {"content-type": "text/plain"})


@requirement("signatures.names-core-headers")
def test_names_core_headers(target: Target) -> None:
    """A V3 signature that leaves one of the headers out that it is documented to have is refused."""
    ways = cycle(signed(target, "v3"))
    for name in (*_core(target), "x-acs-content-sha256"):
        answer = target.ask((), next(ways), covered={name: None})
        claim_refused(answer, f"a signature that leaves {HEADER_OF.get(name, name)} out")


def _core(target: Target) -> Iterable[str]:
    names = ("host", "Action", "Version", "Timestamp", "SignatureNonce")
    return (*names, "SecurityToken") if _has_token(target) else names


def _has_token(target: Target) -> bool:
    return bool(target.client.credentials and target.client.credentials.security_token)


@requirement("signatures.covers-method")
def test_covers_method(target: Target) -> None:
    """A signature for GET is none for POST, and the other way round."""
    other = {"GET": "POST", "POST": "GET"}
    for channel in signed(target):
        if channel.method in other:
            claim_covered(target, "method", channel, (), {":method": other[channel.method]})


@requirement("signatures.covers-path")
def test_covers_path(target: Target) -> None:
    """V3 signs the path. (At another path than the documented one, what a server signs is its own affair.)"""
    ways = cycle(signed(target, "v3"))
    for path in ("/elsewhere", f"/{target.contract.operation}", "//"):
        for channel in (next(ways), next(ways)):
            claim_covered(target, "path", channel, (), {":path": path})


@requirement("signatures.covers-body")
def test_covers_body(target: Target) -> None:
    """A form body that was added, taken away or changed after signing, with or without its digest, is refused."""
    forms = [c for c in signed(target) if c.placement == "form"]
    if not forms:
        raise NotApplicable("this run does not use POST")
    for channel in forms:
        for covered in (None, "b"):
            claim_covered(target, "form", channel, {"Note": "a"}, {"Note": covered})
        added = target.ask({"Note": "a"}, channel, covered={"Note": None}, wire_form=WireForm(split="last-in-form"))
        claim_refused(added, "a form body that the signature knows nothing of")
        if channel.signature == "v3":
            for body in ("", "Note=b"):
                claim_covered(target, "body", channel, {"Note": "a"}, {":body": body})
