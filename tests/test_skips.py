"""A test is left out for what a machine lacks, and for nothing else: what belongs to a checkout is in it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests import documentation

TESTS = Path(__file__).parent
# which file may leave tests out, and what the machine lacks then
LACKING = {
    "drivers/test_real_releases.py": "registries, which are asked on demand only",
    "drivers/test_recipes.py": "a toolchain",
    "drivers/test_service_mock.py": "a toolchain, or a registry",
    "emit/test_portable.py": "a toolchain",
    "emit/test_with_tools.py": "a registry",
    "report/test_html.py": "a browser",
    "report/test_league_in_browser.py": "a browser",
}
WAYS = ("skip", "skipif", "importorskip", "xfail")
FILES = [path for path in sorted(TESTS.rglob("*.py")) if path != Path(__file__)]


def skips_of(path: Path) -> list[str]:
    """The source of each place at which pytest is told to leave a test out."""
    text = path.read_text("utf-8")
    return [
        ast.get_source_segment(text, node) or ""
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WAYS
        and (ast.get_source_segment(text, node.func) or "").startswith("pytest.")
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_only_what_a_machine_lacks_leaves_a_test_out(path: Path) -> None:
    skips = skips_of(path)
    assert not skips or str(path.relative_to(TESTS)) in LACKING, f"{path} leaves tests out: {skips}"


@pytest.mark.parametrize("name", LACKING)
def test_the_reason_is_not_that_files_are_not_beside_the_checkout(name: str) -> None:
    skips = skips_of(TESTS / name)
    assert skips, f"{name} leaves nothing out any more: take it from the list"
    assert not [skip for skip in skips if re.search(r"shared|beside|checkout", skip)]


def test_a_checkout_with_nothing_beside_it_has_documentation(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(documentation, "SHARED", tmp_path / "shared")
    (library,) = documentation.libraries()
    languages = {page.name.split(".")[1] for page in library.pages.glob("*/*.md")}
    assert {"en", "zh", "flattened"} <= languages
    assert list(library.metadata.glob("*/openapi-meta*.json"))
    assert [one.name for one in documentation.documented()] == ["DescribeErrands"]
    assert documentation.operations(own=("ecs__RenameStall",), real=("ecs__JoinSecurityGroup",))
