"""The ledger and the suite belong together: no requirement without a check, no check without a requirement."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from conformance.contract.files import load_contract, load_protocol
from conformance.endpoint.judge import ONE_ALTERNATIVE
from conformance.endpoint.situations import SITUATIONS
from conformance.endpoint.watch.observers import OBSERVERS
from conformance.endpoint.watch.watch import EVERY_EXCHANGE
from conformance.ledger.files import load_ledger
from conformance.ledger.templates import endpoint_templates

SUITE = Path(__file__).parents[2] / "conformance" / "endpoint"


def marked(name: str) -> set[str]:
    """The arguments of every `@requirement(...)` or `@choice_kinds(...)` in the suite."""
    found = set()
    for path in (SUITE / "checks").glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        names = {
            node.targets[0].id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                found |= {names[word.id] if isinstance(word, ast.Name) else word.value for word in node.args}
    return found


@pytest.fixture(scope="module")
def ledger(operation_folder):
    return load_ledger(operation_folder)


def test_no_requirement_without_a_check(ledger):
    checks = marked("requirement") | EVERY_EXCHANGE | {ONE_ALTERNATIVE}
    without = [r.id for r in ledger.requirements if r.side == "endpoint" and r.check not in checks]
    assert not without


def test_no_check_without_a_requirement():
    assert marked("requirement") | EVERY_EXCHANGE <= {template.check for template in endpoint_templates()}


def test_ids_are_unique_and_levels_known(ledger):
    assert len(set(ledger.ids)) == len(ledger.ids)
    assert sum(r.side == "endpoint" for r in ledger.requirements) >= 80
    assert sum(r.side == "sdk" for r in ledger.requirements) >= 60
    assert {r.level for r in ledger.requirements} <= {"MUST", "SHOULD", "MAY"}


def test_every_requirement_is_cited_and_says_what_it_means(ledger):
    for r in ledger.requirements:
        assert r.citations or r.side == "sdk", r.id
        assert r.statement.endswith((".", ")")), r.id
        assert "{" not in r.statement, r.id


def test_every_sentence_is_placed(ledger):
    for s in ledger.sentences:
        assert bool(s.requirements) != bool(s.excluded), f"{s.citation} maps to nothing, or to both"
        assert set(s.requirements) <= set(ledger.ids), s.citation


def test_citations_name_known_revisions(ledger, operation_folder):
    contract, protocol = load_contract(operation_folder), load_protocol(operation_folder.parent / "common")
    known = {r.id for r in contract.revisions} | {s.id for s in protocol.sources}
    for cited in (c for r in ledger.requirements for c in r.citations):
        assert cited.revision in known or cited.revision.startswith("RFC "), cited


def test_every_situation_of_the_protocol_can_be_brought_about(operation_folder):
    protocol = load_protocol(operation_folder.parent / "common")
    assert {s.id for s in protocol.situations} == set(SITUATIONS)


def test_every_choice_is_observed_somewhere(operation_folder):
    """A choice that no check looks at would be reported as not applicable for ever."""
    texts = [p.read_text("utf-8") for p in (SUITE / "checks").glob("*.py")]
    active = {
        kind
        for kind in {c.kind for c in load_contract(operation_folder).choices}
        if any(f'"{kind}"' in t for t in texts)
    }
    for choice in load_contract(operation_folder).choices:
        assert choice.kind in OBSERVERS or choice.kind in active, choice.id


def test_regenerating_the_ledger_gives_the_committed_file(documented, tmp_path):
    from click.testing import CliRunner

    from conformance.cli import main

    folder, made = documented.folder, tmp_path / documented.name
    arguments = ["derive", *map(str, documented.pages), "-o", str(made), "--overlay", str(folder / "overlay.yaml")]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    kept = [file.name for file in folder.iterdir() if (made / file.name).exists()]
    assert "contract.yaml" in kept
    for name in kept:
        assert (made / name).read_bytes() == (folder / name).read_bytes(), name
