"""A packaged driver: a folder with one source file and a `driver.yaml` that says which SDK it is for and what
it needs.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal, get_args

from attrs import evolve, frozen

from conformance.errors import Refusal
from conformance.foreign import BadText, text_of, yaml_value

Ecosystem = Literal["pypi", "npm", "maven", "go"]
_FILE = "driver.yaml"
_MEMBERS = ("title", "ecosystem", "package", "pattern", "api", "source", "shared", "companions", "program", "notes")
# beside the folders of drivers: files that several of them have a part in
_SHARED = "shared"
_FILE_NAME = re.compile(r"[A-Za-z][\w.-]*")
_API = re.compile(r"(?P<product>[a-z][a-z0-9_]*?)(?P<version>\d{8})")


class UnknownDriver(ValueError):
    """No packaged driver has that name."""


class BadRecipe(Refusal):
    """A `driver.yaml` that cannot be used. The message names the file and what is wrong with it."""


@frozen
class Companion:
    """A package that is installed beside the SDK. Without a `release` the registry's own resolution picks one."""

    package: str
    release: str | None = None


@frozen
class Recipe:
    """How one SDK is installed and driven. `package` is the one whose release is certified.

    `shared` are files that other drivers have a part in, too. `program` is the folder of the program in the package,
    where the SDK is a command that the driver runs. `pattern` is the package's name in a family, where each API has a
    package of its own and one driver serves them all (`sdk-{api}`, or `{product}` and `{version}` for its two halves);
    `arguments` then tell the driver which it is.
    """

    name: str
    title: str
    ecosystem: Ecosystem
    package: str
    source: Path
    companions: tuple[Companion, ...] = ()
    program: str = ""
    notes: str = ""
    api: str = ""
    pattern: str = ""
    shared: tuple[Path, ...] = ()

    @property
    def sources(self) -> tuple[Path, ...]:
        """All files that the driver is made of, its own first."""
        return (self.source, *self.shared)

    @property
    def folder(self) -> Path:
        """The folder of the driver."""
        return self.source.parent

    @property
    def arguments(self) -> tuple[str, ...]:
        """What the driver of a family is given on its command line: the package."""
        return (self.package,) if self.pattern else ()

    def serves(self, product: str, version: str) -> bool:
        """Whether it drives a package for that API (`Vpc`, `2016-04-28`); one that is of no family may, for any."""
        return not self.pattern or _plain(self.api) == _plain(product + version)

    def member(self, name: str) -> Recipe | None:
        """The recipe of that name in the same family (`python-vpc20160428`), or None where it is of no such name."""
        prefix = self.name.removesuffix(self.api)
        found = _API.fullmatch(name.removeprefix(prefix)) if self.pattern and name.startswith(prefix) else None
        if found is None:
            return None
        api, title = found.group(), self.title.replace(self.package, "{package}")
        package = _named(self.pattern, api)
        words = title.replace("{package}", package).replace(" ECS ", f" {found['product'].upper()} ")
        return evolve(self, name=name, api=api, package=package, title=words)


def packaged(folder: Path | None = None) -> tuple[Recipe, ...]:
    """The packaged drivers, or those in a folder, in the order of names. Raises Refusal for a bad `driver.yaml`."""
    root = folder or Path(__file__).parent
    return tuple(_load(path) for path in sorted(root.glob(f"*/{_FILE}")))


def drivers(folder: Path | None = None) -> tuple[Recipe, ...]:
    """The packaged drivers and those of a user's folder, whose own go before ours of the same name. Raises Refusal."""
    if folder is None:
        return packaged()
    mine = (_load(folder / _FILE),) if (folder / _FILE).is_file() else packaged(folder)
    if not mine:
        raise Refusal(f"{folder} has no driver: no {_FILE} in it or in a folder of it. See the drivers' README.")
    for one in mine:
        for source in one.sources:
            if not source.is_file():
                raise BadRecipe(f"{one.folder / _FILE}: its source {source.name} is not there.")
    taken = {r.name for r in mine}
    return tuple(sorted((*mine, *(r for r in packaged() if r.name not in taken)), key=lambda r: r.name))


def found(name: str, known: tuple[Recipe, ...]) -> Recipe | None:
    """The driver of that name, or the one whose family has a member of that name."""
    return next((r for r in known if r.name == name), None) or next((m for r in known if (m := r.member(name))), None)


def recipe(name: str, folder: Path | None = None) -> Recipe:
    """The packaged driver of that name. Raises UnknownDriver."""
    known = packaged(folder)
    one = found(name, known)
    if one is None:
        raise UnknownDriver(f"no driver named {name!r}; there are {', '.join(r.name for r in known)}")
    return one


def _plain(api: str) -> str:
    return re.sub("[^a-z0-9]", "", api.lower())


def _named(pattern: str, api: str) -> str:
    parts = _API.fullmatch(api)
    return pattern.format(api=api, **parts.groupdict()) if parts else pattern


def _load(path: Path) -> Recipe:
    try:
        data = yaml_value(text_of(path))
    except BadText as e:
        raise BadRecipe(f"{path} {e}") from None
    if not isinstance(data, dict):
        raise BadRecipe(f"{path} is to be a mapping with title, ecosystem, package and source.")
    if unknown := [str(name) for name in data if name not in _MEMBERS]:
        raise BadRecipe(f"{path} has {unknown[0][:60]!r}, which is no member of it; there are {', '.join(_MEMBERS)}.")
    if "pattern" in data and "package" in data:
        raise BadRecipe(f"{path} has package and pattern; a family's package follows from pattern and api.")
    pattern, api = _word(data, "pattern", path, ""), _word(data, "api", path, "")
    if bool(pattern) != bool(api) or (api and not _API.fullmatch(api)):
        raise BadRecipe(f"{path}: pattern and api go together, and api is written like ecs20140526.")
    try:
        package = _named(pattern, api) if pattern else _word(data, "package", path)
    except (KeyError, IndexError, ValueError):
        raise BadRecipe(f"{path}: pattern may have {{api}}, {{product}} and {{version}}, and nothing else.") from None
    ecosystem = _word(data, "ecosystem", path)
    if ecosystem not in get_args(Ecosystem):
        raise BadRecipe(f"{path}: ecosystem is {ecosystem!r}; it has to be one of {', '.join(get_args(Ecosystem))}.")
    source = path.parent / _word(data, "source", path)
    if "\0" in source.name or source.parent != path.parent:
        raise BadRecipe(f"{path}: source is to be a file beside it.")
    return Recipe(
        name=path.resolve().parent.name,
        title=_word(data, "title", path, package),
        ecosystem=ecosystem,  # type: ignore[arg-type]  # it was looked up in the very type
        package=package,
        source=source,
        companions=_companions(data, path),
        program=_word(data, "program", path, ""),
        notes=_word(data, "notes", path, ""),
        api=api,
        pattern=pattern,
        shared=_shared(data, path),
    )


def _word(data: dict[Any, Any], name: str, path: Path, otherwise: str | None = None) -> str:
    value = data.get(name, otherwise)
    if not isinstance(value, str) or (otherwise is None and not value):
        raise BadRecipe(f"{path}: {name} has to be text, and is {'missing' if value is None else repr(value)[:60]}.")
    return value


def _shared(data: dict[Any, Any], path: Path) -> tuple[Path, ...]:
    names = data.get("shared") or []
    folder = path.parent.parent / _SHARED
    if not isinstance(names, list) or not all(isinstance(n, str) and _FILE_NAME.fullmatch(n) for n in names):
        raise BadRecipe(f"{path}: shared has to be a list of names of files in {_SHARED}, beside the driver's folder.")
    return tuple(folder / name for name in names)


def _companions(data: dict[Any, Any], path: Path) -> tuple[Companion, ...]:
    try:
        return tuple(Companion(**c) for c in data.get("companions") or ())
    except (TypeError, ValueError):  # also a member that there is not
        raise BadRecipe(f"{path}: each of companions has a package and, where it is fixed, a release.") from None
