import json
from base64 import b64decode, b64encode
from hashlib import sha256

import pytest
from attrs import evolve
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from conformance.report import events as e
from conformance.report.certificate import EXTENSION, NotCertifiable, canonical, certify
from conformance.report.conclusion import conclude
from conformance.report.merge import merge
from conformance.report.signature import BadKey, sign, verify
from conformance.report.stream import parse

from .streams import entry, run, runs


def pems(key):
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


PRIVATE, PUBLIC = pems(Ed25519PrivateKey.generate())


def stream(made):
    return "".join(map(e.to_line, made.events())).encode()


LEFT_OUT = {"deselected": ("DescribeTasks.z",), "deselected_levels": {"DescribeTasks.z": "SHOULD"}}


def conformant(**header):
    catalogue = [entry("a.b"), entry("a.c"), entry("a.d", "SHOULD"), entry("a.e")]
    aside = e.Verdict("DescribeTasks.a.e", "", "not-applicable", "one region only")
    verdicts = [("a.b", "passed", "json"), ("a.b", "passed", "xml"), ("a.c", "passed"), ("a.d", "warned"), aside]
    made = run(catalogue, verdicts, [e.ChoiceObserved("TaskSet.list-form", "object", None, 5)])
    return evolve(made, header=evolve(made.header, **{**LEFT_OUT, **header}))


EVENTS = stream(conformant())
CERTIFICATE = certify(EVENTS)
SIGNED = sign(CERTIFICATE, PRIVATE)


def test_the_statement_is_an_in_toto_test_result():
    statement = json.loads(CERTIFICATE)
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    predicate = statement["predicate"]
    assert predicate["result"] == "WARNED"
    assert predicate["passedTests"] == ["DescribeTasks.a.b", "DescribeTasks.a.c"]
    assert predicate["warnedTests"] == ["DescribeTasks.a.d"]
    assert predicate["failedTests"] == []
    digests = {one["name"]: one["digest"]["sha256"] for one in predicate["configuration"]}
    assert digests["events.jsonl"] == sha256(EVENTS).hexdigest()
    assert digests["contract.yaml"] == "c" * 64
    assert digests["requirements.yaml"] == "d" * 64
    facts = predicate[EXTENSION]
    assert (facts["seed"], facts["dialect"]) == (7, {"TaskSet.list-form": "object"})
    assert facts["deselected"] == ["DescribeTasks.z"]
    assert facts["notApplicable"] == {"DescribeTasks.a.e": "one region only"}


def test_an_endpoint_is_known_by_address_and_dialect():
    subject = json.loads(CERTIFICATE)["subject"][0]
    assert subject["name"] == "http://127.0.0.1:4000"
    other = conformant()
    other = evolve(other, observed=(evolve(other.observed[0], alternative="array-of-one"),))
    assert json.loads(certify(stream(other)))["subject"][0]["digest"] != subject["digest"]


def test_a_release_is_known_by_the_digest_of_its_package():
    target = e.TargetIdentity(
        "sdk", "alibabacloud_ecs20140526", None, "7.11.8", "python 3.11", {"sha256": "a" * 64}, {"x": "1"}
    )
    subject = json.loads(certify(stream(conformant(target=target))))["subject"]
    assert subject == [{"name": "alibabacloud_ecs20140526 7.11.8", "digest": {"sha256": "a" * 64}}]
    with pytest.raises(NotCertifiable, match="digest of the package"):
        certify(stream(conformant(target=evolve(target, digest={}))))
    events = stream(conformant(target=target))
    for name in (
        "alibabacloud_ecs20140526",
        "alibabacloud_ecs20140526 7.11.8",
        f"sha256:{'a' * 64}",
        f"SHA256:{'A' * 64}",
    ):
        assert verify(certify(events), events, subject=name).valid
    for name in ("alibabacloud_ecs20140526 7.11.9", f"sha256:{'b' * 64}"):
        assert not verify(certify(events), events, subject=name).valid


def without(**footer):
    made = conformant()
    return evolve(made, footer=evolve(made.footer, **footer))


def judged(verdict, level="MUST"):
    made = conformant()
    extra = (*made.header.catalogue, entry("a.f", level))
    found = (*made.verdicts, e.Verdict("DescribeTasks.a.f", "", verdict, "m"))
    return evolve(made, header=evolve(made.header, catalogue=extra), verdicts=found)


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (judged("failed"), "not one of a conformant target"),
        (judged("inconclusive"), r"Not every MUST could be judged: DescribeTasks\.a\.f"),
        (judged("errored"), "could be judged"),
        (judged("errored", "SHOULD"), r"The suite itself broke down over DescribeTasks\.a\.f"),
        (judged("known-failing"), "known failure never earns"),
        (judged("unexpectedly-passed"), "unexpectedly passed"),
        (without(interrupted=True), "not one of a conformant target"),
        (conformant(known_failures=(e.KnownFailureEntry("x", "y"),)), "known failure never earns"),
        (conformant(suite=e.Suite("s", "1", "", "sha256:" + "d" * 64)), r"digest of the contract\.yaml"),
        (conformant(target=e.TargetIdentity("endpoint", "somewhere")), "digest of the package"),
    ],
    ids=range(10),
)
def test_what_keeps_a_run_from_being_certified(made, says):
    with pytest.raises(NotCertifiable, match=says):
        certify(stream(made))


@pytest.mark.parametrize("level", ["SHOULD", "MAY"])
def test_what_is_no_must_need_not_have_been_judged_and_the_certificate_says_so(level):
    made = judged("inconclusive", level)
    certificate = certify(stream(made))
    facts = json.loads(certificate)["predicate"][EXTENSION]
    assert facts["notEstablished"] == {"DescribeTasks.a.f": "m"}
    assert f"1 {level} could not be judged" in facts["text"]
    assert "DescribeTasks.a.f" not in json.loads(certificate)["predicate"]["passedTests"]
    found = verify(sign(certificate, PRIVATE), stream(made), PUBLIC)
    assert found.proven
    assert f"1 {level} could not be judged" in " ".join(found.stated)
    assert "could not be judged, 1 in number: DescribeTasks.a.f" in " ".join(found.not_certified)
    hidden = json.loads(certificate)
    del hidden["predicate"][EXTENSION]["notEstablished"]
    assert not verify(canonical(hidden), stream(made)).valid


def test_a_must_of_which_one_case_could_not_be_judged_earns_no_certificate():
    made = judged("passed")
    made = evolve(made, verdicts=(*made.verdicts, e.Verdict("DescribeTasks.a.f", "xml", "inconclusive", "m")))
    with pytest.raises(NotCertifiable, match="Not every MUST"):
        certify(stream(made))


@settings(deadline=None, max_examples=60)
@given(runs())
def test_only_conformant_runs_are_certified(made):
    certificate, reasons = None, ()
    try:
        certificate = certify(stream(made))
    except NotCertifiable as refused:
        reasons = refused.reasons
    if certificate is None:
        assert reasons
        return
    assert conclude(made).conformant
    assert verify(certificate, stream(made)).valid


@settings(deadline=None, max_examples=60)
@given(runs())
def test_every_conformant_run_is_certified_and_verifies(made):
    suite = evolve(made.header.suite, contract_digest="sha256:" + "c" * 64, requirements_digest="sha256:" + "d" * 64)
    target = evolve(made.header.target, digest={"sha256": "a" * 64})
    catalogue = (*made.header.catalogue, entry("a.must"))
    verdicts = tuple(e.Verdict(one.id, "", "passed") for one in catalogue)
    header = evolve(made.header, catalogue=catalogue, known_failures=(), suite=suite, target=target)
    events = stream(evolve(made, header=header, verdicts=verdicts, footer=evolve(made.footer, interrupted=False)))
    if conclude(parse(events)).scope.word == "part":
        with pytest.raises(NotCertifiable, match="--partial"):
            certify(events)
    assert verify(certify(events, partial=True), events).valid
    assert verify(sign(certify(events, partial=True), PRIVATE), events, PUBLIC).valid


NO_MUST = run([entry("a.b", "SHOULD")], [("a.b", "passed")])


@pytest.mark.parametrize("partial", [False, True])
def test_without_a_must_there_is_no_certificate(partial):
    with pytest.raises(NotCertifiable, match="No MUST was judged"):
        certify(stream(NO_MUST), partial)


def test_a_certificate_of_a_part_says_so_in_its_text():
    made = conformant(deselected_levels={"DescribeTasks.z": "MUST"})
    with pytest.raises(NotCertifiable, match=r"not 1 of 4 MUST requirements\. --partial"):
        certify(stream(made))
    certificate = certify(stream(made), partial=True)
    facts = json.loads(certificate)["predicate"][EXTENSION]
    assert (facts["scope"], facts["leftOut"]) == ("part", ["1 of 4 MUST requirements"])
    assert facts["text"].startswith("Conformant in part. ")
    assert facts["settings"][0]["formats"] == ["json", "xml"]
    assert "judged in part, without 1 of 4 MUST" in " ".join(verify(certificate, stream(made)).not_certified)


@pytest.mark.parametrize("subject", ["http://127.0.0.1:4000", "http://127.0.0.1:4000/", "endpoint under test"])
def test_the_subject_is_compared(subject):
    assert verify(CERTIFICATE, EVENTS, subject=subject).valid
    other = verify(CERTIFICATE, EVENTS, subject="http://127.0.0.1:4001")
    assert other.problems == (
        "The certificate is about http://127.0.0.1:4000 or endpoint under test, not http://127.0.0.1:4001.",
    )


def test_verified_in_words():
    found = verify(CERTIFICATE, EVENTS)
    assert found.valid
    assert found.key_id is None
    assert not found.proven
    checked, stated = " ".join(found.checked), " ".join(found.stated)
    not_certified = " ".join(found.not_certified)
    assert "byte for byte" in checked
    assert "requirements" not in checked
    assert "nobody vouches" in stated
    assert "Each of 2 MUST requirements that apply was met" in stated
    assert "TaskSet.list-form = object" in stated
    assert "not signed" in not_certified
    assert "left out of the run, 1 in number: DescribeTasks.z" in not_certified
    assert "found not to apply, 1 in number: DescribeTasks.a.e" in not_certified
    assert "not met, 1 in number: DescribeTasks.a.d" in not_certified


def test_signed():
    found = verify(SIGNED, EVENTS, PUBLIC)
    assert found.valid
    assert found.key_id
    assert found.proven
    assert any(found.key_id in line for line in found.checked)
    assert found.stated[0].startswith(f"The holder of key {found.key_id} says")
    assert not any("not signed" in line for line in found.not_certified)
    assert b64decode(json.loads(SIGNED)["payload"]) == CERTIFICATE
    assert json.loads(SIGNED)["payloadType"] == "application/vnd.in-toto+json"


def test_keys():
    other_private, other_public = pems(Ed25519PrivateKey.generate())
    assert "not one by the key" in verify(SIGNED, EVENTS, other_public).problems[0]
    assert "public key is needed" in verify(SIGNED, EVENTS).problems[0]
    assert "not signed" in verify(CERTIFICATE, EVENTS, PUBLIC).problems[0]
    assert not verify(sign(CERTIFICATE, other_private), EVENTS, PUBLIC).valid
    elliptic_private, elliptic_public = pems(generate_private_key(SECP256R1()))
    for bad in (b"", b"nonsense", PUBLIC, elliptic_private):
        with pytest.raises(BadKey):
            sign(CERTIFICATE, bad)
    for bad in (b"", b"nonsense", PRIVATE, elliptic_public):
        with pytest.raises(BadKey):
            verify(SIGNED, EVENTS, bad)


@st.composite
def changed(draw, data):
    """`data` with one byte changed, removed, or added."""
    place = draw(st.integers(0, len(data) - 1))
    new = draw(st.integers(0, 255))
    kind = draw(st.sampled_from(["change", "remove", "add"]))
    tail = data[place:] if kind == "add" else data[place + 1 :]
    return data[:place] + (b"" if kind == "remove" else bytes([new])) + tail


@settings(max_examples=400, deadline=None)
@given(changed(CERTIFICATE))
def test_any_changed_byte_of_a_certificate_is_found(tampered):
    assume(tampered != CERTIFICATE)
    assert not verify(tampered, EVENTS).valid


@settings(max_examples=400, deadline=None)
@given(changed(SIGNED))
def test_any_changed_byte_of_a_signed_certificate_is_found(tampered):
    assume(tampered != SIGNED)
    assert not verify(tampered, EVENTS, PUBLIC).valid


@settings(max_examples=400, deadline=None)
@given(changed(EVENTS), st.booleans())
def test_any_changed_byte_of_the_stream_is_found(tampered, signed):
    assume(tampered != EVENTS)
    assert not (verify(SIGNED, tampered, PUBLIC) if signed else verify(CERTIFICATE, tampered)).valid


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_anything_at_all_may_be_given(data):
    assert not verify(data, EVENTS).valid
    assert not verify(CERTIFICATE, data).valid
    assert not verify(data, data, PUBLIC).valid


def test_extra_members_in_the_envelope_are_found():
    envelope = json.loads(SIGNED)
    envelope["signatures"][0]["extra"] = 1
    assert not verify((json.dumps(envelope, sort_keys=True, indent=2) + "\n").encode(), EVENTS, PUBLIC).valid
    assert not verify(json.dumps(json.loads(SIGNED)).encode(), EVENTS, PUBLIC).valid


@pytest.mark.parametrize("kind", [0, None, {}, "\ud800", "application/json", ""])
def test_an_envelope_of_another_type_is_not_valid(kind):
    envelope = json.dumps({**json.loads(SIGNED), "payloadType": kind}).encode()
    for key in (PUBLIC, None):
        assert verify(envelope, EVENTS, key).problems[0].startswith("The envelope was changed after it was signed")


def test_where_they_differ_is_said():
    statement = json.loads(CERTIFICATE)
    statement["predicate"][EXTENSION]["seed"] = 8
    problem = verify((json.dumps(statement, sort_keys=True, indent=2) + "\n").encode(), EVENTS).problems[0]
    assert f"predicate.{EXTENSION}.seed" in problem
    other = stream(evolve(parse(EVENTS), footer=evolve(parse(EVENTS).footer, requests=101)))
    assert "predicate.configuration" in verify(CERTIFICATE, other).problems[0]


def test_a_merged_run_is_certified_with_all_its_seeds():
    made = conformant()
    other = evolve(made, header=evolve(made.header, seed=8))
    whole = merge([made, other])
    certificate = certify(stream(whole))
    assert sorted(json.loads(certificate)["predicate"][EXTENSION]["seeds"]) == [7, 8]
    assert verify(certificate, stream(whole)).valid


def test_a_key_that_openssl_has_no_words_for_is_no_key():
    """An Ed25519 key that says that it is of another curve, whose keys are longer."""
    made = Ed25519PrivateKey.from_private_bytes(bytes(32))
    for der, label in (
        (made.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()), "PRIVATE KEY"),
        (made.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), "PUBLIC KEY"),
    ):
        other = der.replace(b"\x06\x03+ep", b"\x06\x03+eo")
        assert other != der
        pem = f"-----BEGIN {label}-----\n{b64encode(other).decode()}\n-----END {label}-----\n".encode()
        with pytest.raises(BadKey):
            sign(CERTIFICATE, pem) if label == "PRIVATE KEY" else verify(SIGNED, EVENTS, pem)
