"""Position: the first actors by one measure, each a dot in the shape of its type, and the same actors by others."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from mapkit.ecosystems.position import Position
from mapkit.plots.names import fitted, shown
from mapkit.plots.numbers import count, nice_ticks
from mapkit.plots.page import Heading, nothing_to_draw
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.position.actor_rows import (
    ROW,
    SCALE,
    ActorRow,
    draw_rows,
    framed,
    looks,
    open_rows,
    people,
    typed,
)

MEANING = {
    "degree": "ties",
    "strength": "sum of the weights of an actor's ties",
    "prestige": "PageRank along the ties",
    "influence": "PageRank against the ties",
    "eigenvector": "eigenvector centrality, the largest part",
    "closeness": "nearness of those who reach the actor",
    "betweenness": "share of pairs of others whose shortest ways pass the actor",
    "core": "k of the innermost core",
    "clustering": "share of pairs of contacts who are tied",
    "constraint": "Burt's constraint, the least first",
    "effective_size": "contacts less their redundancy",
}


@drawing.register
def draw_position(position: Position, ax: Axes | None = None, *, by: str | None = None, k: int = 15) -> Axes:
    """Draw the first ``k`` actors by a measure: a dot each, with whiskers where pivots were sampled."""
    measure = by or _usual(position)
    top = position.top(measure, k)
    top = top[top[measure].notna()]
    if top.empty:
        return nothing_to_draw(ax, position.title, f"nobody has a {measure.replace('_', ' ')}")
    look = looks(position.table)
    half = 1.96 * top[f"{measure}_se"] if f"{measure}_se" in top else pd.Series(float("nan"), index=top.index)
    most = max(float((top[measure] + half.fillna(0)).max()), 1e-12)
    rows = [
        ActorRow(name, row[measure] / most, low, high, *look[row["actor"]], figure(row[measure]), typed(row["type"]))
        for name, row, low, high in zip(
            people(top),
            top.to_dict("records"),
            ((top[measure] - half).clip(lower=0) / most).tolist(),
            ((top[measure] + half) / most).tolist(),
            strict=True,
        )
    ]
    frame = framed(rows)
    ax = open_rows(ax, _heading(position, top, measure), ROW * len(rows) + SCALE, frame)
    draw_rows(ax, rows, [(tick / most, f"{tick:g}") for tick in nice_ticks(most, 4)], 0, frame)
    return ax


def _usual(position: Position) -> str:
    """Return the measure that shows who connects, or the first that there is."""
    return "betweenness" if "betweenness" in position.measures else position.measures[0]


def figure(value: Any) -> str:
    """Return a measure's number with three digits.

    >>> figure(0.051), figure(56.0), figure(3)
    ('0.0510', '56', '3')
    """
    number = float(value)
    return f"{number:,.0f}" if number == round(number) else f"{number:#.3g}"


def _heading(position: Position, top: pd.DataFrame, measure: str) -> Heading:
    name = measure.replace("_", " ")
    first = top.iloc[0]
    title = f"{fitted(people(top)[0], 220)} stands first by {name}: {figure(first[measure])}"
    if len(top) > 1:
        title += f", the next has {figure(top.iloc[1][measure])}"
    said = MEANING.get(measure, MEANING.get(measure.removeprefix("in_").removeprefix("out_"), name))
    subtitle = f"{name}: {said} · first {len(top)} of n = {count(position.actors)}"
    note = "Shape and colour are the actor's type."
    if f"{measure}_se" in top:
        note += f" Estimated from {count(position.pivots or 0)} actors; whiskers are 95% intervals of that sampling."
    else:
        note += " rank_actors tells how far such an order rests on which ties were found."
    return Heading(title, subtitle, note)


@sentence.register
def say_position(position: Position) -> str:
    """Say who stands first, in one sentence."""
    measure = _usual(position)
    top = position.top(measure, 5)
    named = ", ".join(f"{shown(name)} {figure(value)}" for name, value in zip(people(top), top[measure], strict=True))
    return f"Dots of the first actors by {measure.replace('_', ' ')} of {count(position.actors)}: {named}."
