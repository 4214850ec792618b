"""Journeys cut the slow way: one customer at a time, from the definition."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple


class Row(NamedTuple):
    """One event; ``channel`` and ``session`` may be None."""

    customer: str
    seconds: int
    channel: str | None
    session: str | None
    converts: bool
    value: float


class Journey(NamedTuple):
    """Touches as (channel, seconds before the end), and what came of them."""

    customer: str
    touches: tuple[tuple[str, float], ...]
    converted: bool
    value: float


def journeys_of(rows: list[Row], touches: str, window: float | None) -> list[Journey]:
    """Return all journeys, a customer's in order; rows of one time keep their order."""
    by_customer = defaultdict(list)
    for row in rows:
        by_customer[row.customer].append(row)
    found = []
    for customer, own in by_customer.items():
        found += _of_one(customer, sorted(own, key=lambda row: row.seconds), touches, window)
    return found


def _of_one(customer: str, rows: list[Row], touches: str, window: float | None) -> list[Journey]:
    found, pending, seen = [], [], []
    for row in rows:
        if row.channel is not None:
            if _is_touch(row, seen, touches):
                pending.append((row.channel, row.seconds))
            seen.append(row)
        if row.converts:
            near = _near(pending, row.seconds, window)
            if not near and row.channel is not None:
                near = [(row.channel, row.seconds)]
            found.append(Journey(customer, tuple((name, row.seconds - at) for name, at in near), True, row.value))
            pending = []
    if pending:
        end = pending[-1][1]
        near = _near(pending, end, window)
        found.append(Journey(customer, tuple((name, end - at) for name, at in near), False, 0.0))
    return found


def _is_touch(row: Row, seen: list[Row], touches: str) -> bool:
    sessions = [each.session for each in seen if each.session is not None]
    fresh = row.session is not None and (not sessions or sessions[-1] != row.session)
    return {
        "events": True,
        "changes": fresh or not seen or seen[-1].channel != row.channel,
        "sessions": fresh or row.session is None,
    }[touches]


def _near(pending: list[tuple[str, int]], end: int, window: float | None) -> list[tuple[str, int]]:
    return [touch for touch in pending if window is None or end - touch[1] <= window]
