"""The state machine behind chains: plain loops over numpy arrays, read from the last row of a log to the first.

Walking backwards makes the hard semantics simple. When an event is met, what follows it is already known: for every
step k the chain that continues from the unit's next step-k event (its *tail*). So each opening event sees its whole
chain at once, whatever the window, and one small state per unit is enough.

The functions are written for numba, and run as they stand on small logs, where a compile would take longer.
"""

from __future__ import annotations

from typing import Any

import numpy as np

NEVER = np.iinfo(np.int64).max
NOWHERE = -1

IN_ORDER = 0
OUT_OF_ORDER = 1
STEPS_OVERLAP = 2


def tail_layout(steps: int, forbidden: int, *, attributed: bool) -> tuple[np.ndarray, int]:
    """Return where each step's tail starts in a unit's state, and how wide the state is.

    The tail of step k (from 0) holds the times of steps k to the last; when some event is forbidden also their
    positions in the log and, for each forbidden event, the position and time of the next one as seen from the step
    after which it is forbidden; and an attribute when one is asked for. The first step needs no tail.
    """
    starts, width = np.zeros(steps + 1, dtype=np.int64), 0
    for k in range(1, steps):
        starts[k] = width
        width += (steps - k) * (2 if forbidden else 1) + 2 * forbidden + attributed
    starts[steps] = width
    return starts, width


def walk_in_order(
    units: Any,
    masks: Any,
    times: Any,
    attributes: Any,
    first_position: int,
    rules: Any,
    window: int,
    strict: bool,
    attribute_step: int,
    per_entry: bool,
    starts: Any,
    state: Any,
    following: Any,
    last_time: Any,
    marks: Any,
    owners: Any,
    values: Any,
    moments: Any,
    found: Any,
) -> int:
    """Walk one stretch of rows backwards and update ``state`` and the answer; return a status.

    Parameters
    ----------
    units, masks, times, attributes
        Per row: unit code, bits of the conditions it meets (steps first, forbidden events after), microseconds,
        attribute code (empty when no attribute is asked for).
    first_position
        Position in the log of the stretch's first row.
    rules
        Per forbidden event: bit, the step after which and the step before which it is forbidden (from 0).
    state, following, last_time
        Per unit: tails, next forbidden event (position, time), time of the row met before.
    marks, owners, values, moments
        The answer, a row per unit or per entry: (reached, removed), unit code (entries only), attribute code, times of
        the steps.
    found
        One number: how many rows of the answer are filled when every entry has its own.
    """
    steps, kinds = starts.shape[0] - 1, rules.shape[0]
    wide = 2 if kinds > 0 else 1
    attributed = attributes.shape[0] > 0
    base = starts[1] if steps > 1 else 0
    for row in range(units.shape[0] - 1, -1, -1):
        unit, mask, time, position = units[row], masks[row], times[row], first_position + row
        if time > last_time[unit]:
            return OUT_OF_ORDER
        last_time[unit] = time
        if mask & 1:
            # The opening event: its chain goes on with the tail of step 1 as it stands now.
            limit = NEVER - 1 if window < 0 else time + window
            reached = 1
            while reached < steps and state[unit, base + reached - 1] <= limit:
                reached += 1
            removed = 0
            for kind in range(kinds):
                after, before = rules[kind, 1], rules[kind, 2]
                if reached <= after:
                    continue
                if after == 0:
                    where, when = following[unit, 2 * kind], following[unit, 2 * kind + 1]
                else:
                    slot = base + wide * (steps - 1) + 2 * kind
                    where, when = state[unit, slot], state[unit, slot + 1]
                if reached > before:
                    if where < state[unit, base + steps - 1 + before - 1]:
                        removed = 1
                elif when <= limit:
                    removed = 1
            answer = unit
            if per_entry:
                answer = found[0]
                owners[answer] = unit
                found[0] += 1
            if per_entry or reached > marks[answer, 0] or (reached == marks[answer, 0] and removed <= marks[answer, 1]):
                marks[answer, 0], marks[answer, 1] = reached, removed
                moments[answer, 0] = time
                for k in range(1, steps):
                    moments[answer, k] = state[unit, base + k - 1] if k < reached else NEVER
                if attributed and attribute_step == 0:
                    values[answer] = attributes[row]
                elif attributed:
                    inside = attribute_step < reached
                    values[answer] = state[unit, base + wide * (steps - 1) + 2 * kinds] if inside else NOWHERE
        for k in range(1, steps):
            here, rest = starts[k], steps - k
            if mask >> k & 1:
                # This event's tail: itself, then the tail of the next step, which later rows have already set.
                after_here = starts[k + 1]
                state[unit, here] = time
                for j in range(1, rest):
                    state[unit, here + j] = state[unit, after_here + j - 1]
                if kinds > 0:
                    state[unit, here + rest] = position
                    for j in range(1, rest):
                        state[unit, here + rest + j] = state[unit, after_here + rest - 1 + j - 1]
                slot, next_slot = here + wide * rest, after_here + wide * (rest - 1)
                for kind in range(kinds):
                    if rules[kind, 1] == k:
                        state[unit, slot + 2 * kind] = following[unit, 2 * kind]
                        state[unit, slot + 2 * kind + 1] = following[unit, 2 * kind + 1]
                    elif rules[kind, 1] > k:
                        state[unit, slot + 2 * kind] = state[unit, next_slot + 2 * kind]
                        state[unit, slot + 2 * kind + 1] = state[unit, next_slot + 2 * kind + 1]
                if attributed and attribute_step == k:
                    state[unit, slot + 2 * kinds] = attributes[row]
                elif attributed and attribute_step > k:
                    state[unit, slot + 2 * kinds] = state[unit, next_slot + 2 * kinds]
            elif strict:
                for j in range(rest):
                    state[unit, here + j] = NEVER
        for kind in range(kinds):
            if mask >> rules[kind, 0] & 1:
                following[unit, 2 * kind], following[unit, 2 * kind + 1] = position, time
    return IN_ORDER


def walk_any_order(
    units: Any,
    masks: Any,
    times: Any,
    attributes: Any,
    steps: int,
    window: int,
    attribute_step: int,
    coming: Any,
    last_time: Any,
    marks: Any,
    values: Any,
    moments: Any,
) -> int:
    """Walk one stretch of rows backwards for steps that may come in any order; return a status.

    ``coming`` holds, per unit, the next time of each step and the attribute it comes with. Steps 1 to k are reached
    when all of them lie within the window that one of them opens.
    """
    attributed = attributes.shape[0] > 0
    for row in range(units.shape[0] - 1, -1, -1):
        unit, mask, time = units[row], masks[row], times[row]
        if time > last_time[unit]:
            return OUT_OF_ORDER
        last_time[unit] = time
        opened = NOWHERE
        for k in range(steps):
            if mask >> k & 1:
                if opened != NOWHERE:
                    return STEPS_OVERLAP
                opened = k
                coming[unit, k] = time
                if attributed and k == attribute_step:
                    coming[unit, steps] = attributes[row]
        if opened == NOWHERE:
            continue
        limit = NEVER - 1 if window < 0 else time + window
        reached = 0
        while reached < steps and coming[unit, reached] <= limit:
            reached += 1
        if reached > opened and reached >= marks[unit, 0]:
            marks[unit, 0] = reached
            if attributed:
                values[unit] = coming[unit, steps] if attribute_step < reached else NOWHERE
            complete = np.int64(0)
            for k in range(steps):
                # Steps 1 to k are complete when the latest of them has come.
                if k < reached:
                    complete = coming[unit, k] if k == 0 else max(complete, coming[unit, k])
                moments[unit, k] = complete if k < reached else NEVER
    return IN_ORDER
