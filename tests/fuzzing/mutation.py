"""A small mutation fuzzer: valid inputs, changed as bytes and as trees, at a seed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from copy import deepcopy
from random import Random
from typing import Any

TOKENS = (
    b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\r", b"\n", b"\t", b"  ", b"- ", b": ", b"? ", b"#", b"[",
    b"]", b"{", b"}", b'"', b"'", b"|", b">", b"&a ", b"*a", b"<<: *a", b"!!python/object/apply:os.getcwd []",
    b"!!bool x", b"!!int x", b"!!timestamp x", b"!!binary x", b"!!set {a}", b"2001-99-99", b"0x", b"1:99", b".nan",
    b"-.inf", b"~", b"1e999", b"9" * 5000, b"null", b"true", b"{}", b"[]", b"---\n", b"...\n", b"%YAML 9.9\n",
    b"\\ud800", b"\\u0000", b"[" * 300, b"{a: " * 300, b"[" * 3000, b'{"a":' * 3000, b"\x1b[2J", b"<!DOCTYPE a>",
    b"&amp;", b"<![CDATA[", b"_", b"-1",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 2**200, 1.5, float("nan"), float("inf"), "", " ", "x", "\x00", "\ud800",
    "\x1b[2J", "x" * 3000, [], {}, [None], [[]], {"": None}, {"x": {}}, ["x", "x"], [1], "2001-01-01", "true",
)  # fmt: skip


def mutants(seeds: Sequence[bytes], random: Random) -> Iterator[bytes]:
    """Seeds changed in one to six places, without end."""
    while True:
        data = random.choice(seeds)
        for _ in range(random.choice((1, 1, 1, 2, 3, 6))):
            data = _changed(data, random.choice(seeds), random)
        yield data


def _changed(data: bytes, other: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    end = min(len(data), at + random.choice((1, 2, 4, 16, 200)))
    match random.randrange(7):
        case 0:
            return data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]
        case 1:
            return data[:at] + data[end:]
        case 2:
            return data[:at] + random.choice(TOKENS) + data[at:]
        case 3:
            return data[:at] + random.choice(TOKENS) + data[end:]
        case 4:
            start = random.randrange(len(other) + 1)
            return data[:at] + other[start : start + random.choice((1, 8, 60, 400))] + data[at:]
        case 5:
            lines = data.split(b"\n")
            line = random.randrange(len(lines))
            lines[line : line + 1] = random.choice(([], [lines[line]] * 2, [lines[-1 - line]]))
            return b"\n".join(lines)
    return data[:at]


def tree_mutants(seeds: Sequence[Any], random: Random) -> Iterator[Any]:
    """JSON values with one to four members changed, without end; a mutant shares nothing with its seed."""
    texts = [json.dumps(seed) for seed in seeds]
    while True:
        tree = json.loads(random.choice(texts))
        for _ in range(random.choice((1, 1, 2, 4))):
            tree = _grafted(tree, random)
        yield tree


def _grafted(tree: Any, random: Random) -> Any:
    places = list(_places(tree))
    if not places:
        return deepcopy(random.choice(VALUES))
    holder, key = random.choice(places)
    match random.randrange(5):
        case 0:
            del holder[key]
        case 1:
            other, member = random.choice(places)
            holder[key] = json.loads(json.dumps(other[member])) if member in _keys(other) else None
        case 2 if isinstance(holder, dict):
            holder[random.choice(("x", "", "format_version", "\x1b[2J"))] = deepcopy(random.choice(VALUES))
        case 3 if isinstance(holder, list):
            holder.insert(key, json.loads(json.dumps(holder[key])))
        case _:
            holder[key] = deepcopy(random.choice(VALUES))
    return tree


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    for key in _keys(tree):
        yield tree, key
        yield from _places(tree[key])


def _keys(tree: Any) -> list[Any]:
    return list(tree) if isinstance(tree, dict) else list(range(len(tree))) if isinstance(tree, list) else []
