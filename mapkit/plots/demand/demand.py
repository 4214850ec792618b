"""Demand: contacts by weekday and hour as a grid, with what each day and each hour bring, and their intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mapkit.journeys.demand import Demand
from mapkit.plots.demand.grid import CELL, NAMES, Week, draw_hours, draw_week, say_hours
from mapkit.plots.names import fitted, shown
from mapkit.plots.numbers import count, percent
from mapkit.plots.page import Heading, nothing_to_draw, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import COLUMN_GAP, open_rows
from mapkit.plots.style import LABEL, MOST_SERIES, NOTE, QUIET, SMALL, THIN_N
from mapkit.plots.wording import level

_HOURS, _HOURS_HEAD, _DAY, _FOOT, _NAME, _SMALL_CELL = 44.0, 16.0, 92.0, 16.0, 20.0, 12.0


@drawing.register
def draw_demand(demand: Demand, ax: Axes | None = None) -> Axes:
    """Draw the week as a grid; above it the mean of each hour, beside it that of each day, with intervals."""
    if not demand.table["contacts"].sum() > 0:
        return nothing_to_draw(ax, demand.title, "no contact lies in a whole week of this log")
    if "segment" in demand.table:
        return _by_segment(demand, ax)
    top = _HOURS_HEAD + _HOURS + 4
    height = top + 7 * CELL + _FOOT
    ax = open_rows(ax, _heading(demand), height=height, names=NAMES, figures=_DAY, top=24.0)
    rates = demand.hours["per_hour"].to_numpy(float)
    ends = demand.hours["per_hour_low"].to_numpy(float), demand.hours["per_hour_high"].to_numpy(float)
    draw_hours(ax, rates, ends, foot=top - 4, high=_HOURS)
    best = int(np.nanargmax(rates))
    text = _interval(demand.hours.iloc[best], "per_hour")
    say(ax, 0, _HOURS_HEAD / 2 - 2, f"an hour of any day; at most {text} from {best}:00", size=NOTE, colour=QUIET)
    week = _week(demand.table)
    draw_week(ax, week, top=top, most=max(float(week.values.max()), 1e-12))
    say_hours(ax, top + 7 * CELL)
    say(ax, 24.0, top - 8, "a day", dx=COLUMN_GAP, size=SMALL, colour=QUIET)
    for k, row in enumerate(demand.days.to_dict("records")):
        value, _, rest = _interval(row, "per_day").partition(" ")
        y = top + (k + 0.5) * CELL
        say(ax, 24.0, y, value, dx=COLUMN_GAP, size=SMALL, bold=True)
        say(ax, 24.0, y, rest, dx=COLUMN_GAP + 28, size=NOTE, colour=QUIET)
    return ax


def _by_segment(demand: Demand, ax: Axes | None) -> Axes:
    sizes = demand.table.groupby("segment")["contacts"].sum().sort_values(ascending=False, kind="stable")
    names = list(sizes.index)[:MOST_SERIES]
    each = _NAME + 7 * _SMALL_CELL + 6
    height = each * len(names) + _FOOT
    ax = open_rows(ax, _heading(demand), height=height, names=NAMES, figures=COLUMN_GAP, top=24.0)
    weeks = {name: _week(demand.table[demand.table["segment"] == name], small=True) for name in names}
    most = max(max(float(week.values.max()) for week in weeks.values()), 1e-12)
    for k, name in enumerate(names):
        y = each * k
        say(ax, 0, y + _NAME / 2, fitted(name, 200, LABEL, bold=True), at="row", bold=True)
        said = f"{count(sizes[name])} contacts"
        say(ax, 24.0, y + _NAME / 2, said, size=SMALL, colour=QUIET, align="right")
        draw_week(ax, weeks[name], top=y + _NAME, most=most, cell=_SMALL_CELL)
    say_hours(ax, each * len(names) - 6)
    return ax


def _week(rows: pd.DataFrame, *, small: bool = False) -> Week:
    values = rows["per_hour"].to_numpy(float).reshape(7, 24)
    written = [["" if small or not value > 0 else _short(value) for value in day] for day in np.nan_to_num(values)]
    return Week(np.nan_to_num(values), written, (rows["contacts"] < THIN_N).to_numpy().reshape(7, 24))


def _short(value: float) -> str:
    if value < 0.05:
        return "<.1"
    if value >= 9.95:
        return f"{value:,.0f}" if value < 1000 else f"{value / 1000:.0f}k"
    return f"{value:.1f}"


def _interval(row: dict | pd.Series, name: str) -> str:
    value, low, high = (float(row[key]) for key in (name, f"{name}_low", f"{name}_high"))
    decimals = 0 if value >= 100 else 1 if value >= 1 else 2
    if low != low:
        return f"{value:,.{decimals}f}"
    return f"{value:,.{decimals}f} [{low:,.{decimals}f}, {high:,.{decimals}f}]"


def _finding(demand: Demand) -> str:
    """Name the busiest hour where it stands out, else the busiest day where that does, else what a week brings."""
    if "segment" not in demand.table:
        for rows, name, unit in ((demand.table, "per_hour", "an hour"), (demand.days, "per_day", "a day")):
            ordered = rows.sort_values(name, ascending=False, kind="stable")
            first = ordered.iloc[0]
            if first[f"{name}_low"] > ordered[f"{name}_high"].iloc[1]:
                when = f"{first['weekday']}, {first['hour']}:00" if "hour" in rows else first["weekday"]
                return f"Most come on {when}: {_interval(first, name)} {unit}"
        first = demand.days.iloc[int(demand.days["per_day"].to_numpy().argmax())]
        week = float(demand.days["per_day"].sum())
        said = f"{count(week)} a week"
        return f"{said}, {_interval(first, 'per_day')} of them on {first['weekday']}s"
    shares = demand.table.groupby("segment")["contacts"].sum().sort_values(ascending=False, kind="stable")
    part = percent(float(shares.iloc[0] / shares.sum()))
    return f"{part} of the contacts are from {fitted(shares.index[0], 200)}"


def _heading(demand: Demand) -> Heading:
    what = fitted(" or ".join(demand.contact), 180)
    total = count(demand.table["contacts"].sum())
    weeks = f"{demand.weeks} whole week{'' if demand.weeks == 1 else 's'}"
    subtitle = f"{what}, mean per hour · {weeks}, clock of {demand.timezone} · n = {total} · {level(demand)}"
    beyond = max(demand.table["segment"].nunique() - MOST_SERIES, 0) if "segment" in demand.table else 0
    note = f"Pale: fewer than {THIN_N} contacts in that hour of the week. Intervals are of means; one week varies more."
    return Heading(_finding(demand), subtitle, f"{note} {beyond} smaller segments are not drawn." if beyond else note)


@sentence.register
def say_demand(demand: Demand) -> str:
    """Say in one sentence when most contacts come, and how many a day."""
    if not demand.table["contacts"].sum() > 0:
        return "Demand with nothing to draw: no contact lies in a whole week of the log."
    title = _finding(demand)
    if "segment" in demand.table:
        names = ", ".join(shown(name) for name in dict.fromkeys(demand.table["segment"]))
        return f"Demand by weekday and hour for the segments {names}. {title}."
    days = ", ".join(f"{row['weekday']} {_interval(row, 'per_day')}" for row in demand.days.to_dict("records"))
    return f"Demand by weekday and hour over {demand.weeks} weeks. {title}; a day: {days}."
