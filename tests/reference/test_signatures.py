"""Signatures as the reference verifies them: the published vectors as whole requests, and what SDKs do differently."""

from urllib.parse import quote, urlencode

import pytest
from attrs import evolve

from conformance.reference.application import Application
from conformance.reference.credentials import AccessKey
from conformance.reference.message import Request
from conformance.reference.seeding import generated
from conformance.reference.signatures import epoch
from tests.reference.client import KEY, TEMPORARY, Answer
from tests.reference.contracts import tasks
from tests.reference.probes import AWKWARD, NOW, Probes, application, stamp

REGIONS = {
    "Timestamp": "2016-02-23T12:46:24Z", "Format": "XML", "AccessKeyId": "testid", "Action": "DescribeRegions",
    "SignatureMethod": "HMAC-SHA1", "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
    "Version": "2014-05-26", "SignatureVersion": "1.0", "Signature": "OLeaidS1JvxuMvnyHOwuJ+uX5qY=",
}  # fmt: skip
HOSTS = {
    "SignatureVersion": "1.0", "Action": "DescribeDedicatedHosts", "Format": "JSON",
    "SignatureNonce": "edb2b34af0af9a6d14deaf7c1a5315eb", "Version": "2014-05-26", "AccessKeyId": "testid",
    "SignatureMethod": "HMAC-SHA1", "Timestamp": "2023-03-13T08:34:30Z", "RegionId": "cn-beijing",
    "Signature": "9NaGiOspFP5UPcwX8Iwt2YJXXuk=",
}  # fmt: skip
RUN_INSTANCES = {
    "host": "ecs.cn-shanghai.aliyuncs.com", "x-acs-action": "RunInstances",
    "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "x-acs-date": "2023-10-26T10:22:32Z", "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
    "x-acs-version": "2014-05-26",
}  # fmt: skip
RUN_INSTANCES_SIGNATURE = "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
IMAGE = {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}


def answer(response):
    return Answer(response.status, {}, response.body)


def published(operation, moment, key, request):
    """What a server of that operation, at that moment, answers to a published request."""
    contract = evolve(tasks(), operation=operation, parameters=(), errors=())
    contract = evolve(contract, semantics=evolve(contract.semantics, region=None))
    server = Application(contract, None, generated(contract), [key], clock=lambda: epoch(moment))
    return answer(server.respond(request))


@pytest.mark.parametrize("parameters", [REGIONS, HOSTS], ids=lambda p: p["Action"])
def test_published_v1_requests_are_accepted(parameters):
    request = Request("GET", "/", urlencode(parameters))
    found = published(parameters["Action"], parameters["Timestamp"], KEY, request)
    assert found.status == 200
    assert found.is_json == (parameters["Format"] == "JSON")
    post = Request("POST", "/", urlencode(parameters))
    assert published(parameters["Action"], parameters["Timestamp"], KEY, post).code == "IncompleteSignature"


def run_instances(method):
    names = ";".join(sorted(RUN_INSTANCES))
    text = f"ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders={names},Signature={RUN_INSTANCES_SIGNATURE}"
    headers = (*RUN_INSTANCES.items(), ("authorization", text))
    return Request(method, "/", urlencode(IMAGE), headers)


def test_the_published_v3_request_is_accepted():
    key = AccessKey("YourAccessKeyId", "YourAccessKeySecret")
    moment = RUN_INSTANCES["x-acs-date"]
    assert published("RunInstances", moment, key, run_instances("POST")).status == 200
    assert published("RunInstances", moment, key, run_instances("GET")).code == "IncompleteSignature"


@pytest.fixture
def store(contract, protocol):
    return generated(contract, protocol)


@pytest.fixture
def probes(store):
    return Probes(store)


@pytest.fixture
def ask(contract, protocol, store):
    server = application(contract, protocol, store)
    return lambda request: answer(server.respond(request))


def here(probes, **more):
    return {"RegionId": probes.first, **more}


def encode_as_sdks_do(parameters):
    """Spaces as %20, stars as they are, the order turned round."""
    return "&".join(f"{quote(k)}={quote(v, safe='*~')}" for k, v in reversed(parameters.items()))


@pytest.mark.parametrize("encode", [urlencode, encode_as_sdks_do])
def test_v1_survives_what_clients_do_to_the_encoding(ask, probes, encode):
    assert ask(probes.v1(here(probes, Note=AWKWARD, Blank=""), encode=encode)).status == 200


def test_v3_awkward_values_in_query_and_form(ask, probes):
    assert ask(probes.v3(here(probes, Note=AWKWARD, Blank=""))).status == 200
    assert ask(probes.v3(here(probes, Note=AWKWARD, Blank=""), form=True)).status == 200


def test_v3_follows_the_signed_headers(ask, probes):
    more = {"user-agent": "  sdk/1.0 ", "accept-encoding": "identity", "x-acs-credentials-provider": "static"}
    assert ask(probes.v3(here(probes), common=more)).status == 200


def test_a_header_that_must_be_signed_and_is_not_is_refused(ask, probes):
    request = probes.v3(here(probes), common={"x-acs-version": None}, tamper={"x-acs-version": "2014-05-26"})
    assert ask(request).code == "IncompleteSignature"


CODES = {
    "missing-signature": "MissingParameter", "wrong-signature": "IncompleteSignature",
    "tampered-parameter": "IncompleteSignature", "tampered-body": "IncompleteSignature",
    "unknown-access-key": "InvalidAccessKeyId.NotFound", "missing-access-key": "MissingParameter",
    "missing-nonce": "MissingParameter", "expired-timestamp": "InvalidTimeStamp.Expired",
    "future-timestamp": "InvalidTimeStamp.Expired", "malformed-timestamp": "InvalidTimeStamp.Format",
    "missing-timestamp": "MissingParameter", "unknown-signature-method": "InvalidParameter",
    "unknown-signature-version": "InvalidParameter", "unknown-action": "InvalidParameter",
    "missing-version": "MissingParameter", "unknown-version": "InvalidParameter",
    "missing-action": "MissingParameter", "unsupported-method": "UnsupportedHTTPMethod",
}  # fmt: skip


@pytest.mark.parametrize(
    ("situation", "version"),
    [(s, v) for s in CODES for v in ("v1", "v3") if not (v == "v3" and s.startswith("unknown-signature"))],
)
def test_situations_get_the_documented_code(ask, probes, situation, version):
    found = ask(situation_request(probes, situation, version))
    assert found.code == CODES[situation]
    assert found.status == (403 if situation == "unsupported-method" else 400)
    assert ask(probes.v1(here(probes))).status == 200


def situation_request(probes, situation, version):
    """A request that is wrong in one respect alone."""
    ask = here(probes)
    wrong_key = {
        "wrong-signature": AccessKey("testid", "nonsense"), "unknown-access-key": AccessKey("nobody", "testsecret"),
    }.get(situation)  # fmt: skip
    sign = probes.v1 if version == "v1" else probes.v3
    if wrong_key:
        return sign(ask, key=wrong_key)
    if situation == "tampered-body":
        request = sign(ask, method="POST", form=True)
        return evolve(request, body=request.body + b"&PageSize=1")
    if situation == "tampered-parameter":
        tampered = {"tamper": {"RegionId": probes.second}} if version == "v1" else {"query": {"RegionId": "other"}}
        return sign(ask, **tampered)
    if situation == "unsupported-method":
        return sign(ask, method="PATCH")
    if situation == "missing-access-key" and version == "v3":
        return sign(ask, key=AccessKey("", "testsecret"))
    changed = {
        "missing-signature": {"Signature": None}, "missing-access-key": {"AccessKeyId": None},
        "missing-nonce": {"SignatureNonce": None}, "missing-timestamp": {"Timestamp": None},
        "expired-timestamp": {"Timestamp": "2023-11-14T21:57:00Z"},
        "future-timestamp": {"Timestamp": "2023-11-14T22:30:00Z"}, "malformed-timestamp": {"Timestamp": "2023-11-14"},
        "unknown-signature-method": {"SignatureMethod": "HMAC-MD5"},
        "unknown-signature-version": {"SignatureVersion": "9"}, "unknown-action": {"Action": "Nothing"},
        "missing-version": {"Version": None}, "unknown-version": {"Version": "2000-01-01"},
        "missing-action": {"Action": None},
    }[situation]  # fmt: skip
    if version == "v1":
        return sign(ask, tamper=changed) if "Signature" in changed else sign(ask, common=changed)
    names = {"Timestamp": "x-acs-date", "SignatureNonce": "x-acs-signature-nonce", "Action": "x-acs-action",
             "Version": "x-acs-version", "Signature": "authorization"}  # fmt: skip
    renamed = {names[k]: v for k, v in changed.items() if k in names}
    return sign(ask, tamper=renamed) if "authorization" in renamed else sign(ask, common=renamed)


@pytest.mark.parametrize(("offset", "accepted"), [(-899, True), (899, True), (-902, False), (902, False)])
def test_the_clock_window_is_fifteen_minutes(ask, probes, offset, accepted):
    assert (ask(probes.v1(here(probes), common={"Timestamp": stamp(offset)})).status == 200) is accepted
    assert (ask(probes.v3(here(probes), common={"x-acs-date": stamp(offset)})).status == 200) is accepted


def test_a_nonce_is_good_once_whatever_carries_it(ask, probes):
    used = "the same"
    assert ask(probes.v1(here(probes), common={"SignatureNonce": used})).status == 200
    again = (
        probes.v1(here(probes), common={"SignatureNonce": used}),
        probes.v1({"RegionId": probes.second}, method="POST", form=True, common={"SignatureNonce": used}),
        probes.v3(here(probes), common={"x-acs-signature-nonce": used}),
    )
    assert [ask(request).code for request in again] == ["SignatureNonceUsed"] * 3


def test_a_nonce_is_forgotten_after_the_window(contract, protocol, store):
    moments = iter([NOW, NOW + 60, NOW + 3600])
    now = [NOW]
    server = Application(contract, protocol, store, [KEY], clock=lambda: now[0])
    probes = Probes(store)
    codes = []
    for moment in moments:
        now[0] = moment
        sent = {"SignatureNonce": "n", "Timestamp": stamp(moment - NOW)}
        codes.append(answer(server.respond(probes.v1(here(probes), common=sent))).code)
    assert codes == [None, "SignatureNonceUsed", None]


def test_a_refused_signature_does_not_use_up_the_nonce(ask, probes):
    forged = probes.v1(here(probes), key=evolve(KEY, access_key_secret="x"), common={"SignatureNonce": "mine"})
    assert ask(forged).code == "IncompleteSignature"
    assert ask(probes.v1(here(probes), common={"SignatureNonce": "mine"})).status == 200


@pytest.mark.parametrize("version", ["v1", "v3"])
def test_a_temporary_key_needs_its_token(contract, protocol, store, version):
    server = Application(contract, protocol, store, [KEY, TEMPORARY], clock=lambda: NOW)
    probes = Probes(store)
    sign = probes.v1 if version == "v1" else probes.v3
    token = "SecurityToken" if version == "v1" else "x-acs-security-token"
    asked = here(probes)
    assert server.respond(sign(asked, key=TEMPORARY)).status == 200
    for wrong in (None, "another token"):
        found = answer(server.respond(sign(asked, key=TEMPORARY, common={token: wrong})))
        assert found.code == "InvalidSecurityToken.MismatchWithAccessKey"
    assert answer(server.respond(sign(asked, common={token: "a token"}))).status == 403


def test_without_keys_nothing_needs_a_signature(contract, protocol, store):
    server = Application(contract, protocol, store)
    plain = f"Action=DescribeTasks&Version=2014-05-26&RegionId={next(iter(store.regions))}&Format=JSON"
    assert server.respond(Request("GET", "/", plain)).status == 200


def test_secrets_stay_out_of_representations():
    assert "sts secret" not in repr(TEMPORARY)
    assert "the token" not in repr(TEMPORARY)


def test_the_second_table_of_errors_is_a_dialect(contract, protocol, store):
    wanted = {"wrong-signature.error": "SignatureDoesNotMatch/403"}
    server = application(contract, protocol, store, dialect=wanted)
    probes = Probes(store)
    found = server.respond(probes.v1(here(probes), key=evolve(KEY, access_key_secret="x")))
    assert (found.status, answer(found).code) == (403, "SignatureDoesNotMatch")
