"""Funnel: how many reached each step, where they were lost, and how sure that is."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from mapkit.journeys.results import Funnel
from mapkit.plots.funnel_segments import draw_segments, say_segments
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, counted, duration, percent
from mapkit.plots.page import Heading, nothing_to_draw, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import COLUMN_GAP, WIDEST_NAMES, name_column, open_rows, whisker
from mapkit.plots.style import BAD, BAD_TEXT, LABEL, LIGHT, QUIET, SMALL, ramp
from mapkit.plots.wording import definition, quoted

_BAR, _GAP = 24.0, 26.0


@drawing.register
def draw_funnel(funnel: Funnel, ax: Axes | None = None) -> Axes:
    """Draw a funnel: bars, the share of the first step with its interval, and each loss as a wedge."""
    if funnel.table.empty or not funnel.table["customers"].max() > 0:
        first = f" ({shown(funnel.steps[0])})" if funnel.steps else ""
        return nothing_to_draw(ax, funnel.title, f"no {funnel.unit} did the first step{first} in this log")
    if funnel.breakdown is not None:
        return draw_segments(funnel, ax)
    rows = funnel.table.reset_index(drop=True)
    heading = Heading(_finding(funnel), definition(funnel), _note(funnel))
    times = ["", *(_time(seconds) for seconds in rows["median_seconds"][1:])]
    ends = [_end(rows, k, funnel.unit) for k in range(len(rows))]
    figures = max(width_of(share, LABEL, True) + width_of(rest, SMALL) for share, rest in ends) + COLUMN_GAP + 6
    labels = [fitted(step, WIDEST_NAMES) for step in rows["step"]]
    names = name_column(max([*map(width_of, labels), *(width_of(time, SMALL) for time in times)]), figures)
    height = len(rows) * _BAR + (len(rows) - 1) * _GAP
    ax = open_rows(ax, heading, height=height, names=names, figures=figures, top=1.0)
    _bars(ax, rows, names, ends)
    weakest = funnel.weakest_step().step
    for k in range(1, len(rows)):
        _loss(ax, rows, k, is_weakest=rows["step"][k] == weakest)
        say(ax, 0, k * (_BAR + _GAP) - _GAP / 2, times[k], at="row", size=SMALL, colour=QUIET)
    return ax


def _bars(ax: Axes, rows: pd.DataFrame, names: float, ends: list[tuple[str, str]]) -> None:
    for k, (row, colour) in enumerate(zip(rows.to_dict("records"), ramp(len(rows)), strict=True)):
        y = k * (_BAR + _GAP) + _BAR / 2
        ax.barh(y, row["of_first"], height=_BAR, color=colour, zorder=2)
        say(ax, 0, y, fitted(row["step"], names - COLUMN_GAP), at="row")
        end = row["of_first"]
        if k:
            whisker(ax, row["of_first_low"], row["of_first_high"], y)
            end = max(end, row["of_first_high"])
        share, rest = ends[k]
        say(ax, end, y, share, dx=6, bold=True)
        say(ax, end, y, rest, dx=6 + width_of(share, LABEL, True), size=SMALL, colour=QUIET)


def _end(rows: pd.DataFrame, k: int, unit: str) -> tuple[str, str]:
    """Return what stands at a bar's end: the share in bold, then its interval and count."""
    row = rows.iloc[k]
    if k == 0:
        return "100%", f"  {counted(row['customers'], unit)}"
    share, _, interval = quoted(row, "of_first").partition(" ")
    return share, f" {interval}  {count(row['customers'])}"


def _loss(ax: Axes, rows: pd.DataFrame, k: int, *, is_weakest: bool) -> None:
    """Draw the wedge between two bars, with how many were lost and which share of the step before that is."""
    before, after = rows.iloc[k - 1], rows.iloc[k]
    top = k * (_BAR + _GAP) - _GAP
    corners = [(after["of_first"], top), (before["of_first"], top), (after["of_first"], top + _GAP)]
    ax.fill(*zip(*corners, strict=True), color=BAD if is_weakest else LIGHT, alpha=0.35 if is_weakest else 1, lw=0)
    ax.plot([after["of_first"]] * 2, [top, top + _GAP], color=LIGHT, lw=1, zorder=1)
    if not before["customers"] > 0:
        return
    lost = percent(1 - after["of_previous"], 1 - after["of_previous_high"], 1 - after["of_previous_low"])
    text = f"−{count(before['dropped'])}  ({lost} lost)" if before["dropped"] else "nobody lost"
    colour = BAD_TEXT if is_weakest else QUIET
    say(ax, after["of_first"], top + _GAP / 2, text, dx=6, size=SMALL, colour=colour, bold=is_weakest)


def _time(seconds: float) -> str:
    return f"↓ median {duration(seconds)}" if seconds == seconds else ""


def _finding(funnel: Funnel) -> str:
    weakest = funnel.weakest_step()
    rows = funnel.table.reset_index(drop=True)
    if weakest.step is not None and weakest.estimate is not None:
        kept = weakest.estimate
        lost = percent(1 - kept.value, 1 - kept.high, 1 - kept.low)
        return f"{fitted(weakest.step, 220)} loses most: {lost} of {count(kept.n)}"
    if len(rows) == 1:
        return f"{counted(rows['customers'][0], funnel.unit)} did {fitted(rows['step'][0], 220)}"
    last = rows.iloc[-1]
    reached = quoted(last, "of_first")
    return f"{reached} of {count(rows['customers'][0])} reach {fitted(last['step'], 220)}"


def _note(funnel: Funnel) -> str:
    weakest = funnel.weakest_step()
    if len(funnel.table) < 2:
        return ""
    untold = weakest.step is None and len(funnel.table) > 2
    said = f"Which step loses most? {weakest.text} " if untold else ""
    return f"{said}At each bar: share of the first step. In each wedge: lost since the step before, as a share of it."


@sentence.register
def say_funnel(funnel: Funnel) -> str:
    """Say a funnel in one sentence: its finding, then every step."""
    if funnel.table.empty or not funnel.table["customers"].max() > 0:
        return f"Funnel with nothing to draw: no {funnel.unit} did the first step."
    if funnel.breakdown is not None:
        return say_segments(funnel)
    steps = ", ".join(
        f"{shown(row['step'])} {count(row['customers'])}" + (f" ({quoted(row, 'of_first')})" if k else "")
        for k, row in enumerate(funnel.table.to_dict("records"))
    )
    return f"Funnel of {funnel.unit}s: {_finding(funnel)}; {steps}."
