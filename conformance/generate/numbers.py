"""Numbers that do not fit into 32 or 64 bits, by themselves or in what a server computes of them."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd

WIDTHS = (32, 64)


def overflows(small: int) -> tuple[int, ...]:
    """Numbers that are `small`, or negative, where their high bits are lost."""
    cut = tuple(number for bits in WIDTHS for number in (2**bits + small, small - 2**bits))
    return (*cut, *(number for bits in WIDTHS for number in (2 ** (bits - 1), -(2 ** (bits - 1)))))


def far_pages(size: int, number: int) -> Iterator[int]:
    """Pages whose first item, counted in pages of `size`, is that of page `number` where its high bits are lost."""
    for bits in WIDTHS:
        yield 2**bits // gcd(size, 2**bits) + number


def cut(number: int) -> frozenset[int]:
    """What else a number is taken for where its high bits are lost, with a sign and without."""
    low = {number % 2**bits for bits in WIDTHS}
    signed = {n - 2**bits if n >= 2 ** (bits - 1) else n for bits in WIDTHS for n in (number % 2**bits,)}
    return frozenset((low | signed) - {number})
