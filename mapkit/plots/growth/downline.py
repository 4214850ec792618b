"""Downline: members by level, what the levels sell and pay upwards, and who has not recouped the entry cost."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes

from mapkit.journeys.growth.downline import Downline
from mapkit.plots.names import width_of
from mapkit.plots.numbers import count, counted, nice_ticks, percent
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.rows import whisker
from mapkit.plots.style import FADED, INK, LIGHT, NOTE, QUIET, SMALL, THIN_N, VERMILION, ramp
from mapkit.plots.wording import level as confidence_level

_ROW, _HEAD, _SCALE, _GAP = 24.0, 26.0, 18.0, 14.0
_MOST_LEVELS = 14


@drawing.register
def draw_downline(downline: Downline, ax: Axes | None = None) -> Axes:
    """Draw a row a level: a bar of its members, sales and commission in figures, and a dot for who has not recouped."""
    rows = downline.table.head(_MOST_LEVELS).to_dict("records")
    if not rows:
        return nothing_to_draw(ax, downline.title, "nobody was recruited in this data")
    height = _HEAD + _ROW * len(rows) + _SCALE
    ax = open_page(ax, _heading(downline), height=height)
    wide = points_wide(ax)
    ax.set_xlim(0, wide)
    ax.set_ylim(height, 0)
    figures = [(count(row["sales"]), count(row["commission"])) for row in rows]
    columns = [max([width_of(text[k], SMALL) for text in figures] + [56.0]) for k in range(2)]
    name, dots = 54.0, 150.0
    bars = wide - name - sum(columns) - 3 * _GAP - dots
    most = max(row["members"] for row in rows)
    room = bars - width_of(count(most), SMALL, True) - 10
    at = [name, name + bars + columns[0], name + bars + columns[0] + _GAP + columns[1], wide - dots]
    _heads(ax, at)
    _scale(ax, at[3], dots, height - _SCALE)
    for k, (row, colour, text) in enumerate(zip(rows, ramp(len(rows)), figures, strict=True)):
        y = _HEAD + _ROW * (k + 0.5)
        say(ax, 0, y, "top" if row["level"] == 0 else f"level {row['level']}")
        ax.barh(y, max(row["members"] / most * room, 1.0), left=name, height=_ROW * 0.64, color=colour, zorder=2)
        say(ax, name + row["members"] / most * room, y, count(row["members"]), dx=6, size=SMALL, bold=True)
        for x, said in zip(at[1:3], text, strict=True):
            say(ax, x, y, said, size=SMALL, align="right")
        _dot(ax, row, y, at[3], dots)
    return ax


def _dot(ax: Axes, row: dict[Any, Any], y: float, left: float, wide: float) -> None:
    if row["level"] == 0:
        say(ax, left, y, "paid no entry cost" if row["cost"] == 0 else "", dx=4, size=NOTE, colour=QUIET)
        return
    thin = row["members"] < THIN_N
    room = wide - 42
    x = [left + room * row[name] for name in ("of_members", "of_members_low", "of_members_high")]
    whisker(ax, x[1], x[2], y, colour=VERMILION, alpha=FADED if thin else 1.0)
    ax.plot([x[0]], [y], "o", color=VERMILION, ms=6, mew=0, alpha=FADED if thin else 1.0, zorder=4)
    said = percent(row["of_members"], row["of_members_low"], row["of_members_high"]).partition(" ")[0]
    say(ax, left + wide, y, said, size=SMALL, colour=QUIET if thin else INK, bold=not thin, align="right")


def _heads(ax: Axes, at: list[float]) -> None:
    y = _HEAD / 2 - 2
    say(ax, at[0], y, "members", size=SMALL, colour=QUIET)
    say(ax, at[1], y, "sales", size=SMALL, colour=QUIET, align="right")
    say(ax, at[2], y, "commission", size=SMALL, colour=QUIET, align="right")
    say(ax, at[3], y, "have not recouped", size=SMALL, colour=QUIET)


def _scale(ax: Axes, left: float, wide: float, bottom: float) -> None:
    room = wide - 42
    for tick in nice_ticks(1.0, 2):
        x = left + room * tick
        ax.plot([x, x], [_HEAD - 6, bottom], color=LIGHT, lw=1, zorder=0)
        say(ax, x, bottom, f"{100 * tick:.0f}%", dy=-9, size=NOTE, colour=QUIET, align="center")


def _heading(downline: Downline) -> Heading:
    share = downline.never_recouped()
    said = percent(share.value, share.low, share.high)
    title = f"{said} of {counted(share.n, 'recruit')} have not recouped their entry cost"
    retail = downline.retail_share
    money = "retail share unknown (no buyers)" if retail != retail else f"{percent(retail)} of the money from outside"
    subtitle = f"n = {count(len(downline.members))} members on {len(downline.table)} levels · {money} · "
    note = (
        "Commission: what the level's members earned on those below. So far: who joined late has had less time. "
        "Faded: fewer than 30. "
    )
    if len(downline.table) > _MOST_LEVELS:
        note += f"Not drawn: {counted(len(downline.table) - _MOST_LEVELS, 'deeper level')}. "
    if downline.branching > 1:
        need = downline.branching**10
        note += f"At {downline.branching:.2g} recruits a recruiter, level 10 alone would need {count(need)} people."
    return Heading(title, subtitle + confidence_level(downline), note)


@sentence.register
def say_downline(downline: Downline) -> str:
    """Say how many levels there are and who has not recouped, in one sentence."""
    if downline.table.empty:
        return "Downline with nothing to draw: nobody was recruited."
    levels = ", ".join(f"level {row['level']} {count(row['members'])}" for row in downline.table.to_dict("records"))
    return f"{_heading(downline).title}; members by level: {levels}."
