"""One cause gives one finding, at the requirement that is about it; and what is allowed gives none."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve

from conformance.contract.files import load_contract, load_protocol, schemas_root
from conformance.endpoint import run as runs
from conformance.endpoint.settings import RunSettings
from conformance.reference import seeding
from conformance.reference.context import Context
from conformance.reference.faults.fault import Fault
from conformance.reference.message import Response
from conformance.reference.server import ReferenceEndpoint
from conformance.reference.steps import STEP, EncodeStep, ResponseStep, replacing
from conformance.wire.environment import KEY_ID, KEY_SECRET
from tests.gates.runs import KEY, certified

FOLDER = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"
CONTRACT, PROTOCOL = load_contract(FOLDER), load_protocol(FOLDER.parent / "common")
FORMS = Callable[[str], str]


def written(change: FORMS) -> Fault:
    """A server that changes the text of every body before it is sent."""

    def middleware(inner: EncodeStep, context: Context, text: str) -> bytes:
        return inner(context, change(text))

    return Fault("quirk", "a quirk", (), replacing(STEP.encoded).by(middleware))


def answered(change: Callable[[Response], Response]) -> Fault:
    """A server that changes every response."""

    def middleware(inner: ResponseStep, context: Context) -> Response:
        return change(inner(context))

    return Fault("quirk", "a quirk", (), replacing(STEP.answer).by(middleware))


def with_code(text: str) -> str:
    if not text.startswith("{") or '"Code"' in text:
        return text
    return json.dumps({**json.loads(text), "Code": "200", "Message": "success"})


def judged(quirk: Fault, scratch: Path, formats=("json", "xml")):
    """The requirements that failed, and those that were not judged by the requirement because of which."""
    store = seeding.generated(CONTRACT, PROTOCOL)
    with ReferenceEndpoint(CONTRACT, PROTOCOL, store, faults=[quirk]) as endpoint:
        settings = RunSettings(
            endpoint.url, str(FOLDER), ("cn-hangzhou", "cn-qingdao"), formats, ("none",), ("POST",), max_examples=1
        )
        results, _ = runs.run(settings, lambda verdict: None, scratch / "settings.json")
    assert not results.breakdowns
    assert not [v.message for v in results.verdicts if v.verdict == "errored"]
    failed = {v.requirement.partition(".")[2]: v for v in results.verdicts if v.verdict in ("failed", "warned")}
    return failed, {v.because.partition(".")[2] for v in results.verdicts if v.because}


def all_that_is_allowed(text: str) -> str:
    """A total of 47.0, a code of success beside the result, a byte order mark before XML."""
    text = re.sub(r'("TotalCount": ?)(\d+)', r"\1\2.0", with_code(text))
    return f"\ufeff{text}" if text.startswith("<") else text


def test_what_is_allowed_is_no_finding(tmp_path):
    failed, _ = judged(written(all_that_is_allowed), tmp_path)
    assert not {name: v.message for name, v in failed.items()}


@pytest.mark.parametrize(
    ("quirk", "about", "words", "form"),
    [
        (
            written(lambda text: f"\ufeff{text}" if text.startswith("{") else text),
            "envelope.no-byte-order-mark", "byte order mark", "json",
        ),
        (
            written(lambda text: re.sub(r"\?>", "?><!DOCTYPE x>", text, count=1)),
            "envelope.readable", "document type declaration", "xml",
        ),
        (
            written(lambda text: re.sub(r'("TotalCount": ?)(\d+)', r'\1"many"', text)),
            "fields.TotalCount.type", "many", "json",
        ),
        (
            written(lambda text: re.sub(r'"TotalCount": ?\d+, ?|, ?"TotalCount": ?\d+', "", text)),
            "fields.TotalCount.present", "missing", "json",
        ),
    ],
    ids=["a byte order mark before JSON", "a DOCTYPE", "a total that is a word", "no total"],
)  # fmt: skip
def test_one_cause_is_found_at_the_requirement_that_is_about_it(quirk, about, words, form, tmp_path):
    failed, because = judged(quirk, tmp_path, (form,))
    assert about in failed
    assert words in f"{failed[about].message} {failed[about].received}"
    assert set(failed) == {about}
    assert because <= {about}


def test_a_server_that_turns_to_html_is_said_to_fail_and_the_suite_does_not_blame_itself(tmp_path):
    page = Response(502, b"<html><body>502 Bad Gateway</body></html>", "text/html")
    seen = iter(range(10**6))
    failed, because = judged(answered(lambda response: response if next(seen) < 150 else page), tmp_path)
    assert set(failed) == {"envelope.readable"}
    assert because == {"envelope.readable"}
    assert "an HTML page" in str(failed["envelope.readable"].received)


def failing(code: str) -> Callable[[Response], Response]:
    """Errors with status 500; and a time that breaks the server, which says so by this code."""

    def change(response: Response) -> Response:
        broken = b'"StartTime\\" is not valid' in response.body
        body = response.body.replace(b"InvalidParameter", code.encode()) if broken else response.body
        return evolve(response, status=500, body=body) if response.status >= 400 else response

    return change


@pytest.mark.parametrize(("code", "crashes"), [("InvalidParameter", False), ("InternalError", True)])
def test_a_status_of_500_for_all_errors_is_one_finding_and_hides_no_crash(code, crashes, tmp_path):
    failed, because = judged(answered(failing(code)), tmp_path, ("json",))
    assert "errors.MissingParameter.documented" in failed
    assert "errors.MissingParameter.documented" in because
    assert any(name.startswith("parameters.StartTime.") for name in failed) == crashes


STATUSES = (
    "envelope.*-status",
    "signatures.wrong*",
    "parameters.PageSize.*",
    "methods.*",
    "errors.*",
    "http.other-body",
)
ABOUT_BODIES = (
    "envelope.*", "fields.*", "emptiness.*", "errors.*", "signatures.wrong*", "parameters.Page*.echoed", "ids.c*",
    "parameters.TaskIds.padded-value",
)  # fmt: skip
OFTEN = ("envelope.*-status", "stability.after-many", "stability.every-time")


def found_by(fault, asked, scratch):
    """What a fault of the table fails, and what follows from that, by what."""
    outcome = certified(FOLDER, CONTRACT, PROTOCOL, scratch, [fault], select=asked, traffic=asked, max_examples=2)
    assert not outcome.with_verdict("errored")
    because = Counter(v.because.partition(".")[2] for v in outcome.verdicts if v.because)
    return {name.partition(".")[2] for name in outcome.with_verdict("failed", "warned")}, because


def test_a_way_that_not_even_a_plain_request_is_served_by_is_one_finding(tmp_path):
    asked = ("methods.*", "paging.*", "parameters.Page*", "filters.*")
    failed, because = found_by("form-body-is-ignored", asked, tmp_path)
    assert failed == {"methods.form-body"}
    assert set(because) == {"methods.form-body"}
    assert because["methods.form-body"] > 10


def test_what_is_there_follows_from_the_total_and_nothing_from_a_wrong_one(tmp_path):
    failed, because = found_by("total-is-of-the-page", ("paging.total-is-constant", "filters.*", "ids.*"), tmp_path)
    assert failed == {"paging.total-is-constant"}
    assert set(because) == {"paging.total-is-constant"}
    assert because["paging.total-is-constant"] > 5


def test_the_status_of_errors_is_one_finding(tmp_path):
    failed, because = found_by("errors-have-status-200", STATUSES, tmp_path)
    assert failed == {"envelope.error-status"}
    assert set(because) == {"envelope.error-status"}
    assert because["envelope.error-status"] > 15


@pytest.mark.parametrize(
    ("fault", "about"),
    [
        ("empty-page-is-404", "envelope.success-status"),
        ("only-item-is-no-list", "envelope.success-body"),
        ("json-error-is-nested", "envelope.error-body"),
        pytest.param("root-is-result", "envelope.root-element", marks=pytest.mark.gate),
        ("json-in-cesu-8", "envelope.utf-8"),
        ("errors-without-request-id", "envelope.request-id"),
        ("field-missing:PageNumber", "fields.PageNumber.present"),
        pytest.param("field-wrong-type:PageNumber", "fields.PageNumber.type", marks=pytest.mark.gate),
    ],
)
def test_what_one_requirement_says_no_other_repeats(fault, about, tmp_path):
    failed, because = found_by(fault, ABOUT_BODIES, tmp_path)
    assert failed == {about}
    assert set(because) <= {about}


def test_a_body_with_something_else_in_it_that_is_wrong_is_found_beside_the_field(tmp_path):
    """The schema tells one thing of a body; where that is not what the field's requirement says, both are findings."""

    def both(text: str) -> str:
        return re.sub(r'"PageNumber": ?(\d+)', r'"PageNumber":"\1"', text).replace('"TaskSet":{', '"TaskSet":[1],"X":{')

    failed, _ = judged(written(both), tmp_path, ("json",))
    assert {"envelope.success-body", "fields.PageNumber.type"} <= set(failed)


def test_the_status_of_results_is_one_finding(tmp_path):
    failed, because = found_by("rare-success-has-status-500", OFTEN, tmp_path)
    assert failed == {"envelope.success-status"}
    assert set(because) <= {"envelope.success-status"}


def test_what_is_allowed_and_gets_an_error_is_found_whatever_its_status(tmp_path):
    def refuse(inner: ResponseStep, context: Context) -> Response:
        answer = inner(context)
        body = b'{"Code": "NoMore", "Message": "No.", "HostId": "here", "RequestId": "%d"}' % context.number
        return Response(200, body, "application/json") if context.parameters.get("PageNumber") == "2" else answer

    failed, _ = judged(Fault("quirk", "a quirk", (), replacing(STEP.answer).by(refuse)), tmp_path, ("json",))
    assert {"envelope.error-status", "paging.pages-partition-the-listing"} <= set(failed)


@pytest.mark.parametrize("fault", ["last-id-is-ignored", "filter-ignored:TaskStatus"])
def test_what_a_request_is_answered_alone_is_no_finding_of_isolation(fault, tmp_path):
    """A filter, or an id, that does not count leaves requests under way together no worse than each by itself."""
    found = certified(
        FOLDER, CONTRACT, PROTOCOL, tmp_path, faults=[fault], select=("*.isolation.*",), max_examples=4, seed=7
    )
    assert not found.with_verdict("failed", "warned", "errored")
    so = found.with_verdict("inconclusive")
    assert any("answered so alone, too" in message for message in so.values()), so


def test_an_endpoint_that_looks_at_no_signature_has_one_finding_about_it(tmp_path, monkeypatch):
    monkeypatch.setenv(KEY_ID, KEY.access_key_id)
    monkeypatch.setenv(KEY_SECRET, KEY.access_key_secret)
    with ReferenceEndpoint(CONTRACT, PROTOCOL, seeding.generated(CONTRACT, PROTOCOL)) as endpoint:
        settings = RunSettings(
            endpoint.url, str(FOLDER), ("cn-hangzhou",), ("json",), max_examples=1, select=("*.signatures.*",), seed=7
        )
        results, _ = runs.run(settings, lambda verdict: None, tmp_path / "settings.json")
    about = "DescribeTasks.signatures.missing-signature.refused"
    assert {v.requirement for v in results.verdicts if v.verdict in ("failed", "warned", "errored")} == {about}
    assert len([v for v in results.verdicts if v.because == about]) > 12
