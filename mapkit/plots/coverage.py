"""Coverage of a stage model: events by stage, and in vermilion what no rule maps, with a proposal beside each."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, percent
from mapkit.plots.page import Heading, nothing_to_draw, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import COLUMN_GAP, WIDEST_NAMES, name_column, open_rows
from mapkit.plots.style import BAD, LABEL, LIGHT, QUIET, SMALL, ramp
from mapkit.stages.coverage import Coverage

_ROW, _BETWEEN, _MOST_UNMAPPED = 21.0, 26.0, 10
_REMARKS = 196.0

Row = tuple[str, int, str]  # a name, its events, a remark


@drawing.register
def draw_coverage(coverage: Coverage, ax: Axes | None = None) -> Axes:
    """Draw one bar a stage, then one bar for each of the largest unmapped event names."""
    if coverage.table.empty or not coverage.table["events"].sum() > 0:
        return nothing_to_draw(ax, coverage.title, "the log has no events")
    mapped, unmapped = _mapped(coverage), _unmapped(coverage)
    rows = [*mapped, *unmapped]
    names = name_column(max(width_of(fitted(name, WIDEST_NAMES)) for name, _, _ in rows), _REMARKS)
    top = max(number for _, number, _ in rows)
    height = _ROW * len(rows) + (_BETWEEN if unmapped else 0)
    ax = open_rows(ax, _heading(coverage), height=height, names=names, figures=_REMARKS, top=float(top))
    colours = [*ramp(max(len(mapped), 1))[: len(mapped)], *[BAD] * len(unmapped)]
    total = int(coverage.table["events"].sum())
    room = points_wide(ax) - names
    for k, ((name, number, remark), colour) in enumerate(zip(rows, colours, strict=True)):
        y = _ROW * (k + 0.5) + (_BETWEEN if k >= len(mapped) else 0)
        ax.barh(y, number, height=_ROW * 0.72, color=colour)
        say(ax, 0, y, fitted(name, names - COLUMN_GAP), at="row")
        figure = f"{count(number)}  ({percent(number / total)})"
        say(ax, number, y, figure, dx=6, size=SMALL)
        used = room * number / (top * room / (room - _REMARKS)) + width_of(figure, SMALL) + 12
        say(
            ax,
            number,
            y,
            fitted(remark, room - used - 8, SMALL),
            dx=width_of(figure, SMALL) + 12,
            size=SMALL,
            colour=QUIET,
        )
    if unmapped:
        y = _ROW * len(mapped) + _BETWEEN - 9
        ax.plot(ax.get_xlim(), [y - 11, y - 11], color=LIGHT, lw=1)
        say(ax, 0, y, "no stage yet", at="row", size=LABEL, colour=BAD, bold=True)
    return ax


def _mapped(coverage: Coverage) -> list[Row]:
    table = coverage.table[coverage.table["stage"].notna()]
    stages = table.groupby("stage", sort=False).agg(events=("events", "sum"), names=("event", "nunique"))
    order = [stage for stage in coverage.stages if stage in stages.index]
    stages = stages.loc[[*order, *(stage for stage in stages.index if stage not in order)]]
    return [
        (str(stage), int(number), f"{count(names)} event name{'' if names == 1 else 's'}")
        for stage, number, names in zip(stages.index, stages["events"], stages["names"], strict=True)
    ]


def _unmapped(coverage: Coverage) -> list[Row]:
    table = coverage.table[coverage.table["stage"].isna()].sort_values("events", ascending=False, kind="stable")
    rows = [(row["event"], int(row["events"]), _proposal(row)) for row in table.head(_MOST_UNMAPPED).to_dict("records")]
    rest = table.iloc[_MOST_UNMAPPED:]
    if len(rest):
        rows.append((f"{count(len(rest))} more names", int(rest["events"].sum()), "see the table"))
    return rows


def _proposal(row: dict) -> str:
    if row["proposal"] is None or pd.isna(row["proposal"]):
        return "no proposal"
    reason = "" if row["reason"] is None or pd.isna(row["reason"]) else f" ({shown(row['reason'])})"
    return f"→ {shown(row['proposal'])}?{reason}"


def _heading(coverage: Coverage) -> Heading:
    total = int(coverage.table["events"].sum())
    without = coverage.table[coverage.table["stage"].isna()]
    share = percent(1 - without["events"].sum() / total)
    if without.empty:
        title = f"Every one of {count(total)} events has a stage"
    else:
        noun = "event name has" if len(without) == 1 else "event names have"
        title = f"{share} of {count(total)} events have a stage; {count(len(without))} {noun} none"
    names = count(coverage.table["event"].nunique(dropna=False))
    return Heading(title, f"{shown(coverage.title)} · n = {count(total)} events, {names} event names")


@sentence.register
def say_coverage(coverage: Coverage) -> str:
    """Say how much of the log has a stage, in one sentence."""
    if coverage.table.empty or not coverage.table["events"].sum() > 0:
        return "Coverage with nothing to draw: the log has no events."
    stages = ", ".join(f"{shown(name)} {count(number)}" for name, number, _ in _mapped(coverage)) or "no stage"
    missing = ", ".join(f"{shown(name)} {count(number)}" for name, number, _ in _unmapped(coverage)[:5])
    return f"{_heading(coverage).title}. Events by stage: {stages}." + (f" Without one: {missing}." if missing else "")
