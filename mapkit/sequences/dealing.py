"""Dealing rows into parts by unit, and numbering a part's units: plain loops, written for numba.

All rows of a unit fall into one part, in the order they came. A part is small enough for its state to stay in the
processor's cache, however many customers a log has.
"""

from __future__ import annotations

from typing import Any

import numpy as np

PARTS = 64
# Fibonacci hashing: ids are often consecutive, and their low bits alone would cluster. The top bits choose the part,
# others the slot within it.
GOLDEN = 11400714819323198485
PART_SHIFT = 58
_SLOT_SHIFT = 32


def deal_rows(
    keys: Any,
    masks: Any,
    times: Any,
    attributes: Any,
    starts: Any,
    dealt_keys: Any,
    dealt_masks: Any,
    dealt_times: Any,
    dealt_attributes: Any,
) -> None:
    """Copy the rows part by part; ``starts`` (one longer than there are parts) tells where each part begins."""
    golden, shift = np.uint64(GOLDEN), np.uint64(PART_SHIFT)
    attributed = attributes.shape[0] > 0
    free = np.zeros(PARTS, dtype=np.int64)
    for row in range(keys.shape[0]):
        free[np.int64((keys[row] * golden) >> shift)] += 1
    starts[0] = 0
    for part in range(PARTS):
        starts[part + 1] = starts[part] + free[part]
        free[part] = starts[part]
    for row in range(keys.shape[0]):
        place = free[np.int64((keys[row] * golden) >> shift)]
        free[np.int64((keys[row] * golden) >> shift)] += 1
        dealt_keys[place], dealt_masks[place], dealt_times[place] = keys[row], masks[row], times[row]
        if attributed:
            dealt_attributes[place] = attributes[row]


def number_units(keys: Any, table: Any, codes: Any, state: Any, out: Any, names: Any) -> int:
    """Give each key a running number from 0 by open addressing; return how many rows were done before it is too full.

    ``table`` and ``codes`` have a power of two slots; a code below 0 marks a free slot. ``state[0]`` counts the keys
    numbered so far, and ``names[code]`` gives the key back.
    """
    golden, shift = np.uint64(GOLDEN), np.uint64(_SLOT_SHIFT)
    last = table.shape[0] - 1
    most = table.shape[0] // 2
    for row in range(keys.shape[0]):
        key = keys[row]
        slot = np.int64((key * golden) >> shift) & last
        while codes[slot] >= 0 and table[slot] != key:
            slot = (slot + 1) & last
        if codes[slot] < 0:
            if state[0] >= most:
                return row
            table[slot], codes[slot], names[state[0]] = key, state[0], key
            state[0] += 1
        out[row] = codes[slot]
    return keys.shape[0]
