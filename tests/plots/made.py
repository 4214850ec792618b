"""Results with literal numbers, for pictures to draw."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.text import Text

from mapkit.journeys.results import Funnel, FunnelSpread, FunnelTrend, TimeToConvert
from mapkit.journeys.stages import StageScorecard
from mapkit.stages.coverage import Coverage
from mapkit.statistics import wilson_interval

DAY = 86_400.0
NASTY = {
    "mark-up": "<script>alert(1)</script>",
    "mathematics": r"$\frac{a}{b}$ of $x$",
    "one dollar": "price in $",
    "broken mathematics": r"$\frac{",
    "emoji": "checkout 😀",
    "right to left": "عربي \u202etuokcehc",
    "Chinese": "漢字",
    "two lines": "check\nout\tnow",
    "endless": "a very long name that nobody wants to read in full " * 6 + "(the end)",
    "formula": "=cmd|' /C calc'!A0",
    "nothing": "",
}


def texts(ax: Axes) -> list[str]:
    """Every text that stands on an axes and its panels."""
    return [artist.get_text() for artist in ax.findobj(Text) if artist.get_text()]


def said(ax: Axes) -> str:
    return " ".join(texts(ax))


def with_shares(frame: pd.DataFrame, name: str, hits: str, trials: str) -> pd.DataFrame:
    low, high = wilson_interval(frame[hits], frame[trials])
    share = frame[hits] / frame[trials].replace(0, np.nan)
    return frame.assign(**{name: share, f"{name}_low": low, f"{name}_high": high})


def steps_table(reached: dict[str, int], median_seconds: float = 3600.0) -> pd.DataFrame:
    counts = list(reached.values())
    frame = pd.DataFrame({"step": list(reached), "customers": counts})
    frame["first"], frame["previous"] = counts[0], [counts[0], *counts[:-1]]
    frame = with_shares(with_shares(frame, "of_first", "customers", "first"), "of_previous", "customers", "previous")
    times = [math.nan, *[median_seconds] * (len(counts) - 1)]
    frame = frame.assign(median_seconds=times, mean_seconds=times, p90_seconds=times)
    frame["dropped"] = [*(before - after for before, after in itertools.pairwise(counts)), 0]
    return frame.drop(columns=["first", "previous"])


def funnel(reached: dict[str, int], *, median_seconds: float = 3600.0, **fields: object) -> Funnel:
    fields = {"window_seconds": 14 * DAY, **fields}
    return Funnel("From start to end", steps_table(reached, median_seconds), steps=tuple(reached), **fields)


def funnel_by(segments: dict[object, list[int]], steps: tuple[str, ...], **fields: object) -> Funnel:
    parts = [
        steps_table(dict(zip(steps, counts, strict=True))).assign(segment=name) for name, counts in segments.items()
    ]
    table = pd.concat(parts, ignore_index=True)
    return Funnel("By channel", table, steps=steps, breakdown="channel", **fields)


def trend(weeks: dict[str, tuple[int, int]], *, unfinished: int = 0, **fields: object) -> FunnelTrend:
    """Weeks as {"2025-01-06": (entered, converted)}."""
    frame = _periods(weeks, unfinished)
    return FunnelTrend("Conversion by week", frame, **{"steps": ("visit", "buy"), **fields})


def trend_by(segments: dict[str, dict[str, tuple[int, int]]], *, unfinished: int = 0) -> FunnelTrend:
    frame = pd.concat([_periods(weeks, unfinished).assign(segment=name) for name, weeks in segments.items()])
    return FunnelTrend("Conversion by week", frame, steps=("visit", "buy"), breakdown="channel")


def _periods(weeks: dict[str, tuple[int, int]], unfinished: int) -> pd.DataFrame:
    entered, converted = zip(*weeks.values(), strict=True) if weeks else ((), ())
    frame = pd.DataFrame({"period": pd.to_datetime(list(weeks)), "entered": entered, "converted": converted})
    frame["complete"] = [True] * (len(weeks) - unfinished) + [False] * unfinished
    return with_shares(frame, "of_entered", "converted", "entered")


def waits(rows: list[tuple[float, int, float, float, float]], **fields: object) -> TimeToConvert:
    """Rows of (days, at risk, share converted, low, high)."""
    days, at_risk, share, low, high = (list(column) for column in zip(*rows, strict=True)) if rows else [[]] * 5
    table = pd.DataFrame({"seconds": [DAY * day for day in days], "at_risk": at_risk, "converted": 0, "censored": 0})
    table = table.assign(share_converted=share, share_converted_low=low, share_converted_high=high)
    entered = at_risk[0] if at_risk else 0
    return TimeToConvert("Time to buy", table, **{"steps": ("visit", "buy"), "entered": entered, **fields})


def spread(shares: dict[tuple[str, float, str], tuple[int, int]], **fields: object) -> FunnelSpread:
    """Definitions as {(order, days, counting): (entered, converted)}."""
    keys = list(shares)
    frame = pd.DataFrame(
        {
            "order": [order for order, _, _ in keys],
            "window_seconds": [DAY * days for _, days, _ in keys],
            "unit": "customer",
            "counting": [counting for _, _, counting in keys],
            "entered": [entered for entered, _ in shares.values()],
            "converted": [converted for _, converted in shares.values()],
            "weakest": ["checkout", *[None] * (len(keys) - 1)],
        }
    )
    frame = with_shares(frame, "of_first", "converted", "entered")
    return FunnelSpread("Spread", frame, **{"steps": ("visit", "buy"), **fields})


def scorecard(stages: dict[str, int], customers: int, **columns: object) -> StageScorecard:
    frame = pd.DataFrame({"stage": list(stages), "customers": list(stages.values()), "all_customers": customers})
    frame = with_shares(frame, "of_customers", "customers", "all_customers")
    known = {"events": 100, "median_seconds_to_first": DAY, "re_entries": 12, "skips": 34, "loops": 56}
    return StageScorecard("AARRR stages", frame.assign(**{**known, **columns}))


def coverage(rows: list[tuple[str, int, str | None, str | None]]) -> Coverage:
    """Rows of (event, events, stage, proposal)."""
    frame = pd.DataFrame(rows, columns=["event", "events", "stage", "proposal"])
    reason = frame["proposal"].map(lambda stage: None if stage is None else "named alike")
    return Coverage("Coverage", frame.assign(customers=1, rule=None, reason=reason))
