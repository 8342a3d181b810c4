"""What the suite runs with is locked, and is the same that it is tested with."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def pins(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text("utf-8")
    assert "://" not in text
    return dict(re.findall(r"(?m)^([a-z0-9.-]+)==(\S+)", text))


def test_what_is_run_is_what_is_tested() -> None:
    run, tested = pins("requirements.lock"), pins("requirements-dev.lock")
    assert run.items() < tested.items()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"]["editable"]]
    assert {re.split("[<>=]", one)[0] for one in needed} <= set(run)
    assert not {"ruff", "mypy", "vulture", "build"} & set(run)
