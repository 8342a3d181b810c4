"""What not every driver can do is inconclusive, and what odd conditions show is judged as it should be."""

from __future__ import annotations

import shlex
import socket
import ssl
import uuid
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path

import pytest
from attrs import evolve
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12

from conformance.drivers.protocol import SdkError
from conformance.sdk.certificates import Authority
from conformance.sdk.endpoint import InstrumentedEndpoint, Reply
from conformance.sdk.judges.signing import nonces_are_not_guessable
from conformance.sdk.judging import certify
from conformance.sdk.leaks import SECRET, TOKEN, revealed, tells
from conformance.sdk.requirements import requirements
from conformance.wire.dates import http_date
from conformance.wire.exchange import Credentials
from tests.sdk.faults import VERSION

UNABLE = ("requests.given-objects-stay",
          "requests.null-value", "requests.bytes-for-text", "responses.unparsed-body", "errors.short-transfer-unparsed",
          "signing.nonces-of-*", "behaviour.parallel-*", "behaviour.*certificate*",
          "behaviour.private-authority")  # fmt: skip
KEYS = Credentials("testid0123", "TestSecretab01cd23ef", "TestToken/+=9f8e7d6c5b4a")


def test_what_a_driver_cannot_do_is_inconclusive_and_fails_no_release(plan, miniature):
    chosen = evolve(plan, select=(*UNABLE, "requests.plus"))
    done = certify(miniature("of-the-first"), chosen, expected_version=VERSION)
    found = {r.partition(".sdk.")[2]: v for r, v in done.summary().items()}
    assert found.pop("requests.plus") == "passed"
    assert set(found.values()) == {"inconclusive"}
    assert len(found) == 13
    assert done.conformant
    assert {v.message for v in done.verdicts if "certificate" in v.requirement} == {
        "the driver has no way to call an https endpoint"
    }


def test_what_only_the_driver_cannot_express_is_inconclusive(plan, miniature):
    chosen = evolve(plan, select=("requests.plus", "requests.each-parameter", "requests.calls-are-independent"))
    for custom, verdict in (("cannot-express-TaskIds", "inconclusive"), ("cannot-give-TaskIds", "not-applicable")):
        done = certify(miniature(custom), chosen, expected_version=VERSION)
        [found] = [v for v in done.verdicts if v.requirement.endswith("requests.plus")]
        assert (found.verdict, "TaskIds" in found.message) == (verdict, True)


def test_what_nobody_can_write_in_a_language_is_inconclusive_with_the_reason(plan, miniature, tmp_path):
    chosen = evolve(plan, select=("requests.bytes-for-text",))
    done = certify(miniature("takes-no-bytes"), chosen, expected_version=VERSION)
    [found] = done.verdicts
    assert found.verdict == "inconclusive"
    assert found.message == (
        "a program in its language has no way to give TaskIds to this SDK: it is a String, which takes no byte[]"
    )
    assert done.conformant


def test_what_needs_an_ability_is_no_must(plan):
    """A driver of the first version of the protocol still certifies."""
    needing = [r for r in requirements(plan.contract) if any(spec.case.ability for spec in r.cases)]
    assert len(needing) == 13
    assert [r.id for r in needing if r.level == "MUST"] == []


@pytest.mark.parametrize(
    "said",
    [
        "Basic " + b64encode(f"testid0123:{KEYS.access_key_secret}".encode()).decode(),
        b64encode(f"xx{KEYS.access_key_secret}:y".encode()).decode(),
        KEYS.access_key_secret.encode().hex(),
        str(list(KEYS.access_key_secret.encode())),
        f"key=[{KEYS.access_key_secret}]",
    ],
)
def test_a_secret_is_found_in_the_forms_in_which_languages_print_it(said):
    assert revealed(SdkError("E", True, message=said), KEYS) == (SECRET,)


@pytest.mark.parametrize(
    "said",
    [
        "TestToken%2F%2B%3D9f8e7d6c5b4a", "TestToken%2f%2b%3d9f8e7d6c5b4a", "TestToken%252F%252B%253D9f8e7d6c5b4a",
        r"TestToken\/+=9f8e7d6c5b4a", r"TestToken\u002f\u002b\u003d9f8e7d6c5b4a",
        "TestToken&#x2F;&#x2B;&#x3D;9f8e7d6c5b4a",
        r"TestToken\x2f\x2b\x3d9f8e7d6c5b4a", "TestToken&#47;&#43;&#61;9f8e7d6c5b4a",
    ],
)  # fmt: skip
def test_a_token_is_found_in_the_escapes_of_languages(said):
    assert revealed(SdkError("E", True, text=said), KEYS) == (TOKEN,)


def test_what_only_looks_like_a_secret_is_none():
    for said in ("TestSecret", "TestSecretab01****", "TestToken", b64encode(b"TestSecret").decode(), "testid0123"):
        assert not revealed(SdkError("E", True, message=said), KEYS), said
    assert not tells("", KEYS.access_key_secret)


def seen_with(nonces, plan, monkeypatch):
    """Observations of requests with these nonces; of each, nothing else is looked at."""

    class Arrived:
        def __init__(self, nonce):
            self.arrival, self.request, self.nonce = self, None, nonce

    class Seen:
        requests = tuple(map(Arrived, nonces))

    return (Seen(),)


@pytest.mark.parametrize(
    ("made", "guessable"),
    [
        (lambda n: uuid.UUID(int=(n + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128).hex, False),
        (lambda n: str(uuid.UUID(int=(n + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128)), False),
        (lambda n: str((n + 1) * 0x9E3779B97F4A7C15F39C % 10**20), False),
        (lambda n: str(n), True),
        (lambda n: f"nonce-{n:08d}-of-a-host", True),
        (lambda n: str(1_795_671_234_000 + 17 * n), True),
        (lambda n: str(1_795_671_234_000_000_000 + 17_123_451 * n), True),
        (
            lambda n: uuid.UUID(fields=((0x1234_5678 + 171_234 * n) % 2**32, 0xA1B2, 0x11F1, 0x80, 5, 0xABCDEF)).hex,
            True,
        ),
    ],
)
def test_nonces_of_clocks_and_counters_are_told_from_random_ones(made, guessable, plan, monkeypatch):
    found = nonces_are_not_guessable(seen_with([made(n) for n in range(300)], plan, monkeypatch))
    assert ("few places" in str(found)) == guessable


def test_a_few_nonces_are_not_judged(plan, monkeypatch):
    assert "too few" in str(nonces_are_not_guessable(seen_with(["1", "2", "3"], plan, monkeypatch)))


@pytest.mark.parametrize(
    "bad",
    [
        "Do, 26 Nov 2026 05:33:40 GMT", "Thu, 26 Nov 2026 05:33:40 UTC", "Thu, 26 Nov 2026 05:33:40 +0000", "",
        "Fri, 26 Nov 2026 05:33:40 GMT", "Thu, 31 Feb 2026 05:33:40 GMT", "Thu, ٢٦ Nov 2026 05:33:40 GMT",
        "Thursday, 26-Nov-26 05:33:40 GMT", "Thu Nov 26 05:33:40 2026", "2026-11-26T05:33:40Z",
    ],
)  # fmt: skip
def test_dates_that_http_does_not_send(bad):
    assert http_date(bad) is None


def test_a_date_of_http():
    assert http_date("Thu, 26 Nov 2026 05:33:40 GMT") == datetime(2026, 11, 26, 5, 33, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("trusted", None),
        ("expired", "certificate has expired"),
        ("wrong-host", "Hostname mismatch"),
        ("self-signed", "self-signed certificate"),
    ],
)
def test_one_thing_is_wrong_with_a_certificate(kind, reason, tmp_path):
    authority = Authority(tmp_path, kind)
    with InstrumentedEndpoint(lambda _: Reply(404), KEYS, host="localhost", tls=authority.context()) as endpoint:
        assert endpoint.url.startswith("https://localhost:")
        context = ssl.create_default_context(cafile=str(authority.trusted))
        host, _, port = endpoint.authority.partition(":")

        def shake_hands() -> None:
            plain = socket.create_connection((host, int(port)), timeout=5)
            with plain, context.wrap_socket(plain, server_hostname=host):
                pass

        if reason is None:
            shake_hands()
        else:
            with pytest.raises(ssl.SSLCertVerificationError, match=reason):
                shake_hands()


def test_a_java_is_told_of_the_authority_by_a_trust_store_of_its_own(tmp_path):
    authority = Authority(tmp_path, "trusted")
    authority.context()
    options = dict(word.split("=", 1) for word in shlex.split(authority.environment["JAVA_TOOL_OPTIONS"]))
    assert options["-Djavax.net.ssl.trustStoreType"] == "PKCS12"
    store, password = options["-Djavax.net.ssl.trustStore"], options["-Djavax.net.ssl.trustStorePassword"]
    kept = pkcs12.load_pkcs12(Path(store).read_bytes(), password.encode())
    pem = x509.load_pem_x509_certificate(authority.trusted.read_bytes())
    assert [one.certificate for one in kept.additional_certs] == [pem]
    assert kept.key is None
