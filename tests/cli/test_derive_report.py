"""What a report on files says: of pages what was not understood, of the rest what they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

LAYOUTS = Path(__file__).parents[1] / "derive" / "layouts"
OTHERS = {
    "empty.md": (b"", "empty"),
    "index.md": (b"# Crates\n\n" + b"".join(b"- [Crate%d](crate%d.md)\n" % (i, i) for i in range(5)), "index"),
    "operations.md": (b"# Operations\n\n|API|Description|\n|---|---|\n" + b"|ListCrates|Lists.|\n" * 5, "index"),
    "overview.html": (b"<!doctype html><html><body><h1>Overview</h1><p>Words only.</p></body></html>", "html"),
    "words.md": ("# Описание\n\nЭто страница на другом языке.\n".encode(), "language"),
    "picture.png": (b"\x89PNG\r\n\x1a\n\x00\xff", "binary"),
    "readme.md": (b"# Notes\n\nWords only.\n", "prose"),
    "cut.md": (b"# CutCrate\n\n## Request parameters\n\n|Name|Type|Required|\n|---|---|---|\n|Colour|String", "cut"),
    "data.json": (b'{"a": 1}', "other"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "docs"
    (made / "deep").mkdir(parents=True)
    (made / ".git").mkdir()
    (made / ".git" / "config").write_text("hidden")
    for name, (data, _) in OTHERS.items():
        (made / name).write_bytes(data)
    for name in ("location-column.md", "saved.html"):
        (made / "deep" / name).write_bytes((LAYOUTS / name).read_bytes())
    return made


def test_a_folder_is_read_whole_and_each_file_is_named(acs, folder: Path) -> None:
    done = acs("derive", folder, "--report", "--json")
    assert done.returncode == 0, done.stderr
    entries = {Path(e["path"]).name: e for e in json.loads(done.stdout)}
    assert {name: e["kind"] for name, e in entries.items()} == {
        **{name: kind for name, (_, kind) in OTHERS.items()},
        "location-column.md": "page",
        "saved.html": "page",
    }
    assert all(entries[name]["problem"] for name in OTHERS)
    page = entries["location-column.md"]
    assert page["operation"] == "CreateCrate"
    assert any("Maybe" in g["text"] and g["line"] > 1 for g in page["gaps"])
    assert any("'Sting' is read as string" in g["text"] for g in page["gaps"])


def test_the_report_lists_every_sentence_that_derivation_counts(acs, folder: Path, tmp_path: Path) -> None:
    page = folder / "deep" / "location-column.md"
    written = acs("derive", page, "-o", tmp_path / "made").stdout.splitlines()[0]
    (found,) = json.loads(acs("derive", page, "--report", "--json").stdout)
    assert f"{len(found['unplaced'])} covered by no requirement yet" in written
    shown = acs("derive", page, "--report").stdout
    assert found["unplaced"]
    for gap in (*found["gaps"], *found["unplaced"]):
        assert gap["text"] in shown
        assert f"{page}:{gap['line']}:" in shown


def test_where_no_file_is_a_page_all_are_listed_and_the_status_says_so(acs, folder: Path) -> None:
    done = acs("derive", folder / "index.md", folder / "empty.md", "--report")
    assert done.returncode == 2
    assert "index.md:1 (index) is an index with 5 links" in done.stdout
    assert "empty.md:1 (empty) is empty" in done.stdout
    assert done.stderr.startswith("acs-conformance: None of 2 files is a page of an operation")
    assert len(done.stderr.strip().splitlines()) == 1
    alone = acs("derive", folder / "index.md", "--report")
    assert (alone.returncode, alone.stdout) == (2, "")
    assert "is an index with 5 links" in alone.stderr
    (folder / "nothing").mkdir()
    assert "There is no file in" in acs("derive", folder / "nothing", "--report").stderr


def test_pages_of_one_operation_are_reported_together(acs, tmp_path: Path) -> None:
    """A contradiction between revisions shows in the report, as it would in the contract."""
    text = (LAYOUTS / "location-column.md").read_text("utf-8")
    (tmp_path / "a.2019-01-01.md").write_text(text.replace("Valid values: 1 to 5.", "Valid values: 1 to 6."))
    (tmp_path / "b.2020-01-01.md").write_text(text)
    entries = json.loads(acs("derive", tmp_path, "--report", "--json").stdout)
    assert [e["id"] for e in entries] == ["2019-01-01", "2020-01-01"]
    assert {e["operation"] for e in entries} == {"CreateCrate"}


def test_an_operation_with_a_path_of_its_own_is_not_judged_of_an_sdk(acs, tmp_path: Path) -> None:
    """What the instrumented endpoint answers is in the style of RPC, and would accuse any SDK of it."""
    made = tmp_path / "made"
    assert acs("derive", LAYOUTS / "path-style.md", "-o", made).returncode == 0
    done = acs("sdk", "python-legacy", "--release", "latest", "--contract", made)
    assert done.returncode == 2, done.stdout
    assert "which has a path of its own (/crates/{CrateId}/nodes)" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
