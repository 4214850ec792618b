"""Two lists of customers: two bars that lie over each other as far as they share customers, and the segments."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mapkit.ecosystems.accounts import AccountOverlap
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, counted, percent
from mapkit.plots.page import Heading, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import whisker
from mapkit.plots.style import BLUE, INK, LIGHT, MID, NOTE, ORANGE, PAPER, QUIET, SMALL

_BAR, _ROW, _HEAD, _NAMES, _MOST = 26.0, 17.0, 26.0, 120.0, 20
_BARS = 2 * _BAR + 40


@drawing.register
def draw_overlap(overlap: AccountOverlap, ax: Axes | None = None) -> Axes:
    """Draw the two lists, and by segment the share of ours that both have; what is not told is hatched."""
    whole = overlap.table.iloc[0].to_dict()
    rows = overlap.table.iloc[1:].head(_MOST).to_dict("records")
    high = _BARS + (_HEAD + _ROW * len(rows) + 18 if rows else 0)
    ax = open_page(ax, _heading(overlap, whole, len(overlap.table) - 1 - len(rows)), height=high)
    wide = points_wide(ax)
    ax.set_xlim(0, wide)
    ax.set_ylim(high, 0)
    _bars(ax, whole, wide)
    if rows:
        _segments(ax, rows, wide, high)
    return ax


def _bars(ax: Axes, whole: dict[Any, Any], wide: float) -> None:
    ours, theirs = (0 if pd.isna(whole[name]) else int(whole[name]) for name in ("ours", "theirs"))
    both = 0 if whole["suppressed"] else int(whole["both"])
    # Without a count the bars begin together, so that they seem to say nothing of what is shared.
    per = wide / max(max(ours, theirs) if whole["suppressed"] else ours + theirs - both, 1)
    start = 0.0 if whole["suppressed"] else (ours - both) * per
    for x, y, size, colour, name in ((0.0, 14.0, ours, BLUE, "ours"), (start, 26.0 + _BAR, theirs, ORANGE, "theirs")):
        ax.add_patch(Rectangle((x, y), size * per, _BAR, facecolor=colour, alpha=0.3, lw=0))
        ax.add_patch(Rectangle((start, y), both * per, _BAR, facecolor=colour, lw=0))
        line = y - 7 if name == "ours" else y + _BAR + 8
        ahead = name == "ours" or whole["suppressed"]
        side, edge = ("left", x) if ahead else ("right", x + size * per)
        say(ax, edge, line, f"{name} {count(size)}", size=SMALL, bold=True, align=side)
    if both:
        ax.plot([start] * 2, [14, 26 + 2 * _BAR], color=INK, lw=0.8)
        ax.plot([start + both * per] * 2, [14, 26 + 2 * _BAR], color=INK, lw=0.8)
        text = f"both {count(both)}"
        written = say(ax, start + both * per / 2, 20 + _BAR, text, size=SMALL, bold=True, align="center")
        written.set_bbox({"facecolor": PAPER, "edgecolor": "none", "pad": 1.5})
    else:
        say(ax, wide / 2, 20 + _BAR, "how many are in both is not told", size=SMALL, colour=QUIET, align="center")


def _segments(ax: Axes, rows: list[dict[Any, Any]], wide: float, bottom: float) -> None:
    names = min(max(width_of(fitted(row["segment"], _NAMES)) for row in rows), _NAMES) + 14
    left, right, start = names, wide - 150, _BARS + _HEAD
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = left + tick * (right - left)
        ax.plot([x, x], [start, bottom - 16], color=LIGHT, lw=1, zorder=0)
        say(ax, x, bottom - 8, f"{100 * tick:g}%", size=NOTE, colour=QUIET, align="center")
    say(ax, left, start - 9, "share of ours in both", size=NOTE, colour=QUIET, bold=True)
    for k, row in enumerate(rows):
        y = start + _ROW * (k + 0.5)
        say(ax, 0, y, fitted(row["segment"], names - 14), colour=QUIET if row["suppressed"] else INK)
        if row["suppressed"]:
            box = Rectangle((left, y - 5), right - left, 10, facecolor=PAPER, edgecolor=LIGHT, hatch="////", lw=0.8)
            ax.add_patch(box)
            say(ax, right + 12, y, "not told", size=SMALL, colour=MID)
            continue
        low, high = (left + row[f"of_ours_{end}"] * (right - left) for end in ("low", "high"))
        whisker(ax, low, high, y, colour=BLUE)
        ax.plot([left + row["of_ours"] * (right - left)], [y], "o", color=BLUE, ms=6, mew=0, zorder=4)
        text = percent(row["of_ours"], row["of_ours_low"], row["of_ours_high"])
        say(ax, right + 12, y, f"{text} of {count(row['ours'])}", size=SMALL, colour=INK)


def _heading(overlap: AccountOverlap, whole: dict[Any, Any], left_out: int) -> Heading:
    if whole["suppressed"]:
        title = "So few are shared, or so few are not, that the count is not told"
    else:
        title = f"{count(whole['both'])} customers are in both lists:"
        title += f" {percent(whole['of_ours'])} of ours, {percent(whole['of_theirs'])} of theirs"
    subtitle = f"customers counted once · n = {_or_few(whole['ours'])} ours, {count(whole['theirs'])} theirs"
    if "lift" in whole and not pd.isna(whole["lift"]):
        subtitle += (
            f" · {whole['lift']:.3g} times what chance gives [{whole['lift_low']:.3g}, {whole['lift_high']:.3g}]"
        )
    note = "Counts alone: no row of either list was shown."
    hidden = int(overlap.table["suppressed"].sum())
    note += f" Not told: {counted(hidden, 'count')}, being small or giving a small one away." if hidden else ""
    note += f" Not drawn: {left_out} segments." if left_out > 0 else ""
    return Heading(title, subtitle, note)


def _or_few(number: Any) -> str:
    return "few" if pd.isna(number) else count(number)


@sentence.register
def say_overlap(overlap: AccountOverlap) -> str:
    """Say how many are shared, in one sentence."""
    row = overlap.table.iloc[0].to_dict()
    sizes = f"{_or_few(row['ours'])} and {count(row['theirs'])} customers"
    if row["suppressed"]:
        return f"Two lists of {sizes}; how many they share is not told, because a count is small."
    by = f", by {shown(overlap.segment)}" if overlap.segment else ""
    shares = f"{percent(row['of_ours'])} of ours and {percent(row['of_theirs'])} of theirs"
    return f"Two lists of {sizes}{by}: they share {count(row['both'])}, {shares}."
