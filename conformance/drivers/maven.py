"""Java SDKs: jars collected by Maven from a generated project, and the driver compiled against them."""

from __future__ import annotations

import re
from pathlib import Path
from xml.sax.saxutils import escape

from conformance.drivers.recipe import Recipe
from conformance.drivers.toolchain import InstallFailed, required, run

_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
_MAVEN = ("mvn", "--batch-mode", "--quiet")


def check_tools() -> None:
    """Raises ToolchainMissing without a JDK and Maven."""
    required("java", "javac", "mvn")


def runtime() -> str:
    """The version of Java that would compile and run the driver."""
    return run(["javac", "-version"]).strip().replace("javac", "Java")


def known(recipe: Recipe, cache: Path) -> tuple[str, ...]:
    """Maven leaves the registry's list of releases in its local repository when it is asked for the latest one."""
    group, artifact = recipe.package.split(":")
    local = cache / "maven-repository"
    asked = f"-Dartifact={recipe.package}:LATEST:pom"
    run(
        [*_MAVEN, f"-Dmaven.repo.local={local}", "-U", f"{_PLUGIN}:get", asked, "-Dtransitive=false"],
        cwd=cache,
    )
    home = local.joinpath(*group.split("."), artifact)
    text = "".join(p.read_text(encoding="utf-8") for p in home.glob("maven-metadata-*.xml"))
    return tuple(re.findall(r"<version>([^<]+)</version>", text))


def install(recipe: Recipe, release: str, folder: Path, cache: Path, build: bool = False) -> dict[str, str]:
    """Artifacts (group:artifact) with their versions, as Maven resolved them."""
    (folder / "pom.xml").write_text(_project(recipe, release), encoding="utf-8")
    goals = [f"{_PLUGIN}:copy-dependencies", f"{_PLUGIN}:list"]
    options = [
        f"-DoutputDirectory={folder / 'lib'}",
        f"-DoutputFile={folder / 'resolved.txt'}",
        "-DincludeScope=runtime",
    ]
    run([*_MAVEN, f"-Dmaven.repo.local={cache / 'maven-repository'}", *goals, *options], cwd=folder)
    rows = re.findall(
        r"^\s+([\w.\-]+):([\w.\-]+):jar:(?:[\w.\-]+:)?([\w.\-]+):\w+", _read(folder / "resolved.txt"), re.M
    )
    if not rows:
        raise InstallFailed("Maven resolved no artifact")
    return {f"{group}:{artifact}": version for group, artifact, version in rows}


def prepare(recipe: Recipe, release: str, packages: Path, folder: Path, cache: Path) -> None:
    """Compile the driver against the jars that were resolved."""
    (folder / "classes").mkdir()
    run(["javac", "-nowarn", "-d", folder / "classes", "-cp", packages / "lib" / "*", recipe.source])


def command(recipe: Recipe, packages: Path, built: Path) -> list[str]:
    """The command that runs the compiled driver; it reads its dependencies from the list that was kept."""
    # Class data from the default archive and a small heap: a driver makes a few hundred small calls.
    options = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m", "-Dfile.encoding=UTF-8"]
    path = f"{built / 'classes'}:{packages / 'lib' / '*'}"
    return ["java", *options, "-cp", path, recipe.source.stem, str(packages / "resolved.txt")]


def _project(recipe: Recipe, release: str) -> str:
    wanted = [(recipe.package, release), *((c.package, c.release or "LATEST") for c in recipe.companions)]
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>acs.conformance</groupId><artifactId>driver</artifactId><version>1</version><packaging>pom</packaging>"
        f"<dependencies>{''.join(_dependency(*w) for w in wanted)}</dependencies></project>\n"
    )


def _dependency(package: str, release: str) -> str:
    group, artifact = package.split(":")
    tags = {"groupId": group, "artifactId": artifact, "version": release}
    return f"<dependency>{''.join(f'<{t}>{escape(v)}</{t}>' for t, v in tags.items())}</dependency>"


def _read(path: Path) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", path.read_text(encoding="utf-8")) if path.is_file() else ""
