"""Certificates signed (DSSE, Ed25519) and checked, offline, against the event stream that they speak of."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

from attrs import frozen
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey

from conformance.report.certificate import EXTENSION, NotCertifiable, canonical, certify
from conformance.report.stream import StreamError
from conformance.report.text import one_line

PAYLOAD_TYPE = "application/vnd.in-toto+json"


class BadKey(ValueError):
    """The file holds no usable key. The message is one sentence, and shows nothing of the file."""


@frozen
class Verification:
    """What came of checking a certificate. It is valid where `problems` is empty; `key_id` is its signer's, if signed.

    `certified` and `not_certified` say in words what follows from it, and what does not.
    """

    problems: tuple[str, ...]
    key_id: str | None = None
    certified: tuple[str, ...] = ()
    not_certified: tuple[str, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether nothing is wrong with the certificate."""
        return not self.problems


def sign(certificate: bytes, private_key: bytes) -> bytes:
    """The certificate in an envelope, signed with a PEM Ed25519 key. Raises BadKey."""
    try:
        key = load_pem_private_key(private_key, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadKey("The file is no unencrypted private key in PEM; expected an Ed25519 key.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKey("The private key is not an Ed25519 key.")
    envelope = Envelope(certificate, PAYLOAD_TYPE, {})
    signature = envelope.sign(CryptoSigner(key))
    return _enveloped(certificate, signature.keyid, bytes.fromhex(signature.signature))


def verify(certificate: bytes, events: bytes, public_key: bytes | None = None) -> Verification:
    """Checks signature, digests, and that the verdict follows from the stream. Raises BadKey, and nothing else.

    A certificate is a pure function of its stream: it is valid if it is, byte for byte, what the stream gives.
    """
    key = _public(public_key) if public_key is not None else None
    try:
        data = json.loads(certificate)
    except (ValueError, RecursionError):
        return Verification(("The certificate is not JSON.",))
    if not isinstance(data, dict):
        return Verification(("The certificate is not a JSON object.",))
    statement, key_id = certificate, None
    problems: list[str] = []
    if "payload" in data or "signatures" in data:
        statement, key_id, problems = _opened(certificate, key)
    elif key is not None:
        problems = ["The certificate is not signed, although a key was given to check it with."]
    problems += _follows(statement, events)
    if problems:
        return Verification(tuple(problems), key_id)
    return Verification((), key_id, *_words(json.loads(statement), key_id))


def _public(pem: bytes) -> SSlibKey:
    try:
        key = load_pem_public_key(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadKey("The file is no public key in PEM; expected an Ed25519 key.") from error
    if not isinstance(key, Ed25519PublicKey):
        raise BadKey("The public key is not an Ed25519 key.")
    return SSlibKey.from_crypto(key)


def _enveloped(certificate: bytes, key_id: str, signature: bytes) -> bytes:
    signatures = [{"keyid": key_id, "sig": b64encode(signature).decode()}]
    payload = b64encode(certificate).decode()
    return canonical({"payload": payload, "payloadType": PAYLOAD_TYPE, "signatures": signatures})


def _opened(certificate: bytes, key: SSlibKey | None) -> tuple[bytes, str | None, list[str]]:
    """The statement in an envelope, the id of the key that signed it, and what is wrong with the envelope."""
    try:
        envelope = Envelope.from_dict(json.loads(certificate))
        (key_id,) = envelope.signatures
        signature = bytes.fromhex(envelope.signatures[key_id].signature)
        whole = _enveloped(envelope.payload, key_id, signature) == certificate
    except Exception:
        # the library has no one exception for a malformed envelope, and every one of them means the same
        return b"", None, ["The certificate is no DSSE envelope with one signature."]
    problems = []
    if envelope.payload_type != PAYLOAD_TYPE or not whole:
        problems.append("The envelope was changed after it was signed, or made by something else.")
    if key is None:
        problems.append(f"The certificate is signed, by key {key_id[:80]!r}: its public key is needed to check it.")
        return envelope.payload, key_id, problems
    try:
        envelope.verify([key], 1)
    except VerificationError:
        problems.append("The signature is not one by the key that was given.")
    return envelope.payload, key_id, problems


def _follows(statement: bytes, events: bytes) -> list[str]:
    """Why the statement is not what the stream gives."""
    try:
        right = certify(events)
    except StreamError as error:
        return [f"The event stream cannot be read as a run: {error}"]
    except NotCertifiable as error:
        return ["The event stream does not bear out any certificate.", *error.reasons]
    if statement == right:
        return []
    try:
        given = json.loads(statement)
    except (ValueError, RecursionError):
        return ["The statement is not JSON."]
    places = list(_differences(given, json.loads(right), ""))
    if not places:
        return ["The certificate was changed: it is not in the form in which certificates are written."]
    return [f"The certificate does not follow from the event stream: they differ in {', '.join(places[:5])}."]


def _differences(given: Any, right: Any, place: str) -> list[str]:
    """The names of the members in which two values differ, outermost first."""
    if isinstance(given, dict) and isinstance(right, dict):
        names = sorted({*given, *right})
        return [
            each
            for name in names
            for each in (
                _differences(given[name], right[name], f"{place}.{name}" if place else name)
                if name in given and name in right
                else [one_line(f"{place}.{name}" if place else name, 100)]
            )
        ]
    return [] if type(given) is type(right) and given == right else [one_line(place, 100)]


def _words(statement: dict[str, Any], key_id: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    predicate = statement["predicate"]
    facts = predicate[EXTENSION]
    subject, target, musts = statement["subject"][0], facts["target"], facts["counts"].get("MUST", {})
    name = subject["name"] + (f" ({target['url']})" if target["url"] and target["url"] != subject["name"] else "")
    suite = f"{facts['suite']['name']} {facts['suite']['version']}"
    must = f"{musts.get('passed', 0)} MUST requirements"
    certified = [
        f"{name} met each of the {must} of {facts['operation']} that apply, when {suite} judged it at "
        f"{facts['started']} over {facts['requests']:,} requests (seed {facts['seed']}).",
        "The verdict follows from the attached event stream, and neither was changed.",
    ]
    if facts["dialect"]:
        taken = ", ".join(f"{choice} = {alternative}" for choice, alternative in sorted(facts["dialect"].items()))
        certified.append(f"Where the documentation leaves a choice, it takes: {taken}.")
    if profile := facts["profile"]["name"]:
        certified.append(f"It was held to profile {profile}.")
    if key_id:
        certified.append(f"The holder of key {key_id} signed this.")
    return tuple(map(one_line, certified)), tuple(map(one_line, _limits(predicate, facts, key_id)))


def _limits(predicate: dict[str, Any], facts: dict[str, Any], key_id: str | None) -> list[str]:
    limits = [] if key_id else ["Who issued this: it is not signed."]
    for members, text in (
        (facts["deselected"], "left out of the run"),
        (list(facts["notApplicable"]), "found not to apply"),
        (predicate["warnedTests"], "recommended and not met"),
    ):
        if members:
            limits.append(f"What was {text}, {len(members)} in number: {', '.join(members)}.")
    limits.append("Any other operation, release, address, or region, and whatever changed since.")
    return limits
