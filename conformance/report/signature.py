"""Certificates signed (DSSE, Ed25519) and checked, offline, against the event stream that they speak of."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterable
from typing import Any

from attrs import frozen
from cryptography.exceptions import InternalError, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey

from conformance.foreign import BadText, decoded, json_value
from conformance.report.basis import Basis
from conformance.report.certificate import DIGEST, EXTENSION, NotCertifiable, canonical, certify
from conformance.report.events import RunStarted
from conformance.report.stream import StreamError, parse
from conformance.report.text import one_line

PAYLOAD_TYPE = "application/vnd.in-toto+json"
# what the library raises for a file that holds no key that it knows, also where OpenSSL does not say why
NO_KEY = (ValueError, TypeError, UnsupportedAlgorithm, InternalError)
NO_ENVELOPE = "The certificate is no DSSE envelope with one signature."


class BadKey(ValueError):
    """The file holds no usable key. The message is one sentence, and shows nothing of the file."""


@frozen
class Verification:
    """What came of checking a certificate. It is valid where `problems` is empty; `key_id` is of the key whose
    signature was checked, if there is one.

    `checked` says in words what was found to be so, `stated` what the stream says and the signer alone can vouch for,
    and `not_certified` what does not follow.
    """

    problems: tuple[str, ...]
    key_id: str | None = None
    checked: tuple[str, ...] = ()
    stated: tuple[str, ...] = ()
    not_certified: tuple[str, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    @property
    def proven(self) -> bool:
        """Whether somebody vouches for it: without a signature whoever made it may have made up the stream, too."""
        return self.valid and self.key_id is not None


def sign(certificate: bytes, private_key: bytes) -> bytes:
    """The certificate in an envelope, signed with a PEM Ed25519 key. Raises BadKey."""
    try:
        key = load_pem_private_key(private_key, password=None)
    except NO_KEY as error:
        raise BadKey("The file is no unencrypted private key in PEM; expected an Ed25519 key.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKey("The private key is not an Ed25519 key.")
    envelope = Envelope(certificate, PAYLOAD_TYPE, {})
    signature = envelope.sign(CryptoSigner(key))
    return _enveloped(certificate, signature.keyid, bytes.fromhex(signature.signature))


def verify(
    certificate: bytes,
    events: bytes,
    public_key: bytes | None = None,
    subject: str | None = None,
    basis_of: Callable[[RunStarted], Basis] | None = None,
) -> Verification:
    """Checks signature, subject, digests, and that the verdict follows from the stream.

    A certificate is a pure function of its stream: it is valid if it is, byte for byte, what the stream gives. The
    stream has to be one of a run by the requirements that `basis_of` its header gives.

    Raises BadKey; and what `basis_of` and the basis raise, where the certificate follows from the stream.
    """
    key = public_key_in(public_key) if public_key is not None else None
    try:
        data = json_value(decoded(certificate))
    except BadText:
        return Verification(("The certificate is not JSON.",))
    if not isinstance(data, dict):
        return Verification(("The certificate is not a JSON object.",))
    statement, key_id = certificate, None
    problems: list[str] = []
    if "payload" in data or "signatures" in data:
        statement, key_id, problems = opened(certificate, key)
    elif key is not None:
        problems = ["The certificate is not signed, although a key was given to check it with."]
    followed = _follows(statement, events)
    problems += followed
    if not followed:
        problems += _about(json.loads(statement), subject)
    basis, found = _judged_by(events, basis_of)
    problems += found
    if problems:
        return Verification(tuple(problems), key_id)
    return Verification((), key_id, *_words(json.loads(statement), key_id, subject, basis))


def _judged_by(events: bytes, basis_of: Callable[[RunStarted], Basis] | None) -> tuple[Basis | None, list[str]]:
    """The basis of the run, and why the stream is none of a run by it."""
    if basis_of is None:
        return None, []
    try:
        run = parse(events)
    except StreamError:
        return None, []
    basis = basis_of(run.header)
    return basis, list(basis.disagreements(run))


def _about(statement: dict[str, Any], subject: str | None) -> list[str]:
    """Why the statement is not about a subject."""
    target = statement["predicate"][EXTENSION]["target"]
    digests = [f"{algorithm}:{value}" for algorithm, value in statement["subject"][0]["digest"].items()]
    names = [statement["subject"][0]["name"], target["name"], target["url"], *(digests if target["release"] else ())]
    if subject is None or names_one_of(subject, names):
        return []
    return [
        f"The certificate is about {one_line(' or '.join(dict.fromkeys(filter(None, names))), 200)}, not {subject}."
    ]


def names_one_of(subject: str, names: Iterable[str | None]) -> bool:
    """Whether a subject is one of these names, with or without a slash at its end; digests in letters of any case."""

    def plain(name: str) -> str:
        return name.casefold() if DIGEST.fullmatch(name.casefold()) else name.rstrip("/")

    return plain(subject) in {plain(name) for name in names if name}


def public_key_in(pem: bytes) -> SSlibKey:
    """The key in a PEM file. Raises BadKey."""
    try:
        key = load_pem_public_key(pem)
    except NO_KEY as error:
        raise BadKey("The file is no public key in PEM; expected an Ed25519 key.") from error
    if not isinstance(key, Ed25519PublicKey):
        raise BadKey("The public key is not an Ed25519 key.")
    return SSlibKey.from_crypto(key)


def _enveloped(certificate: bytes, key_id: str, signature: bytes) -> bytes:
    signatures = [{"keyid": key_id, "sig": b64encode(signature).decode()}]
    payload = b64encode(certificate).decode()
    return canonical({"payload": payload, "payloadType": PAYLOAD_TYPE, "signatures": signatures})


def opened(certificate: bytes, key: SSlibKey | None) -> tuple[bytes, str | None, list[str]]:
    """The statement in an envelope, the id of the key that signed it, and what is wrong with the envelope."""
    try:
        envelope = Envelope.from_dict(json.loads(certificate))
        (key_id,) = map(_text, envelope.signatures)
        signature = bytes.fromhex(envelope.signatures[key_id].signature)
        whole = _enveloped(envelope.payload, key_id, signature) == certificate
    except Exception:
        # the library has no one exception for a malformed envelope, and every one of them means the same
        return b"", None, [NO_ENVELOPE]
    problems = []
    of_another_type = envelope.payload_type != PAYLOAD_TYPE
    if of_another_type or not whole:
        problems.append("The envelope was changed after it was signed, or made by something else.")
    if key is None:
        problems.append(f"The certificate is signed, by key {key_id[:80]!r}: its public key is needed to check it.")
        return envelope.payload, key_id, problems
    if of_another_type:  # which is a part of what is signed, and may be no text
        return envelope.payload, key_id, problems
    try:
        envelope.verify([key], 1)
    except VerificationError:
        problems.append("The signature is not one by the key that was given.")
    return envelope.payload, key_id, problems


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is no text")
    return value


def _follows(statement: bytes, events: bytes) -> list[str]:
    """Why the statement is not what the stream gives."""
    try:
        right = certify(events, partial=True)
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


def _words(
    statement: dict[str, Any], key_id: str | None, subject: str | None, basis: Basis | None
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """What was checked, what is stated, and what is not certified."""
    predicate = statement["predicate"]
    facts = predicate[EXTENSION]
    name, target = statement["subject"][0]["name"], facts["target"]
    checked = [
        "The certificate is, byte for byte, what the event stream gives, and names its digest "
        f"(sha256:{_digest_of(predicate, 'events.jsonl')[:16]}…)."
    ]
    if basis is not None:
        number = sum(sum(standings.values()) for standings in facts["counts"].values()) + len(facts["deselected"])
        checked.append(
            f"Its {number} requirements, selected and left out, and their levels and words are those that follow from "
            f"the contract of {facts['operation']} (sha256:{_digest_of(predicate, 'contract.yaml')[:16]}…); "
            "the stream's lines are those that its footer counts."
        )
    if subject is not None:
        checked.append(f"It is about {subject}.")
    if key_id:
        checked.append(f"It is signed with key {key_id}.")
    suite = f"{facts['suite']['name']} {facts['suite']['version']}"
    url = f" ({target['url']})" if target["url"] and target["url"] != name else ""
    who = f"The holder of key {key_id} says" if key_id else "The event stream says, and nobody vouches for it"
    stated = [
        f"{who}: {suite} judged {name}{url} at {facts['started']} over {facts['requests']:,} requests "
        f"(seed {facts['seed']}), and found: {facts['text']}"
    ]
    if facts["dialect"]:
        taken = ", ".join(f"{choice} = {alternative}" for choice, alternative in sorted(facts["dialect"].items()))
        stated.append(f"Where the documentation leaves a choice, it takes: {taken}.")
    if profile := facts["profile"]["name"]:
        stated.append(f"It was held to profile {profile}.")
    found = (checked, stated, _limits(predicate, facts, key_id))
    return tuple(map(one_line, found[0])), tuple(map(one_line, found[1])), tuple(map(one_line, found[2]))


def _digest_of(predicate: dict[str, Any], name: str) -> str:
    return next(str(one["digest"]["sha256"]) for one in predicate["configuration"] if one["name"] == name)


def _limits(predicate: dict[str, Any], facts: dict[str, Any], key_id: str | None) -> list[str]:
    limits = [] if key_id else ["That the run took place as the stream says: the certificate is not signed."]
    if facts["leftOut"]:
        limits.append(f"The whole: it was judged in part, without {', '.join(facts['leftOut'])}.")
    for members, text in (
        (facts["deselected"], "left out of the run"),
        (list(facts["notApplicable"]), "found not to apply"),
        (predicate["warnedTests"], "recommended and not met"),
        (list(facts.get("notEstablished", ())), "recommended and could not be judged"),
    ):
        if members:
            limits.append(f"What was {text}, {len(members)} in number: {', '.join(members)}.")
    limits.append("Any other operation, release, address, or region, and whatever changed since.")
    return limits
