"""Contracts and the common protocol as YAML files, read back exactly as they were written.

Members that are empty or have their default are left out, and a citation is one short string
(`2021-01-07 / parameters / PageSize (2)`: revision, section, row, sentence) unless its parts would not be
read back from it. What fits on a line stands on one. A citation that `implied.py` can tell is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import yaml
from attrs import fields_dict, frozen, has
from cattrs import Converter, transform_error
from cattrs.errors import BaseValidationError
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from conformance.contract import implied
from conformance.contract.model import Citation, Contract
from conformance.contract.protocol import Protocol
from conformance.foreign import SAFE, BadText, text_of, yaml_value

CONTRACT_FILE = "contract.yaml"
PROTOCOL_FILE = "protocol.yaml"
FORMAT_VERSION = 1
LINE = 110

T = TypeVar("T")


class ContractError(ValueError):
    """A file that is no contract, protocol or the like: says which file, what is wrong, and what to do."""

    def __init__(self, path: object, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


def schemas_root() -> Path:
    """The folder of committed schemas: inside an installed package, or beside the package in a checkout."""
    package = Path(str(resources.files("conformance")))
    installed = package / "schemas"
    return installed if installed.is_dir() else package.parent / "schemas"


def load_contract(path: Path | str) -> Contract:
    """The contract in a file, or in `contract.yaml` of a folder. Raises ContractError."""
    return load(file_in(path, CONTRACT_FILE), Contract, "derive it again with `acs-conformance derive`")


def load_protocol(path: Path | str) -> Protocol:
    """The common protocol in a file, or in `protocol.yaml` of a folder. Raises ContractError."""
    return load(file_in(path, PROTOCOL_FILE), Protocol, "restore it from the project")


def dump_contract(contract: Contract) -> str:
    """The text of `contract.yaml`, which is also what the contract's digest is over."""
    return dump(contract)


def structure(data: Any, kind: type[T], path: object) -> T:
    """`data`, as read from YAML or JSON, as a value of `kind`. Raises ContractError, which names `path`."""
    if not isinstance(data, Mapping):
        raise ContractError(path, f"holds no {kind.__name__.lower()}: expected members, found {data!r:.60}")
    if (odd := _odd_key(data)) is not None:
        raise ContractError(path, f"has a member that is not named by text: {odd!r:.60}")
    try:
        return _CONVERTER.structure(data, kind)
    except BaseValidationError as error:
        problems = transform_error(error, path=kind.__name__.lower())
        # a misspelt member is missing too: name the misspelling
        raise ContractError(path, min(problems, key=lambda p: not p.startswith("extra"))) from None
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise ContractError(path, str(error)) from None


def _odd_key(data: Any) -> object:
    """The first key in the data that is no text; None where all are."""
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            if odd := [key for key in value if not isinstance(key, str)]:
                return "null" if odd[0] is None else odd[0]
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return None


def read_yaml(path: Path | str) -> Any:
    """The data in a YAML file; dates stay text. Raises ContractError."""
    try:
        return yaml_value(text_of(path), _Loader)
    except BadText as error:
        raise ContractError(path, str(error)) from None


def parse_citation(text: str) -> Citation:
    """The citation in one string. Raises ValueError."""
    match = re.fullmatch(r"(.+?) / (.+?)(?: / (.+?))?(?: \((\d+)\))?", text, re.DOTALL)
    if not match:
        raise ValueError(f"no citation: {text!r}; expected `revision / section / row (sentence)`")
    revision, section, row, sentence = match.groups()
    return Citation(revision, section, row, int(sentence) if sentence else None)


def format_citation(citation: Citation) -> str:
    """A citation as one string; see `parse_citation`."""
    parts = [citation.revision, citation.section]
    if citation.row is not None:
        parts.append(citation.row)
    text = " / ".join(parts)
    return text if citation.sentence is None else f"{text} ({citation.sentence})"


# ---------------------------------------------------------------------------------------------------- files


def file_in(path: Path | str, name: str) -> Path:
    """The file at a path, or the one of that name in the folder there."""
    path = Path(path)
    return path / name if path.is_dir() else path


def load(path: Path, kind: type[T], advice: str) -> T:
    """The value in a file. What was read is kept for as long as the file is the same: values are immutable.

    Raises ContractError, which gives `advice` where the file holds something else.
    """
    try:
        found = path.stat()
    except OSError:
        raise ContractError(path, f"does not exist; a {kind.__name__.lower()} was expected there") from None
    value = _read(_Wanted(path, kind, advice, (found.st_ino, found.st_mtime_ns, found.st_size)))
    if not isinstance(value, kind):
        raise TypeError(f"{path}: not read as {kind.__name__}")
    return value


@frozen
class _Wanted:
    """A value to be read from one state of a file."""

    path: Path
    kind: type[Any]
    advice: str
    state: tuple[int, ...]


@lru_cache(maxsize=32)
def _read(wanted: _Wanted) -> object:
    path, kind, advice = wanted.path, wanted.kind, wanted.advice
    data = read_yaml(path)
    if not isinstance(data, dict):
        raise ContractError(path, f"holds no {kind.__name__.lower()}; {advice}")
    version = data.get("format_version", FORMAT_VERSION)
    if version != FORMAT_VERSION:
        problem = f"has format_version {version!r}, and this suite reads {FORMAT_VERSION}; {advice}"
        raise ContractError(path, problem)
    found: object = structure(implied.filled(data) if kind is Contract else data, kind, path)
    return found


def dump(value: Any) -> str:
    """A value that has a `format_version` as the text of its file."""
    data = _CONVERTER.unstructure(value)
    data = {"format_version": data.pop("format_version"), **data}
    if isinstance(value, Contract):
        data = implied.trimmed(data)
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=LINE + 10)


# --------------------------------------------------------------------------------------------------- values


def _citation_out(citation: Citation) -> Any:
    text = format_citation(citation)
    try:
        if parse_citation(text) == citation:
            return text
    except ValueError:
        pass
    return {k: getattr(citation, k) for k in Citation.__annotations__ if getattr(citation, k) is not None}


def _converter() -> Converter:
    converter = Converter(omit_if_default=True, forbid_extra_keys=True)
    # before any class that holds citations: the functions generated for those take the hooks that they find
    converter.register_unstructure_hook(Citation, _citation_out)
    converter.register_unstructure_hook_factory(_is_a_file, lambda kind: _with_version(kind, converter))
    mapping = make_dict_structure_fn(Citation, converter, _cattrs_forbid_extra_keys=True)
    converter.register_structure_hook(
        Citation, lambda v, kind: parse_citation(v) if isinstance(v, str) else mapping(v, kind)
    )
    for kind in (str, int, bool):
        converter.register_structure_hook(kind, _exactly)
    return converter


def _is_a_file(kind: Any) -> bool:
    return has(kind) and "format_version" in fields_dict(kind)


def _with_version(kind: type[Any], converter: Converter) -> Callable[[Any], dict[str, Any]]:
    keep = override(omit_if_default=False)
    return make_dict_unstructure_fn(kind, converter, _cattrs_omit_if_default=True, format_version=keep)


def _exactly(value: Any, kind: type[T]) -> T:
    """No coercion: `version: 1` is a mistake, not the text "1"."""
    if type(value) is not kind:
        raise ValueError(f"expected {kind.__name__}, found {value!r}")
    return value


_CONVERTER = _converter()


# ----------------------------------------------------------------------------------------------------- YAML

if TYPE_CHECKING:
    from yaml import SafeDumper as _SafeDumper
    from yaml import SafeLoader as _Safe
else:  # the ones in C are many times as fast, and not in every build
    _Safe = SAFE
    _SafeDumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Loader(_Safe):
    """Reads dates as text: `2021-01-07` is a revision, not a day."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in _Safe.yaml_implicit_resolvers.items()
    }


class _Dumper(_SafeDumper):
    """Puts on one line what fits on one, and text of several lines into a literal block."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        node = super().represent_sequence(tag, sequence, flow_style)
        node.flow_style = _width(node) <= LINE
        return node

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        node = super().represent_mapping(tag, mapping, flow_style)
        node.flow_style = _width(node) <= LINE and len(node.value) <= 4
        return node


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    literal = "\n" in text and not re.search(r"[^\S\n]\n|^\s|[^\S \n\t]", text)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if literal else None)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(tuple, lambda dumper, values: dumper.represent_list(list(values)))


def _width(node: yaml.Node) -> int:
    """How wide a node is on one line; beyond LINE where it cannot be."""
    if isinstance(node, yaml.ScalarNode):
        return LINE + 1 if "\n" in node.value else len(node.value) + 2
    if isinstance(node, yaml.MappingNode):
        return sum(_width(k) + _width(v) for k, v in node.value)
    return sum(_width(v) for v in node.value)
