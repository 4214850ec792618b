"""Stage scorecard: who reached each stage, how soon, and where the path was not a straight line."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from mapkit.journeys.stages import StageScorecard
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, counted, duration
from mapkit.plots.page import Heading, nothing_to_draw, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import COLUMN_GAP, WIDEST_NAMES, Dot, Group, draw_groups, name_column, open_rows, whisker
from mapkit.plots.segments import looks, pool_small, with_share
from mapkit.plots.style import LABEL, LIGHT, MOST_SERIES, NOTE, QUIET, SKY, SMALL, ramp
from mapkit.plots.wording import level, quoted

_ROW, _HEAD, _TILE, _MEDIAN = 32.0, 26.0, 44.0, 62.0
_COUNTS = (("skips", "skipped"), ("re_entries", "re-entries"), ("loops", "loops"))


@drawing.register
def draw_stages(card: StageScorecard, ax: Axes | None = None) -> Axes:
    """Draw a row a stage: the share that reached it, the median time, and skips, re-entries and loops as tiles."""
    table = card.table
    if table.empty or not table["customers"].max() > 0:
        return nothing_to_draw(ax, card.title, "no customer reached any stage")
    if "segment" in table.columns:
        return _by_segment(card, ax)
    rows = table.reset_index(drop=True)
    ends = [_end(row) for row in rows.to_dict("records")]
    end_width = max(width_of(share, LABEL, True) + width_of(rest, SMALL) for share, rest in ends) + COLUMN_GAP
    figures = end_width + _MEDIAN + (_TILE + 4) * len(_COUNTS)
    labels = [width_of(fitted(stage, WIDEST_NAMES)) for stage in rows["stage"]]
    below = [width_of(counted(n, "customer"), NOTE) for n in rows["customers"]]
    names = name_column(max(*labels, *below), figures)
    top = max(rows["of_customers_high"].max(), 0.01)
    height = _HEAD + _ROW * len(rows)
    ax = open_rows(ax, _heading(card), height=height, names=names, figures=figures, top=top)
    _column_heads(ax, top, end_width)
    for k, (row, colour) in enumerate(zip(rows.to_dict("records"), ramp(len(rows)), strict=True)):
        y = _HEAD + _ROW * (k + 0.5)
        _row(ax, row, y, colour, names - COLUMN_GAP)
        median = row["median_seconds_to_first"]
        time = duration(median) if median == median else "–"
        say(ax, top, y, time, dx=end_width + _MEDIAN - 10, size=SMALL, align="right")
    _tiles(ax, rows, top, end_width + _MEDIAN)
    return ax


def _row(ax: Axes, row: dict[Any, Any], y: float, colour: str, room: float) -> None:
    say(ax, 0, y, fitted(row["stage"], room), at="row", dy=5)
    say(ax, 0, y, fitted(counted(row["customers"], "customer"), room, NOTE), at="row", dy=-8, size=NOTE, colour=QUIET)
    ax.barh(y, row["of_customers"], height=_ROW * 0.66, color=colour, zorder=2)
    whisker(ax, row["of_customers_low"], row["of_customers_high"], y)
    share, rest = _end(row)
    end = max(row["of_customers"], row["of_customers_high"])
    say(ax, end, y, share, dx=6, bold=True)
    say(ax, end, y, rest, dx=6 + width_of(share, LABEL, True), size=SMALL, colour=QUIET)


def _end(row: dict) -> tuple[str, str]:
    share, _, interval = quoted(row, "of_customers").partition(" ")
    return share, f" {interval}"


def _column_heads(ax: Axes, top: float, end_width: float) -> None:
    y = _HEAD / 2 - 2
    say(ax, 0, y, "share of all customers", size=SMALL, colour=QUIET)
    say(ax, top, y, "time to first", dx=end_width + _MEDIAN - 10, size=SMALL, colour=QUIET, align="right")
    for k, (_, head) in enumerate(_COUNTS):
        x = end_width + _MEDIAN + (_TILE + 4) * k + _TILE / 2
        say(ax, top, y, head, dx=x, size=SMALL, colour=QUIET, align="center")


def _tiles(ax: Axes, rows: pd.DataFrame, top: float, start: float) -> None:
    """Draw counts as tiles whose fill grows with their size within the column group."""
    per_point = (ax.get_xlim()[1] - top) / (start + (_TILE + 4) * len(_COUNTS))
    most = max(float(rows[[column for column, _ in _COUNTS]].max().max()), 1.0)
    for k, (column, _) in enumerate(_COUNTS):
        left = top + (start + (_TILE + 4) * k) * per_point
        for row, number in enumerate(rows[column]):
            y = _HEAD + _ROW * (row + 0.5)
            high = _ROW * 0.66
            ax.barh(y, _TILE * per_point, left=left, height=high, color=LIGHT, alpha=0.6, zorder=1)
            if number != number:
                continue
            ax.barh(y, _TILE * per_point * number / most, left=left, height=high, color=SKY, alpha=0.55, zorder=1.5)
            say(ax, left + _TILE / 2 * per_point, y, count(number), size=SMALL, align="center")


def _heading(card: StageScorecard) -> Heading:
    rows = card.table
    last = rows.iloc[-1]
    reached = quoted(last, "of_customers")
    title = f"{reached} of {count(last['all_customers'])} customers reach {fitted(last['stage'], 200)}"
    note = (
        "Any order: a customer counts once in every stage reached. Skipped: reached a later stage and never this one. "
        "Time to first: median, from the first event of the customer."
    )
    return Heading(title, f"{shown(card.title)} · n = {count(last['all_customers'])} · {level(card)}", note)


def _by_segment(card: StageScorecard, ax: Axes | None) -> Axes:
    table = pool_small(card.table, by=["stage"], size="all_customers", counts=["customers", "all_customers"])
    table = with_share(table, "of_customers", table["customers"], table["all_customers"], card.confidence)
    look = looks(list(dict.fromkeys(table["segment"])))
    groups = [
        Group(shown(stage), [_dot(row, look[row["segment"]]) for row in rows.to_dict("records")])
        for stage, rows in table.groupby("stage", sort=False)
    ]
    beyond = card.table["segment"].nunique(dropna=False) - MOST_SERIES + 1
    note = "Any order: a customer counts once in every stage reached, and in every segment they were in."
    note += f" The {beyond} smallest segments are pooled as other." if beyond > 1 else ""
    return draw_groups(ax, Heading(card.title, f"share of the segment's customers · {level(card)}", note), groups)


def _dot(row: dict[Any, Any], look: tuple[str, str]) -> Dot:
    share, low, high = row["of_customers"], row["of_customers_low"], row["of_customers_high"]
    return Dot(shown(row["segment"]), share, low, high, int(row["all_customers"]), *look)


@sentence.register
def say_stages(card: StageScorecard) -> str:
    """Say the share that reached each stage, in one sentence."""
    rows = card.table
    if rows.empty or not rows["customers"].max() > 0:
        return "Stage scorecard with nothing to draw: no customer reached any stage."
    by = "segment" in rows.columns
    parts = ", ".join(
        (f"{shown(row['segment'])} " if by else "") + f"{shown(row['stage'])} {quoted(row, 'of_customers')}"
        for row in rows.to_dict("records")
    )
    return f"Stage scorecard, share of customers that reached each stage: {parts}."
