"""The loops behind moves: rows put together by unit, walked, and added up; written for numba."""

from __future__ import annotations

from typing import Any

import numpy as np

OUT_OF_ORDER = -1
NO_GAP = -1


def put_units_together(
    units: Any, places: Any, times: Any, segments: Any, starts: Any, own_places: Any, own_times: Any, homes: Any
) -> None:
    """Copy the rows unit by unit, each unit's in the order they came.

    ``starts`` (zeros, one longer than there are units) will say where each unit begins, ``homes`` its segment
    (``segments`` is empty when there is one segment only).
    """
    split = segments.shape[0] > 0
    for row in range(units.shape[0]):
        starts[units[row] + 1] += 1
    for unit in range(homes.shape[0]):
        starts[unit + 1] += starts[unit]
    free = starts.copy()
    for row in range(units.shape[0]):
        unit = units[row]
        own_places[free[unit]], own_times[free[unit]] = places[row], times[row]
        free[unit] += 1
        if split:
            homes[unit] = segments[row]


def walk_moves(
    starts: Any,
    places: Any,
    times: Any,
    homes: Any,
    width: int,
    ends: bool,
    collapse: bool,
    after: int,
    depth: int,
    moves: Any,
    gaps: Any,
    movers: Any,
) -> int:
    """Write down every move and return how many there are, or ``OUT_OF_ORDER``.

    ``width`` is the number of places: 0 is the start, the last is the end; ``after`` is one of them, 0 for any. A move
    is ((segment * layers + layer) * width + source) * width + target, where the layer is how many steps went before,
    for ``depth`` layers, or 0. Its gap is in microseconds, ``NO_GAP`` where it has none; its mover is the unit.
    """
    layers, done = max(depth, 1), 0
    for unit in range(homes.shape[0]):
        before, since, walked = 0, 0, 0
        home = np.int64(homes[unit]) * layers
        for row in range(starts[unit], starts[unit + 1]):
            place: Any = np.int64(places[row])
            time = times[row]
            if row > starts[unit] and time < times[row - 1]:
                return OUT_OF_ORDER
            if (before == 0 and after > 0 and place != after) or (collapse and place == before):
                continue
            if (before > 0 or ends) and (depth == 0 or walked < depth):
                layer = walked if depth > 0 else 0
                moves[done] = ((home + layer) * width + before) * width + place
                gaps[done] = time - since if before > 0 else NO_GAP
                movers[done] = unit
                done += 1
            before, since = place, time
            walked += 1
        if before > 0 and ends and (depth == 0 or walked < depth):
            layer = walked if depth > 0 else 0
            moves[done] = ((home + layer) * width + before) * width + width - 1
            gaps[done], movers[done] = NO_GAP, unit
            done += 1
    return done


def add_up(slots: Any, movers: Any, counts: Any, units: Any, last: Any) -> None:
    """Add one part's moves to ``counts`` and ``units``; movers come one after the other, ``last`` starts below 0."""
    for move in range(slots.shape[0]):
        slot = slots[move]
        counts[slot] += 1
        if last[slot] != movers[move]:
            last[slot] = movers[move]
            units[slot] += 1


def count_digits(slots: Any, gaps: Any, known: Any, shift: int, bits: int, counts: Any) -> None:
    """Count the next ``bits`` below bit ``shift`` of the gaps whose bits above are those ``known`` of their slot."""
    below = shift - bits
    mask = (1 << bits) - 1
    for row in range(slots.shape[0]):
        slot, gap = slots[row], gaps[row]
        if gap >> shift == known[slot]:
            counts[slot, (gap >> below) & mask] += 1


def look_above(slots: Any, gaps: Any, values: Any, up_to: Any, above: Any) -> None:
    """Count each slot's gaps up to its value, and find the smallest above it."""
    for row in range(slots.shape[0]):
        slot, gap = slots[row], gaps[row]
        if gap <= values[slot]:
            up_to[slot] += 1
        elif gap < above[slot]:
            above[slot] = gap
