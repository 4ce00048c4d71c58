"""Sets of whole numbers from 0 on as the bits of one number, so that one operation looks at all of them."""

from __future__ import annotations

from collections.abc import Iterator

Bits = int
_FEW = 32


def members(bits: Bits) -> Iterator[int]:
    """In their order. Taking bits off a long number copies it for each of them: many are read from its digits."""
    if bits.bit_count() > _FEW:
        yield from _read(bits)
        return
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _read(bits: Bits) -> Iterator[int]:
    text = bin(bits)[:1:-1]
    at = text.find("1")
    while at >= 0:
        yield at
        at = text.find("1", at + 1)
