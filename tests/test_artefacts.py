"""Generated files: they are what they would be, from files of the repository alone, and a stale one is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import evolve

from artefacts import __main__ as command
from artefacts.generated import ROOT, generated, stale
from conformance.derive.choices import silences_anew


def test_every_generated_file_is_as_generated(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--check"]) == 0, capsys.readouterr().err


def test_they_are_all_kinds_of_files() -> None:
    names = {path.name for path in generated()}
    assert {"contract.yaml", "requirements.yaml", "openapi.json", "response.xsd", "contract.schema.json"} <= names


def test_a_stale_file_is_named_and_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {tmp_path / "good.json": "{}\n", tmp_path / "edited.json": "{}\n", tmp_path / "new" / "one.json": "{}\n"}
    (tmp_path / "good.json").write_text("{}\n")
    (tmp_path / "edited.json").write_text("{ }\n")
    monkeypatch.setattr(command, "ROOT", tmp_path)
    monkeypatch.setattr(command, "generated", lambda: files)
    assert command.main(["--check"]) == 1
    said = capsys.readouterr().err
    assert said == "edited.json, new/one.json are not what would be generated: run `make generate`.\n"
    assert command.main([]) == 0
    assert stale(files) == []


def test_a_choice_that_the_table_has_reaches_a_contract_without_its_pages(contract) -> None:
    older = evolve(contract, choices=tuple(c for c in contract.choices if c.kind != "blank-id"))
    assert len(older.choices) < len(contract.choices)
    preferred = {c.id: c.preferred for c in contract.choices}
    assert silences_anew(older, preferred) == contract.choices


def test_generated_files_are_in_the_repository() -> None:
    assert all(path.is_relative_to(ROOT) for path in generated())
