"""Forgeries: a signature depends on the secret, is compared whole, and nothing talks a server out of it."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve

from conformance.endpoint.checks.signing import by_versions, signed
from conformance.endpoint.claims import claim, claim_refused
from conformance.endpoint.findings import NotApplicable
from conformance.endpoint.marks import requirement
from conformance.endpoint.target import Target
from conformance.wire.exchange import Credentials, Forgery
from conformance.wire.redaction import REDACTED
from conformance.wire.verification import right_signature

# a text that is shorter may stand in an answer by chance
LEAST_OF_A_SECRET = 8
NEVER_RIGHT: tuple[Forgery, ...] = ("cut", "cut-short", "longer", "first", "second", "middle", "last", "empty")


def key_of(target: Target) -> Credentials:
    """What the run signs with. Raises NotApplicable where it does not sign."""
    signed(target)
    if target.client.credentials is None:
        raise NotApplicable("this run has no access key")
    return target.client.credentials


def other_secrets(key: Credentials) -> dict[str, Credentials]:
    """The same key with secrets that are not its own, each with what it is."""
    secret = key.access_key_secret
    secrets = {
        "no secret": "",
        "the key id": key.access_key_id,
        "the secret in other case": secret.swapcase(),
        "the beginning of the secret": secret[: len(secret) // 2],
        "the secret and a blank": f"{secret} ",
        "a secret of the same length": secret[::-1] if secret[::-1] != secret else f"{secret[:-1]}~",
        "a secret that begins alike": f"{secret[:-1]}~",
    }
    return {what: evolve(key, access_key_secret=other) for what, other in secrets.items() if other != secret}


@requirement("signatures.depends-on-secret")
def test_depends_on_secret(target: Target) -> None:
    """Signed with anything but the secret, a request is refused."""
    for what, key in other_secrets(key_of(target)).items():
        for version, channels in by_versions(target).items():
            answer = target.send(target.call((), next(channels)), credentials=key)
            claim_refused(answer, f"a {version} signature by {what}")


@requirement("signatures.compared-whole")
def test_compared_whole(target: Target) -> None:
    """A signature that is right but for a part of it is refused."""
    for version, channels in by_versions(target).items():
        # base64 of another case is another value; for hexadecimal digits see below
        forgeries: tuple[Forgery, ...] = (*NEVER_RIGHT, "case") if version == "v1" else NEVER_RIGHT
        for forgery in forgeries:
            answer = target.ask((), next(channels), forgery=forgery)
            claim_refused(answer, f"a {version} signature that is not the right one ({forgery})")


@requirement("signatures.written-exactly")
def test_written_exactly(target: Target) -> None:
    """The right signature, written otherwise than documented, is refused."""
    otherwise: dict[str, Forgery] = {"v1": "blank-after", "v3": "case"}
    for version, channels in by_versions(target).items():
        for _ in range(2):
            answer = target.ask((), next(channels), forgery=otherwise[version])
            claim_refused(answer, f"a {version} signature that is written otherwise ({otherwise[version]})")


LOWER: Mapping[str, list[tuple[str, str | None]]] = {
    "v1": [("SignatureMethod", v) for v in ("HMAC-NONE", "none", "HMAC-MD5", "", None)]
    + [("SignatureVersion", v) for v in ("9.9", "0", "", None)]
    + [("SignatureType", v) for v in ("NONE", "BEARERTOKEN")],
    "v3": [("SignatureMethod", v) for v in ("ACS3-HMAC-NONE", "ACS9-HMAC-SHA256", "NONE", "Basic", "")],
}


@requirement("signatures.never-lowered")
def test_never_lowered(target: Target) -> None:
    """Whatever a request says of its algorithm, a wrong signature stays wrong, and none is none."""
    other = evolve(key_of(target), access_key_secret="not-the-secret-of-this-key")
    for version, channels in by_versions(target).items():
        for name, value in LOWER[version]:
            call = target.call((), next(channels), common={name: value})
            claim_refused(target.send(call, credentials=other), f"a wrong {version} signature with {name}={value!r}")
    for channel in dict.fromkeys(evolve(c, signature="none") for c in signed(target)):
        claim_refused(target.ask((), channel), "a request that is not signed at all")
    for channel in signed(target, "v3") if "v3" in by_versions(target) else ():
        claim_refused(target.ask((), channel, tamper={"Authorization": None}), "a V3 request without Authorization")


BLANK = {
    "v1": ("AccessKeyId", "SignatureNonce", "Timestamp", "SignatureMethod", "SignatureVersion", "Version"),
    "v3": ("SignatureNonce", "Timestamp", "Version"),
}


@requirement("signatures.blank-common-parameter")
def test_blank_common_parameter(target: Target) -> None:
    """A required common parameter that is sent blank is no better than one that is missing."""
    for version, channels in by_versions(target).items():
        for name in BLANK[version]:
            answer = target.ask((), next(channels), common={name: ""})
            claim_refused(answer, f"a blank {name} in {version}")


@requirement("signatures.tells-no-secret")
def test_tells_no_secret(target: Target) -> None:
    """The refusal of a signature does not help to make a right one."""
    key = key_of(target)
    kept = key.access_key_secret != REDACTED  # in a replay there is no secret to compare with
    for channel in (next(channels) for channels in by_versions(target).values() for _ in range(4)):
        for answer in (
            target.send(target.call((), channel), credentials=evolve(key, access_key_secret="not-the-secret")),
            target.ask((), channel, forgery="last"),
        ):
            text = answer.exchange.response.body.decode("utf-8", "replace")
            told = kept and right_signature(answer.exchange.request, key) in text
            claim(not told, "a refusal tells the right signature", "no signature", "the right one", answer)
            told = kept and len(key.access_key_secret) >= LEAST_OF_A_SECRET and key.access_key_secret in text
            claim(not told, "a refusal tells the secret", "no secret", "the secret", answer)
