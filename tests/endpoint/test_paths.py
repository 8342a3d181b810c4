"""Operations with a path of their own: references pass, faults are found, conformant variants are not accused."""

from __future__ import annotations

import json

import pytest
from attrs import evolve
from click.testing import CliRunner

from conformance.cli import main
from conformance.contract.files import dump_contract, load_protocol, schemas_root
from conformance.endpoint.answer import Answer
from conformance.ledger.files import ledger_of
from conformance.reference.faults import all_faults
from conformance.reference.variants import all_variants
from conformance.wire.exchange import Call, Exchange, HttpRequest, HttpResponse
from tests.gates.runs import certified
from tests.reference.path_contracts import ALL, DELETE, GET, NODES, SCALE

PROTOCOL = load_protocol(schemas_root() / "ecs" / "2014-05-26" / "common")
WAYS = {"formats": ("json",), "signatures": ("v3",), "seed": 1, "max_examples": 1}


def folder_of(contract, tmp_path):
    folder = tmp_path / contract.operation
    folder.mkdir(exist_ok=True)
    (folder / "contract.yaml").write_text(dump_contract(contract), "utf-8")
    return folder


def found_in(contract, tmp_path, **settings):
    return certified(
        folder_of(contract, tmp_path), contract, PROTOCOL, tmp_path, **{**WAYS, "methods": contract.methods, **settings}
    )


@pytest.mark.parametrize("contract", ALL, ids=lambda c: c.operation)
def test_a_reference_is_conformant(contract, tmp_path):
    musts = {r.id for r in ledger_of(contract, PROTOCOL).requirements if r.level == "MUST"}
    found = found_in(contract, tmp_path)
    assert not found.breakdowns
    assert not found.with_verdict("failed", "errored")
    assert not musts & set(found.with_verdict("inconclusive"))
    assert any(".signatures.covers-path" in name for name in found.with_verdict("passed"))


@pytest.mark.parametrize("contract", [DELETE, NODES], ids=lambda c: c.operation)
def test_no_variant_is_accused(contract, tmp_path):
    own = [v.name for v in all_variants(contract, PROTOCOL) if v.name.startswith(("error-", "nothing-", "path-"))]
    assert len(own) >= 2
    for name in own:
        found = found_in(
            contract,
            tmp_path,
            variants=[name],
            max_examples=2,
            select=("envelope.*", "errors.*", "signatures.*.refused"),
            traffic=("errors.*", "signatures.*.refused", "parameters.*"),
        )
        assert not found.with_verdict("failed", "warned", "errored"), name
        assert found.with_verdict("passed")


def test_another_action_beside_a_path_is_no_error(tmp_path):
    only = {"select": ["stability.after-errors"], "traffic": ["stability.after-errors"]}
    found = found_in(NODES, tmp_path, variants=["path-alone-counts"], **only)
    (why,) = found.with_verdict("not-applicable").values()
    assert "the path says what is asked for" in why


FAULTS = {
    "error-of-a-path-has-no-code": SCALE,
    "v3-path-may-have-another-slash": GET,
    "v3-body-hash-is-trusted": SCALE,
    "accepted:tampered-body": SCALE,
    "filter-loses-one:state": NODES,
    "not-demanded:count": SCALE,
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_by_the_requirement_about_it(name, tmp_path):
    contract = FAULTS[name]
    known = {fault.name: fault for fault in all_faults(contract, PROTOCOL)}
    assert name in known, sorted(known)
    about = tuple(known[name].killed_by)
    found = found_in(
        contract, tmp_path, faults=[name], select=about, traffic=(*about, "errors.*", "signatures.*"), shrinks=3
    )
    known_here = {r.id for r in ledger_of(contract, PROTOCOL).requirements}
    expected = {f"{contract.operation}.{kill}" for kill in about} & known_here
    assert expected
    assert expected <= set(found.with_verdict("failed", "warned"))
    assert not found.with_verdict("errored")


def read(contract, status, body):
    response = HttpResponse(status, (("content-type", "application/json"),), body)
    return Answer(contract, Exchange(1, Call("A", "1"), HttpRequest("GET", "http://h/"), response))


def test_errors_are_known_by_status_or_by_what_only_they_have():
    error = read(GET, 404, b'{"code":"ErrorNotFound","message":"no","requestId":"r"}')
    assert (error.kind, error.code, error.message, error.request_id) == ("refusal", "ErrorNotFound", "no", "r")
    assert read(GET, 200, b'{"Code":"A","Message":"b"}').kind == "refusal"
    assert read(GET, 200, b'{"crate_id":"c","code":"0","message":"success"}').kind == "success"
    assert read(GET, 500, b"{}").kind == "refusal"
    assert read(GET, 200, b"").kind == "unreadable"
    assert read(DELETE, 204, b"").kind == read(DELETE, 200, b"[]").kind == "success"
    assert read(DELETE, 500, b"").kind == "unreadable"
    assert read(evolve(DELETE, path=None), 200, b"").kind == "unreadable"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [(("--format", "xml"), "answers in JSON"), (("--signature", "v1"), "which V1 does not sign")],
)
def test_what_a_path_does_not_have_is_refused_in_one_sentence(words, sentence, tmp_path):
    done = CliRunner().invoke(main, ["endpoint", "--contract", str(folder_of(GET, tmp_path)), *words])
    assert done.exit_code == 2
    assert sentence in done.output
    assert len(done.output.strip().splitlines()) <= 2


def test_nothing_is_said_to_be_left_out_that_there_is_not(tmp_path):
    report = tmp_path / "report"
    done = CliRunner().invoke(
        main,
        [
            "endpoint",
            "--contract",
            str(folder_of(DELETE, tmp_path)),
            "--report-dir",
            str(report),
            "--seed",
            "1",
            "--max-examples",
            "1",
        ],
    )
    assert done.exit_code == 0, done.output
    assert "not judged: format" not in done.output
    assert json.loads((report / "summary.json").read_text())["conformant"] is True


def result_of(contract, body: str) -> Answer:
    answer = HttpResponse(200, (), body.encode())
    return Answer(contract, Exchange(1, Call(contract.operation, "v"), HttpRequest("GET", "http://h/"), answer))


@pytest.mark.parametrize(("root", "right", "wrong"), [("array", "[]", "[}"), ("string", '"a script"', "a script")])
def test_a_result_that_is_documented_to_be_no_object_is_read(root, right, wrong):
    contract = evolve(GET, root=root, response=())
    assert result_of(contract, right).accepted
    assert result_of(contract, wrong).kind == "unreadable"
    assert result_of(GET, right).kind == "unreadable"


def test_a_list_at_the_root_is_judged_by_its_type(tmp_path):
    contract = evolve(GET, root="array", response=())
    asked = {"select": ("envelope.*", "parameters.*"), "traffic": ("*",)}
    found = found_in(contract, tmp_path, **asked)
    assert not found.with_verdict("failed", "errored", "warned")
    assert f"{GET.operation}.envelope.success-body" in found.with_verdict("passed")
    object_instead = evolve(GET, operation=GET.operation)
    folder = folder_of(contract, tmp_path)
    found = certified(folder, object_instead, PROTOCOL, tmp_path, **{**WAYS, "methods": GET.methods, **asked})
    assert f"{GET.operation}.envelope.success-body" in found.with_verdict("failed")
