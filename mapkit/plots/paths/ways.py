"""The ways most travelled: each a row of labelled chips, with its share as a bar and the interval on it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from mapkit.journeys.paths import Paths
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, duration, percent
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_high, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BLUE, FADED, INK, LIGHT, MID, NOTE, PAPER, QUIET, SERIES, SMALL, THIN_N
from mapkit.plots.wording import quoted

_CHIP, _LINE, _BETWEEN, _HEAD, _PAD = 14.0, 18.0, 8.0, 20.0, 5.0
_WIDEST_CHIP, _BAR, _FIGURES = 92.0, 70.0, 126.0
_MOST_LINES = 3


@dataclass(frozen=True)
class _Chip:
    text: str
    name: str
    x: float
    line: int
    wide: float


@drawing.register
def draw_paths(paths: Paths, ax: Axes | None = None, *, most: int = 10, segment: str | None = None) -> Axes:
    """Draw the ``most`` travelled ways (of each segment the first few), and say what all others are."""
    table = paths.table
    if segment is not None and paths.is_split:
        table = table[table["segment"] == segment]
    if table.empty:
        return nothing_to_draw(ax, paths.title, "nobody went such a way")
    groups = _groups(table, most)
    wide = points_wide(ax) if ax is not None and len(ax.figure.axes) > 1 else 516.0
    chips_wide = wide - _BAR - _FIGURES - 16
    laid = [[(row, _chips(row, paths, chips_wide)) for row in rows.to_dict("records")] for _, rows in groups]
    heights = [
        [_LINE * (max((chip.line for chip in chips), default=0) + 1) + _BETWEEN for _, chips in part] for part in laid
    ]
    heads = [_HEAD if name is not None else 0.0 for name, _ in groups]
    ax = open_page(ax, _heading(paths, table, groups), height=_HEAD + sum(map(sum, heights)) + sum(heads))
    across, high = points_wide(ax), points_high(ax)
    ax.set_xlim(-1, across - 1)  # a chip's edge is a point wide
    ax.set_ylim(high, 0)
    top = float(max(rows["of_all_high"].max() for _, rows in groups))
    across -= 1
    left = across - _BAR - _FIGURES
    say(ax, left, _HEAD / 2 - 2, _of(paths), size=SMALL, colour=QUIET)
    say(ax, across, _HEAD / 2 - 2, "median time", size=SMALL, colour=QUIET, align="right")
    colours = _colours(pd.concat([rows for _, rows in groups]))
    y = _HEAD
    for (name, _), part, tall, head in zip(groups, laid, heights, heads, strict=True):
        if name is not None:
            say(ax, 0, y + head / 2, fitted(name, across * 0.6, bold=True), bold=True)
            y += head
        for (row, chips), height in zip(part, tall, strict=True):
            _row(ax, chips, y, colours)
            _bar(ax, row, y + (height - _BETWEEN) / 2, left, top, across)
            y += height
    return ax


def _groups(table: pd.DataFrame, most: int) -> list[tuple[str | None, pd.DataFrame]]:
    if "segment" not in table or table["segment"].nunique() == 1:
        return [(None, table.head(most))]
    sizes = table.groupby("segment", sort=False)["all_walks"].max().sort_values(ascending=False, kind="stable")
    each = max(most // len(sizes), 2)
    return [
        (f"{shown(name)} · n = {count(n)}", table[table["segment"] == name].head(each))
        for name, n in sizes.head(6).items()
    ]


def _chips(row: dict, paths: Paths, wide: float) -> list[_Chip]:
    names = list(row["steps"])
    goes_on = not row["complete"]
    if goes_on:
        names = ["…", *names] if paths.end is not None and paths.start is None else [*names, "…"]
    chips: list[_Chip] = []
    x, line = 0.0, 0
    for k, name in enumerate(names):
        text = fitted(name, _WIDEST_CHIP, NOTE)
        size = width_of(text, NOTE) + 2 * _PAD
        if x + size > wide and x > 0:
            x, line = 0.0, line + 1
        if line == _MOST_LINES - 1 and k < len(names) - 1 and x + size + 40 > wide:
            more = f"+{len(names) - k} more"
            return [*chips, _Chip(more, "…", x, line, width_of(more, NOTE) + 2 * _PAD)]
        chips.append(
            _Chip(text, "…" if name == "…" and goes_on and k in (0, len(names) - 1) else str(name), x, line, size)
        )
        x += size + 9
    return chips


def _row(ax: Axes, chips: list[_Chip], y: float, colours: dict[str, str]) -> None:
    for k, chip in enumerate(chips):
        middle = y + _LINE * (chip.line + 0.5)
        colour = colours.get(chip.name, MID)
        box = FancyBboxPatch(
            (chip.x, middle - _CHIP / 2), chip.wide, _CHIP, boxstyle="round,pad=0,rounding_size=4", lw=1.0,
            facecolor=PAPER, edgecolor=colour, zorder=2,
        )  # fmt: skip
        ax.add_patch(box)
        tint = FancyBboxPatch(
            (chip.x, middle - _CHIP / 2), chip.wide, _CHIP, boxstyle="round,pad=0,rounding_size=4", lw=0,
            facecolor=colour, alpha=0.16, zorder=2.1,
        )  # fmt: skip
        ax.add_patch(tint)
        say(ax, chip.x + chip.wide / 2, middle, chip.text, size=NOTE, align="center").set_zorder(3)
        if k + 1 < len(chips):
            say(ax, chip.x + chip.wide + 4.5, middle, "›", size=SMALL, colour=QUIET, align="center")


def _bar(ax: Axes, row: dict, y: float, left: float, top: float, across: float) -> None:
    thin = row["count"] < THIN_N
    scale = _BAR / top
    ax.barh(y, row["of_all"] * scale, left=left, height=10, color=BLUE, alpha=FADED if thin else 1.0, zorder=2)
    low, high = left + row["of_all_low"] * scale, left + row["of_all_high"] * scale
    ax.plot([low, high], [y, y], color=PAPER, lw=3.4, solid_capstyle="butt", zorder=3)
    ax.plot(
        [low, high],
        [y, y],
        color=INK,
        lw=1.4,
        marker="|",
        markersize=6,
        mew=1.4,
        alpha=FADED if thin else 1.0,
        zorder=3.1,
    )
    ax.plot([left, left], [y - 8, y + 8], color=LIGHT, lw=1, zorder=1)
    share, _, interval = quoted(row, "of_all").partition(" ")
    x = left + _BAR + 6
    say(ax, x, y - 5, share, size=SMALL, bold=True, colour=QUIET if thin else INK)
    say(ax, x + width_of(f"{share} ", SMALL, True), y - 5, interval, size=SMALL, colour=QUIET)
    say(ax, x, y + 7, count(row["count"]), size=NOTE, colour=QUIET)
    if row["median_seconds"] == row["median_seconds"] and len(row["steps"]) > 1:
        say(ax, across, y + 7, duration(row["median_seconds"]), size=NOTE, colour=QUIET, align="right")


def _colours(rows: pd.DataFrame) -> dict[str, str]:
    met = pd.Series([step for steps in rows["steps"] for step in steps]).value_counts(sort=True)
    events = sorted(met.index, key=lambda name: (-met[name], str(name)))
    return {str(name): SERIES[k] for k, name in enumerate(events[: len(SERIES)])}


def _of(paths: Paths) -> str:
    return f"of all {paths.per}s' ways"


def _heading(paths: Paths, table: pd.DataFrame, groups: list[tuple[str | None, pd.DataFrame]]) -> Heading:
    alone = groups[0][0] is None
    rest = (
        paths.rest
        if alone is False or "segment" not in paths.rest
        else paths.rest[paths.rest["segment"].isin(table["segment"])]
    )
    title = _finding(table) if alone else paths.title
    ways = {
        (False, False): "from the first step on",
        (True, False): f"from the first {fitted(paths.start, 110)} on",
        (False, True): f"up to the first {fitted(paths.end, 110)}",
        (True, True): f"from the first {fitted(paths.start, 90)} to the first {fitted(paths.end, 90)} after it",
    }[paths.start is not None, paths.end is not None]
    loops = ", repeats once" if paths.collapse_loops else ""
    total = int(rest["all_walks"].sum())
    subtitle = f"ways {ways}, at most {paths.length} steps{loops}, one per {paths.per} · n = {count(total)}"
    drawn = int(sum(rows["count"].sum() for _, rows in groups))
    others = int(rest["paths"].sum()) + len(table) - sum(len(rows) for _, rows in groups)
    left = percent((total - drawn) / total) if total else "0%"
    note = f"Not drawn: {count(others)} other ways, {left} of all. " if others else ""
    note += "… : the way goes on. Faded: fewer than 30 went it. A way that many who buy have gone is not why they buy."
    return Heading(title, subtitle, note)


def _finding(table: pd.DataFrame) -> str:
    first = table.iloc[0]
    taken = f"takes {quoted(first, 'of_all')} of {count(first['all_walks'])}"
    if len(table) > 1 and not first["of_all_low"] > table["of_all_high"].iloc[1]:
        return f"No way stands out: the most travelled {taken}"
    return f"The most travelled way {taken}"


@sentence.register
def say_paths(paths: Paths) -> str:
    """Say the most travelled ways in one sentence."""
    if paths.table.empty:
        return "Paths with nothing to draw: nobody went such a way."
    rows = paths.table.head(5).to_dict("records")
    parts = "; ".join(f"{shown(row['path'])} {quoted(row, 'of_all')} of {count(row['all_walks'])}" for row in rows)
    return f"The most travelled ways, as shares of all: {parts}."
