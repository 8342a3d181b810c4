"""Go SDKs and programs: built as, or from, a module of ours that requires exactly the wanted release."""

from __future__ import annotations

import os
import re
import shutil
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from conformance.drivers.answers import go_packages, go_releases, go_zip
from conformance.drivers.artifact import Artifact, names, only
from conformance.drivers.recipe import Recipe
from conformance.drivers.toolchain import InstallFailed, build, required, run
from conformance.drivers.workshop import Runtimes, Workshop
from conformance.errors import Refusal

_STAND_INS = {"module.under.test": "{module}", "package.under.test": "{package}"}
_MAJORS = 12
_MODULE = re.compile(r"^module\s+\"?([^\s\"]+)", re.M)
_RELEASE = re.compile(r"v\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?")


def check_tools(runtimes: Runtimes) -> None:
    """Raises ToolchainMissing without Go."""
    required("go")


def runtime(runtimes: Runtimes) -> str:
    """The version of Go that builds the driver."""
    return run(["go", "env", "GOVERSION"]).strip()


def same(one: str, other: str) -> bool:
    """Whether two module paths differ in nothing but the major release."""
    return re.sub(r"/v\d+$", "", one) == re.sub(r"/v\d+$", "", other)


def known(recipe: Recipe, shop: Workshop) -> tuple[str, ...]:
    """A major release from 2 on is a module of its own, and a registry may have one and refuse its neighbour."""
    folder, found, refused = _empty_module(shop.cache), list[str](), None
    for major in range(1, _MAJORS + 1):
        module = recipe.package if major == 1 else f"{recipe.package}/v{major}"
        try:
            found += go_releases(run(["go", "list", "-m", "-versions", module], cwd=folder, seconds=120))
        except InstallFailed as error:
            refused = refused or error
    if not found and refused is not None:
        raise refused
    return tuple(found)


def fetched(recipe: Recipe, release: str, folder: Path, shop: Workshop) -> Artifact:
    """The module's zip, as the registry has it now: it is asked for into an empty module cache."""
    module = _module(recipe, release)
    environment = {**_settings(shop.cache), "GOMODCACHE": str(folder / "modules")}
    answer = run(["go", "mod", "download", "-json", f"{module}@{release}"], cwd=folder, environment=environment)
    return Artifact(go_zip(answer), module, release)


def offered(recipe: Recipe, given: Path, release: str | None, folder: Path, shop: Workshop) -> Artifact:
    """A module's zip, the folder that holds one, or the folder of a module, which is packed.

    A folder does not say its release: that is `release`, or else the first of its major, marked as local.
    """
    if given.is_dir() and (given / "go.mod").is_file():
        found = _MODULE.search((given / "go.mod").read_text(encoding="utf-8", errors="replace"))
        if found is None:
            raise Refusal(f"{given / 'go.mod'} names no module; build it again.")
        module = found.group(1)
        major = re.search(r"/v(\d+)$", module)
        version = release or f"v{major.group(1) if major else 0}.0.0-local"
        if not _RELEASE.fullmatch(version) or not _fits(module, version):
            raise Refusal(
                f"--release {version} is no release of {module}; give one such as v{major[1] if major else 1}.2.3."
            )
        return Artifact(_packed(given, f"{module}@{version}", folder / "module.zip"), module, version, given=True)
    path = only(given, "a go.mod or one module zip", "*.zip") if given.is_dir() else given
    first = next(iter(names(path)), "")
    named = re.match(rf"(.+?)@({_RELEASE.pattern})/", first)
    if named is None:
        raise Refusal(f"{path} is no Go module zip, whose files lie in module@version/; give the folder of the module.")
    return Artifact(path, named.group(1), named.group(2), given=True)


def install(recipe: Recipe, artifact: Artifact, folder: Path, shop: Workshop) -> dict[str, str]:
    """Modules with their versions, as go resolved them. The one under test is taken out of its zip."""
    _unpacked(artifact, folder / "module")
    (folder / "go.mod").write_text("module driver\n\ngo 1.21\n", encoding="utf-8")
    settings = _settings(shop.cache)
    run(["go", "mod", "edit", f"-replace={artifact.package}=./module"], cwd=folder, environment=settings)
    wanted = [f"{artifact.package}@{artifact.release}"]
    wanted += [f"{c.package}@{c.release or 'latest'}" for c in recipe.companions]
    run(["go", "get", *wanted], cwd=folder, environment=settings)
    return go_packages(run(["go", "list", "-m", "all"], cwd=folder, environment=settings))


def prepare(recipe: Recipe, artifact: Artifact, packages: Path, folder: Path, shop: Workshop) -> None:
    """Build the driver against the modules that were resolved."""
    for name in ("go.mod", "go.sum"):
        if (packages / name).is_file():
            shutil.copy(packages / name, folder / name)
    module, settings = artifact.package, _settings(shop.cache)
    run(["go", "mod", "edit", f"-replace={module}={packages / 'module'}"], cwd=folder, environment=settings)
    what = f"{module}/{recipe.program}" if recipe.program else "."
    if not recipe.program:
        for path in recipe.sources:
            source = path.read_text(encoding="utf-8")
            for stand_in, real in _STAND_INS.items():
                source = source.replace(stand_in, real.format(module=module, package=recipe.package))
            (folder / ("main.go" if path == recipe.source else path.name)).write_text(source, encoding="utf-8")
    build(["go", "build", "-trimpath", "-o", folder / "driver", what], cwd=folder, environment=settings)


def command(recipe: Recipe, packages: Path, built: Path, shop: Workshop) -> list[str]:
    """The built driver; a program that is no driver itself is run by one in Python."""
    if recipe.program:
        return [sys.executable, str(recipe.source), str(built / "driver")]
    return [str(built / "driver")]


def _module(recipe: Recipe, release: str) -> str:
    numbered = re.match(r"v(\d+)", release)
    major = int(numbered.group(1)) if numbered else 1
    return recipe.package if major < 2 else f"{recipe.package}/v{major}"


def _fits(module: str, version: str) -> bool:
    major = re.search(r"/v(\d+)$", module)
    return version.startswith(f"v{major.group(1)}." if major else ("v0.", "v1."))


def _packed(folder: Path, prefix: str, target: Path) -> Path:
    """The files of a module as a zip that is the same for the same files, whenever it is made."""
    with zipfile.ZipFile(target, "w") as archive:
        for path in _files(folder):
            entry = zipfile.ZipInfo(f"{prefix}/{path.relative_to(folder).as_posix()}")
            archive.writestr(entry, path.read_bytes())
    return target


def _files(folder: Path) -> Iterator[Path]:
    """What belongs to a module: neither hidden folders, nor vendored packages, nor modules within."""
    for here, inside, files in os.walk(folder):
        place = Path(here)
        inside[:] = sorted(n for n in inside if n[0] != "." and n != "vendor" and not (place / n / "go.mod").is_file())
        yield from (place / name for name in sorted(files) if (place / name).is_file())


def _unpacked(artifact: Artifact, folder: Path) -> None:
    prefix = f"{artifact.package}@{artifact.release}/"
    with zipfile.ZipFile(artifact.path) as archive:
        for entry in archive.infolist():
            if not entry.filename.startswith(prefix):
                raise InstallFailed(f"the module zip has {entry.filename}, which is not in {prefix}")
            entry.filename = entry.filename.removeprefix(prefix)
            if entry.filename:
                archive.extract(entry, folder)
    if not (folder / "go.mod").is_file():
        (folder / "go.mod").write_text(f"module {artifact.package}\n", encoding="utf-8")


def _empty_module(cache: Path) -> Path:
    folder = cache / "go-listing"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "go.mod").write_text("module listing\n\ngo 1.21\n", encoding="utf-8")
    return folder


def _settings(cache: Path) -> dict[str, str]:
    return {"GOMODCACHE": str(cache / "go-modules"), "GOFLAGS": "-mod=mod -modcacherw -buildvcs=false"}
