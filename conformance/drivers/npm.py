"""Node SDKs: one folder of packages a release, installed without running any of their scripts."""

from __future__ import annotations

import json
import re
from pathlib import Path

from conformance.drivers.recipe import Recipe
from conformance.drivers.toolchain import required, run

_QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")


def check_tools() -> None:
    """Raises ToolchainMissing without Node.js and npm."""
    required("node", "npm")


def runtime() -> str:
    """The version of Node.js that would run the driver."""
    return f"Node.js {run(['node', '--version']).strip()}"


def known(recipe: Recipe, cache: Path) -> tuple[str, ...]:
    """All published releases; npm writes a single one as plain text."""
    listing = json.loads(run(["npm", "view", recipe.package, "versions", "--json"], seconds=120))
    return tuple(listing) if isinstance(listing, list) else (listing,)


def install(recipe: Recipe, release: str, folder: Path, cache: Path, build: bool = False) -> dict[str, str]:
    """Packages with their versions, as npm resolved them."""
    (folder / "package.json").write_text('{"name": "driver", "version": "1.0.0", "private": true}\n', encoding="utf-8")
    wanted = [f"{recipe.package}@{release}"]
    wanted += [f"{c.package}@{c.release or 'latest'}" for c in recipe.companions]
    run(["npm", "install", *_QUIET, *wanted], cwd=folder)
    lock = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))
    return {re.sub(r"^.*node_modules/", "", path): entry["version"] for path, entry in lock["packages"].items() if path}


def prepare(recipe: Recipe, release: str, packages: Path, folder: Path, cache: Path) -> None:
    """Nothing is built: the driver is run from where it is, and told where the packages are."""


def command(recipe: Recipe, packages: Path, built: Path) -> list[str]:
    """The command that runs the driver with the packages that were installed."""
    return ["node", str(recipe.source), str(packages)]
