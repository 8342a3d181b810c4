"""Where releases are installed and built, and with which runtimes."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from attrs import field, frozen

from conformance.errors import Refusal


@frozen
class Runtimes:
    """The programs that run drivers: the Python that runs the suite, and what PATH has, unless a user picks others."""

    python: str = sys.executable
    node: str = "node"
    java: str = "java"

    @property
    def javac(self) -> str:
        """The compiler beside that Java."""
        return "javac" if self.java == "java" else str(Path(self.java).with_name("javac"))

    @property
    def java_home(self) -> dict[str, str]:
        """What tells Maven which Java, where one was picked."""
        return {} if self.java == "java" else {"JAVA_HOME": str(Path(self.java).parent.parent)}


def picked(python: str | None, node: str | None, java: str | None) -> Runtimes:
    """The runtimes that a user names by path or by name on PATH. Raises Refusal for what is no program."""
    chosen = {"python": python, "node": node, "java": java}
    return Runtimes(**{name: _program(name, word) for name, word in chosen.items() if word})


def _program(name: str, word: str) -> str:
    inside = Path(word) / "bin" / name
    found = shutil.which(str(inside) if inside.is_file() else word)
    if found is None:
        raise Refusal(f"--{name} {word} is no program; give the path of a {name}, or its name on PATH.")
    return str(Path(found).absolute())


@frozen
class Workshop:
    """The cache in which everything is kept, and the runtimes. Code of packages runs to install them only where `build`
    allows it.
    """

    cache: Path
    runtimes: Runtimes = field(factory=Runtimes)
    build: bool = False
