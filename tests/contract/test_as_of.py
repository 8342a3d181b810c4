"""A contract as of a date says what the older pages say, as far as it is known, and nothing that only later ones do."""

from __future__ import annotations

import json
from itertools import permutations, product

import pytest
from attrs import evolve
from click.testing import CliRunner

from conformance.cli import main
from conformance.contract.as_of import TooEarly, as_of
from conformance.contract.files import dump_contract, load_contract, load_protocol, schemas_root
from conformance.contract.model import Citation, Constraint
from conformance.derive.derivation import derive
from conformance.ledger.files import ledger_of
from tests.documentation import operations
from tests.generated.operations import Operation, Paging, Revision, Span

FOLDER = schemas_root() / "ecs" / "2014-05-26"
CONTRACT, PROTOCOL = load_contract(FOLDER / "DescribeTasks"), load_protocol(FOLDER / "common")
OLD, NEW = CONTRACT.revisions
PAGES = operations(own=("ecs__DescribeErrands", "ecs__DescribeLanterns"), real=("ecs__DescribeSnapshotLinks",))


def cited_by(revision, thing):
    return evolve(thing, citations=(Citation(revision, "parameters"),))


def changed(**parameters):
    """The contract with other parameters under these names."""
    found = tuple(parameters.get(p.name, p) for p in CONTRACT.parameters)
    return evolve(CONTRACT, parameters=found)


def test_all_revisions_count_from_the_newest_date_on():
    for date in (NEW.date, "2021-01", "2024-02-29"):
        assert as_of(CONTRACT, date) == CONTRACT


def test_a_date_before_the_first_page_is_refused():
    with pytest.raises(TooEarly, match=f"first page of DescribeTasks is of {OLD.date}"):
        as_of(CONTRACT, "2019-08-05")


def test_nothing_is_known_as_of_a_date_where_no_page_has_one():
    undated = evolve(CONTRACT, revisions=tuple(evolve(r, date=None) for r in CONTRACT.revisions))
    with pytest.raises(TooEarly, match="No page of DescribeTasks has a date"):
        as_of(undated, "2024-01-01")


def test_what_only_a_later_page_has_is_gone_with_its_role_and_its_choices():
    page_size, action = CONTRACT.parameter("PageSize"), CONTRACT.parameter("TaskAction")
    contract = changed(PageSize=cited_by(NEW.id, page_size), TaskAction=cited_by(NEW.id, action))
    before = as_of(contract, OLD.date)
    assert before.parameter("PageSize") is None
    assert before.semantics.paging is None
    assert [f.parameter for f in before.semantics.filters] == ["TaskStatus"]
    assert not [c for c in before.choices if c.subject == "PageSize"]
    assert not [
        r for r in ledger_of(before, PROTOCOL).requirements if ".parameters.PageSize." in r.id or ".paging." in r.id
    ]
    assert [r.id for r in before.revisions] == [OLD.id]


def test_what_the_newest_page_of_a_date_no_longer_has_is_a_should():
    third = evolve(OLD, id="2017-01-01", date="2017-01-01")
    contract = evolve(changed(PageSize=cited_by(third.id, CONTRACT.parameter("PageSize"))), revisions=(third, OLD, NEW))
    now = {r.id: r for r in ledger_of(as_of(contract, OLD.date), PROTOCOL).requirements}
    then = {r.id: r for r in ledger_of(as_of(contract, third.date), PROTOCOL).requirements}
    optional = "DescribeTasks.parameters.PageSize.optional"
    assert now[optional].level == "SHOULD"
    assert "The newest page no longer has it." in now[optional].statement
    assert then[optional].level == "MUST"


def test_a_limit_that_a_later_page_states_is_none_before():
    size = CONTRACT.parameter("PageSize")
    limits = tuple(Constraint(c.kind, c.value, (Citation(NEW.id, "parameters"),)) for c in size.constraints)
    before = as_of(changed(PageSize=evolve(size, constraints=limits)), OLD.date)
    assert before.parameter("PageSize").constraints == ()
    assert any("PageSize: what only later pages state" in note for note in before.notes)


def thing(old, new):
    return Operation(
        True, Paging(20, 10, True), 5, Span(True, True, True), ("Colour", "Owner"), True, True, ("JSON", "XML"),
        (old, new),
    )  # fmt: skip


REVISIONS = [
    Revision(array_of_one=array, label_required=required, maximum=20)
    for array, required in product((False, True), repeat=2)
]


@pytest.mark.parametrize(("old", "new"), list(permutations(REVISIONS, 2)), ids=range(12))
def test_it_says_what_is_derived_from_the_older_page_alone(old, new, tmp_path):
    paths = []
    for year, text in enumerate(thing(old, new).pages(), 2019):
        paths.append(tmp_path / f"{year}-01-01.md")
        paths[-1].write_text(text, "utf-8")
    agree(as_of(derive(paths), "2019-06-30"), derive(paths, as_of="2019-06-30"))


@pytest.mark.parametrize(("name", "pages"), PAGES, ids=[name for name, _ in PAGES])
def test_it_says_what_is_derived_from_the_older_pages_alone(name, pages):
    whole = derive(pages)
    dates = sorted({r.date for r in whole.revisions if r.date})
    for date in dates:
        agree(as_of(whole, date), derive(pages, as_of=date))


def required(contract):
    """Whether each parameter is required, where the pages do not leave it open."""
    open_ones = {c.subject for c in contract.choices if c.kind == "required"}
    return {p.name: "open" if p.name in open_ones else p.required for p in contract.parameters}


def agree(found, right):
    """What is found is never more than what is right: no other parameter, no stricter rule, no choice that is none."""
    assert [r.id for r in found.revisions] == [r.id for r in right.revisions]
    assert {p.name for p in found.parameters} == {p.name for p in right.parameters}
    assert required(found) == required(right)
    for parameter in found.parameters:
        stated = {(c.kind, str(c.value)) for c in right.parameter(parameter.name).constraints}
        assert {(c.kind, str(c.value)) for c in parameter.constraints} <= stated
    assert {path for path, _ in found.fields()} == {path for path, _ in right.fields()}
    assert {(e.status, e.code) for e in found.errors} <= {(e.status, e.code) for e in right.errors}
    demanded = {r.id for r in ledger_of(found, PROTOCOL).requirements if r.level == "MUST" and ".choices." not in r.id}
    assert demanded <= {r.id for r in ledger_of(right, PROTOCOL).requirements if r.level == "MUST"}


def test_a_run_says_its_date_in_stream_sentence_certificate_and_is_verified(tmp_path):
    folder = tmp_path / "contract"
    folder.mkdir()
    size = cited_by(NEW.id, CONTRACT.parameter("PageSize"))
    (folder / "contract.yaml").write_text(dump_contract(changed(PageSize=size)), "utf-8")
    common = ["--contract", str(folder)]
    words = ["endpoint", *common, "--as-of", OLD.date, "-k", "protocol.*", "--max-examples", "1", "--seed", "1"]
    run = CliRunner().invoke(main, [*words, "--report-dir", str(tmp_path / "out")])
    assert run.exit_code == 0, run.output
    assert f"DescribeTasks as documented by {OLD.date} of" in " ".join(run.output.split())
    header = json.loads((tmp_path / "out" / "events.jsonl").read_text("utf-8").splitlines()[0])
    assert header["settings"]["as_of"] == OLD.date
    assert header["settings"]["revisions"] == [OLD.id]
    assert json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))["settings"][0]["as_of"] == OLD.date
    certificate = tmp_path / "certificate.json"
    made = CliRunner().invoke(main, ["certificate", str(tmp_path / "out"), "-o", str(certificate), "--partial"])
    assert made.exit_code == 0, made.output
    assert OLD.date in certificate.read_text("utf-8")
    checked = ["verify", str(certificate), "--events", str(tmp_path / "out"), "--allow-unsigned", *common]
    verified = CliRunner().invoke(main, checked)
    assert verified.exit_code == 0, verified.output


@pytest.mark.parametrize(
    ("date", "sentence"),
    [
        ("2019-08-05", "first page of DescribeTasks is of 2019-08-06"),
        ("2019-13-01", "is no date"),
        ("", "is no date"),
    ],
)
def test_a_date_that_cannot_be_honoured_is_exit_2(date, sentence, tmp_path):
    run = CliRunner().invoke(main, ["endpoint", "--as-of", date, "--report-dir", str(tmp_path)])
    assert run.exit_code == 2
    assert sentence in run.output
