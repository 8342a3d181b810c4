"""Python SDKs: one virtual environment a release."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from conformance.drivers.answers import pip_packages, pip_releases
from conformance.drivers.artifact import Artifact, only, wheel_or_sdist
from conformance.drivers.recipe import Recipe
from conformance.drivers.toolchain import InstallFailed, run
from conformance.drivers.workshop import Runtimes, Workshop

_RUNTIME = "import platform; print(platform.python_implementation(), platform.python_version())"
_PACKAGES = ("*.whl", "*.tar.gz", "*.zip")
# A build writes the times of its files into the wheel: the same source is to give the same bytes.
_SAME_TIMES = {"SOURCE_DATE_EPOCH": "315532800"}

WHEELS = ("--only-binary", ":all:")
_NO_WHEEL = re.compile("No matching distribution|Could not find a version|ResolutionImpossible")


def check_tools(runtimes: Runtimes) -> None:
    """Pip comes with the interpreter that runs the suite."""


def runtime(runtimes: Runtimes) -> str:
    """The interpreter that runs drivers in Python: the one that runs the suite, or the one that was picked."""
    return run([runtimes.python, "-c", _RUNTIME]).strip()


def same(one: str, other: str) -> bool:
    """Whether two names are of one package: case and `-_.` do not count in names on PyPI."""
    first, second = (re.sub(r"[-_.]+", "-", name).lower() for name in (one, other))
    return first == second


def known(recipe: Recipe, shop: Workshop) -> tuple[str, ...]:
    """All releases that pip can see, pre-releases included."""
    return pip_releases(run([sys.executable, "-m", "pip", "index", "versions", recipe.package, "--pre"], seconds=120))


def fetched(recipe: Recipe, release: str, folder: Path, shop: Workshop) -> Artifact:
    """The wheel, or else the sdist, that pip takes from the registry now."""
    what = f"{recipe.package}=={release}"
    _wheels_alone(what, shop, [*_pip(shop.runtimes.python), "download", "--quiet", "--no-deps", "--dest", folder], what)
    path = only(folder, "one wheel or sdist", *_PACKAGES)
    return Artifact(path, recipe.package, release)


def offered(recipe: Recipe, given: Path, release: str | None, folder: Path, shop: Workshop) -> Artifact:
    """A wheel or sdist, the folder that holds one, or a source folder, which is built."""
    path = given
    if given.is_dir():
        is_source = (given / "pyproject.toml").is_file() or (given / "setup.py").is_file()
        if is_source and not shop.build:
            raise InstallFailed(
                f"{given} is a source; building it runs code of the package, which --allow-build allows"
            )
        if is_source:
            words = [
                *_pip(shop.runtimes.python),
                "wheel",
                "--quiet",
                "--no-deps",
                "--wheel-dir",
                folder,
                given.absolute(),
            ]
            run(words, environment=_SAME_TIMES)
        path = only(folder if is_source else given, "one wheel or sdist", *_PACKAGES)
    package, version = wheel_or_sdist(path)
    return Artifact(path, package, version, given=True)


def install(recipe: Recipe, artifact: Artifact, folder: Path, shop: Workshop) -> dict[str, str]:
    """Packages with their versions, as pip resolved them."""
    environment = folder / "venv"
    run([shop.runtimes.python, "-m", "venv", "--without-pip", environment])
    pip = _pip(environment / "bin" / "python")
    companions = [f"{c.package}=={c.release}" if c.release else c.package for c in recipe.companions]
    what = f"{recipe.package} {artifact.release}"
    if artifact.path.suffix != ".whl" and not shop.build:
        raise InstallFailed(f"{what} is no wheel; building it runs code of the package, which --allow-build allows")
    _wheels_alone(what, shop, [*pip, "install", "--quiet"], artifact.path.absolute(), *companions)
    resolved = pip_packages(run([*pip, "list", "--format", "json"]))
    if not resolved:
        raise InstallFailed("pip installed nothing")
    return resolved


def prepare(recipe: Recipe, artifact: Artifact, packages: Path, folder: Path, shop: Workshop) -> None:
    """Nothing is built: the driver is run from where it is."""


def command(recipe: Recipe, packages: Path, built: Path, shop: Workshop) -> list[str]:
    """The command that runs the driver in the environment of the release."""
    return [str(packages / "venv" / "bin" / "python"), str(recipe.source), *recipe.arguments]


def _pip(python: str | Path) -> list[str | Path]:
    return [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]


def _wheels_alone(what: str, shop: Workshop, command: list[str | Path], *packages: str | Path) -> None:
    """Run pip, which takes wheels alone unless building is allowed. Raises InstallFailed, which says so."""
    try:
        run([*command, *(() if shop.build else WHEELS), *packages])
    except InstallFailed as error:
        if shop.build or not _NO_WHEEL.search(str(error)):
            raise
        raise InstallFailed(
            f"{what}, or what it needs, has no wheel here; building it runs code of the package, "
            f"which --allow-build allows ({error})"
        ) from None
