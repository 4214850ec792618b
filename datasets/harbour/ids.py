"""Ids of customers, office accounts and influencers, made of their numbers."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from .planted import Flags, Ints

# Number -> id is a one-to-one affine map, so that ids say nothing about order; the factor is prime to ten.
_STRIDE, _OFFSET, _DIGITS = 7_654_321, 1_234_567, 7


def customer_ids(numbers: Ints) -> pa.Array:
    """Return ids such as ``c0000123``: unique, and unrelated to when or where the customer came."""
    digits = _DIGITS + 2 * int(len(numbers) > 0 and numbers.max() >= 10**_DIGITS)
    return _labels("c", (numbers * _STRIDE + _OFFSET) % 10**digits, digits)


def account_ids(numbers: Ints) -> pa.Array:
    """Return ids such as ``a0000123``, null where the number is -1."""
    return _labels("a", numbers, _DIGITS, mask=numbers < 0)


def influencer_number(name: str) -> int:
    """Return the position of an influencer such as ``k07`` (the first is ``k01``)."""
    return int(name.removeprefix("k")) - 1


def influencer_name(number: int) -> str:
    """Return the id of the influencer at a position."""
    return f"k{number + 1:02d}"


def _labels(letter: str, numbers: Ints, digits: int, mask: Flags | None = None) -> pa.Array:
    text = pc.utf8_lpad(pa.array(numbers, mask=mask).cast(pa.string()), width=digits, padding="0")
    return pc.binary_join_element_wise(letter, text, "")
