"""Harbour's year in microseconds since 1970 (UTC), and moments drawn from its seasons."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from .chance import draw
from .planted import Floats, Ints, Planted

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NEVER = np.iinfo(np.int64).max // 4  # later than any moment, with room to add to it

START = int(np.datetime64("2025-01-01", "us").astype(np.int64))
END = int(np.datetime64("2026-01-01", "us").astype(np.int64))
DAYS = (END - START) // DAY
FIRST_WEEKDAY = dt.date(2025, 1, 1).weekday()


def moment(value: Any) -> int:
    """Return the microseconds of a date or time as YAML gives it."""
    return int(np.datetime64(str(value).replace(" ", "T"), "us").astype(np.int64))


def weekday(times: Ints) -> Ints:
    """Return 0 for Monday .. 6 for Sunday."""
    return ((times - START) // DAY + FIRST_WEEKDAY) % 7


def hour(times: Ints) -> Ints:
    """Return the hour of the day, 0..23."""
    return times % DAY // HOUR


def month(times: Ints) -> Ints:
    """Return the month, 0 for January .. 11 for December, of times within the year."""
    days = np.datetime64("2025-01-01", "D") + (times - START) // DAY
    return days.astype("datetime64[M]").astype(np.int64) % 12


def entry_weights(planted: Planted) -> Floats:
    """Return the weight of each day of the year: its month's times its weekday's."""
    seasons = planted["seasons"]
    noons = START + np.arange(DAYS) * DAY
    weights: Floats = (
        np.array(seasons["month"], float)[month(noons)] * np.array(seasons["weekday"], float)[weekday(noons)]
    )
    return weights


def draw_entries(rng: np.random.Generator, planted: Planted, size: int) -> Ints:
    """Draw moments of first visits, by month, weekday and hour."""
    day = draw(rng, entry_weights(planted), size)
    of_day = draw(rng, np.array(planted["seasons"]["hour"], float), size)
    return START + day * DAY + of_day * HOUR + rng.integers(0, HOUR, size)
