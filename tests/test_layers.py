"""The picture in ARCHITECTURE.md, held against the imports: five floors, and a room imports only from those below."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import conformance

ROOT = Path(conformance.__file__).parent
FLOORS = {
    "collecting": 0,
    "errors": 0,
    "foreign": 0,
    "interrupts": 0,
    "contract": 1,
    "wire": 1,
    "drivers": 1,
    "ledger": 2,
    "report": 3,
    "derive": 3,
    "emit": 3,
    "generate": 3,
    "reference": 3,
    "cassettes": 4,
    "endpoint": 5,
    "sdk": 5,
    "cli": 6,
}
MODULES = sorted(p for p in ROOT.rglob("*.py") if p.parent != ROOT or p.stem not in ("__init__", "__main__"))


def room_of(module: str) -> str | None:
    """`conformance.endpoint.target` is in the room `suite`."""
    words = module.split(".")
    return words[1] if words[0] == "conformance" and len(words) > 1 else None


def imports_of(path: Path) -> set[str]:
    """The modules of this package that a file imports."""
    tree, found = ast.parse(path.read_text("utf-8")), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            if node.module == "conformance":
                found |= {f"conformance.{alias.name}" for alias in node.names}
            elif node.module:
                found.add(node.module)
    return {m for m in found if room_of(m)}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_room_imports_only_from_floors_below(path: Path) -> None:
    here = path.relative_to(ROOT).parts[0].removesuffix(".py")
    assert here in FLOORS, f"{here} is a room that ARCHITECTURE.md does not know"
    for module in imports_of(path):
        there = room_of(module)
        if there == "__version__":
            continue
        assert there == here or FLOORS[there] < FLOORS[here], f"{path.name} imports {module}, which is not below it"


def test_the_reference_shares_no_code_with_the_suite_but_the_contract() -> None:
    """A suite that shares code with its target proves nothing."""
    for path in (ROOT / "reference").rglob("*.py"):
        rooms = {room_of(m) for m in imports_of(path)}
        assert rooms <= {"reference", "contract", "ledger", "errors", "foreign"}, f"{path.name} imports {rooms}"


def test_the_suite_names_no_operation() -> None:
    """What the suite knows of an operation comes from its contract."""
    words = ("DescribeTasks", "TaskSet", "TaskId", "TaskStatus", "TaskAction", "RegionId", "PageSize", "PageNumber")
    for room in ("endpoint", "sdk", "ledger", "generate", "wire", "emit"):
        for path in (ROOT / room).rglob("*.py"):
            code = "\n".join(
                line for line in strip_documentation(path).splitlines() if not line.lstrip().startswith("#")
            )
            named = [w for w in words if w in code]
            assert not named, f"{path.relative_to(ROOT)} names {named}"


def strip_documentation(path: Path) -> str:
    """The code of a file without docstrings, which may give examples."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and ast.get_docstring(
            node
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def test_a_public_class_name_has_one_meaning() -> None:
    """Each word has one meaning: no public class is defined twice."""
    places: dict[str, list[str]] = {}
    for path in MODULES:
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert not {name: found for name, found in places.items() if len(found) > 1}


def test_the_side_of_sdks_starts_without_that_of_endpoints() -> None:
    """Hypothesis, schemas and the reference cost a second that a certification of an SDK has no use for."""
    said = "import sys, conformance.cli.sdk; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stdout.split()
    heavy = ("conformance.endpoint", "conformance.reference", "conformance.derive", "hypothesis", "xmlschema")
    assert "conformance.sdk.service" in loaded
    assert [name for name in loaded if name.startswith(heavy)] == []
