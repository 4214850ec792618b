"""Who feeds which stage: a heat map of shares of entrants by channel, with costs and visible holes."""

from __future__ import annotations

import math
from typing import Any

from matplotlib.axes import Axes

from mapkit.errors import one_of
from mapkit.maps.influence import ChannelFeed
from mapkit.maps.influence.channel_feed import NOBODY, TOUCHES, Touch
from mapkit.plots.influence.cells import Cell, Row, draw_cells
from mapkit.plots.names import fitted, shown
from mapkit.plots.numbers import count, counted, percent
from mapkit.plots.page import Heading, nothing_to_draw
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BLUE, LIGHT, PAPER
from mapkit.plots.wording import quoted

_MOST = 14
_SAID = {"first": "first touch", "last": "last touch before it", "any": "any touch before it"}


@drawing.register
def draw_channel_feed(feed: ChannelFeed, ax: Axes | None = None, *, touch: Touch = "last", most: int = _MOST) -> Axes:
    """Draw a row a channel and a column a stage: the share of entrants by first, last or any touch, and their cost."""
    one_of(touch, TOUCHES, "touch")
    if feed.table.empty or feed.table["entrants"].max() == 0:
        return nothing_to_draw(ax, feed.title, "nobody entered a stage")
    first = feed.table[(feed.table["stage"] == feed.stages[0]) & (feed.table["channel"] != NOBODY)]
    order = first.sort_values(f"entrants_{touch}", ascending=False, kind="stable")["channel"]
    channels = [*order.head(most), *([NOBODY] if NOBODY in feed.channels else [])]
    found = {(row["channel"], row["stage"]): row for row in feed.table.to_dict("records")}
    top = float(feed.table.loc[feed.table["channel"] != NOBODY, f"of_entrants_{touch}"].max())
    rows = [
        Row(
            "nobody" if name == NOBODY else shown(name),
            [_cell(found[name, stage], touch, top, name == NOBODY) for stage in feed.stages],
            apart=name == NOBODY,
        )
        for name in channels
    ]
    entered = {stage: int(found[channels[0], stage]["entrants"]) for stage in feed.stages}
    columns = [(shown(stage), f"{count(entered[stage])} entrants") for stage in feed.stages]
    return draw_cells(ax, _heading(feed, touch, min(len(order), most)), columns, rows)


def _cell(row: dict[Any, Any], touch: Touch, top: float, nobody: bool) -> Cell:
    share = row[f"of_entrants_{touch}"]
    if not row[f"entrants_{touch}"]:
        return Cell("none", "", PAPER, pale=True)
    cost = row.get(f"cost_per_entrant_{touch}", math.nan)
    below = count(row[f"entrants_{touch}"]) + (f" at {_money(cost)}" if cost == cost else "")
    strength = 0.0 if nobody else math.sqrt(share / top)
    return Cell(percent(share), below, LIGHT if nobody else BLUE, strength, bold=not nobody)


def _money(cost: float) -> str:
    return f"{cost:,.2f}" if cost < 10 else f"{cost:,.3g}"


def _heading(feed: ChannelFeed, touch: Touch, drawn: int) -> Heading:
    title, best = feed.title, _best(feed, feed.stages[-1], touch)
    if best is not None:
        share = f"{quoted(best, f'of_entrants_{touch}')} of {count(best['entrants'])}"
        title = f"{fitted(best['channel'], 140)} feeds {fitted(feed.stages[-1], 120)} most: {share}"
    subtitle = f"share of those who entered a stage, by {_SAID[touch]} ({fitted(feed.by, 90)})"
    subtitle += " · below: entrants, at what each cost" if "spend" in feed.table else " · below: entrants"
    holes = len(feed.holes)
    note = f"{counted(holes, 'hole')}: nobody who entered the stage had met the channel. " if holes else ""
    left = len([name for name in feed.channels if name != NOBODY]) - drawn
    note += f"Not drawn: {count(left)} smaller ones. " if left > 0 else ""
    return Heading(title, subtitle, f"{note}Who feeds a stage is not what brings customers to it.")


@sentence.register
def say_channel_feed(feed: ChannelFeed) -> str:
    """Say which channel feeds each stage most, and how many holes there are."""
    best = {stage: _best(feed, stage, "last") for stage in feed.stages}
    parts = [
        f"{shown(stage)} by {shown(row['channel'])}, {quoted(row, 'of_entrants_last')}"
        for stage, row in best.items()
        if row is not None
    ]
    fed = "; ".join(parts) or "no stage by any channel"
    holes = counted(len(feed.holes), "hole")
    return f"Who feeds which stage, by last {shown(feed.by)} before it: most fed are {fed}; {holes}."


def _best(feed: ChannelFeed, stage: str, touch: Touch) -> dict[Any, Any] | None:
    """Return the row of the channel that feeds a stage most; None where none feeds it."""
    rows = feed.table[(feed.table["stage"] == stage) & (feed.table["channel"] != NOBODY)]
    rows = rows[rows[f"entrants_{touch}"] > 0].sort_values(f"entrants_{touch}", ascending=False, kind="stable")
    return rows.to_dict("records")[0] if len(rows) else None
