"""Importance against satisfaction: every touchpoint a named dot, and the lines beyond which a need is underserved."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from mapkit.experience.feedback import Opportunity
from mapkit.plots.feedback.room import Room
from mapkit.plots.feedback.wording import group_name
from mapkit.plots.names import fitted, width_of
from mapkit.plots.numbers import count
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_high, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BAD, BAD_TEXT, FADED, INK, LABEL, LIGHT, MID, NOTE, PAPER, QUIET, SMALL, THIN_N
from mapkit.plots.wording import level

_HEIGHT, _LEFT, _BOTTOM, _LIST = 320.0, 40.0, 34.0, 206.0
_UNDERSERVED, _EXTREME = 10.0, 15.0
_MOST_LISTED = 12
_NAME = 92.0
# Where a name may stand about its dot, in points, the best first.
_PLACES = (
    (8, 0, "left"), (-8, 0, "right"), (0, 11, "center"), (0, -11, "center"), (8, 9, "left"), (-8, 9, "right"),
    (8, -9, "left"), (-8, -9, "right"), (5, 11, "right"), (-5, 11, "left"), (5, -11, "right"), (-5, -11, "left"),
)  # fmt: skip


@drawing.register
def draw_opportunity(opportunity: Opportunity, ax: Axes | None = None, *, segment: str | None = None) -> Axes:
    """Draw the quadrant, of one ``segment`` where the result is split; beside it the largest opportunities."""
    keys = list(opportunity.keys)
    table = opportunity.table
    if segment is not None and len(keys) > 1:
        table, keys = table[table[keys[1]] == segment], keys[:1]
    table = table[table["opportunity"].notna()]
    table = table.assign(called=[group_name(row, keys) for row in table.to_dict("records")])
    table = table.sort_values("opportunity", ascending=False, kind="stable")
    if table.empty:
        return nothing_to_draw(ax, opportunity.title, "nothing was rated for both importance and satisfaction")
    heading = _heading(opportunity, table, segment)
    ax = open_page(ax, heading, height=_HEIGHT, left=_LEFT, right=_LIST, bottom=_BOTTOM)
    ax.set_xlim(-0.3, 10.3)
    ax.set_ylim(-0.3, 10.3)
    _ground(ax)
    room = Room(points_wide(ax), points_high(ax))
    # The names of the lines stand on the upper edge.
    room.take(room.wide / 2, room.high, room.wide, 2 * NOTE)
    for row in table.to_dict("records"):
        _dot(ax, row)
        room.take(*_points(ax, row), 9, 9)
    for row in table.to_dict("records"):
        _name(ax, row, room)
    _list(ax, table)
    return ax


def _ground(ax: Axes) -> None:
    """Draw grid, axes' names, and the lines of equal opportunity."""
    ax.fill([0, 10, 0], [5, 10, 10], color=BAD, alpha=0.07, lw=0, zorder=0)
    for tick in (0, 2, 4, 6, 8, 10):
        ax.plot([0, 10], [tick, tick], color=LIGHT, lw=1, zorder=0.1)
        say(ax, 0, tick, f"{tick}", dx=-12, size=NOTE, colour=QUIET, align="right")
        say(ax, tick, 0, f"{tick}", dy=-18, size=NOTE, colour=QUIET, align="center")
    for line in (_UNDERSERVED, _EXTREME):
        # I + (I - S) = line, as long as I stays within 10.
        ax.plot([0, 20 - line], [line / 2, 10], color=MID, lw=1, ls=(0, (4, 3)), zorder=0.5)
        say(ax, 20 - line, 10, f"opportunity {line:g}", dy=6, size=NOTE, colour=QUIET, align="right")
    say(ax, 5, 0, "satisfaction", dy=-32, size=SMALL, colour=INK, align="center")
    name = say(ax, 0, 5, "importance", dx=-34, size=SMALL, colour=INK, align="center", vertical="center")
    name.set_rotation(90)


def _dot(ax: Axes, row: dict[Any, Any]) -> None:
    alpha = FADED if row["n"] < THIN_N else 1.0
    x, y = row["satisfaction"], row["importance"]
    ax.plot([row["satisfaction_low"], row["satisfaction_high"]], [y, y], color=MID, lw=0.8, alpha=0.35, zorder=1)
    ax.plot([x, x], [row["importance_low"], row["importance_high"]], color=MID, lw=0.8, alpha=0.35, zorder=1)
    sure, likely = row["opportunity_low"] >= _UNDERSERVED, row["opportunity"] >= _UNDERSERVED
    edge = BAD if likely else INK
    ax.plot(
        [x], [y], "o", mfc=BAD if sure else PAPER if likely else INK, mec=edge, mew=1.4, ms=6.5, alpha=alpha, zorder=3
    )


def _points(ax: Axes, row: dict[Any, Any]) -> tuple[float, float]:
    wide, high = points_wide(ax), points_high(ax)
    return (row["satisfaction"] + 0.3) / 10.6 * wide, (row["importance"] + 0.3) / 10.6 * high


def _name(ax: Axes, row: dict[Any, Any], room: Room) -> None:
    """Write a dot's name at the first free place around it; without one the name is left to the table."""
    size = SMALL if row["opportunity"] >= _UNDERSERVED else NOTE
    text = fitted(row["called"], _NAME, size)
    wide = width_of(text, size)
    x, y = _points(ax, row)
    for dx, dy, align in _PLACES:
        middle = x + dx + {"left": wide / 2, "right": -wide / 2, "center": 0}[align]
        if room.is_free(middle, y + dy, wide, size + 1):
            room.take(middle, y + dy, wide, size + 1)
            colour = BAD_TEXT if row["opportunity"] >= _UNDERSERVED else QUIET if row["n"] < THIN_N else INK
            at = (row["satisfaction"], row["importance"])
            said = say(ax, *at, text, dx=dx, dy=dy, size=size, colour=colour, align=align, vertical="center")
            said.set(zorder=4, bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.5, "alpha": 0.65})
            return


def _list(ax: Axes, table: pd.DataFrame) -> None:
    """Write the largest opportunities with their intervals to the right."""
    rows = table.head(_MOST_LISTED).to_dict("records")
    say(ax, 1, 1, "largest opportunities", at="axes", dx=14, dy=-6, size=SMALL, colour=QUIET)
    for k, row in enumerate(rows):
        down = -6 - (k + 1) * 1.7 * SMALL
        low, high = row["opportunity_low"], row["opportunity_high"]
        value = f"{row['opportunity']:.1f}"
        interval = f"[{low:.1f}, {high:.1f}]"
        bold = bool(low >= _UNDERSERVED)
        colour = BAD_TEXT if row["opportunity"] >= _UNDERSERVED else QUIET if row["n"] < THIN_N else INK
        room = _LIST - 14 - width_of("20.0 [10.0, 20.0]", SMALL, True) - 10
        say(
            ax,
            1,
            1,
            fitted(row["called"], room, SMALL, bold),
            at="axes",
            dx=14,
            dy=down,
            size=SMALL,
            colour=colour,
            bold=bold,
        )
        say(ax, 1, 1, interval, at="axes", dx=_LIST, dy=down, size=SMALL, colour=QUIET, align="right")
        before = _LIST - width_of("[10.0, 20.0]", SMALL) - 4
        say(ax, 1, 1, value, at="axes", dx=before, dy=down, size=SMALL, colour=colour, bold=bold, align="right")


def _heading(opportunity: Opportunity, table: pd.DataFrame, segment: str | None) -> Heading:
    sure = table[(table["opportunity_low"] >= _UNDERSERVED) & (table["n"] >= THIN_N)]
    if len(sure):
        first = sure.iloc[0]
        interval = f"{first['opportunity']:.1f} [{first['opportunity_low']:.1f}, {first['opportunity_high']:.1f}]"
        others = f", {len(sure) - 1} more surely above 10" if len(sure) > 1 else ""
        title = f"Underserved: {fitted(first['called'], 160, LABEL)}, opportunity {interval}{others}"
    else:
        title = "Nothing is surely underserved: no opportunity is clear of 10"
    low, high = table["n"].min(), table["n"].max()
    n = count(low) if low == high else f"{count(low)} to {count(high)}"
    of = f" of {fitted(segment, 120)}" if segment is not None else ""
    subtitle = f"ten times the share in the top {opportunity.top} boxes{of} · n = {n} a dot · {level(opportunity)}"
    notes = "Opportunity = importance + what satisfaction lacks of it. Filled: surely above 10; ring: perhaps."
    if (table["n"] < THIN_N).any():
        notes += f" Faded: fewer than {THIN_N} answers."
    return Heading(title, subtitle, f"{notes} Grey lines: intervals. Names without room are in the table.")


@sentence.register
def say_opportunity(opportunity: Opportunity) -> str:
    """Say the largest opportunities in one sentence."""
    table = opportunity.table[opportunity.table["opportunity"].notna()]
    if table.empty:
        return "Opportunities with nothing to draw: nothing was rated for both importance and satisfaction."
    rows = table.sort_values("opportunity", ascending=False, kind="stable").head(5).to_dict("records")
    parts = [
        f"{group_name(row, opportunity.keys)} {row['opportunity']:.1f}"
        f" [{row['opportunity_low']:.1f}, {row['opportunity_high']:.1f}] of {count(row['n'])}"
        for row in rows
    ]
    return f"Importance against satisfaction of {len(table)} groups; largest opportunities: {'; '.join(parts)}."
