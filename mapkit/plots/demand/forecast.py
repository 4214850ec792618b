"""Forecast: what was, the trial on days that were known, and the fan of what is to come."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import date2num

from mapkit.journeys.demand import Forecast
from mapkit.journeys.demand.forecast import NAIVE
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, counted, nice_ticks, percent
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BAND, BLUE, LIGHT, MID, NOTE, ORANGE, QUIET, SMALL, readable
from mapkit.plots.wording import level

_HEIGHT, _LEFT, _BOTTOM = 210.0, 50.0, 34.0
_SHOWN = 2  # horizons of history before the forecast
_MOST_DATES = 7


@drawing.register
def draw_forecast(forecast: Forecast, ax: Axes | None = None) -> Axes:
    """Draw the end of the history, the trial over it, and the forecast with its band."""
    rows = forecast.table
    if rows.empty or not (rows["part"] == "forecast").any():
        return nothing_to_draw(ax, forecast.title, "there is no forecast")
    rows = _recent(rows)
    ax = open_page(ax, _heading(forecast), height=_HEIGHT, left=_LEFT, right=8, bottom=_BOTTOM)
    at = rows["at"]
    top = max(float(rows[["observed", "high"]].max().max()) * 1.12, 1e-9)
    ax.set_xlim(at.min(), at.max() + (at.max() - at.min()) * 0.02)
    ax.set_ylim(0, top)
    for tick in nice_ticks(top, 5):
        ax.axhline(tick, color=LIGHT, lw=1, zorder=0)
        say(ax, 0, tick / top, f"{tick:,.6g}", at="axes", dx=-6, size=SMALL, colour=QUIET, align="right")
    known = rows[rows["part"] != "forecast"]
    ax.plot(known["at"], known["observed"], color=MID, lw=1.2, zorder=2)
    parts = {"trial": (rows[rows["part"] == "trial"], ORANGE), "forecast": (rows[rows["part"] == "forecast"], BLUE)}
    for part, colour in parts.values():
        ax.fill_between(part["at"], part["low"], part["high"], color=colour, alpha=BAND, lw=0, zorder=1)
        ax.plot(part["at"], part["forecast"], color=colour, lw=1.8, zorder=3)
        if len(part) == 1:
            ax.plot(part["at"], part["forecast"], "o", color=colour, ms=5, zorder=3)
            ax.vlines(part["at"], part["low"], part["high"], color=colour, alpha=2 * BAND, lw=3, zorder=1)
        ax.axvline(part["at"].iloc[0], color=LIGHT, lw=1, zorder=0)
    _names(ax, parts)
    _dates(ax, rows)
    return ax


def _names(ax: Axes, parts: dict[str, tuple[pd.DataFrame, str]]) -> None:
    """Write what each part is above its middle, from the right, each clear of the one after it."""
    low, high = ax.get_xlim()
    wide = points_wide(ax)
    free = wide + 6
    for name, (part, colour) in reversed(parts.items()):
        half = width_of(name, SMALL, True) / 2
        middle = ((part["at"].iloc[0] + part["at"].iloc[-1]) / 2 - low) / (high - low) * wide
        middle = min(middle, free - half - 6)
        say(ax, 0, 1, name, at="axes", dx=middle, dy=-9, size=SMALL, colour=readable(colour), bold=True, align="center")
        free = middle - half


def _recent(rows: pd.DataFrame) -> pd.DataFrame:
    ahead = int((rows["part"] == "forecast").sum())
    known = len(rows) - ahead
    trial = int((rows["part"] == "trial").sum())
    first = max(known - trial - max(_SHOWN * ahead, 30), 0)
    rows = rows.iloc[first:]
    return rows.assign(at=date2num(rows["period"]))


def _dates(ax: Axes, rows: pd.DataFrame) -> None:
    written = ""
    low, high = ax.get_xlim()
    for moment, at in list(zip(rows["period"], rows["at"], strict=True))[:: -(-len(rows) // _MOST_DATES)]:
        x = (at - low) / max(high - low, 1e-9)
        say(ax, x, 0, f"{moment.day} {moment:%b}", at="axes", dy=-12, size=SMALL, colour=QUIET, align="center")
        if f"{moment:%Y}" != written:
            written = f"{moment:%Y}"
            say(ax, x, 0, written, at="axes", dy=-24, size=NOTE, colour=QUIET, align="center")


def _heading(forecast: Forecast) -> Heading:
    rows = forecast.table
    ahead, known = rows[rows["part"] == "forecast"], rows["observed"].dropna()
    what, period = fitted(forecast.named, 170), forecast.period
    before = known.tail(len(ahead))
    said = f"{_number(ahead['forecast'].mean())} a {period} ahead"
    title = f"{what}: {said}, {_number(before.mean())} in the last {counted(len(before), period)}"
    way = "repeats the last season" if forecast.method == NAIVE else "exponential smoothing"
    of = f"{counted(len(ahead), period)} from {count(len(known))}"
    subtitle = f"by {period}, {way} · {of} · bands: {level(forecast)} of single {period}s"
    trial = f"Trial on the last {counted(forecast.holdout, period)}: off by {_number(forecast.trial_error)} a {period}"
    other = forecast.smoothed_error if forecast.method == NAIVE else forecast.naive_error
    beside = "smoothing" if forecast.method == NAIVE else "repeating the last season"
    trial += f" ({beside}: {_number(other)})" if other == other else ""
    inside = f"{forecast.covered} of {forecast.holdout} within the band"
    return Heading(
        title, subtitle, f"{trial}, {inside}. It goes on with what was; it knows no holiday and no campaign."
    )


def _number(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


@sentence.register
def say_forecast(forecast: Forecast) -> str:
    """Say a forecast in one sentence: its mean, its first and last period, and how the trial went."""
    ahead = forecast.table[forecast.table["part"] == "forecast"]
    if ahead.empty:
        return "Forecast with nothing to draw."
    ends = [
        f"{row['period']:%Y-%m-%d} {_number(row['forecast'])} [{_number(row['low'])}, {_number(row['high'])}]"
        for row in (ahead.iloc[0], ahead.iloc[-1])
    ]
    coverage = percent(forecast.coverage.value) if forecast.holdout else "none"
    return (
        f"Forecast of {shown(forecast.named)} by {forecast.period}, from {ends[0]} to {ends[1]};"
        f" in the trial {coverage} fell within the band."
    )
