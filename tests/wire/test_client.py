"""Signed requests, judged by the verifier, over every channel."""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from conformance.wire.arrival import read_request
from conformance.wire.client import BadEndpoint, Client, PlaintextRefused, is_loopback
from conformance.wire.exchange import Call, Channel, Credentials
from conformance.wire.verification import verify

KEY = Credentials("testid", "testsecret")
STS = Credentials("STS.temporary", "testsecret", "token+/=")
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CHANNELS = st.builds(
    Channel,
    format=st.sampled_from(["json", "xml", None]),
    signature=st.sampled_from(["v1", "v3"]),
    method=st.sampled_from(["GET", "POST"]),
    placement=st.sampled_from(["query", "form"]),
)
NAMES = st.sampled_from(["RegionId", "PageSize", "Tag.1.Key", "a b", "任"])
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PARAMETERS = st.dictionaries(NAMES, VALUES).map(lambda d: tuple(d.items()))


def client(credentials=KEY, url="http://127.0.0.1:8000"):
    return Client(url, credentials, clock=lambda: f"{NOW:%Y-%m-%dT%H:%M:%SZ}")


def call(channel, parameters=(("RegionId", "cn-hangzhou"),), **changes):
    return Call("DescribeTasks", "2014-05-26", parameters, channel, **changes)


def problems(request, credentials=KEY, **options):
    return [problem.id for problem in verify(request, credentials, NOW, **options)]


@given(CHANNELS, PARAMETERS, st.sampled_from([KEY, STS]))
def test_every_signed_request_verifies_and_keeps_its_parameters(channel, parameters, credentials):
    request = client(credentials).prepare(call(channel, parameters))
    assert problems(request, credentials) == []
    arrival = read_request(request)
    assert arrival.parameters == parameters
    assert (arrival.action, arrival.version, arrival.signature) == (
        "DescribeTasks",
        "2014-05-26",
        channel.signature,
    )
    assert arrival.format == (channel.format and channel.format.upper())
    assert arrival.token == credentials.security_token


@given(CHANNELS, PARAMETERS.filter(bool))
def test_a_change_after_signing_is_seen(channel, parameters):
    changed = {parameters[0][0]: parameters[0][1] + "x"}
    request = client().prepare(call(channel, parameters, tamper=changed))
    assert dict(read_request(request).parameters).items() >= changed.items()
    assert {"signature", "digest"}.intersection(problems(request))


@pytest.mark.parametrize("signature", ["v1", "v3"])
@pytest.mark.parametrize(
    ("common", "expected"),
    [
        ({"Timestamp": "2026-01-02T02:00:00Z"}, ["timestamp-window"]),
        ({"Timestamp": "yesterday"}, ["timestamp-form"]),
        ({"Timestamp": None}, ["missing"]),
        ({"SignatureNonce": "used"}, ["nonce-reused"]),
        ({"SignatureNonce": None}, ["missing"]),
        ({"AccessKeyId": "somebody"}, ["unknown-key"]),
        ({"Action": None}, ["missing"]),
        ({"Version": None}, ["missing"]),
        ({"Action": "Other"}, []),
        ({"SecurityToken": "surprise"}, ["token"]),
    ],
    ids=str,
)
def test_common_parameters_changed_before_signing_stay_covered(signature, common, expected):
    request = client().prepare(call(Channel(signature=signature), common=common))
    assert problems(request, nonces={"used"}) == expected


@pytest.mark.parametrize("placement", ["query", "form"])
@pytest.mark.parametrize(
    ("signature", "tamper", "expected"),
    [
        ("v1", {"Signature": "AAAA"}, ["signature"]),
        ("v1", {"Signature": None}, ["unsigned"]),
        ("v1", {"SignatureMethod": "HMAC-SHA256"}, ["algorithm", "signature"]),
        ("v1", {"Timestamp": "2026-01-02T03:04:06Z"}, ["signature"]),
        ("v3", {"Signature": "00"}, ["signature"]),
        ("v3", {"Signature": None}, ["signature"]),
        ("v3", {"Authorization": None}, ["unsigned"]),
        ("v3", {"AccessKeyId": None}, ["missing"]),
        ("v3", {"SignatureMethod": "ACS3-HMAC-SM3"}, ["algorithm"]),
        ("v3", {"Timestamp": "2026-01-02T03:04:06Z"}, ["signature"]),
        ("v3", {"SignatureNonce": None}, ["missing", "uncovered", "signature"]),
        ("v3", {"x-acs-extra": "1"}, ["uncovered"]),
        ("v3", {"x-acs-content-sha256": "00"}, ["digest", "signature"]),
        ("v3", {"Host": "elsewhere"}, ["signature"]),
    ],
    ids=str,
)
def test_tampering_is_named(signature, tamper, expected, placement):
    request = client().prepare(call(Channel(signature=signature, placement=placement), tamper=tamper))
    assert problems(request) == expected


def test_unsigned_calls_carry_no_key():
    request = client().prepare(call(Channel(format="xml", signature="none", method="GET")))
    assert request.url == (
        "http://127.0.0.1:8000/?RegionId=cn-hangzhou&Action=DescribeTasks&Version=2014-05-26&Format=XML"
    )
    assert problems(request) == ["unsigned"]


def test_a_form_leaves_only_the_format_of_v3_in_the_query():
    form = client().prepare(call(Channel(placement="form")))
    assert form.url == "http://127.0.0.1:8000/?Format=JSON"
    assert form.body == b"RegionId=cn-hangzhou"
    v1 = client().prepare(call(Channel(signature="v1", placement="form")))
    assert v1.url == "http://127.0.0.1:8000/"
    assert b"AccessKeyId=testid" in v1.body


def test_header_names_and_plus_signs_do_not_break_a_signature():
    request = client().prepare(call(Channel(method="GET"), (("RegionId", "a b*"),)))
    sent = evolve(
        request,
        url=request.url.replace("%20", "+").replace("%2A", "*"),
        headers=tuple((name.upper(), value) for name, value in request.headers),
    )
    assert sent.url != request.url
    assert problems(sent) == []


def test_a_wrong_secret_and_an_old_clock_are_seen():
    request = client(Credentials("testid", "wrong")).prepare(call(Channel()))
    assert problems(request) == ["signature"]
    late = verify(client().prepare(call(Channel())), KEY, NOW + timedelta(minutes=16))
    assert [problem.id for problem in late] == ["timestamp-window"]
    assert verify(client().prepare(call(Channel())), KEY, NOW + timedelta(minutes=16), timedelta(minutes=31)) == ()


def test_nonces_are_fresh():
    made = client()
    assert len({read_request(made.prepare(call(Channel()))).nonce for _ in range(50)}) == 50


def test_signed_calls_need_credentials():
    with pytest.raises(ValueError, match="needs credentials"):
        Client("http://127.0.0.1").prepare(call(Channel()))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:80",
        "ftp://h",
        "http://",
        "http://h:port",
        "http://h:99999",
        "http://u:p@h",
        "http://h/?a=1",
    ],
)
def test_bad_addresses_are_refused(url):
    with pytest.raises(BadEndpoint) as refusal:
        Client(url)
    assert "\n" not in str(refusal.value)
    assert "u:p" not in str(refusal.value)


def test_plain_http_to_another_machine_needs_leave():
    with pytest.raises(PlaintextRefused, match="--allow-plaintext"):
        client(url="http://ecs.example.com")
    Client("http://ecs.example.com", KEY, allow_plaintext=True)
    Client("http://ecs.example.com")
    Client("https://ecs.example.com", KEY)


def test_loopback():
    assert all(map(is_loopback, ["localhost", "127.0.0.1", "127.9.9.9", "::1", "LOCALHOST"]))
    assert not any(map(is_loopback, ["localhost.example.com", "10.0.0.1", "0.0.0.0", "example.com"]))


def test_ports_in_the_host_header():
    assert client(url="http://[::1]:8000").origin.host == "[::1]:8000"
    assert client(url="https://example.com:443/x").origin.host == "example.com"
    assert client(url="https://example.com:443/x").origin.url == "https://example.com/x"


def test_secrets_stay_out_of_repr():
    assert "testsecret" not in repr(client(STS))
    assert "token+" not in repr(client(STS))
