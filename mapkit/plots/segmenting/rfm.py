"""RFM: how many customers each segment has and how much revenue it brings, or the grid of recency and frequency."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd
from matplotlib.axes import Axes

from mapkit.errors import one_of
from mapkit.journeys.segmenting.rfm import RFM
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, counted, percent
from mapkit.plots.page import Heading, nothing_to_draw, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import COLUMN_GAP, WIDEST_NAMES, name_column, open_rows, scale, whisker
from mapkit.plots.style import BLUE, INK, MID, NOTE, PAPER, QUIET, SKY, SMALL, THIN_N
from mapkit.plots.value.amounts import money
from mapkit.plots.value.cells import Cell, Line, draw_cells
from mapkit.plots.wording import level, quoted

View = Literal["segments", "grid"]
_ROW, _HEAD, _SCALE, _MOST = 21.0, 20.0, 18.0, 24


@drawing.register
def draw_rfm(rfm: RFM, ax: Axes | None = None, *, view: View = "segments") -> Axes:
    """Draw segments with their shares of customers and of revenue, or ("grid") customers by recency and frequency."""
    one_of(view, ("segments", "grid"), "view")
    if rfm.table.empty:
        return nothing_to_draw(ax, rfm.title, "nobody has bought")
    return _grid(rfm, ax) if view == "grid" else _segments(rfm, ax)


def _segments(rfm: RFM, ax: Axes | None) -> Axes:
    rows = rfm.segments.head(_MOST).to_dict("records")
    texts = [(quoted(row, "of_customers"), _revenue(row), count(row["customers"])) for row in rows]
    heads = ("of customers", "of revenue", "customers")
    columns = [max(width_of(text[k], SMALL, k == 0) for text in [*texts, heads]) for k in range(3)]
    figures = sum(columns) + COLUMN_GAP * 3
    names = name_column(max(width_of(fitted(row["segment"], WIDEST_NAMES)) for row in rows), figures)
    ends = [row[name] for row in rows for name in ("of_customers_high", "of_revenue") if row[name] == row[name]]
    top, height = 1.03 * max(ends), _HEAD + _ROW * len(rows) + _SCALE
    ax = open_rows(ax, _heading(rfm, len(rows)), height=height, names=names, figures=figures, top=top)
    scale(ax, top, _HEAD, height - _SCALE)
    places = [sum(columns[: k + 1]) + COLUMN_GAP * (k + 1) for k in range(3)]
    for head, x in zip(heads, places, strict=True):
        say(ax, top, _HEAD / 2, head, dx=x, size=NOTE, colour=QUIET, align="right")
    for k, (row, text) in enumerate(zip(rows, texts, strict=True)):
        y = _HEAD + _ROW * (k + 0.5)
        _bar(ax, row, y)
        say(ax, 0, y, fitted(row["segment"], names - COLUMN_GAP), at="row")
        for part, x, bold in zip(text, places, (True, False, False), strict=True):
            say(ax, top, y, part, dx=x, size=SMALL, bold=bold, colour=INK if bold else QUIET, align="right")
    return ax


def _bar(ax: Axes, row: dict[Any, Any], y: float) -> None:
    thin = row["customers"] < THIN_N
    ax.barh(y, row["of_customers"], height=_ROW * 0.6, color=SKY, alpha=0.5 if thin else 1, zorder=2)
    whisker(ax, row["of_customers_low"], row["of_customers_high"], y, colour=MID if thin else BLUE)
    if row["of_revenue"] == row["of_revenue"]:
        ax.plot([max(row["of_revenue"], 0)], [y], "D", mfc=PAPER, mec=INK, mew=1.2, markersize=5.5, zorder=5)


def _revenue(row: dict[Any, Any]) -> str:
    return percent(row["of_revenue"])


def _heading(rfm: RFM, drawn: int) -> Heading:
    rows = rfm.segments[rfm.segments["customers"] >= THIN_N]
    n = count(len(rfm.table))
    title = f"{counted(len(rfm.table), 'customer')} by recency, frequency and money"
    if len(rows) and rows["of_revenue"].notna().all():
        best = rows.sort_values("of_revenue", ascending=False, kind="stable").iloc[0]
        title = f"{fitted(best['segment'], 140)}: {quoted(best, 'of_customers')} of customers,"
        title += f" {percent(best['of_revenue'])} of revenue"
    rules = fitted(rfm.rules.name, 160) if rfm.rules is not None else ""
    subtitle = (
        f"bar: share of customers · diamond: share of revenue {money(rfm.segments['revenue'].sum(), rfm.currency)}"
    )
    note = f"{rules}, first rule met; as of {rfm.at:%Y-%m-%d}. Where a segment ends is a convention, no finding."
    left_out = len(rfm.segments) - drawn
    note += f" {left_out:,} more segments are in the table." if left_out else ""
    return Heading(title, f"{subtitle} · n = {n} · {level(rfm)}", note)


def _grid(rfm: RFM, ax: Axes | None) -> Axes:
    cells, n = rfm.grid.set_index(["r", "f"]), len(rfm.table)
    most = float(cells["customers"].max())
    scores = range(1, rfm.bins + 1)
    lines = [Line(_score(r, rfm.bins, "latest"), [_cell(cells, r, f, most) for f in scores]) for r in reversed(scores)]
    columns = [(_score(f, rfm.bins, "most"),) for f in scores]
    best = rfm.grid.sort_values("customers", ascending=False, kind="stable").iloc[0]
    title = f"Most in one cell: {count(most)} of {count(n)}, with recency {best['r']:.0f} and frequency {best['f']:.0f}"
    subtitle = f"customers, and mean revenue of each{_in(rfm)}, by scores of recency and frequency · n = {count(n)}"
    note = f"Scores compare customers with each other; {rfm.bins} is the highest. Pale: fewer than {THIN_N} customers."
    return draw_cells(ax, Heading(title, subtitle, note), columns, lines, across="frequency", down="recency")


def _cell(cells: pd.DataFrame, r: int, f: int, most: float) -> Cell | None:
    if (r, f) not in cells.index:
        return None
    size, mean = (float(cells[name].loc[(r, f)]) for name in ("customers", "mean_revenue"))
    return Cell(count(size), money(mean), size / most, size < THIN_N)


def _score(score: int, bins: int, highest: str) -> str:
    return f"{score} ({highest})" if score == bins else str(score)


def _in(rfm: RFM) -> str:
    return f" in {fitted(rfm.currency, 60)}" if rfm.currency else ""


@sentence.register
def say_rfm(rfm: RFM) -> str:
    """Say every segment's share of customers and of revenue in one sentence."""
    if rfm.table.empty:
        return "RFM with nothing to draw: nobody has bought."
    parts = [
        f"{shown(row['segment'])} {quoted(row, 'of_customers')} of customers, {_revenue(row)} of revenue"
        for row in rfm.segments.to_dict("records")
    ]
    return f"Segments of {count(len(rfm.table))} customers: {'; '.join(parts)}."
