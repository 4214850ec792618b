"""AARRR scorecard by segment: a column a stage, a row a segment, a dot with its whisker in each cell."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from mapkit.journeys.growth.periods import ALL
from mapkit.journeys.growth.scorecard import STAGES, AARRRScorecard
from mapkit.plots.growth.figures import figure, metric_name
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.page import Heading, open_page, points_wide, say
from mapkit.plots.rows import whisker
from mapkit.plots.style import FADED, INK, LABEL, LIGHT, MID, NOTE, PAPER, QUIET, SMALL, THIN_N, ramp
from mapkit.plots.wording import level

_ROW, _HEAD, _GAP, _FIGURE, _NAMES = 20.0, 40.0, 16.0, 36.0, 104.0


def draw_by_segment(card: AARRRScorecard, ax: Axes | None) -> Axes:
    """Draw each stage's headline over all periods, every stage on its own scale from 0."""
    columns = [_column(card, stage) for stage in STAGES]
    height = _HEAD + _ROW * len(card.segments)
    ax = open_page(ax, _heading(card, columns), height=height)
    wide = points_wide(ax)
    ax.set_xlim(0, wide)
    ax.set_ylim(height, 0)
    names = min(max(width_of(fitted(name, _NAMES, SMALL), SMALL) for name in card.segments), _NAMES)
    each = (wide - names - _GAP * len(columns)) / len(columns)
    for row, name in enumerate(card.segments):
        y = _HEAD + _ROW * (row + 0.5)
        ax.plot([0, wide], [y + _ROW / 2] * 2, color=LIGHT, lw=0.7, zorder=0)
        say(ax, 0, y, fitted(name, names, SMALL), size=SMALL)
    for k, (rows, colour) in enumerate(zip(columns, ramp(len(columns) + 1)[1:], strict=True)):
        _draw_column(ax, rows, names + _GAP + (each + _GAP) * k, each, colour)
    return ax


def _column(card: AARRRScorecard, stage: str) -> pd.DataFrame:
    """Return the rows over all of a stage's headline metric, a row a segment in the card's order."""
    rows = card.table[(card.table["metric"] == card.headline(stage)) & (card.table["period"] == ALL)]
    return rows.set_index("segment").reindex(list(card.segments)).reset_index()


def _draw_column(ax: Axes, rows: pd.DataFrame, left: float, wide: float, colour: str) -> None:
    first = rows.iloc[0]
    say(ax, left, 12, fitted(str(first["stage"]).capitalize(), wide, LABEL, True), bold=True)
    say(ax, left, 26, fitted(_unit(first), wide, NOTE), size=NOTE, colour=QUIET)
    room = wide - _FIGURE
    firm = rows[(rows["n"] >= THIN_N) | (rows["unit"] == "customers")]
    tops = [*rows["value"].dropna(), *firm["high"].replace(math.inf, math.nan).dropna()]
    top = max([value for value in tops if value > 0] or [1.0])
    ax.plot([left, left], [_HEAD - 4, _HEAD + _ROW * len(rows)], color=MID, lw=0.8, zorder=1)
    for k, row in enumerate(rows.to_dict("records")):
        y = _HEAD + _ROW * (k + 0.5)
        value, _ = figure(row["value"], row["low"], row["high"], row["unit"])
        thin = row["n"] < THIN_N and row["unit"] != "customers"
        ink = QUIET if thin or value == "–" else INK
        say(ax, left + wide, y, fitted(value, _FIGURE, SMALL), size=SMALL, colour=ink, align="right")
        if row["value"] != row["value"]:
            continue
        x = [left + (room - 4) * min(max(row[name], 0.0), top) / top for name in ("value", "low", "high")]
        if x[1] == x[1] and x[2] == x[2]:
            whisker(ax, x[1], x[2], y, colour=colour, alpha=FADED if thin else 1.0)
        ax.plot([x[0]], [y], "o", color=colour, ms=6, mec=PAPER, mew=0.8, alpha=FADED if thin else 1.0, zorder=4)


def _unit(row: pd.Series) -> str:
    named = metric_name(str(row["metric"]))
    return {"k": "K per customer", "arpu": f"{row['unit']} per active"}.get(str(row["metric"]), named)


def _heading(card: AARRRScorecard, columns: list[pd.DataFrame]) -> Heading:
    total = columns[0]["value"].sum()
    subtitle = f"all {card.period}s together, each stage on its own scale from 0 · n = {total:,.0f} new customers"
    note = f"Whiskers: {level(card)}. Faded: rests on fewer than {THIN_N}. The stages are no sequence. "
    return Heading(_finding(columns), subtitle, note + "Association, not cause.")


def _finding(columns: list[pd.DataFrame]) -> str:
    """Return the stage whose segments are furthest apart, where their intervals are clear of each other."""
    apart: list[tuple[float, str]] = []
    for rows in columns[1:]:
        firm = rows[(rows["n"] >= THIN_N) & rows["value"].notna()]
        if len(firm) < 2:
            continue
        most, least = _ends(firm)
        if most["low"] > least["high"] and least["value"] > 0:
            ends = " against ".join(_end(row) for row in (most, least))
            apart.append((most["value"] / least["value"], f"{str(most['stage']).capitalize()} differs most: {ends}"))
    return max(apart)[1] if apart else "No stage differs clearly between the segments"


def _ends(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    ordered = rows.sort_values("value", ascending=False, kind="stable")
    return ordered.iloc[0], ordered.iloc[-1]


def _end(row: Any) -> str:
    value, interval = figure(row["value"], row["low"], row["high"], row["unit"])
    unit = f" {row['unit']}" if row["unit"] not in ("share", "customers", "per customer", "money") else ""
    return f"{value}{unit} {interval} ({fitted(row['segment'], 90)})"


def say_by_segment(card: AARRRScorecard) -> str:
    """Say every stage's highest and lowest segment, in one sentence."""
    parts = []
    for stage in STAGES:
        rows = _column(card, stage)
        known = rows[rows["value"].notna()]
        if known.empty:
            parts.append(f"{stage} unknown")
            continue
        most, least = _ends(known)
        ends = [f"{shown(row['segment'])} {figure(*row[['value', 'low', 'high', 'unit']])[0]}" for row in (most, least)]
        parts.append(f"{metric_name(str(most['metric']))} from {ends[1]} to {ends[0]}")
    return f"AARRR scorecard by segment: {'; '.join(parts)}."
