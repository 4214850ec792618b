"""Sample size: how many customers it takes to see an effect, on a curve that rises as the effect shrinks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mapkit.journeys.experiments import SampleSize
from mapkit.plots.numbers import count, percent
from mapkit.plots.page import Heading, nothing_to_draw, open_page, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BLUE, INK, LIGHT, NOTE, PAPER, QUIET, SMALL

_HEIGHT, _ALONE, _LEFT, _BOTTOM = 220.0, 60.0, 56.0, 40.0
_LEAST_APART = 0.08


@drawing.register
def draw_sample_size(size: SampleSize, ax: Axes | None = None) -> Axes:
    """Draw customers needed against the effect, the scale of customers by powers of ten."""
    rows = size.table.sort_values("difference")
    if rows.empty:
        return nothing_to_draw(ax, size.title, "no effect was asked for")
    ax = open_page(
        ax, _heading(size), height=_HEIGHT if len(rows) > 1 else _ALONE, left=_LEFT, right=30, bottom=_BOTTOM
    )
    x, y = _scales(ax, rows)
    for number in _round_numbers(rows["customers"].min(), rows["customers"].max()):
        ax.axhline(math.log(number), color=LIGHT, lw=1, zorder=0)
        at = _share_of(math.log(number), ax.get_ylim())
        say(ax, 0, at, count(number), at="axes", dx=-8, size=SMALL, colour=QUIET, align="right")
    for sign in (-1, 1):
        part = (rows["difference"] * sign > 0).to_numpy()
        ax.plot(x[part], y[part], color=BLUE, lw=1.8, zorder=2)
    ax.plot(x, y, "o", color=BLUE, ms=7, mec=PAPER, mew=1, zorder=3)
    _labels(ax, size, rows.to_dict("records"), x, y)
    return ax


def _scales(ax: Axes, rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Set both scales and return where the points lie: customers by their logarithm, effects too where one-sided."""
    difference = rows["difference"].to_numpy(float)
    y = np.log(rows["customers"].to_numpy(float))
    x = difference if (difference < 0).any() else np.log(difference)
    room = (x.max() - x.min()) * 0.06 or 1.0
    ax.set_xlim(x.min() - room, x.max() + room)
    high = (y.max() - y.min()) or 1.0
    # Above the highest point there is room for its two labels.
    ax.set_ylim(y.min() - high * 0.14, y.max() + high * 0.22)
    return x, y


def _round_numbers(low: float, high: float) -> list[float]:
    steps = (1, 2, 5) if high < 30 * low else (1,)
    powers = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 1)
    numbers = [step * 10.0**power for power in powers for step in steps]
    return [number for number in numbers if 0.9 * low <= number <= 1.1 * high]


def _share_of(value: float, span: tuple[float, float]) -> float:
    return (value - span[0]) / (span[1] - span[0])


def _labels(ax: Axes, size: SampleSize, rows: list[dict[Any, Any]], x: np.ndarray, y: np.ndarray) -> None:
    written = -1.0
    for row, across, up in zip(rows, x, y, strict=True):
        place = _share_of(across, ax.get_xlim())
        # Effects that lie close together would write over each other: the next that has room is written.
        if place - written < _LEAST_APART:
            continue
        written = place
        say(ax, place, 0, _effect(size, row), at="axes", dy=-12, size=SMALL, colour=INK, align="center")
        say(ax, place, 0, _target(size, row), at="axes", dy=-25, size=NOTE, colour=QUIET, align="center")
        # The line rises towards 0, so there is room on its other side.
        look: dict[str, Any] = {"dx": -3, "align": "right"} if row["difference"] < 0 else {"dx": 3}
        say(ax, across, up, count(row["customers"]), dy=12, size=SMALL, bold=True, **look)
        if "days" in row:
            say(ax, across, up, f"{count(row['days'])} days", dy=24, size=NOTE, colour=QUIET, **look)


def _effect(size: SampleSize, row: dict[Any, Any]) -> str:
    if row["lift"] == row["lift"]:
        return f"{100 * row['lift']:+.3g}%".replace("-", "−")
    return f"{row['difference']:+.3g}".replace("-", "−")


def _target(size: SampleSize, row: dict[Any, Any]) -> str:
    return f"to {percent(row['target']) if size.kind == 'share' else format(row['target'], ',.3g')}"


def _heading(size: SampleSize) -> Heading:
    rows = size.table
    ordered = rows.sort_values("customers", kind="stable")
    least, most = ordered.iloc[0], ordered.iloc[-1]
    title = f"A lift of {_effect(size, most.to_dict())} takes {count(most['customers'])} customers"
    if len(rows) > 1:
        title += f", one of {_effect(size, least.to_dict())} takes {count(least['customers'])}"
    base = percent(size.baseline) if size.kind == "share" else f"{size.baseline:,.3g}"
    subtitle = (
        f"customers in all {size.arms} arms, by lift over a baseline of {base} · power {size.power:.0%}"
        f" · two-sided, {size.confidence:.0%}"
    )
    split = f" The error is split over {size.arms - 1} comparisons." if size.arms > 2 else ""
    return Heading(title, subtitle, f"Half the effect takes four times as many. It plans one look at the end.{split}")


@sentence.register
def say_sample_size(size: SampleSize) -> str:
    """Say in one sentence how many customers each effect takes."""
    parts = [f"{_effect(size, row)} takes {count(row['customers'])}" for row in size.table.to_dict("records")]
    return f"Customers needed in all {size.arms} arms, power {size.power:.0%}: a lift of {', '.join(parts)}."
