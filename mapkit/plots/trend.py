"""Funnel trend: conversion by the period of entry, with its band, and under it how many entered."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from mapkit.journeys.results import FunnelTrend
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, percent
from mapkit.plots.page import Heading, nothing_to_draw, open_page, say
from mapkit.plots.periods import DAYS, by_period
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.segments import looks
from mapkit.plots.style import BLUE, LIGHT, NOTE, QUIET, SMALL, bare, readable
from mapkit.plots.time_strip import STRIP, draw_strip
from mapkit.plots.trend_line import draw_context, draw_line
from mapkit.plots.wording import level, quoted

_HEIGHT, _LEFT = 200.0, 40.0
_BETWEEN, _NAMES = 12.0, 120.0


@drawing.register
def draw_trend(trend: FunnelTrend, ax: Axes | None = None) -> Axes:
    """Draw a trend as a line with its band, or one panel a segment; below, how many entered in each period."""
    table = by_period(trend)
    if table.empty or not table["entered"].sum() > 0:
        return nothing_to_draw(ax, trend.title, "nobody entered the funnel in any period")
    if trend.breakdown is not None:
        return _panels(trend, table, ax)
    ax = open_page(ax, _heading(trend, table), height=_HEIGHT, left=_LEFT, right=6, bottom=STRIP)
    draw_context(ax, table["of_entered_high"].max() * 1.06, table, trend.period)
    draw_line(ax, table, BLUE)
    _latest(ax, table)
    draw_strip(ax, table, trend.period)
    return ax


def _panels(trend: FunnelTrend, table: pd.DataFrame, ax: Axes | None) -> Axes:
    """Draw each segment's line in its own panel, over the others in grey, on one scale."""
    segments = list(dict.fromkeys(table["segment"]))
    look = looks(segments)
    one = min(max(260.0 / len(segments) - _BETWEEN, 54.0), 110.0)
    each = one + _BETWEEN
    height = each * len(segments) - _BETWEEN
    right = min(max(width_of(fitted(name, _NAMES), SMALL, True) for name in segments), _NAMES) + 12
    ax = open_page(ax, _heading(trend, table), height=height, left=_LEFT, right=max(right, 64), bottom=STRIP)
    ax.set_xlim(table["at"].min(), table["at"].max() + DAYS[trend.period])
    # One unlucky thin period must not set the scale of all panels: bands may leave the top, lines never do.
    top = max(table["of_entered"].max() * 1.08, table["of_entered_high"].quantile(0.9) * 1.05)
    for k, name in enumerate(segments):
        panel = ax.inset_axes((0, 1 - (each * k + one) / height, 1, one / height))
        bare(panel)
        draw_context(panel, top, table, trend.period, most_ticks=2)
        for other in segments:
            rows = table[table["segment"] == other]
            if other != name:
                panel.plot(rows["middle"], rows["of_entered"], color=LIGHT, lw=1.2, zorder=0.8)
        rows = table[table["segment"] == name]
        draw_line(panel, rows, look[name][0])
        _name(panel, name, rows, readable(look[name][0]))
    draw_strip(ax, table, trend.period)
    return ax


def _name(panel: Axes, name: str, rows: pd.DataFrame, colour: str) -> None:
    """Write the segment and its latest complete share right of its panel."""
    say(panel, 1, 0.5, fitted(name, _NAMES, SMALL, True), at="axes", dx=8, dy=14, size=SMALL, colour=colour, bold=True)
    done = rows[rows["complete"] & rows["of_entered"].notna()]
    if len(done):
        share, _, interval = quoted(done.iloc[-1], "of_entered").partition(" ")
        of = f"of {count(done['entered'].iloc[-1])}"
        for dy, text in ((1, f"{share} {interval}"), (-11, of)):
            say(panel, 1, 0.5, text, at="axes", dx=8, dy=dy, size=NOTE, colour=QUIET)


def _latest(ax: Axes, table: pd.DataFrame) -> None:
    """Write the share of the latest complete period at its point."""
    done = table[table["complete"] & table["of_entered"].notna()]
    if len(done):
        last = done.iloc[-1]
        text = quoted(last, "of_entered").partition(" ")[0]
        say(ax, last["middle"], last["of_entered_high"], text, dy=8, colour=BLUE, bold=True, align="center")


def _heading(trend: FunnelTrend, table: pd.DataFrame) -> Heading:
    start, end = (fitted(step, 150) for step in (trend.steps[0], trend.steps[-1])) if trend.steps else ("", "")
    done = table[table["complete"] & (table["entered"] > 0)]
    by = f" by {fitted(trend.breakdown, 120)}" if trend.breakdown is not None else ""
    standout = None if by else trend.standout()
    if standout is not None:
        each, other = standout.estimate, standout.elsewhere
        row = done[done["period"] == standout.period].iloc[0]
        when = f"{standout.period.day} {standout.period:{'%b %Y, %H:00' if trend.period == 'hour' else '%b %Y'}}"
        title = f"The {trend.period} of {when} stands apart: {quoted(row, 'of_entered')} of {count(each.n)}, "
        title += f"{percent(other.value)} elsewhere"
    elif len(done) and not by:
        last = done.iloc[-1]
        reached = quoted(last, "of_entered")
        title = f"Latest complete {trend.period}: {reached} of {count(last['entered'])} reached {end}"
    else:
        title = f"From {start} to {end}{by}, {trend.period} by {trend.period}"
    n = count(table["entered"].sum())
    subtitle = f"share of those who did {start}, by the {trend.period} they did it · n = {n} · bands: {level(trend)}"
    notes = [] if table["complete"].all() else ["Hatched: unfinished; some who entered then may still convert."]
    if by:
        notes.append(f"Beside each panel: its latest complete {trend.period}. Grey: the other segments.")
    return Heading(title, subtitle, " ".join(notes))


@sentence.register
def say_trend(trend: FunnelTrend) -> str:
    """Say a trend in one sentence: its range over finished periods, and the latest."""
    table = by_period(trend)
    done = table[table["complete"] & (table["entered"] > 0)]
    if done.empty:
        return f"Trend by {trend.period} with nothing to draw: no complete period has anybody in it."
    parts = []
    for segment, rows in done.groupby("segment", sort=False):
        last = rows.iloc[-1]
        reached = quoted(last, "of_entered")
        span = f"{percent(rows['of_entered'].min())} to {percent(rows['of_entered'].max())}"
        name = f"{shown(segment)} " if segment else ""
        parts.append(f"{name}{span}, {reached} of {count(last['entered'])} in the latest")
    by = f" by {shown(trend.breakdown)}" if trend.breakdown is not None else ""
    return (
        f"Trend of the share that reached {shown(trend.steps[-1])}, by {trend.period} of entry{by}, over "
        f"{done['period'].nunique()} complete {trend.period}s: {'; '.join(parts)}."
    )
