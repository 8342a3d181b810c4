"""The league table: every published page follows from its streams, every certificate is valid, and all fit a file."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from attrs import evolve
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from lxml import html as reader

from conformance.contract.files import dump_contract
from conformance.ledger.files import dump_ledger
from conformance.report.basis import Basis
from conformance.report.certificate import NotCertifiable, canonical, certify
from conformance.report.events import TargetIdentity
from conformance.report.header import digest
from conformance.report.league import LeagueRelease, lines_of, of_service
from conformance.report.league_files import (
    certificate_path,
    keep,
    lines_in,
    pages_of,
    stream_in,
    stream_path,
    streams_in,
)
from conformance.report.league_page import site
from conformance.report.service_causes import Failed
from conformance.report.service_run import (
    OperationJudged,
    ServiceFinished,
    ServiceRun,
    ServiceStarted,
    is_of_service,
    line_of,
    service_certificate,
    service_run_of,
)
from conformance.report.service_verification import verify_service
from conformance.report.signature import sign, verify
from conformance.report.stream import parse

PUBLISHED = Path(__file__).parents[2] / "reports" / "sdk-matrix"
HOSTILE = "</script><img src=x onerror=alert(1)>\x1b[31m"


def started(name: str = "some-sdk", release: str = "1.0") -> ServiceStarted:
    subject = TargetIdentity("sdk", name, release=release, runtime="Python 3.11", digest={"sha256": "ab" * 32})
    suite = {"name": "acs-conformance", "version": "1"}
    return ServiceStarted(
        suite, "Ecs", "2014-05-26", f"{name} {release}", 0, "2026-11-26T00:00:00Z", 2, ("A", "B"), (), subject=subject
    )


def released(
    release: str, standing: str, name: str = "some-sdk", message: str = "Force arrived changed"
) -> LeagueRelease:
    failed = (
        () if standing == "passed" else (Failed("A.sdk.requests.plus", "MUST", message, message, standing, ("Force",)),)
    )
    verdicts = {"sdk.requests.plus": standing, "sdk.requests.space": "passed"}
    judged = [
        OperationJudged("A", "get", "conformant" if not failed else "not-conformant", failed=failed, verdicts=verdicts),
        OperationJudged("B", "get", "conformant", verdicts={"sdk.requests.plus": "passed"}),
    ]
    return of_service(ServiceRun(started(name, release), tuple(judged), (), ServiceFinished(1.0)), "streams/x.gz")


def data_of(page: str) -> dict:
    return json.loads(reader.fromstring(page).xpath("string(//script[@id='data'])"))


def test_releases_come_newest_first_with_the_first_release_of_each_change() -> None:
    [line] = lines_of([released("1.9", "passed"), released("1.10", "failed"), released("1.11", "failed")])
    assert [r.name for r in line.releases] == ["1.11", "1.10", "1.9"]
    assert [(c.release, c.operation, c.check, c.kind) for c in line.changes()] == [
        ("1.10", "A", "requests.plus", "regression")
    ]
    [line] = lines_of([released("1.9", "passed"), released("1.10", "inconclusive"), released("1.11", "failed")])
    assert [(c.release, c.before, c.after) for c in line.changes()] == [("1.11", "passed", "failed")]
    [line] = lines_of([released("1.10", "failed"), released("1.11", "failed")])
    [cause] = line.causes()
    assert (cause.releases, cause.operations, cause.subjects) == (("1.11", "1.10"), ("A",), 1)
    assert line.newest.standing("requests.plus") == "failed"
    assert line.newest.standing("requests.space") == "passed"
    assert line.newest.standing("paging.walk") is None


def test_the_table_has_each_release_operation_and_requirement() -> None:
    lines = lines_of([released("1.0", "passed"), released("1.1", "failed"), released("2.0", "passed", "other-sdk")])
    pages = site(lines)
    assert set(pages) == {"index.html", "some-sdk.html", "other-sdk.html"}
    data = data_of(pages["some-sdk.html"])
    letter = {name: chr(97 + n) for n, name in enumerate(data["standings"])}
    plus = [check for check, *_ in data["checks"]].index("requests.plus")
    a, b = (str(data["operations"].index(name)) for name in "AB")
    assert [c["title"] for c in data["columns"]] == [["1.1"], ["1.0"]]
    assert [data["rows"][c["cells"][a]][plus] for c in data["columns"]] == [letter["failed"], letter["passed"]]
    assert [data["rows"][c["cells"][b]][plus] for c in data["columns"]] == [letter["passed"]] * 2
    [failure] = data["failures"]
    assert (failure["col"], failure["o"], failure["c"], failure["subjects"]) == (0, int(a), plus, ["Force"])
    index = data_of(pages["index.html"])
    assert [c["page"] for c in index["columns"]] == ["other-sdk", "some-sdk"]
    assert not index["failures"]


def test_pages_need_no_network_and_run_no_script_but_their_own() -> None:
    for text in site(lines_of([released("1.0", "failed", HOSTILE, HOSTILE)])).values():
        assert "\x1b" not in text
        page = reader.fromstring(text)
        assert not page.xpath("//img | //link[@rel='stylesheet'] | //script[@src] | //iframe")
        assert len(page.xpath("//script")) == 2
        assert "default-src 'none'" in page.xpath("string(//meta[@http-equiv]/@content)")
        assert not [a for a in page.xpath("//a/@href") if "://" in a]


def test_runs_on_one_release_are_put_together() -> None:
    one, other = released("1.0", "passed"), released("1.0", "failed", message="beside")
    [line] = lines_of([one, other])
    assert len(line.releases) == 1
    assert len(line.newest.scopes) == 2


def test_a_stream_is_kept_the_same_way_whenever_that_is_done(tmp_path) -> None:
    lines = [line_of("service-started", started()), line_of("service-finished", ServiceFinished(1.0))]
    data = "".join(lines).encode()
    path = stream_path(tmp_path, "some/sdk", "1.0", "ecs")
    keep(path, data, b"{}")
    first = path.read_bytes()
    keep(path, data, None)
    assert path.read_bytes() == first
    assert stream_in(path) == data
    assert not certificate_path(path).exists()


def test_a_certificate_over_a_service_is_valid_where_its_stream_gives_it() -> None:
    def stream(*verdicts: str) -> bytes:
        judged = [OperationJudged(name, "get", verdict) for name, verdict in zip("AB", verdicts, strict=True)]
        lines = [line_of("service-started", started()), *(line_of("operation-judged", one) for one in judged)]
        return "".join([*lines, line_of("service-finished", ServiceFinished(1.0))]).encode()

    good = stream("conformant", "conformant")
    statement = service_certificate(service_run_of(good.decode().splitlines()), good)
    certificate = json.dumps(statement).encode()
    assert verify_service(certificate, good, "some-sdk 1.0").valid
    assert not verify_service(certificate, good, "some-sdk 1.1").valid
    assert not verify_service(certificate, stream("conformant", "not-conformant")).valid
    assert not verify_service(certificate, good + b"\n").valid
    assert not verify_service(certificate.replace(b"PASSED", b"passed"), good).valid
    assert not verify_service(b"{", good).valid
    for subject in ("some-sdk", f"sha256:{'ab' * 32}"):
        assert verify_service(certificate, good, subject).valid
    assert not verify_service(certificate, good, f"sha256:{'cd' * 32}").valid


def test_a_certificate_over_a_service_can_be_signed_and_says_what_was_not_judged() -> None:
    unjudged = {"sdk.requests.null-value": "inconclusive", "sdk.requests.plus": "passed"}
    judged = [
        OperationJudged("A", "get", "conformant", verdicts=unjudged),
        OperationJudged("B", "get", "in-part", "a member of a structure", verdicts={"sdk.requests.x": "inconclusive"}),
    ]
    protocol = OperationJudged("A", "get", "in-part", "not all of it")

    def stream(*events: tuple[str, object]) -> bytes:
        lines = [("service-started", started()), *(("operation-judged", one) for one in judged), *events]
        return "".join(line_of(*one) for one in [*lines, ("service-finished", ServiceFinished(1.0))]).encode()

    events = stream(("protocol-judged", protocol))
    run = service_run_of(events.decode().splitlines())
    statement = canonical(service_certificate(run, events))
    facts = json.loads(statement)["predicate"]["acs-conformance"]
    assert facts["notEstablished"] == {"sdk.requests.null-value": 1}
    assert facts["protocolJudgedOn"]["A"]["verdict"] == "in-part"
    assert "1 of what is recommended could not be judged" in facts["text"]
    assert "judged on A (in-part)" in facts["text"]
    assert facts["text"].startswith("Conformant in part. ")
    private, public = pems()
    found = verify_service(sign(statement, private), events, "some-sdk 1.0", public_key=public)
    assert found.proven
    assert "sdk.requests.null-value" in " ".join(found.not_certified)
    assert "public key is needed" in verify_service(sign(statement, private), events).problems[0]
    assert "not one by the key" in verify_service(sign(statement, private), events, public_key=pems()[1]).problems[0]
    assert "not signed" in verify_service(statement, events, public_key=public).problems[0]
    other = sign(statement.replace(b"in-part", b"conformant"), private)
    assert not verify_service(other, events, public_key=public).valid


def test_half_a_character_in_the_name_of_a_target_breaks_nothing() -> None:
    verdicts = {"sdk.requests.plus": "passed"}
    judged = [OperationJudged(name, "get", "conformant", verdicts=verdicts) for name in "AB"]
    first = ("service-started", evolve(started(), target="somewhere\ud800", subject=None))
    lines = [first, *(("operation-judged", one) for one in judged), ("protocol-judged", judged[0])]
    events = "".join(line_of(*one) for one in [*lines, ("service-finished", ServiceFinished(1.0))]).encode()
    statement = canonical(service_certificate(service_run_of(events.decode().splitlines()), events))
    assert json.loads(statement)["subject"][0]["name"] == "somewhere\ud800"


def test_where_the_sdk_has_none_of_the_operations_nothing_is_established() -> None:
    judged = (OperationJudged(name, "get", "not-supported", f"this SDK has no {name}") for name in "AB")
    run = ServiceRun(started(), tuple(judged), (), ServiceFinished(1.0))
    assert run.exit_status == 3
    assert service_certificate(run, b"") is None


def pems() -> tuple[bytes, bytes]:
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


# ------------------------------------------------------------------------------------------------ what is published


@pytest.mark.parametrize("stream", streams_in(PUBLISHED), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_published_certificate_is_valid_and_every_one_that_is_earned_is_published(stream) -> None:
    data, beside = stream_in(stream), certificate_path(stream)
    if is_of_service(data):
        earned = service_certificate(service_run_of(data.decode().splitlines()), data) is not None
        assert earned == beside.exists()
        assert not earned or verify_service(beside.read_bytes(), data).problems == ()
    elif beside.exists():
        # requirements go on: what was judged by earlier ones still follows from its stream
        run, basis = parse(data), Basis.of(parse(data).header.operation, None)
        right = digest(dump_contract(basis.contract)), digest(dump_ledger(basis.ledger))
        is_current = (run.header.suite.contract_digest, run.header.suite.requirements_digest) == right
        found = verify(beside.read_bytes(), data, None, None, (lambda header: basis) if is_current else None)
        assert found.problems == ()
    else:
        with pytest.raises(NotCertifiable):
            certify(data)


def test_the_published_pages_follow_from_the_streams_and_are_small() -> None:
    for path, text in pages_of(PUBLISHED).items():
        assert path.read_text("utf-8") == text, f"{path.name} is stale: run acs-conformance league"
    assert set(PUBLISHED.glob("*.html")) == set(pages_of(PUBLISHED))
    # ten packages are there with all 347 operations: about 40 kB of stream, 75 of certificate and 100 of page each
    assert sum(path.stat().st_size for path in PUBLISHED.rglob("*") if path.is_file()) < 4_000_000


def test_nothing_published_names_a_machine() -> None:
    for stream in streams_in(PUBLISHED):
        text = stream_in(stream).decode()
        assert not re.search(r"/(?:work|root|home|tmp)/", text), stream.name
    assert len(lines_in(PUBLISHED)) >= 3
