"""Node SDKs: one folder of packages a release, installed without running any of their scripts."""

from __future__ import annotations

from pathlib import Path

from conformance.drivers.answers import npm_packages, npm_releases
from conformance.drivers.artifact import Artifact, member, only
from conformance.drivers.recipe import Recipe
from conformance.drivers.toolchain import required, run
from conformance.drivers.workshop import Runtimes, Workshop
from conformance.errors import Refusal
from conformance.foreign import decoded, json_value

_QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")


def check_tools(runtimes: Runtimes) -> None:
    """Raises ToolchainMissing without Node.js and npm."""
    required(runtimes.node, "npm")


def runtime(runtimes: Runtimes) -> str:
    """The version of Node.js that runs the driver."""
    return f"Node.js {run([runtimes.node, '--version']).strip()}"


def same(one: str, other: str) -> bool:
    """Whether two names are of one package."""
    return one == other


def known(recipe: Recipe, shop: Workshop) -> tuple[str, ...]:
    """All published releases."""
    return npm_releases(run(["npm", "view", recipe.package, "versions", "--json"], seconds=120))


def fetched(recipe: Recipe, release: str, folder: Path, shop: Workshop) -> Artifact:
    """The tarball that the registry has now."""
    run(["npm", "pack", *_QUIET, "--prefer-online", "--pack-destination", folder, f"{recipe.package}@{release}"])
    return Artifact(only(folder, "one npm tarball", "*.tgz"), recipe.package, release)


def offered(recipe: Recipe, given: Path, release: str | None, folder: Path, shop: Workshop) -> Artifact:
    """A tarball, the folder that holds one, or a package's folder, which is packed without running its scripts."""
    path = given
    if given.is_dir():
        is_package = (given / "package.json").is_file()
        if is_package:
            run(["npm", "pack", *_QUIET, "--pack-destination", folder, given.absolute()])
        path = only(folder if is_package else given, "a package.json or one npm tarball", "*.tgz")
    try:
        data = json_value(decoded(member(path, "*/package.json")))
        return Artifact(path, str(data["name"]), str(data["version"]), given=True)
    except (ValueError, KeyError, TypeError):
        raise Refusal(f"{path} has a package.json without a name and a version; build it again.") from None


def install(recipe: Recipe, artifact: Artifact, folder: Path, shop: Workshop) -> dict[str, str]:
    """Packages with their versions, as npm resolved them."""
    (folder / "package.json").write_text('{"name": "driver", "version": "1.0.0", "private": true}\n', encoding="utf-8")
    wanted: list[str | Path] = [artifact.path.absolute()]
    wanted += [f"{c.package}@{c.release or 'latest'}" for c in recipe.companions]
    run(["npm", "install", *_QUIET, *wanted], cwd=folder)
    return npm_packages((folder / "package-lock.json").read_text(encoding="utf-8", errors="replace"))


def prepare(recipe: Recipe, artifact: Artifact, packages: Path, folder: Path, shop: Workshop) -> None:
    """Nothing is built: the driver is run from where it is, and told where the packages are."""


def command(recipe: Recipe, packages: Path, built: Path, shop: Workshop) -> list[str]:
    """The command that runs the driver with the packages that were installed."""
    return [shop.runtimes.node, str(recipe.source), str(packages), *recipe.arguments]
