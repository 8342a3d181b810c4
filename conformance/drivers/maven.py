"""Java SDKs: jars collected by Maven from a generated project, and the driver compiled against them."""

from __future__ import annotations

import shutil
from pathlib import Path
from xml.sax.saxutils import escape

from lxml import etree

from conformance.drivers.answers import maven_packages, maven_releases
from conformance.drivers.artifact import Artifact, member, only
from conformance.drivers.recipe import Recipe
from conformance.drivers.toolchain import InstallFailed, build, required, run
from conformance.drivers.workshop import Runtimes, Workshop
from conformance.errors import Refusal

_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
_MAVEN = ("mvn", "--batch-mode", "--quiet")


def check_tools(runtimes: Runtimes) -> None:
    """Raises ToolchainMissing without a JDK and Maven."""
    required(runtimes.java, runtimes.javac, "mvn")


def runtime(runtimes: Runtimes) -> str:
    """The version of Java that compiles and runs the driver."""
    return run([runtimes.javac, "-version"]).strip().replace("javac", "Java")


def same(one: str, other: str) -> bool:
    """Whether two names are of one artifact."""
    return one == other


def known(recipe: Recipe, shop: Workshop) -> tuple[str, ...]:
    """Maven leaves the registry's list of releases in its local repository when it is asked for the latest one."""
    group, artifact = recipe.package.split(":")
    asked = f"-Dartifact={recipe.package}:LATEST:pom"
    _maven(shop, shop.cache, "-U", f"{_PLUGIN}:get", asked, "-Dtransitive=false")
    home = _repository(shop).joinpath(*group.split("."), artifact)
    return maven_releases("".join(map(_read, home.glob("maven-metadata-*.xml"))))


def fetched(recipe: Recipe, release: str, folder: Path, shop: Workshop) -> Artifact:
    """The jar that the registry has now: what Maven has kept of this release is set aside, so that it asks again."""
    group, artifact = recipe.package.split(":")
    home = _repository(shop).joinpath(*group.split("."), artifact, release)
    if home.is_dir():
        shutil.move(home, folder / "kept")
    try:
        _maven(shop, folder, f"{_PLUGIN}:get", f"-Dartifact={recipe.package}:{release}", "-Dtransitive=false")
        jar = Path(shutil.copy(home / f"{artifact}-{release}.jar", folder))
    except (InstallFailed, OSError) as error:
        if (folder / "kept").is_dir():
            shutil.rmtree(home, ignore_errors=True)
            shutil.move(folder / "kept", home)
        raise InstallFailed(str(error)) from None
    return Artifact(jar, recipe.package, release)


def offered(recipe: Recipe, given: Path, release: str | None, folder: Path, shop: Workshop) -> Artifact:
    """A jar with its pom (beside it, or in it), or a folder with both: a project, or where it was built."""
    path = given
    if given.is_dir():
        inside = given / "target" if (given / "target").is_dir() else given
        path = only(inside, "one jar", "*.jar", leaving_out=("-sources.jar", "-javadoc.jar", "-tests.jar"))
    beside = (path.with_suffix(".pom"), path.parent / "pom.xml", path.parent.parent / "pom.xml")
    pom = folder / "pom.xml"
    found = next((p for p in beside if p.is_file()), None)
    try:
        pom.write_bytes(found.read_bytes() if found else member(path, "META-INF/maven/*/*/pom.xml"))
        package, version = _named(pom)
    except Refusal:
        raise Refusal(
            f"{path} has no pom, beside it or in it, that names it; put its pom beside it as *.pom."
        ) from None
    return Artifact(path, package, version, given=True, beside=pom)


def install(recipe: Recipe, artifact: Artifact, folder: Path, shop: Workshop) -> dict[str, str]:
    """Artifacts (group:artifact) with their versions, as Maven resolved them.

    A given jar is put beside what its own pom asks for, and never into a repository, where it would stand for one.
    """
    if not artifact.given:
        resolved = _resolved(_project(recipe, artifact.release), folder, shop)
    else:
        pom = artifact.beside.read_text(encoding="utf-8", errors="replace") if artifact.beside else ""
        resolved = _resolved(pom, folder, shop, may_be_none=True)
        if recipe.companions:
            resolved |= _resolved(_companions(recipe), folder, shop)
            for old in (folder / "lib").glob(f"{artifact.package.split(':')[1]}-[0-9]*.jar"):
                old.unlink()
        resolved[artifact.package] = artifact.release
        (folder / "resolved.txt").write_text(
            "".join(f"   {name}:jar:{version}:compile\n" for name, version in resolved.items()), encoding="utf-8"
        )
        (folder / "lib").mkdir(exist_ok=True)
        name = artifact.package.split(":")[1]
        shutil.copy(artifact.path, folder / "lib" / f"{name}-{artifact.release}.jar")
    if artifact.package not in resolved:
        raise InstallFailed("Maven resolved no artifact")
    return resolved


def prepare(recipe: Recipe, artifact: Artifact, packages: Path, folder: Path, shop: Workshop) -> None:
    """Compile the driver against the jars that were resolved."""
    (folder / "classes").mkdir()
    path = packages / "lib" / "*"
    build([shop.runtimes.javac, "-nowarn", "-d", folder / "classes", "-cp", path, *recipe.sources])


def command(recipe: Recipe, packages: Path, built: Path, shop: Workshop) -> list[str]:
    """The command that runs the compiled driver; it reads its dependencies from the list that was kept."""
    # Class data from the default archive and a small heap: a driver makes a few hundred small calls.
    options = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m", "-Dfile.encoding=UTF-8"]
    path = f"{built / 'classes'}:{packages / 'lib' / '*'}"
    words = [shop.runtimes.java, *options, "-cp", path, recipe.source.stem, str(packages / "resolved.txt")]
    return [*words, *recipe.arguments]


def _maven(shop: Workshop, where: Path, *words: str) -> None:
    local = f"-Dmaven.repo.local={_repository(shop)}"
    run([*_MAVEN, local, *words], cwd=where, environment=shop.runtimes.java_home)


def _repository(shop: Workshop) -> Path:
    return shop.cache / "maven-repository"


def _resolved(project: str, folder: Path, shop: Workshop, may_be_none: bool = False) -> dict[str, str]:
    """What a project asks for at run time, with versions; its jars are in `lib`, and the list in `resolved.txt`."""
    (folder / "pom.xml").write_text(project, encoding="utf-8")
    options = [
        f"-DoutputDirectory={folder / 'lib'}",
        f"-DoutputFile={folder / 'resolved.txt'}",
        "-DincludeScope=runtime",
    ]
    _maven(shop, folder, f"{_PLUGIN}:copy-dependencies", f"{_PLUGIN}:list", *options)
    resolved = maven_packages(_read(folder / "resolved.txt"))
    if not resolved and not may_be_none:
        raise InstallFailed("Maven resolved no artifact")
    return resolved


def _named(pom: Path) -> tuple[str, str]:
    """Group and artifact, and version, which a pom may have from its parent. Raises Refusal."""
    try:
        root = etree.parse(str(pom), etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
    except (etree.XMLSyntaxError, OSError):  # the latter for bytes that are none of the encoding that it names
        raise Refusal(f"{pom} is no XML.") from None
    own = {etree.QName(tag).localname: tag for tag in root.iterchildren("{*}*")}
    above = {etree.QName(tag).localname: tag for tag in own["parent"].iterchildren("{*}*")} if "parent" in own else {}
    tags = {name: own.get(name, above.get(name)) for name in ("groupId", "artifactId", "version")}
    found = {name: (tag.text or "").strip() if tag is not None else "" for name, tag in tags.items()}
    if not all(found.values()) or "$" in "".join(found.values()):
        raise Refusal(f"{pom} does not say its name and version.")
    return f"{found['groupId']}:{found['artifactId']}", found["version"]


def _project(recipe: Recipe, release: str) -> str:
    return _asking([(recipe.package, release), *_beside(recipe)])


def _companions(recipe: Recipe) -> str:
    return _asking(_beside(recipe))


def _beside(recipe: Recipe) -> list[tuple[str, str]]:
    return [(c.package, c.release or "LATEST") for c in recipe.companions]


def _asking(wanted: list[tuple[str, str]]) -> str:
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
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
