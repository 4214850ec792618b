"""Net promoter scores: promoters to the right, detractors to the left, and the score with its interval between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from mapkit.experience.feedback import Nps
from mapkit.plots.feedback.wording import blocks, figure, finding, foot, group_name, subtitle
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import COLUMN_GAP, WIDEST_NAMES, name_column, whisker
from mapkit.plots.style import BAD, BAD_TEXT, FADED, GOOD, INK, LABEL, LIGHT, MID, NOTE, PAPER, QUIET, SMALL, THIN_N

_HEAD, _ROW, _BAR, _BETWEEN, _SCALE, _LEGEND = 20.0, 23.0, 15.0, 6.0, 18.0, 18.0
_TICKS = (-100, -75, -50, -25, 0, 25, 50, 75, 100)


@dataclass(frozen=True)
class _Columns:
    names: float
    figure: float
    n: float

    @property
    def right(self) -> float:
        return self.figure + self.n + 2 * COLUMN_GAP


@drawing.register
def draw_nps(nps: Nps, ax: Axes | None = None, *, most: int = 30) -> Axes:
    """Draw one diverging bar a group, at most ``most``; with two columns of groups the first heads the second."""
    table = nps.table.head(most)
    if table["score"].notna().sum() == 0:
        return nothing_to_draw(ax, nps.title, "no answer lies within 0 to 10")
    parts = blocks(table, nps)
    rows = [(name, row) for _, block in parts for name, row in block]
    figures = [figure(nps, row) for _, row in rows]
    columns = _columns([name for name, _ in rows], figures, table)
    heads = sum(1 for head, _ in parts if head)
    height = _LEGEND + heads * _HEAD + len(rows) * _ROW + len(parts) * _BETWEEN + _SCALE
    more = len(nps.table) - len(table)
    subject = "promoters (9, 10) minus detractors (0 to 6), in points of 100"
    ax = open_page(ax, Heading(finding(nps), subtitle(nps, subject), foot(nps, table, more=more)), height=height)
    left, right = _span(table)
    per_point = (right - left) / max(points_wide(ax) - columns.names - columns.right, 40.0)
    ax.set_xlim(left - columns.names * per_point, right + columns.right * per_point)
    ax.set_ylim(height, 0)
    _scale(ax, left, right, height - _SCALE)
    _legend(ax, right, columns)
    y = _LEGEND
    for head, block in parts:
        if head:
            said = say(ax, 0, y + _HEAD / 2, fitted(head, points_wide(ax) * 0.9, LABEL, True), at="row", bold=True)
            said.set_bbox({"facecolor": PAPER, "edgecolor": "none", "pad": 1})
            y += _HEAD
        for name, row in block:
            _row(ax, (name, row, figure(nps, row)), y + _ROW / 2, columns, (right, per_point))
            y += _ROW
        y += _BETWEEN
    return ax


def _columns(names: list[str], figures: list[str], table: pd.DataFrame) -> _Columns:
    # A figure's number is bold and its interval is not, so it never takes more than this.
    figure_wide = max(width_of(each, SMALL, True) for each in [*figures, "NPS"])
    n = max(width_of(f"of {count(each)}", SMALL) for each in table["n"])
    widest = max(width_of(fitted(name, WIDEST_NAMES)) for name in names) + 8
    return _Columns(name_column(widest, figure_wide + n + 2 * COLUMN_GAP), figure_wide, n)


def _span(table: pd.DataFrame) -> tuple[float, float]:
    n = table["n"].where(table["n"] > 0)
    left = min((-100 * table["detractors"] / n).min(), table["low"].min())
    right = max((100 * table["promoters"] / n).max(), table["high"].max())
    return min(left, -20.0) - 3, max(right, 20.0) + 3


def _scale(ax: Axes, left: float, right: float, bottom: float) -> None:
    for tick in _TICKS:
        if left <= tick <= right:
            ax.plot([tick, tick], [_LEGEND - 2, bottom], color=MID if tick == 0 else LIGHT, lw=1, zorder=0.5)
            say(ax, tick, bottom, f"{tick}", dy=-9, size=NOTE, colour=QUIET, align="center")


def _legend(ax: Axes, right: float, columns: _Columns) -> None:
    y = _LEGEND / 2
    for text, dx, colour, align in (("detractors", -5, BAD_TEXT, "right"), ("promoters", 5, GOOD, "left")):
        say(ax, 0, y, text, dx=dx, size=SMALL, colour=colour, align=align)
    say(ax, right, y, "NPS", dx=COLUMN_GAP, size=SMALL, colour=QUIET)
    say(ax, right, y, "answers", dx=columns.right, size=SMALL, colour=QUIET, align="right")


def _row(
    ax: Axes, said: tuple[str, dict[Any, Any], str], y: float, columns: _Columns, end: tuple[float, float]
) -> None:
    name, row, written = said
    thin = row["n"] < THIN_N
    ink = QUIET if thin else INK
    say(ax, 0, y, fitted(name, columns.names - COLUMN_GAP - 8), at="row", dx=8, colour=ink)
    right, per_point = end
    if row["score"] == row["score"]:
        taken = (row["low"] - 3 * per_point, row["high"] + 3 * per_point)
        for share, sign, colour in (("promoters", 1, GOOD), ("detractors", -1, BAD)):
            _bar(ax, 100 * row[share] / row["n"], y, (sign, colour, per_point), taken=taken, thin=thin)
        whisker(ax, row["low"], row["high"], y, colour=INK)
        ax.plot([row["score"]], [y], "o", color=INK, ms=7, mec=PAPER, mew=1.2, zorder=4)
    number, _, interval = written.partition(" ")
    say(ax, right, y, number, dx=COLUMN_GAP, size=SMALL, colour=ink, bold=True)
    dx = COLUMN_GAP + width_of(f"{number} ", SMALL, True)
    say(ax, right, y, interval, dx=dx, size=SMALL, colour=QUIET)
    say(ax, right, y, f"of {count(row['n'])}", dx=columns.right, size=SMALL, colour=QUIET, align="right")


def _bar(
    ax: Axes, share: float, y: float, look: tuple[int, str, float], *, taken: tuple[float, float], thin: bool
) -> None:
    """Draw promoters or detractors, with their share where it fits and the interval is not."""
    sign, colour, per_point = look
    ax.barh(y, sign * share, _BAR, color=colour, alpha=FADED / 2 if thin else 0.45, linewidth=0, zorder=1)
    text = f"{share:.0f}%"
    wide = (width_of(text, NOTE) + 6) * per_point
    # At the outer end, else beside the middle line, wherever the score's interval is not.
    for start, end, align in ((share - wide, share, -sign), (0.0, wide, sign)):
        low, high = sorted((sign * start, sign * end))
        if start >= 0 and share >= wide and (high < taken[0] or low > taken[1]):
            at, dx = (sign * share, -3 * sign) if align == -sign else (0.0, 3 * sign)
            say(ax, at, y, text, dx=dx, size=NOTE, colour=INK, align="left" if align > 0 else "right")
            return


@sentence.register
def say_nps(nps: Nps) -> str:
    """Say the scores in one sentence."""
    table = nps.table[nps.table["score"].notna()]
    if table.empty:
        return "Net promoter score with nothing to draw: no answer lies within 0 to 10."
    parts = [
        f"{group_name(row, nps.keys)} {figure(nps, row)} of {count(row['n'])}"
        for row in table.head(8).to_dict("records")
    ]
    more = f", and {len(table) - 8} more groups" if len(table) > 8 else ""
    by = f" by {shown(', '.join(nps.keys))}" if nps.keys else ""
    return f"Net promoter score{by}: {'; '.join(parts)}{more}."
