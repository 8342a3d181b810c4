"""Python SDKs: one virtual environment a release."""

from __future__ import annotations

import json
import platform
import re
import sys
from pathlib import Path

from conformance.drivers.recipe import Recipe
from conformance.drivers.toolchain import InstallFailed, run

WHEELS = ("--only-binary", ":all:")
_NO_WHEEL = re.compile("No matching distribution|Could not find a version|ResolutionImpossible")


def check_tools() -> None:
    """Pip comes with the interpreter that runs the suite."""


def runtime() -> str:
    """The interpreter that runs the suite, and drivers in Python."""
    return f"{platform.python_implementation()} {platform.python_version()}"


def known(recipe: Recipe, cache: Path) -> tuple[str, ...]:
    """All releases that pip can see, pre-releases included."""
    listing = run([sys.executable, "-m", "pip", "index", "versions", recipe.package, "--pre"], seconds=120)
    found = re.search(r"Available versions: (.*)", listing)
    return tuple(v.strip() for v in found.group(1).split(",")) if found else ()


def install(recipe: Recipe, release: str, folder: Path, cache: Path, build: bool = False) -> dict[str, str]:
    """Packages with their versions, as pip resolved them; with `build` also those that have to be built first."""
    environment = folder / "venv"
    run([sys.executable, "-m", "venv", "--without-pip", environment])
    python = environment / "bin" / "python"
    wanted = [f"{recipe.package}=={release}"]
    wanted += [f"{c.package}=={c.release}" if c.release else c.package for c in recipe.companions]
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
    try:
        run([*pip, "install", "--quiet", *(() if build else WHEELS), *wanted])
    except InstallFailed as error:
        if build or not _NO_WHEEL.search(str(error)):
            raise
        raise InstallFailed(
            f"{recipe.package} {release}, or what it needs, has no wheel here; building it runs code of the package, "
            f"which --allow-build allows ({error})"
        ) from None
    packages = json.loads(run([*pip, "list", "--format", "json"]))
    resolved = {p["name"]: p["version"] for p in packages}
    if not resolved:
        raise InstallFailed("pip installed nothing")
    return resolved


def prepare(recipe: Recipe, release: str, packages: Path, folder: Path, cache: Path) -> None:
    """Nothing is built: the driver is run from where it is."""


def command(recipe: Recipe, packages: Path, built: Path) -> list[str]:
    """The command that runs the driver in the environment of the release."""
    return [str(packages / "venv" / "bin" / "python"), str(recipe.source)]
