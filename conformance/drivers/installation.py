"""Installing a release of an SDK and making it ready to be driven; both are done once and kept in the cache."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from attrs import field, frozen

from conformance.drivers import golang, maven, npm, pypi
from conformance.drivers.answers import RELEASE
from conformance.drivers.artifact import Artifact
from conformance.drivers.cache import built, cache_folder, digest, latest, made
from conformance.drivers.recipe import Recipe
from conformance.drivers.releases import ordered
from conformance.drivers.toolchain import InstallFailed, ToolchainMissing
from conformance.drivers.workshop import Runtimes, Workshop
from conformance.errors import Refusal

_ECOSYSTEMS: Mapping[str, ModuleType] = {"pypi": pypi, "npm": npm, "maven": maven, "go": golang}


@frozen
class Installation:
    """An installed release: what to run, every package that it brought, with its version, and the `digest` of the file
    that it was installed from, by algorithm (`{"sha256": "…"}`).
    """

    recipe: Recipe
    release: str
    command: tuple[str, ...]
    dependencies: Mapping[str, str]
    runtime: str
    digest: Mapping[str, str] = field(factory=dict)


def missing_toolchain(recipe: Recipe, runtimes: Runtimes | None = None) -> str | None:
    """Why this driver cannot work on this machine, in a few words, or None."""
    try:
        _ECOSYSTEMS[recipe.ecosystem].check_tools(runtimes or Runtimes())
    except ToolchainMissing as error:
        return str(error)
    return None


def known_releases(recipe: Recipe, cache: Path | None = None) -> tuple[str, ...]:
    """Every release that the registry's own client lists, oldest first. Raises ToolchainMissing, InstallFailed."""
    ecosystem, shop = _ECOSYSTEMS[recipe.ecosystem], Workshop(cache or cache_folder())
    ecosystem.check_tools(shop.runtimes)
    made(shop.cache)
    return ordered(ecosystem.known(recipe, shop))


def install(
    recipe: Recipe,
    release: str,
    cache: Path | None = None,
    runtimes: Runtimes | None = None,
    build: bool = False,
) -> Installation:
    """Installs the release unless the very bytes that the registry has now are in the cache.

    Where the registry cannot be asked, what was installed last of that release serves: its digest says what it is.
    Code of packages runs during the installation only where `build` allows it. Raises ToolchainMissing, InstallFailed.
    """
    ecosystem, shop = _workshop(recipe, cache, runtimes, build)
    with tempfile.TemporaryDirectory(prefix="acs-release-") as folder:
        try:
            artifact = ecosystem.fetched(recipe, release, Path(folder), shop)
        except InstallFailed as error:
            kept = _kept(recipe, release, shop)
            if kept is None:
                raise InstallFailed(_unlisted(recipe, release, shop) or str(error)) from None
            return kept
        return _installed(recipe, artifact, release, shop)


def install_artifact(
    recipe: Recipe,
    given: Path,
    release: str | None = None,
    cache: Path | None = None,
    runtimes: Runtimes | None = None,
    build: bool = False,
) -> Installation:
    """Installs a package that need not be published: a file of the ecosystem, or a folder that holds or builds one.

    `release` has to be the one that it says of itself, and is what a Go module's folder, which says none, is called.
    Raises Refusal for what is no such package or another one, ToolchainMissing, InstallFailed.
    """
    ecosystem, shop = _workshop(recipe, cache, runtimes, build)
    if not given.exists():
        raise Refusal(f"There is no file or folder {given}; --artifact is to name one that holds a package.")
    with tempfile.TemporaryDirectory(prefix="acs-artifact-") as folder:
        artifact = ecosystem.offered(recipe, given, release, Path(folder), shop)
        if not ecosystem.same(artifact.package, recipe.package):
            raise Refusal(
                f"{given} holds {artifact.package}, and {recipe.name} drives {recipe.package}; give its own driver."
            )
        if not RELEASE.fullmatch(artifact.release):
            raise Refusal(
                f"{given} calls its release {artifact.release!r:.60}, which is no name of one; build it again."
            )
        if release not in (None, artifact.release):
            raise Refusal(
                f"{given} is release {artifact.release}, not {release}; leave --release out, or give that one."
            )
        return _installed(recipe, artifact, artifact.release, shop)


def _workshop(
    recipe: Recipe, cache: Path | None, runtimes: Runtimes | None, build: bool
) -> tuple[ModuleType, Workshop]:
    ecosystem, shop = _ECOSYSTEMS[recipe.ecosystem], Workshop(cache or cache_folder(), runtimes or Runtimes(), build)
    ecosystem.check_tools(shop.runtimes)
    return ecosystem, shop


def _installed(recipe: Recipe, artifact: Artifact, release: str, shop: Workshop) -> Installation:
    """Two folders: the packages, addressed by their bytes and what they are installed with, and the built driver,
    addressed by its sources as well; so that a change to a driver does not install anything again.
    """
    ecosystem = _ECOSYSTEMS[recipe.ecosystem]
    packages = _packages(recipe, release, shop, artifact.mark[:16])

    def gather(folder: Path) -> Mapping[str, object]:
        return {"dependencies": ecosystem.install(recipe, artifact, folder, shop), "sha256": artifact.sha256}

    record = built(packages, gather)
    driver = _driver(recipe, packages, shop)

    def build(folder: Path) -> Mapping[str, object]:
        ecosystem.prepare(recipe, artifact, packages, folder, shop)
        return {"source": recipe.source.name}

    built(driver, build)
    return _ready(recipe, release, packages, driver, record, shop)


def _kept(recipe: Recipe, release: str, shop: Workshop) -> Installation | None:
    """What was installed last of a release, if it was also built with the driver as it is."""
    found = latest(_packages(recipe, release, shop, "*"))
    if found is None:
        return None
    packages, record = found
    driver = latest(_driver(recipe, packages, shop))
    return None if driver is None else _ready(recipe, release, packages, driver[0], record, shop)


def _unlisted(recipe: Recipe, release: str, shop: Workshop) -> str | None:
    """That there is no such release, where the registry lists others: package managers say so each in its own way."""
    try:
        releases = ordered(_ECOSYSTEMS[recipe.ecosystem].known(recipe, shop))
    except (InstallFailed, ToolchainMissing):
        return None
    if not releases or release in releases:
        return None
    newest = ", ".join(releases[-3:])
    return f"{recipe.package} has no release {release}; its newest are {newest}. Give --release one of those, or latest"


def _packages(recipe: Recipe, release: str, shop: Workshop, mark: str) -> Path:
    running = _ECOSYSTEMS[recipe.ecosystem].runtime(shop.runtimes)
    companions = (f"{c.package} {c.release}" for c in recipe.companions)
    key = digest(recipe.ecosystem, recipe.package, release, running, *companions)
    return shop.cache / "packages" / recipe.name / f"{release}-{key}-{mark}"


def _driver(recipe: Recipe, packages: Path, shop: Workshop) -> Path:
    sources = digest(*(path.read_bytes() for path in recipe.sources))
    return shop.cache / "built" / recipe.name / f"{packages.name}-{sources}"


def _ready(
    recipe: Recipe, release: str, packages: Path, driver: Path, record: Mapping[str, Any], shop: Workshop
) -> Installation:
    ecosystem = _ECOSYSTEMS[recipe.ecosystem]
    command = tuple(ecosystem.command(recipe, packages, driver, shop))
    sha256 = {"sha256": record["sha256"]}
    return Installation(recipe, release, command, record["dependencies"], ecosystem.runtime(shop.runtimes), sha256)


__all__ = [
    "InstallFailed",
    "Installation",
    "ToolchainMissing",
    "install",
    "install_artifact",
    "known_releases",
    "missing_toolchain",
]
