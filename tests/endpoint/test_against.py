"""Two endpoints beside each other: what differs, and what the contract says of it."""

from __future__ import annotations

import json
from contextlib import ExitStack, contextmanager

import pytest
from click.testing import CliRunner

from conformance.cli import main
from conformance.contract.catalogue import operation_folder
from conformance.endpoint import against
from conformance.ledger.specification import Specification
from conformance.reference import faults, manners, seeding
from conformance.reference.server import ReferenceEndpoint
from conformance.reference.store import Store
from tests.fair import fair_in, served

SPECIFICATION = Specification.load(operation_folder("DescribeTasks", None))
CONTRACT, COMMON = SPECIFICATION.contract, SPECIFICATION.protocol
OLDEST = min(r.date for r in CONTRACT.revisions)
# items in a region: enough for a second page
FEW = 14
SELECTED = ("paging.total-is-constant", "parameters.PageSize.maximum", "parameters.PageSize.above-maximum")
FAST = ("--signature", "none", "--format", "json", "--method", "GET", "--max-examples", "1", "--seed", "1")
ONLY = tuple(word for id in SELECTED for word in ("-k", id))


@contextmanager
def reference(fault=None, dialect=None):
    """The reference of one operation."""
    seeded = [faults.named(CONTRACT, fault, COMMON)] if fault else []
    whole = seeding.generated(CONTRACT, COMMON, seeding.SEED)
    store = Store({region: items[:FEW] for region, items in whole.regions.items()})
    with ReferenceEndpoint(CONTRACT, COMMON, store=store, faults=seeded, dialect=dialect or {}) as endpoint:
        yield endpoint.url


def compared(tmp_path, second, status, first=None, more=()):
    with ExitStack() as stack:
        urls = [stack.enter_context(reference(**(given or {}))) for given in (first, second)]
        words = ["endpoint", urls[0], "--against", urls[1], *FAST, *ONLY, *more]
        done = CliRunner().invoke(main, [*words, "--report-dir", str(tmp_path), "--quiet"])
    assert done.exit_code == status, done.output
    return json.loads((tmp_path / "summary.json").read_text()), urls, done.output


def test_a_reference_beside_itself_differs_in_nothing(tmp_path):
    summary, _, output = compared(tmp_path, None, 0)
    assert summary["differences"] == []
    assert summary["unjudged"] == []
    assert summary["requests"] > 50
    assert "No difference was found" in output


def test_what_is_drawn_is_of_the_pages_that_count(tmp_path, monkeypatch):
    seen, drawn = [], against._drawn

    def noted(settings, url, specification, names):
        seen.append([r.id for r in specification.contract.revisions])
        return drawn(settings, url, specification, names)

    monkeypatch.setattr(against, "_drawn", noted)
    compared(tmp_path, None, 0, more=("--as-of", OLDEST))
    assert seen == [[r.id for r in CONTRACT.revisions if r.date <= OLDEST]]
    assert len(seen[0]) < len(CONTRACT.revisions)


@pytest.mark.parametrize("swapped", [False, pytest.param(True, marks=pytest.mark.gate)])
def test_a_fault_is_the_wrong_one_and_the_requirement_is_named(tmp_path, swapped):
    fault = {"fault": "total-is-of-the-page"}
    given = (None, fault) if swapped else (fault, None)
    summary, urls, _ = compared(tmp_path, given[0], 1, given[1])
    wrong = urls[0] if swapped else urls[1]
    blamed = [d for d in summary["differences"] if d["said"] == "one wrong"]
    assert {d["wrong"] for d in blamed} == {wrong}
    assert "DescribeTasks.paging.total-is-constant" in {d["requirement"] for d in blamed}
    # the same drawn requests show it, too
    assert any(d["about"].startswith("a request with") for d in blamed)
    page = (tmp_path / "differences.md").read_text()
    assert "## One wrong" in page


def test_what_the_documentation_leaves_open_is_no_fault(tmp_path):
    dialect = {"TaskAction.spelling": "capitals", "PageSize.above-maximum": "clamped"}
    summary, _, _ = compared(tmp_path, {"dialect": dialect}, 0)
    said = {d["about"]: d["said"] for d in summary["differences"]}
    # the pages contradict each other in how the actions are spelt, and say nothing of a page that is too large
    assert said["choice TaskAction.spelling"] == "both allowed"
    assert said["choice PageSize.above-maximum"] == "documentation silent"
    assert "one wrong" not in said.values()


def test_an_endpoint_is_not_compared_with_itself():
    done = CliRunner().invoke(main, ["endpoint", "http://127.0.0.1:9", "--against", "http://127.0.0.1:9"])
    assert done.exit_code == 2
    assert "is the same endpoint" in done.output


def test_an_endpoint_that_is_away_is_not_established(tmp_path):
    with reference() as url:
        given = ["endpoint", url, "--against", "http://127.0.0.1:9", *FAST, *ONLY, "--report-dir", str(tmp_path)]
        done = CliRunner().invoke(main, given)
    assert done.exit_code == 3, done.output


def test_what_must_be_named_is_compared_with_what_is_given(tmp_path, tmp_path_factory):
    fair = fair_in(tmp_path_factory.mktemp("fair"))
    (tmp_path / "values.yaml").write_text("DescribeStallAttribute: {StallId: stl-both}\n")
    given = ["--service", str(fair.folder), "--operation", "DescribeStallAttribute", "--signature", "none",
             "-k", "methods.*", "--report-dir", str(tmp_path / "run")]  # fmt: skip
    with served(fair) as one, served(fair) as other:
        for endpoint in (one, other):
            endpoint.mock.made("Stall", "cn-hangzhou", {"StallName": "a"}, "stl-both")
        alone = CliRunner().invoke(main, ["endpoint", one.url, "--against", other.url, *given])
        named = ["--values", str(tmp_path / "values.yaml")]
        both = CliRunner().invoke(main, ["endpoint", one.url, "--against", other.url, *given, *named])
    said = "DescribeStallAttribute: nothing is known that is at both; give StallId of such with --values FILE"
    assert said in alone.output, alone.output
    assert said not in both.output, both.output
    assert alone.output.splitlines()[-2].endswith("Not everything could be compared: DescribeStallAttribute.")


def test_two_services_differ_in_a_sequence(tmp_path, tmp_path_factory):
    fair = fair_in(tmp_path_factory.mktemp("fair"))
    fault = manners.named(manners.all_faults(), "changes-in-vain")
    with served(fair) as one, served(fair, [fault]) as other:
        done = CliRunner().invoke(
            main,
            ["endpoint", one.url, "--against", other.url, "--service", str(fair.folder), "--signature", "none",
             "--allow-changes", "--patience", "1", "--seed", "1", "-k", "sequences.*", "--operation", "*Stall*",
             "--report-dir", str(tmp_path)],
        )  # fmt: skip
    assert done.exit_code == 1, done.output
    summary = json.loads((tmp_path / "summary.json").read_text())
    blamed = [d for d in summary["differences"] if d["said"] == "one wrong"]
    assert [(d["requirement"], d["wrong"]) for d in blamed] == [("Stall.sequences.changed-as-asked", other.url)]
