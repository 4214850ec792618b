"""Pages made of rows of amounts: a dot with its whisker along one scale, and the number in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from matplotlib.axes import Axes

from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, nice_ticks
from mapkit.plots.page import Heading, say
from mapkit.plots.rows import COLUMN_GAP, WIDEST_NAMES, name_column, open_rows, whisker
from mapkit.plots.style import BLUE, FADED, INK, LABEL, LIGHT, MID, NOTE, PAPER, QUIET, SMALL, THIN_N

_HEAD, _ROW, _SCALE, MOST_ROWS = 19.0, 18.0, 18.0, 24


@dataclass(frozen=True)
class Amount:
    """One amount with its interval; ``other`` is a second number to hold it against, drawn as a hollow diamond."""

    name: str
    value: float
    low: float
    high: float
    n: int
    other: float = float("nan")
    head: str = ""


def money(value: float, unit: str = "") -> str:
    """Return an amount of money, or of anything, as a person would say it.

    >>> money(1234.5, "EUR"), money(12.818), money(0.456)
    ('1,234 EUR', '12.8', '0.46')
    """
    if value != value:
        return "unknown"
    if abs(value) == math.inf:
        return "no limit"
    if abs(value) >= 1_000:
        written = count(value)
    else:
        decimals = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
        written = f"{value:.{decimals}f}" if abs(value) >= 0.005 or value == 0 else f"{value:.1g}"
    return f"{written} {unit}".rstrip()


def money_interval(amount: Amount, unit: str = "") -> str:
    """Return an amount with its interval: 27.3 [24.6, 30.3] EUR."""
    if amount.low != amount.low:
        return money(amount.value, unit)
    return f"{money(amount.value)} [{money(amount.low)}, {money(amount.high)}] {unit}".rstrip()


def draw_amounts(ax: Axes | None, heading: Heading, rows: Sequence[Amount], unit: str = "") -> Axes:
    """Draw amounts one below the other; a new ``head`` starts a group. Beyond 24 rows the rest is counted."""
    unit = fitted(unit, 60) if unit else ""
    left_out = len(rows) - MOST_ROWS
    if left_out > 0:
        rows = rows[:MOST_ROWS]
        heading = replace(heading, note=f"{heading.note} {left_out:,} more rows are in the table.".strip())
    texts = [money_interval(row, unit) for row in rows]
    sizes = [f"of {count(row.n)}" for row in rows]
    column = max(width_of(text, SMALL, True) for text in texts)
    figures = column + COLUMN_GAP * 2 + max(width_of(text, SMALL) for text in sizes)
    names = name_column(max(width_of(fitted(row.name, WIDEST_NAMES)) for row in rows) + 8, figures)
    top = max([end for row in rows for end in (row.value, row.high, row.other) if 0 < end < float("inf")] or [1.0])
    heads = len({row.head for row in rows if row.head})
    height = _ROW * len(rows) + _HEAD * heads + _SCALE
    ax = open_rows(ax, heading, height=height, names=names, figures=figures, top=top)
    _scale(ax, top, height, unit)
    y, head = 0.0, ""
    for row, text, size in zip(rows, texts, sizes, strict=True):
        if row.head != head:
            head, y = row.head, y + _HEAD
            name = say(ax, 0, y - _HEAD / 2, fitted(head, 260, LABEL, True), at="row", bold=True)
            name.set_bbox({"facecolor": PAPER, "edgecolor": "none", "pad": 1})
        _row(ax, row, y + _ROW / 2, names)
        say(ax, top, y + _ROW / 2, text, dx=COLUMN_GAP, size=SMALL, bold=row.n >= THIN_N, colour=_ink(row))
        say(ax, top, y + _ROW / 2, size, dx=figures, size=SMALL, colour=QUIET, align="right")
        y += _ROW
    return ax


def _row(ax: Axes, row: Amount, y: float, names: float) -> None:
    alpha = FADED if row.n < THIN_N else 1.0
    say(ax, 0, y, fitted(shown(row.name), names - COLUMN_GAP - 8), at="row", dx=8, colour=_ink(row))
    if row.low == row.low and row.high < float("inf"):
        whisker(ax, max(row.low, 0), row.high, y, colour=BLUE, alpha=alpha)
    if 0 <= row.value < float("inf"):
        ax.plot([row.value], [y], "o", color=BLUE, markersize=6, alpha=alpha, zorder=4, mew=0)
    if row.other == row.other:
        ax.plot([row.other], [y], "D", mfc=PAPER, mec=INK, mew=1.2, markersize=5.5, zorder=5)


def _scale(ax: Axes, top: float, height: float, unit: str) -> None:
    for tick in nice_ticks(top, 4):
        ax.plot([tick, tick], [0, height - _SCALE], color=LIGHT, lw=1, zorder=0)
        say(ax, tick, height - _SCALE, f"{tick:,.10g}", dy=-9, size=NOTE, colour=QUIET, align="center")
    ax.plot([0, 0], [0, height - _SCALE], color=MID, lw=1, zorder=0)


def _ink(row: Amount) -> str:
    return QUIET if row.n < THIN_N else INK
