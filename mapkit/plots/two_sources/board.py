"""Two-source map: each cell's claim and observation joined by a line, the kinds and cells that weigh most first."""

from __future__ import annotations

import math
import re
from typing import Any

from matplotlib.axes import Axes

from mapkit.maps.two_sources import ObservedMap
from mapkit.plots.journey_map.cells import GRADE_COLOURS
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, counted, percent
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import COLUMN_GAP, WIDEST_NAMES, name_column, whisker
from mapkit.plots.style import (
    BAD,
    FADED,
    GOOD,
    INK,
    LABEL,
    LIGHT,
    MID,
    NOTE,
    PAPER,
    QUIET,
    SMALL,
    readable,
)
from mapkit.plots.two_sources.lines import Line, Part, parts_of
from mapkit.plots.wording import level

_MOST, _ROW, _HEAD, _SCALE, _BETWEEN, _TOP = 30, 16.0, 19.0, 17.0, 7.0, 16.0
_WIDEST_CLAIM, _BADGE, _AIR = 84.0, 22.0, 5.0
_COLOURS = {"disagree": BAD, "agree": GOOD, "unclaimed": INK}


@drawing.register
def draw_board(observed: ObservedMap, ax: Axes | None = None, *, most: int = _MOST) -> Axes:
    """Draw the rows that matter: rings are claimed, dots with whiskers observed; ``most`` rows, the heaviest."""
    table = observed.table
    rows = table[(table["observed"].notna()) | ((table["unit"] == "name") & (table["state"] != "unmeasured"))]
    if rows.empty:
        return nothing_to_draw(ax, observed.title, "no cell of the map could be measured")
    rows = rows.head(most)
    parts = parts_of(observed, rows)
    lines = [line for part in parts for line in part.lines]
    columns = _columns(lines)
    figures = sum(columns) + 4 * COLUMN_GAP
    names = name_column(max(width_of(fitted(line.name, WIDEST_NAMES)) for line in lines) + 8, figures)
    height = _TOP + sum(_HEAD + _ROW * len(part.lines) + bool(part.ticks) * _SCALE + _BETWEEN for part in parts)
    ax = open_page(ax, _heading(observed, len(rows)), height=height)
    per_point = 1 / max(points_wide(ax) - names - figures - 2 * _AIR, 40.0)
    ax.set_xlim(-(names + _AIR) * per_point, 1 + (figures + _AIR) * per_point)
    ax.set_ylim(height, 0)
    _column_heads(ax, columns)
    y = _TOP
    for part in parts:
        y = _draw_part(ax, part, y, names, columns, per_point)
    return ax


def _columns(lines: list[Line]) -> list[float]:
    heads = ("claimed", "observed", "n")
    texts = [(fitted(line.claimed, _WIDEST_CLAIM, SMALL), fitted(line.observed, 130, SMALL), line.n) for line in lines]
    widths = [max(width_of(text[k], SMALL, k == 1) for text in [*texts, heads]) for k in range(3)]
    return [*widths, _BADGE]


def _column_heads(ax: Axes, columns: list[float]) -> None:
    for text, x in zip(("claimed", "observed", "n", "grade"), _ends(columns), strict=True):
        say(ax, 1, _TOP / 2, text, dx=x, size=NOTE, colour=QUIET, align="right")


def _ends(columns: list[float]) -> list[float]:
    """Return where each column of figures ends, in points from the end of the scale."""
    return [_AIR + sum(columns[: k + 1]) + (k + 1) * COLUMN_GAP for k in range(len(columns))]


def _draw_part(ax: Axes, part: Part, y: float, names: float, columns: list[float], per_point: float) -> float:
    say(ax, 0, y + _HEAD / 2, fitted(part.head, points_wide(ax), LABEL, True), at="row", bold=True)
    y += _HEAD
    end = y + _ROW * len(part.lines)
    written: list[tuple[float, float]] = []
    for at, label in part.ticks:
        ax.plot([at, at], [y, end], color=LIGHT, lw=1, zorder=0)
        half = width_of(label, NOTE) / 2 + _AIR / 2
        if label and all(abs(at - other) / per_point > half + beside for other, beside in written):
            say(ax, at, end, label, dy=-9, size=NOTE, colour=QUIET, align="center")
            written.append((at, half))
    for line in part.lines:
        _draw_line(ax, line, y + _ROW / 2, names, _ends(columns))
        y += _ROW
    return end + bool(part.ticks) * _SCALE + _BETWEEN


def _draw_line(ax: Axes, line: Line, y: float, names: float, ends: list[float]) -> None:
    colour = _COLOURS.get(line.state, MID)
    alpha, ink = (FADED, QUIET) if line.state == "unmeasured" else (1.0, INK)
    say(ax, 0, y, fitted(line.name, names - COLUMN_GAP - 8), at="row", dx=8, colour=ink)
    if not math.isnan(line.claimed_at) and not math.isnan(line.at):
        ax.plot([line.claimed_at, line.at], [y, y], color=colour, lw=1, ls=(0, (2, 1.5)), alpha=alpha, zorder=2)
    if line.half:
        ax.plot([0.5, 1], [y, y], color=INK, lw=1.3, marker="|", ms=7, mew=1.3, alpha=alpha, zorder=1)
    if not math.isnan(line.low):
        whisker(ax, min(max(line.low, 0), 1), min(max(line.high, 0), 1), y, colour=colour, alpha=alpha)
    if not math.isnan(line.at):
        ax.plot([line.at], [y], "o", color=colour, ms=6, mew=0, alpha=alpha, zorder=4)
    if not math.isnan(line.claimed_at):
        ax.plot([line.claimed_at], [y], "o", mfc="none", mec=ink, ms=8, mew=1.3, alpha=alpha, zorder=4.5)
    said = fitted(line.observed, 130, SMALL)
    sure = line.state == "disagree"
    for text, x, shade, bold in (
        (fitted(line.claimed, _WIDEST_CLAIM, SMALL), ends[0], QUIET, False),
        (said, ends[1], readable(BAD) if sure else ink, sure),
        (line.n, ends[2], QUIET, False),
    ):
        say(ax, 1, y, text, dx=x, size=SMALL, colour=shade, bold=bold, align="right")
    _badge(ax, line.grade, y, ends[3] - _BADGE / 2)


def _badge(ax: Axes, grade: str, y: float, dx: float) -> None:
    fill = GRADE_COLOURS[grade]
    dark = grade in ("A", "B")
    letter = say(ax, 1, y, grade, dx=dx, size=NOTE, colour=PAPER if dark else INK, bold=True, align="center")
    letter.set_bbox({"facecolor": fill, "edgecolor": MID if fill == PAPER else fill, "pad": 1.5, "linewidth": 0.8})


def _heading(observed: ObservedMap, drawn: int) -> Heading:
    who = f"segment {fitted(observed.segment, 140, SMALL)}" if observed.segment is not None else "all customers"
    subtitle = f"{shown(observed.map.title) if observed.map else 'a map'} · {who}, n = {count(observed.customers)}"
    subtitle += f" · {level(observed)} · heaviest first"
    # A page's note has room for 240 letters.
    note = "Ring or bar: claimed. Vermilion: disagrees beyond chance and tolerance, all cells judged together;"
    note += " blue: agrees; faded: too few. Grade of what is known: A experiment, B observed, C reported, D asserted."
    left = len(observed.table) - drawn
    note += f" {count(left)} more in the table." if left else ""
    return Heading(_finding(observed), subtitle, note)


def _finding(observed: ObservedMap) -> str:
    cells, wrong = observed.cells, observed.disagreements
    measured = cells[cells["state"].isin(["agree", "disagree"])]
    if measured.empty:
        return "No cell of the map could be judged: too few customers or answers"
    if wrong.empty:
        return f"The data contradicts none of the map's {counted(len(measured), 'measured cell')}"
    heaviest = wrong.iloc[0].to_dict()
    of = counted(len(measured), "measured cell")
    return f"The data contradicts {count(len(wrong))} of {of}; {_worst(heaviest)}"


def _worst(row: dict[Any, Any]) -> str:
    named = row["step"] if isinstance(row["step"], str) else row["stage"]
    claim = ""
    if row["unit"] == "share" and row["claimed"] == row["claimed"]:
        claim = f", claimed {percent(row['claimed'])}, observed {percent(row['observed'])}"
    elif row["about"] != "sequence":
        observed = re.split(r" \[|; ", row["observed_text"])[0]
        claim = f", claimed {fitted(row['claimed_text'], 90)}, observed {fitted(observed, 90)}"
    return f"heaviest: {row['kind']} of {fitted(named, 150)}{claim}"


@sentence.register
def say_board(observed: ObservedMap) -> str:
    """Say how many cells are contradicted and which weigh most, in one sentence."""
    heaviest = " ".join(observed.disagreements["sentence"].head(5))
    missing = observed.table[observed.table["state"] == "unclaimed"]["step"].head(5)
    more = f" Not on the map: {', '.join(shown(name) for name in missing)}." if len(missing) else ""
    return f"Two-source map. {_finding(observed)}.{' ' + heaviest if heaviest else ''}{more}"
