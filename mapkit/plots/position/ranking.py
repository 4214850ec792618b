"""Ranking: the first actors with the ranks they would have had with other ties found, on a scale of ratios."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from mapkit.ecosystems.position import Ranking
from mapkit.plots.names import fitted, shown
from mapkit.plots.numbers import count, percent
from mapkit.plots.page import Heading, nothing_to_draw
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.position.actor_rows import ROW, SCALE, ActorRow, draw_rows, framed, looks, open_rows, people, typed
from mapkit.plots.wording import level

_TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)


@drawing.register
def draw_ranking(ranking: Ranking, ax: Axes | None = None, *, k: int = 15) -> Axes:
    """Draw the first ``k`` actors: a dot at the rank, a whisker over the ranks under resampling."""
    top = ranking.table.head(k)
    if top.empty:
        return nothing_to_draw(ax, ranking.title, "there are no actors")
    last = max(int(top["rank_high"].max()), 2)
    look = looks(ranking.table)
    rows = [
        ActorRow(
            name,
            math.log(row["rank"]) / math.log(last),
            math.log(row["rank_low"]) / math.log(last),
            math.log(row["rank_high"]) / math.log(last),
            *look[row["actor"]],
            _figure(row, ranking),
            _remark(row, ranking),
        )
        for name, row in zip(people(top), top.to_dict("records"), strict=True)
    ]
    frame = framed(rows)
    ax = open_rows(ax, _heading(ranking, top), ROW * len(rows) + SCALE, frame)
    ticks = [(math.log(tick) / math.log(last), f"{tick:,}") for tick in _TICKS if tick <= last]
    draw_rows(ax, rows, ticks, 0, frame)
    return ax


def _figure(row: dict[Any, Any], ranking: Ranking) -> str:
    if not ranking.resamples:
        return f"{row['rank']:,}"
    return f"{row['rank']:,} [{row['rank_low']:,}, {row['rank_high']:,}]"


def _remark(row: dict[Any, Any], ranking: Ranking) -> str:
    kind = typed(row["type"])
    if not ranking.resamples:
        return kind
    often = f"{percent(row['in_top'])} in first {ranking.first}"
    return f"{often} · {kind}" if kind else often


def _heading(ranking: Ranking, top: pd.DataFrame) -> Heading:
    first, name = top.iloc[0], fitted(people(top)[0], 200)
    by = fitted(ranking.by.replace("_", " "), 160)
    if not ranking.resamples:
        title = f"{name} stands first by {by}"
    elif first["rank_high"] == 1:
        title = f"{name} stands first by {by}, whichever ties are found"
    else:
        title = f"{name} stands first by {by}, but anywhere down to {first['rank_high']:,} with other ties"
    sure = int((ranking.table["rank_high"] <= ranking.first).sum())
    if ranking.resamples and sure <= len(top):
        title += f"; {sure} sure to be among the first {ranking.first}" if sure != 1 else ""
    n = f"first {len(top)} of n = {count(len(ranking.table))} actors"
    drawn = (
        f"{level(ranking)} over {count(ranking.resamples)} resamples of the ties"
        if ranking.resamples
        else "no intervals"
    )
    note = "Ranks on a scale of ratios. Intervals say how much the order rests on which ties were found. Shape: type."
    return Heading(title, f"rank by {by} · {n} · {drawn}", note)


@sentence.register
def say_ranking(ranking: Ranking) -> str:
    """Say the first ranks with their intervals, in one sentence."""
    top = ranking.table.head(5)
    named = "; ".join(
        f"{shown(name)} {_figure(row, ranking)}" for name, row in zip(people(top), top.to_dict("records"), strict=True)
    )
    return f"Ranks by {shown(ranking.by)} of {count(len(ranking.table))} actors, with intervals: {named}."
