"""Go SDKs and programs: built as, or from, a module of ours that requires exactly the wanted release."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from conformance.drivers.recipe import Recipe
from conformance.drivers.toolchain import InstallFailed, required, run

_STAND_IN = "module.under.test"
_MAJORS = 12


def check_tools() -> None:
    """Raises ToolchainMissing without Go."""
    required("go")


def runtime() -> str:
    """The version of Go that would build the driver."""
    return run(["go", "env", "GOVERSION"]).strip()


def known(recipe: Recipe, cache: Path) -> tuple[str, ...]:
    """A major release from 2 on is a module of its own, so each is asked for until there is none."""
    folder, found = _empty_module(cache), []
    for major in range(1, _MAJORS + 1):
        module = recipe.package if major == 1 else f"{recipe.package}/v{major}"
        try:
            listing = run(["go", "list", "-m", "-versions", module], cwd=folder, seconds=120)
        except InstallFailed:
            if major == 1:
                raise
            break
        found += listing.split()[1:]
    return tuple(found)


def install(recipe: Recipe, release: str, folder: Path, cache: Path, build: bool = False) -> dict[str, str]:
    """Modules with their versions, as go resolved them."""
    (folder / "go.mod").write_text("module driver\n\ngo 1.21\n", encoding="utf-8")
    wanted = [f"{_module(recipe, release)}@{release}"]
    wanted += [f"{c.package}@{c.release or 'latest'}" for c in recipe.companions]
    run(["go", "get", *wanted], cwd=folder, environment=_settings(cache))
    listing = run(["go", "list", "-m", "all"], cwd=folder, environment=_settings(cache))
    return dict(line.split()[:2] for line in listing.splitlines() if len(line.split()) >= 2)


def prepare(recipe: Recipe, release: str, packages: Path, folder: Path, cache: Path) -> None:
    """Build the driver against the modules that were resolved."""
    for name in ("go.mod", "go.sum"):
        if (packages / name).is_file():
            shutil.copy(packages / name, folder / name)
    module = _module(recipe, release)
    what = f"{module}/{recipe.program}" if recipe.program else "."
    if not recipe.program:
        source = recipe.source.read_text(encoding="utf-8").replace(_STAND_IN, module)
        (folder / "main.go").write_text(source, encoding="utf-8")
    run(["go", "build", "-trimpath", "-o", folder / "driver", what], cwd=folder, environment=_settings(cache))


def command(recipe: Recipe, packages: Path, built: Path) -> list[str]:
    """The built driver; a program that is no driver itself is run by one in Python."""
    if recipe.program:
        return [sys.executable, str(recipe.source), str(built / "driver")]
    return [str(built / "driver")]


def _module(recipe: Recipe, release: str) -> str:
    numbered = re.match(r"v(\d+)", release)
    major = int(numbered.group(1)) if numbered else 1
    return recipe.package if major < 2 else f"{recipe.package}/v{major}"


def _empty_module(cache: Path) -> Path:
    folder = cache / "go-listing"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "go.mod").write_text("module listing\n\ngo 1.21\n", encoding="utf-8")
    return folder


def _settings(cache: Path) -> dict[str, str]:
    return {"GOMODCACHE": str(cache / "go-modules"), "GOFLAGS": "-mod=mod -modcacherw -buildvcs=false"}
