"""The SDK that a command line names: its packaged driver and release, an artifact, or a command of a driver."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from conformance.cli.output import say
from conformance.drivers.installation import (
    Installation,
    install,
    install_artifact,
    known_releases,
    missing_toolchain,
)
from conformance.drivers.recipe import Recipe, drivers, found
from conformance.drivers.releases import is_final
from conformance.drivers.toolchain import InstallFailed
from conformance.drivers.workshop import Runtimes
from conformance.errors import NotEstablished, Refusal, unknown
from conformance.report.events import TargetIdentity
from conformance.report.folder import safe_name
from conformance.report.text import printable
from conformance.sdk.certify import Subject


def refuse_misspelt(words: tuple[str, ...], is_name: bool, known: tuple[Recipe, ...]) -> None:
    """A single word with a release is a driver's name, not a command."""
    if is_name or (len(words) == 1 and not Path(words[0]).exists()):
        raise unknown("driver", words[0], [r.name for r in known], "See acs-conformance sdk --list.")


def refuse_further(words: tuple[str, ...], options: Iterable[str]) -> None:
    """One driver is named; what else stands there is an option that there is not, or a word too many."""
    odd = next((word for word in words if word.startswith("-")), None)
    if odd is not None:
        raise unknown("option", odd.partition("=")[0], options, "See acs-conformance sdk --help.")
    if len(words) > 1:
        raise Refusal(f"{words[1]!r} is one word too many: one driver is certified at a time, {words[0]} here.")


def refuse_other_api(recipe: Recipe, product: str, version: str) -> None:
    """The driver of a package for one API is not judged by what is documented of another."""
    if recipe.pattern and "unknown" in (product, version):
        raise Refusal(
            f"{recipe.name} drives a package for {recipe.api}, and the contract does not say of which API it is, since "
            "its pages do not: say product and version in an overlay, and derive it again (derive PAGE --overlay FILE)."
        )
    if not recipe.serves(product, version):
        raise Refusal(
            f"{recipe.name} drives a package for {recipe.api}, and what would judge it is of {product} {version}:"
            " derive that API's own contracts (acs-conformance derive API-DOCS.json -o DIR), and give them with "
            "--service DIR, or one of them with --contract DIR/OPERATION."
        )


def recipe_of(name: str, folder: Path | None = None) -> Recipe:
    """The packaged driver of that name, or the one in a folder. Raises Refusal."""
    known = drivers(folder)
    recipe = found(name, known)
    if recipe is None:
        raise unknown("driver", name, [r.name for r in known], "See acs-conformance sdk --list.")
    return recipe


def list_drivers(known: tuple[Recipe, ...]) -> None:
    """Print every driver, with what it needs and the releases that its registry knows."""
    for recipe in known:
        missing = missing_toolchain(recipe)
        click.secho(printable(recipe.name), bold=True, nl=False)
        say(f"  {recipe.title} ({recipe.ecosystem}: {recipe.package})")
        if recipe.pattern:
            family = recipe.name.removesuffix(recipe.api)
            say(f"  drives every package of its family: {family}vpc20160428 and so on")
        if missing:
            say(f"  not usable here: {missing}")
            continue
        try:
            releases = known_releases(recipe)
        except InstallFailed as e:
            say(f"  releases unknown: {e}")
            continue
        if not releases:
            say("  the registry lists no release")
            continue
        if len(releases) == 1:
            say(f"  1 release: {releases[0]}")
            continue
        say(f"  {len(releases)} releases, {releases[0]} to {releases[-1]}; newest: {', '.join(releases[-3:])}")


def installed(
    recipe: Recipe, release: str | None, artifact: Path | None, runtimes: Runtimes, build: bool
) -> Installation:
    """An installed release: the one that is named, the newest, or the artifact. Raises NotEstablished, Refusal."""
    try:
        if artifact is not None:
            return install_artifact(recipe, artifact, release, runtimes=runtimes, build=build)
        wanted = _newest(recipe) if release in (None, "latest") else str(release)
        return install(recipe, wanted, runtimes=runtimes, build=build)
    except InstallFailed as e:
        raise NotEstablished(str(e)) from None


def uninstalled(recipe: Recipe, release: str) -> Subject:
    """What was to be certified, and could not be installed."""
    identity = TargetIdentity("sdk", recipe.package, release=release)
    return Subject((), identity, f"{recipe.name}-{release}", release)


def driven(words: tuple[str, ...]) -> Subject:
    """What a command drives that speaks the driver protocol."""
    return Subject(words, TargetIdentity("sdk", words[0]), safe_name(Path(words[0]).name), words=("--", *words))


def _newest(recipe: Recipe) -> str:
    """The newest release, a pre-release only where there is no other. Raises NotEstablished."""
    try:
        releases = known_releases(recipe)
    except InstallFailed as e:
        raise NotEstablished(f"{recipe.name} cannot be driven here: {e}") from None
    finals = [r for r in releases if is_final(r)]
    if not releases:
        raise NotEstablished(f"{recipe.name} cannot be driven here: the registry lists no release of {recipe.package}")
    return (finals or list(releases))[-1]
