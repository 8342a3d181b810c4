"""The whole way from pages to a contract."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import xmlschema

from conformance.contract.files import ContractError, dump_contract, load_contract, load_protocol, schemas_root
from conformance.contract.model import Contract
from conformance.derive import derive
from conformance.derive.derivation import read_pages
from conformance.derive.overlay import Overlay, load_overlay
from conformance.derive.page import PageError
from conformance.derive.sentences import sentences
from conformance.emit.json_schema import response_schema
from conformance.emit.xsd import response_xsd
from conformance.ledger.choices import kinds
from conformance.ledger.files import ledger_of
from conformance.ledger.sentences import PageSentence
from tests.documentation import Documented

COMMITTED = schemas_root() / "ecs" / "2014-05-26" / "DescribeTasks"


@pytest.fixture(scope="module")
def contract() -> Contract:
    return load_contract(COMMITTED)


def test_the_seeds_give_the_committed_contract_byte_for_byte(documented: Documented) -> None:
    for order in (documented.pages, documented.pages[::-1]):
        text = dump_contract(derive(order, documented.folder / "overlay.yaml"))
        assert text == (documented.folder / "contract.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("id", "reason", "alternatives"),
    [
        ("TaskSet.list-form", "contradiction", {"object", "array-of-one"}),
        ("SupportCancel.json-type", "contradiction", {"string", "boolean"}),
        ("TaskAction.spelling", "contradiction", {"as-listed", "capitals"}),
        ("response.time-precision", "contradiction", {"minutes", "seconds"}),
        ("TaskIds.id-syntax", "contradiction", {"comma", "json-array", "both"}),
        ("Action.required", "contradiction", {"required", "optional"}),
        (
            "InvalidRegionId.NotFound.error",
            "contradiction",
            {"InvalidRegionId.NotFound/400", "InvalidRegionId.NotFound/404"},
        ),
        ("MissingParameter.error-message", "contradiction", {"page", "common"}),
        ("PageSize.above-maximum", "silence", {"rejected", "clamped"}),
        ("PageSize.below-minimum", "silence", {"rejected", "clamped", "default"}),
        ("PageNumber.below-minimum", "silence", {"rejected", "clamped", "default"}),
        ("PageNumber.malformed", "silence", {"rejected", "ignored"}),
        ("StartTime.malformed", "silence", {"rejected", "ignored", "matches-nothing"}),
        ("TaskStatus.unknown-value", "silence", {"drops-filter", "matches-nothing"}),
        ("TaskAction.unknown-value", "silence", {"drops-filter", "matches-nothing", "rejected"}),
        ("TaskIds.too-many-ids", "silence", {"rejected", "truncated"}),
        ("TaskIds.unknown-id", "silence", {"matches-nothing", "rejected"}),
        ("TaskAction.empty-value", "silence", {"ignored", "matches-nothing", "rejected"}),
        ("PageNumber.beyond-the-end", "silence", {"empty-page", "last-page", "rejected"}),
        ("TaskSet.Task.order", "silence", set(kinds()["order"].ids)),
        ("TaskSet.Task.empty-list", "silence", set(kinds()["empty-list"].ids)),
        ("FinishedTime.missing-value", "silence", {"absent", "empty"}),
        ("StartTime.range-bound", "silence", {"inclusive", "exclusive"}),
        ("EndTime.short-time", "silence", {"accepted", "rejected"}),
        ("StartTime.inverted-range", "silence", {"matches-nothing", "ignored", "rejected"}),
        ("PageSize.clamped-echo", "silence", {"effective", "requested"}),
        ("request.unknown-parameter", "silence", {"ignored", "rejected"}),
        ("Format.unknown-format", "silence", {"rejected", "default-format"}),
    ],
)
def test_what_the_pages_leave_open_is_a_choice(
    contract: Contract, id: str, reason: str, alternatives: set[str]
) -> None:
    choice = contract.choice(id)
    assert choice is not None
    assert choice.reason == reason
    assert {a.id for a in choice.alternatives} == alternatives
    assert choice.alternative(choice.preferred)
    if reason == "contradiction":
        assert all(a.citations for a in choice.alternatives)


def test_every_choice_speaks_the_vocabulary(contract: Contract) -> None:
    for choice in contract.choices:
        assert choice.id == f"{choice.subject}.{choice.kind}"
        ids = kinds()[choice.kind].ids
        assert not ids or {a.id for a in choice.alternatives} <= set(ids)


TOLD = {
    "DescribeTasks": {
        ("PageSize", "maximum"): "100",
        ("PageSize", "minimum"): "1 to 100",
        ("PageSize", "default"): "10",
        ("PageNumber", "minimum"): "start from page 1",
        ("TaskIds", "max_items"): "up to 100",
        ("TaskIds", "separator"): "commas",
        ("TaskStatus", "effective_values"): "Finished, Processing, and Failed",
        ("TaskStatus", "ignored_values"): "ignores other values",
        ("StartTime", "time_format"): "yyyy-MM-ddTHH:mm:ssZ",
    },
    "DescribeErrands": {
        ("PageSize", "maximum"): "50",
        ("PageSize", "minimum"): "1 to 50",
        ("PageSize", "default"): "5",
        ("PageNumber", "minimum"): "start from page 1",
        ("ErrandIds", "max_items"): "20",
        ("ErrandIds", "separator"): "commas",
        ("Phase", "effective_values"): "Finished and Failed",
        ("Phase", "ignored_values"): "ignores other values",
        ("StartTime", "time_format"): "yyyy-MM-ddTHH:mm:ssZ",
    },
}


def test_constraints_cite_the_sentence_that_states_them(documented: Documented) -> None:
    contract = load_contract(documented.folder)
    overlay = load_overlay(documented.folder / "overlay.yaml")
    text = {c: t for c, _, t in sentences(read_pages(documented.pages, overlay))}
    for (name, kind), words in TOLD[documented.name].items():
        constraint = contract.parameter(name).constraint(kind)
        assert words in text[constraint.citations[0]]
        assert all(c.sentence for c in constraint.citations)


def test_a_list_that_one_revision_lost_comes_from_the_other(contract: Contract) -> None:
    action = contract.parameter("TaskAction").constraint("enum")
    assert action.value == ["ImportImage", "ExportImage", "RedeployInstance"]
    assert {c.revision for c in action.citations} == {"2019-08-06"}
    assert any("TaskAction: its list of values is lost" in n for n in contract.notes)


def test_the_contract_holds_no_sentence_of_a_page(documented: Documented) -> None:
    kept = "".join((documented.folder / name).read_text("utf-8") for name in ("contract.yaml", "overlay.yaml"))
    for citation, _, text in sentences(read_pages(documented.pages)):
        assert len(text.split()) < 4 or text not in kept, citation


def test_every_sentence_of_the_seeds_is_placed(documented: Documented) -> None:
    overlay = load_overlay(documented.folder / "overlay.yaml")
    read = sentences(read_pages(documented.pages, overlay))
    protocol = load_protocol(COMMITTED.parent / "common")
    found = [PageSentence(c, d, overlay.reasons.get(d)) for c, d, _ in read]
    ledger = ledger_of(load_contract(documented.folder), protocol, found)
    placed = {(s.citation, s.digest): s for s in ledger.sentences}
    for citation, digest, text in read:
        sentence = placed[citation, digest]
        assert sentence.requirements or sentence.excluded, text


def test_exclusions_name_sentences_that_exist(documented: Documented) -> None:
    overlay = load_overlay(documented.folder / "overlay.yaml")
    digests = {d for _, d, _ in sentences(read_pages(documented.pages, overlay))}
    assert set(overlay.reasons) <= digests


def test_pages_of_two_operations_are_refused(tmp_path: Path) -> None:
    table = "|Parameter|Type|Required|Description|\n|---|---|---|---|\n|Action|String|Yes|x|\n"
    page = "# {0}\n\n## Request parameters\n\n" + table
    for name in ("DescribeOnes", "DescribeTwos"):
        (tmp_path / f"{name}.md").write_text(page.format(name))
    with pytest.raises(PageError, match=r"is about DescribeOnes, and .*DescribeTwos.md about DescribeTwos"):
        derive(sorted(tmp_path.glob("*.md")))


def test_an_overlay_that_does_not_fit_is_refused(documented: Documented) -> None:
    (form,) = (c.id for c in load_contract(documented.folder).choices if c.kind == "list-form")
    with pytest.raises(ContractError, match="no alternative 'square'"):
        derive(documented.pages, Overlay(preferred={form: "square"}))


def test_every_sample_response_is_valid_by_the_schemas_derived_from_it(pages: list[Path]) -> None:
    """Newest pages of each operation: what the documentation shows must never be refused."""
    for folder in sorted({p.parent for p in pages}):
        contract = derive(sorted(folder.glob("*.md")))
        newest = contract.revisions[-1].id
        schema = jsonschema.Draft202012Validator(response_schema(contract))
        for sample in contract.samples:
            if sample.role != "response" or all(c.revision != newest for c in sample.citations):
                continue
            if sample.format == "json":
                value = json.loads(sample.body)
                schema.validate(value.get(contract.operation, value))
            elif "root element added around several" not in sample.repairs:
                xmlschema.XMLSchema11(response_xsd(contract)).validate(sample.body)


NAMED = """# CreateScalingGroup

## Request parameters

|Parameter|Type|Required|Description|
|---|---|---|---|
|Action|String|Yes|The operation. Set the value to CreateScalingGroup.|
|GroupName|String|No|The name. Default value: {}.|

## Response parameters

|Parameter|Type|Description|
|---|---|---|
|ScalingGroupId|String|The ID.|
|RequestId|String|The ID of the request.|
"""


@pytest.mark.parametrize(("default", "read"), [("ScalingGroupId", None), ("OtherId", "OtherId"), ("RequestId", None)])
def test_a_default_that_names_an_id_is_what_that_is(default: str, read: str | None, tmp_path: Path) -> None:
    (tmp_path / "page.en.2020-01-01.md").write_text(NAMED.format(default))
    found = derive([tmp_path / "page.en.2020-01-01.md"])
    name = next(p for p in found.parameters if p.name == "GroupName")
    assert name.value("default") == read
    assert (f"GroupName: its default is the value of {default} (2020-01-01, parameters)" in found.notes) == (not read)
