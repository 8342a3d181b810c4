"""A packaged driver: a folder with one source file and a `driver.yaml` that says which SDK it is for and what
it needs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from attrs import frozen
from cattrs import Converter
from cattrs.errors import BaseValidationError

from conformance.foreign import BadText, text_of, yaml_value

Ecosystem = Literal["pypi", "npm", "maven", "go"]
_FILE = "driver.yaml"


class UnknownDriver(ValueError):
    """No packaged driver has that name."""


class BadRecipe(ValueError):
    """A `driver.yaml` that cannot be used. The message names the file and what is wrong with it."""


@frozen
class Companion:
    """A package that is installed beside the SDK. Without a `release` the registry's own resolution picks one."""

    package: str
    release: str | None = None


@frozen
class Recipe:
    """How one SDK is installed and driven. `package` is the one whose release is certified.

    `program` is the folder of the program in it, where the SDK is a command that the driver runs.
    """

    name: str
    title: str
    ecosystem: Ecosystem
    package: str
    source: Path
    companions: tuple[Companion, ...] = ()
    program: str = ""
    notes: str = ""

    @property
    def folder(self) -> Path:
        """The folder of the driver."""
        return self.source.parent


def packaged(folder: Path | None = None) -> tuple[Recipe, ...]:
    """Every packaged driver, in the order of names. Raises BadRecipe."""
    root = folder or Path(__file__).parent
    return tuple(_load(path) for path in sorted(root.glob(f"*/{_FILE}")))


def recipe(name: str, folder: Path | None = None) -> Recipe:
    """The packaged driver of that name. Raises UnknownDriver, BadRecipe."""
    known = packaged(folder)
    for one in known:
        if one.name == name:
            return one
    raise UnknownDriver(f"no driver named {name!r}; there are {', '.join(r.name for r in known)}")


@frozen
class _Written:
    """The members of a `driver.yaml`."""

    title: str
    ecosystem: Ecosystem
    package: str
    source: str
    companions: tuple[Companion, ...] = ()
    program: str = ""
    notes: str = ""


def _load(path: Path) -> Recipe:
    try:
        data = yaml_value(text_of(path))
    except BadText as error:
        raise BadRecipe(f"{path} {error}") from None
    if not isinstance(data, dict) or not all(isinstance(name, str) for name in data):
        raise BadRecipe(f"{path} is no recipe of a driver: expected members such as title, package and source")
    try:
        written = _CONVERTER.structure(data, _Written)
    except (BaseValidationError, TypeError, ValueError, KeyError, AttributeError) as error:
        raise BadRecipe(f"{path} is no recipe of a driver: {_first(error)}") from None
    source = path.parent / written.source
    if "\0" in written.source or Path(written.source).name != written.source:
        raise BadRecipe(f"{path} is no recipe of a driver: source is to be a file beside it")
    return Recipe(
        path.parent.name,
        written.title,
        written.ecosystem,
        written.package,
        source,
        written.companions,
        written.program,
        written.notes,
    )


def _first(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    text = f"{error} is missing" if isinstance(error, KeyError) else str(error)
    return " ".join(text.split())[:200]


def _text(value: Any, _: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text, found {value!r:.40}")
    return value


def _converter() -> Converter:
    converter = Converter(forbid_extra_keys=True)
    converter.register_structure_hook(str, _text)
    return converter


_CONVERTER = _converter()
