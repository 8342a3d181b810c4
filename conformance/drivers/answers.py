"""What package managers answer, which is what registries say: read as releases and versions, or refused in a phrase.

A release names files and is shown to people, so what is no name of one, such as a path, counts as none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from conformance.drivers.toolchain import InstallFailed
from conformance.foreign import BadText, json_value

RELEASE = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z!+_~-]|\.(?!\.)){0,127}")
# what a registry lists is held in memory, and put into an order
MOST_RELEASES = 100_000
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_RESOLVED = re.compile(r"^\s+([\w.\-]+):([\w.\-]+):jar:(?:[\w.\-]+:)?([\w.\-]+):\w+", re.MULTILINE)
_OF_MAVEN = re.compile(r"<version>([^<]{1,200})</version>")
_OF_PIP = re.compile(r"Available versions: (.*)")


def npm_releases(text: str) -> tuple[str, ...]:
    """The releases of `npm view … versions --json`, which writes a single one as plain text. Raises InstallFailed."""
    found = _json(text, "npm")
    if not isinstance(found, list | str):
        raise InstallFailed("what npm answered is no list of releases")
    return _releases(found if isinstance(found, list) else [found], "npm")


def npm_packages(lock: str) -> dict[str, str]:
    """Packages with their versions, of a package-lock.json. Raises InstallFailed."""
    found = _json(lock, "npm")
    packages = found.get("packages") if isinstance(found, dict) else None
    if not isinstance(packages, dict) or not all(isinstance(entry, dict) for entry in packages.values()):
        raise InstallFailed("npm wrote no list of the packages that it installed")
    named = {re.sub(r"^.*node_modules/", "", path): entry.get("version") for path, entry in packages.items() if path}
    return _versions(named, "npm")


def pip_releases(text: str) -> tuple[str, ...]:
    """The releases of `pip index versions`."""
    found = _OF_PIP.search(text)
    return _releases([name.strip() for name in found[1].split(",")], "pip") if found else ()


def pip_packages(text: str) -> dict[str, str]:
    """Packages with their versions, of `pip list --format json`. Raises InstallFailed."""
    found = _json(text, "pip")
    if not isinstance(found, list) or not all(isinstance(p, dict) and isinstance(p.get("name"), str) for p in found):
        raise InstallFailed("pip gave no list of the packages that it installed")
    return _versions({p["name"]: p.get("version") for p in found}, "pip")


def maven_releases(text: str) -> tuple[str, ...]:
    """The releases of a maven-metadata.xml."""
    return _releases(_OF_MAVEN.findall(text), "Maven")


def maven_packages(text: str) -> dict[str, str]:
    """Artifacts with their versions, of what the goal `dependency:list` writes."""
    return {f"{group}:{name}": version for group, name, version in _RESOLVED.findall(_COLOUR.sub("", text))}


def go_releases(text: str) -> tuple[str, ...]:
    """The releases of `go list -m -versions`, whose first word is the module."""
    return _releases(text.split()[1:], "go")


def go_packages(text: str) -> dict[str, str]:
    """Modules with their versions, of `go list -m all`."""
    return dict(line.split()[:2] for line in text.splitlines() if len(line.split()) >= 2)


def go_zip(text: str) -> Path:
    """Where `go mod download -json` has put the zip of a module. Raises InstallFailed."""
    found = _json(text, "go")
    path = found.get("Zip") if isinstance(found, dict) else None
    if not isinstance(path, str) or not path or "\0" in path:
        raise InstallFailed("go did not say where it put the module")
    return Path(path)


def _json(text: str, tool: str) -> Any:
    try:
        return json_value(text)
    except BadText as error:
        raise InstallFailed(f"what {tool} answered {error}") from None


def _releases(names: Iterable[object], tool: str) -> tuple[str, ...]:
    found = [name for name in names if isinstance(name, str) and RELEASE.fullmatch(name)]
    if len(found) > MOST_RELEASES:
        raise InstallFailed(f"{tool} lists more than {MOST_RELEASES:,} releases")
    return tuple(found)


def _versions(named: Mapping[str, object], tool: str) -> dict[str, str]:
    """What is linked, and has no version of its own, is no package."""
    found = {name: version for name, version in named.items() if version is not None}
    if not all(isinstance(version, str) for version in found.values()):
        raise InstallFailed(f"{tool} gave a version that is no text")
    return {name: str(version) for name, version in found.items()}
