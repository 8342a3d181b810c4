"""Installing a release of an SDK and making it ready to be driven; both are done once and kept in the cache."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from attrs import frozen

from conformance.drivers import golang, maven, npm, pypi
from conformance.drivers.cache import built, cache_folder, digest, made
from conformance.drivers.recipe import Recipe
from conformance.drivers.releases import ordered
from conformance.drivers.toolchain import InstallFailed, ToolchainMissing

_ECOSYSTEMS: Mapping[str, ModuleType] = {"pypi": pypi, "npm": npm, "maven": maven, "go": golang}


@frozen
class Installation:
    """An installed release: what to run, and every package that it brought, with its version."""

    recipe: Recipe
    release: str
    command: tuple[str, ...]
    dependencies: Mapping[str, str]
    runtime: str


def missing_toolchain(recipe: Recipe) -> str | None:
    """Why this driver cannot work on this machine, in a few words, or None."""
    try:
        _ECOSYSTEMS[recipe.ecosystem].check_tools()
    except ToolchainMissing as error:
        return str(error)
    return None


def known_releases(recipe: Recipe, cache: Path | None = None) -> tuple[str, ...]:
    """Every release that the registry's own client lists, oldest first. Raises ToolchainMissing, InstallFailed."""
    ecosystem = _ECOSYSTEMS[recipe.ecosystem]
    ecosystem.check_tools()
    return ordered(ecosystem.known(recipe, made(cache or cache_folder())))


def install(recipe: Recipe, release: str, cache: Path | None = None, build: bool = False) -> Installation:
    """Installs the release unless it is in the cache. Raises ToolchainMissing, InstallFailed.

    Code of packages runs during the installation only where `build` allows it.

    Two folders: the packages, addressed by what is installed, and the built driver, addressed by its source
    as well; so that a change to a driver does not install anything again.
    """
    ecosystem = _ECOSYSTEMS[recipe.ecosystem]
    ecosystem.check_tools()
    root = cache or cache_folder()
    running = ecosystem.runtime()
    wanted = [
        recipe.ecosystem,
        recipe.package,
        release,
        running,
        *(f"{c.package} {c.release}" for c in recipe.companions),
    ]
    key = digest(*wanted)
    packages = root / "packages" / recipe.name / f"{release}-{key}"
    record = built(packages, lambda folder: {"dependencies": ecosystem.install(recipe, release, folder, root, build)})
    driver = root / "built" / recipe.name / f"{release}-{digest(key, recipe.source.read_bytes())}"

    def make(folder: Path) -> dict[str, str]:
        ecosystem.prepare(recipe, release, packages, folder, root)
        return {"source": recipe.source.name}

    built(driver, make)
    return Installation(
        recipe, release, tuple(ecosystem.command(recipe, packages, driver)), record["dependencies"], running
    )


__all__ = [
    "InstallFailed",
    "Installation",
    "ToolchainMissing",
    "install",
    "known_releases",
    "missing_toolchain",
]
