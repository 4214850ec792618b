"""Chains by definition, one opening event at a time: slow, short, and independent of both engines."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True)
class Happened:
    unit: str
    seconds: int
    event: str


def chains(log, steps, *, window=None, order="ordered", forbidden=(), per_entry=False):
    """Return sorted rows (unit, reached, removed, seconds of the steps) for rows in the order they happened."""
    answers = []
    for unit, rows in groupby(sorted(log, key=lambda row: row.unit), key=lambda row: row.unit):
        rows = sorted(rows, key=lambda row: row.seconds)
        every = [
            chain for at in range(len(rows)) for chain in [_chain(rows, at, steps, window, order, forbidden)] if chain
        ]
        if per_entry:
            answers += [(unit, *chain) for chain in every]
        elif every:
            answers.append((unit, *min(every, key=lambda chain: (-chain[0], chain[1]))))
    return sorted(answers)


def _chain(rows, at, steps, window, order, forbidden):
    opened = rows[at]
    limit = float("inf") if window is None else opened.seconds + window
    if order == "any":
        return _set_from(rows[at:], steps, limit)
    if opened.event != steps[0]:
        return None
    places = [at]
    for step in steps[1:]:
        ahead = range(places[-1] + 1, len(rows) if order == "ordered" else min(places[-1] + 2, len(rows)))
        next_one = next((n for n in ahead if rows[n].event == step), None)
        if next_one is None or rows[next_one].seconds > limit:
            break
        places.append(next_one)
    removed = any(_met(rows, places, limit, *rule) for rule in forbidden)
    return len(places), removed, tuple(rows[n].seconds for n in places)


def _met(rows, places, limit, event, after, before):
    if len(places) < after:
        return False
    end = places[before - 1] if len(places) >= before else len(rows)
    between = rows[places[after - 1] + 1 : end]
    return any(row.event == event and (len(places) >= before or row.seconds <= limit) for row in between)


def _set_from(rows, steps, limit):
    inside = [row for row in rows if row.seconds <= limit]
    first = [next((row.seconds for row in inside if row.event == step), None) for step in steps]
    reached = next((k for k, seconds in enumerate(first) if seconds is None), len(steps))
    if rows[0].event not in steps[:reached]:
        return None
    return reached, False, tuple(max(first[: k + 1]) for k in range(reached))
