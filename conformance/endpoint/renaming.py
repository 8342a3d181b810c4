"""Lists whose items are documented under several names, read alike whichever of these an answer has.

All that judges an answer then finds the list where the contract has it; which name it had is seen by the observer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import evolve

from conformance.contract.forms import item_names
from conformance.contract.model import Contract, Field

Path = tuple[str, ...]


def with_every_name(contract: Contract) -> tuple[Field, ...]:
    """The members of the response, and beside such a list one of each of its other names."""
    named = item_names(contract)
    return tuple(one for f in contract.response for one in _named(f, (), named)) if named else contract.response


def _named(field: Field, above: Path, named: Mapping[Path, Any]) -> Iterator[Field]:
    path = (*above, field.name)
    own = evolve(field, members=tuple(one for m in field.members for one in _named(m, path, named)))
    yield own
    if path in named:
        yield from (evolve(own, name=a.id) for a in named[path].alternatives if a.id != field.name)


def as_in_the_contract(tree: Mapping[str, Any], contract: Contract) -> Mapping[str, Any]:
    """The tree with each such list under its name in the contract; the very tree where there is none."""
    # outer lists first, so that inner ones are where the contract has them
    for path, choice in sorted(item_names(contract).items(), key=lambda pair: len(pair[0])):
        tree = _renamed(tree, path[:-1], path[-1], {a.id for a in choice.alternatives} - {path[-1]})
    return tree


def _renamed(node: Any, names: Path, wanted: str, others: set[str]) -> Any:
    if isinstance(node, list):
        return [_renamed(one, names, wanted, others) for one in node]
    if not isinstance(node, Mapping):
        return node
    if names:
        return {n: _renamed(v, names[1:], wanted, others) if n == names[0] else v for n, v in node.items()}
    # two names at once are no list under another name, and stay for the schemas to judge
    return node if wanted in node else {wanted if n in others else n: v for n, v in node.items()}


def names_shown(tree: Mapping[str, Any], path: Path, names: set[str]) -> set[str]:
    """Which of these names a list at a path has in a tree that is as it was written."""
    return {n for held in _all_at(tree, path[:-1]) if isinstance(held, Mapping) for n in held if n in names}


def _all_at(tree: Any, names: Path) -> Iterator[Any]:
    if isinstance(tree, list):
        for one in tree:
            yield from _all_at(one, names)
    elif not names:
        yield tree
    elif isinstance(tree, Mapping) and names[0] in tree:
        yield from _all_at(tree[names[0]], names[1:])
