"""Staffing: agents needed in each hour of the week as a grid of numbers, or by calls an hour as bars."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from mapkit.journeys.demand import Staffing
from mapkit.journeys.demand.hours import WEEKDAYS
from mapkit.plots.demand.grid import CELL, NAMES, Week, draw_week, say_hours
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, duration, percent
from mapkit.plots.page import Heading, nothing_to_draw, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import COLUMN_GAP, open_rows
from mapkit.plots.style import BLUE, LABEL, NOTE, QUIET, SMALL

_DAY, _FOOT, _HEAD, _ROW, _MOST, _NAME = 92.0, 16.0, 20.0, 22.0, 30, 22.0


@drawing.register
def draw_staffing(staffing: Staffing, ax: Axes | None = None) -> Axes:
    """Draw the agents of each hour as a grid with numbers; without weekdays, a bar for each number of calls."""
    rows = staffing.table
    if not (rows["agents"] > 0).any():
        return nothing_to_draw(ax, staffing.title, "nobody calls, so nobody is needed")
    return _grid(staffing, ax) if "weekday" in rows else _bars(staffing, ax)


def _grid(staffing: Staffing, ax: Axes | None) -> Axes:
    rows = staffing.table
    segments = list(dict.fromkeys(rows["segment"])) if "segment" in rows else [None]
    name = _NAME if segments != [None] else 0.0
    each = _HEAD + name + 7 * CELL
    ax = open_rows(ax, _heading(staffing), height=each * len(segments) + _FOOT, names=NAMES, figures=_DAY, top=24.0)
    most = float(rows["agents"].max())
    for k, segment in enumerate(segments):
        own = rows if segment is None else rows[rows["segment"] == segment]
        top = each * k + _HEAD + name
        if segment is not None:
            say(ax, 0, top - _HEAD - name / 2 + 4, fitted(segment, 260, LABEL, bold=True), at="row", bold=True)
        agents = own["agents"].to_numpy(int).reshape(7, 24)
        written = [[count(each) if each else "" for each in day] for day in agents]
        draw_week(ax, Week(agents, written, np.zeros((7, 24), bool)), top=top, most=most)
        say(ax, 24.0, top - 8, "paid hours", dx=COLUMN_GAP, size=SMALL, colour=QUIET)
        paid = own["scheduled"].to_numpy(float).reshape(7, 24).sum(axis=1)
        for day in range(7):
            say(ax, 24.0, top + (day + 0.5) * CELL, count(paid[day]), dx=COLUMN_GAP, size=SMALL, bold=True)
    say_hours(ax, each * len(segments))
    return ax


def _bars(staffing: Staffing, ax: Axes | None) -> Axes:
    rows = staffing.table.head(_MOST).to_dict("records")
    ends = [_end(row) for row in rows]
    figures = max(width_of(text, SMALL) for _, text in ends) + 36 + COLUMN_GAP
    labels = [f"{row['calls_per_hour']:,.4g} calls" for row in rows]
    names = max(width_of(label) for label in labels) + COLUMN_GAP
    top = float(max(row["agents"] for row in rows))
    height = _ROW * len(rows)
    ax = open_rows(ax, _heading(staffing), height=height, names=names, figures=figures, top=top)
    for k, (row, label, (agents, rest)) in enumerate(zip(rows, labels, ends, strict=True)):
        y = _ROW * (k + 0.5)
        say(ax, 0, y, label, at="row")
        ax.barh(y, row["agents"], height=_ROW * 0.6, color=BLUE, zorder=2)
        say(ax, row["agents"], y, agents, dx=6, bold=True)
        say(ax, row["agents"], y, rest, dx=12 + width_of(agents, LABEL, True), size=NOTE, colour=QUIET)
    return ax


def _end(row: dict) -> tuple[str, str]:
    if not row["agents"] > 0:
        return "0", "nobody calls"
    met = f"{percent(row['answered_within'])} in time, mean wait {duration(row['mean_wait_seconds'])}"
    return count(row["agents"]), f"{met}, busy {percent(row['occupancy'])}"


def _heading(staffing: Staffing) -> Heading:
    rows, terms = staffing.table, staffing.terms
    top = rows.iloc[int(rows["agents"].to_numpy().argmax())]
    people = f"{count(top['agents'])} agent{'' if top['agents'] == 1 else 's'}"
    if "weekday" in rows:
        title = f"At most {people} at once; {count(staffing.paid_hours)} paid hours a week"
    elif len(rows) == 1:
        title = f"{people} for {top['calls_per_hour']:,.4g} calls an hour"
    else:
        title = f"Up to {people}, for {top['calls_per_hour']:,.4g} calls an hour"
    said = ""
    if terms is not None:
        said = f"{percent(terms.service_level)} answered within {duration(terms.within_seconds)}, handling"
        said += f" {duration(terms.handle_seconds)} · shrinkage {percent(terms.shrinkage)}"
        said += " · Erlang C" if terms.patience_seconds is None else " · Erlang A"
    plan = ""
    if "weekday" in rows:
        plan = f" · for the {'upper end' if staffing.plan_for == 'high' else 'mean'} of {staffing.weeks} weeks"
    note = "Each hour is taken as steady: rushes and repeated calls need more."
    if "agents_high" in rows and rows["agents_high"].notna().any() and staffing.plan_for == "mean":
        more = int(rows["agents_high"].sum() - rows["agents"].sum())
        note += f" The upper end of the demand needs {count(more)} agent-hours more."
    cut = f" The first {_MOST} of {count(len(rows))}." if "weekday" not in rows and len(rows) > _MOST else ""
    return Heading(title, f"{said}{plan}", f"{note}{cut}")


@sentence.register
def say_staffing(staffing: Staffing) -> str:
    """Say in one sentence how many agents are needed, day by day or by calls."""
    rows = staffing.table
    if not (rows["agents"] > 0).any():
        return "Staffing with nothing to draw: nobody calls."
    title = _heading(staffing).title
    if "weekday" not in rows:
        first = rows.head(_MOST).to_dict("records")
        parts = [f"{row['calls_per_hour']:,.4g} calls {count(row['agents'])}" for row in first]
        return f"Staffing, agents by calls an hour: {', '.join(parts)}."
    paid = rows.groupby("weekday")["scheduled"].sum()
    days = ", ".join(f"{day} {count(paid[day])}" for day in WEEKDAYS)
    whose = f" for {', '.join(shown(name) for name in dict.fromkeys(rows['segment']))}" if "segment" in rows else ""
    return f"Staffing by weekday and hour{whose}. {title}: {days}."
