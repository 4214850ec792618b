"""The small walk behind stages: one pass over rows in time order, written for numba and run plain on small logs."""

from __future__ import annotations

from typing import Any

from mapkit.sequences.machine import IN_ORDER, NEVER, OUT_OF_ORDER


def walk_visits(
    units: Any,
    places: Any,
    times: Any,
    segments: Any,
    last_time: Any,
    last_place: Any,
    started: Any,
    first: Any,
    homes: Any,
    events: Any,
    moves: Any,
) -> int:
    """Walk one stretch of rows forwards and update the units' state and the sums; return a status.

    Parameters
    ----------
    units, places, times, segments
        Per row: unit code, place of the stage (from 1, 0 for none), microseconds, segment code (empty when there is
        one segment only).
    last_time, last_place, started, first, homes
        Per unit: time of the row before, place of the stage before (0 for none yet), first time of any row, first
        time of each stage, segment.
    events, moves
        Sums: rows by (segment, place), changes of stage by (segment, place before, place).
    """
    split = segments.shape[0] > 0
    for row in range(units.shape[0]):
        unit, place, time = units[row], places[row], times[row]
        if time < last_time[unit]:
            return OUT_OF_ORDER
        last_time[unit] = time
        segment = segments[row] if split else 0
        if started[unit] == NEVER:
            started[unit], homes[unit] = time, segment
        events[segment, place] += 1
        if place > 0:
            if first[unit, place - 1] == NEVER:
                first[unit, place - 1] = time
            if place != last_place[unit]:
                moves[segment, last_place[unit], place] += 1
                last_place[unit] = place
    return IN_ORDER
