"""A packaged driver: a folder with one source file and a `driver.yaml` that says which SDK it is for and what
it needs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml
from attrs import frozen

Ecosystem = Literal["pypi", "npm", "maven", "go"]
_FILE = "driver.yaml"


class UnknownDriver(ValueError):
    """No packaged driver has that name."""


@frozen
class Companion:
    """A package that is installed beside the SDK. Without a `release` the registry's own resolution picks one."""

    package: str
    release: str | None = None


@frozen
class Recipe:
    """How one SDK is installed and driven. `package` is the one whose release is certified.

    `program` is the folder of the program in it, where the SDK is a command that the driver runs.
    """

    name: str
    title: str
    ecosystem: Ecosystem
    package: str
    source: Path
    companions: tuple[Companion, ...] = ()
    program: str = ""
    notes: str = ""

    @property
    def folder(self) -> Path:
        """The folder of the driver."""
        return self.source.parent


def packaged(folder: Path | None = None) -> tuple[Recipe, ...]:
    """Every packaged driver, in the order of names."""
    root = folder or Path(__file__).parent
    return tuple(_load(path) for path in sorted(root.glob(f"*/{_FILE}")))


def recipe(name: str, folder: Path | None = None) -> Recipe:
    """The packaged driver of that name. Raises UnknownDriver."""
    known = packaged(folder)
    for one in known:
        if one.name == name:
            return one
    raise UnknownDriver(f"no driver named {name!r}; there are {', '.join(r.name for r in known)}")


def _load(path: Path) -> Recipe:
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Recipe(
        name=path.parent.name,
        title=data["title"],
        ecosystem=data["ecosystem"],
        package=data["package"],
        source=path.parent / data["source"],
        companions=tuple(Companion(**c) for c in data.get("companions", ())),
        program=data.get("program", ""),
        notes=data.get("notes", ""),
    )
