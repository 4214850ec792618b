"""The walk behind attribution: rows sorted by unit, then cut into journeys. Plain loops, written for numba."""

from __future__ import annotations

from typing import Any

from mapkit.sequences.machine import NEVER

EVENTS, CHANGES, SESSIONS = 0, 1, 2


def sort_by_unit(units: Any, starts: Any, order: Any) -> None:
    """Fill ``order`` with the rows unit by unit, each unit's in the order they stand.

    ``starts`` has a place for every unit and one more, all 0, and is used up.
    """
    for row in range(units.shape[0]):
        starts[units[row] + 1] += 1
    for unit in range(1, starts.shape[0]):
        starts[unit] += starts[unit - 1]
    for row in range(units.shape[0]):
        order[starts[units[row]]] = row
        starts[units[row]] += 1


def cut_journeys(
    order: Any,
    units: Any,
    channels: Any,
    sessions: Any,
    times: Any,
    converts: Any,
    values: Any,
    mode: int,
    window: int,
    touched: Any,
    at: Any,
    ends: Any,
    closed: Any,
    owners: Any,
    worth: Any,
    counts: Any,
) -> None:
    """Cut every unit's rows into journeys, one after the other.

    Parameters
    ----------
    order
        Row numbers, unit by unit and in time order within each.
    units, channels, sessions, times, converts, values
        Per row: unit code; channel code, below 0 for none; session, 0 for none; microseconds; whether it is a
        conversion, and its value.
    mode, window
        Which rows are touches; how far back a journey reaches from its end in microseconds, below 0 for no limit.
    touched, at
        Filled: channel and time of each touch, journey after journey.
    ends, closed, owners, worth
        Filled per journey: where its touches end; the time of its conversion, or ``NEVER``; unit; value.
    counts
        Filled: touches, journeys, touches that lay before the window.
    """
    touches, journeys, begin = 0, 0, 0
    unit, last_channel, last_session = -1, -1, 0
    for place in range(order.shape[0] + 1):
        row = order[place] if place < order.shape[0] else -1
        if row < 0 or units[row] != unit:
            if touches > begin:
                # Nobody converted here: the journey ends with its last touch.
                first, last = begin, at[touches - 1]
                while window >= 0 and last - at[first] > window:
                    first += 1
                for k in range(first, touches):
                    touched[begin + k - first], at[begin + k - first] = touched[k], at[k]
                counts[2] += first - begin
                touches -= first - begin
                ends[journeys], closed[journeys], owners[journeys], worth[journeys] = touches, NEVER, unit, 0.0
                journeys += 1
                begin = touches
            if row < 0:
                break
            unit, last_channel, last_session = units[row], -1, 0
        channel, session, time = channels[row], sessions[row], times[row]
        if channel >= 0:
            fresh = session != 0 and session != last_session
            if (
                mode == EVENTS
                or (mode == CHANGES and (fresh or channel != last_channel))
                or (mode == SESSIONS and (fresh or session == 0))
            ):
                touched[touches], at[touches] = channel, time
                touches += 1
            last_channel = channel
            if session != 0:
                last_session = session
        if converts[row]:
            first = begin
            while first < touches and window >= 0 and time - at[first] > window:
                first += 1
            for k in range(first, touches):
                touched[begin + k - first], at[begin + k - first] = touched[k], at[k]
            counts[2] += first - begin
            touches -= first - begin
            if touches == begin and channel >= 0:
                touched[touches], at[touches] = channel, time
                touches += 1
            ends[journeys], closed[journeys], owners[journeys], worth[journeys] = touches, time, unit, values[row]
            journeys += 1
            begin = touches
    counts[0], counts[1] = touches, journeys
