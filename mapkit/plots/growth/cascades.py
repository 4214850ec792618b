"""Cascades: size against shape for all of them, and the largest one as a tree."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from mapkit.journeys.growth.cascades import Cascades
from mapkit.plots.growth.scale import rows_of_grid
from mapkit.plots.names import fitted, shown
from mapkit.plots.numbers import count, counted, nice_ticks, percent
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_wide, say
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BLUE, INK, MID, NOTE, ORANGE, PAPER, QUIET, SMALL, bare, readable

_HEIGHT, _LEFT, _TREE = 220.0, 34.0, 0.40
_MOST_NODES = 400


@drawing.register
def draw_cascades(cascades: Cascades, ax: Axes | None = None) -> Axes:
    """Draw a dot a size and shape, as large as it is frequent, between broadcast and chain; beside it a tree."""
    table = cascades.table
    if table.empty:
        return nothing_to_draw(ax, cascades.title, "nothing was passed on in this data")
    ax = open_page(ax, _heading(cascades), height=_HEIGHT, left=_LEFT, right=0, bottom=32)
    whole = points_wide(ax)
    shape = ax.inset_axes((0, 0, 1 - _TREE - 24 / whole, 0.9))
    tree = ax.inset_axes((1 - _TREE, 0, _TREE, 0.9))
    bare(shape)
    bare(tree)
    say(ax, 0, 1, "structural virality by size", at="axes", dx=-_LEFT, dy=-8, size=SMALL, colour=QUIET)
    _shapes(shape, table)
    _tree(ax, tree, cascades)
    return ax


def _shapes(ax: Axes, table: pd.DataFrame) -> None:
    largest = float(table["size"].max())
    top = max(float(table["structural_virality"].max()) * 1.12, 2.1)
    end = max(largest * 1.3, 4.0)
    ax.set_xscale("log")
    ax.minorticks_off()
    ax.set_xlim(1.7, end)
    ax.set_ylim(0.7, top)
    rows_of_grid(ax, [tick for tick in nice_ticks(top, 5) if tick >= 1])
    _shape_lines(ax, end, top)
    alike = table.groupby(["size", table["structural_virality"].round(3)]).size().rename("times").reset_index()
    area = 10 + 90 * np.sqrt(alike["times"] / alike["times"].max())
    ax.scatter(
        alike["size"], alike["structural_virality"], s=area, color=BLUE, alpha=0.55, lw=0.6, edgecolor=PAPER, zorder=3
    )
    first = table.iloc[0]
    ax.plot(
        [first["size"]], [first["structural_virality"]], "o", ms=9, mfc="none", mec=readable(ORANGE), mew=1.6, zorder=4
    )
    for tick in _log_ticks(end):
        say(ax, tick, 0.7, count(tick), dy=-10, size=SMALL, colour=QUIET, align="center")
    say(ax, 0.5, 0, "people in the cascade", at="axes", dy=-25, size=SMALL, colour=QUIET, align="center")


def _shape_lines(ax: Axes, end: float, top: float) -> None:
    """Draw where a broadcast and a chain of each size would lie; named only where the two are apart."""
    sizes = np.geomspace(2, end, 80)
    chain = (sizes + 1) / 3
    inside = chain <= top
    ax.plot(sizes, 2 - 2 / sizes, color=MID, lw=1.2, zorder=1)
    ax.plot(sizes[inside], chain[inside], color=MID, lw=1.2, ls=(0, (4, 3)), zorder=1)
    if end < 6:
        return
    say(ax, end, 2 - 2 / end, "broadcast", dy=-9, size=NOTE, colour=QUIET, align="right")
    reach, before = float(sizes[inside][-1]), sizes[inside][-1] > 0.6 * end
    look: dict[str, Any] = {"dx": -4, "align": "right"} if before else {"dx": 6}
    say(ax, reach, (reach + 1) / 3, "chain", dy=-4, size=NOTE, colour=QUIET, **look)


def _log_ticks(end: float) -> list[float]:
    every = [factor * 10.0**power for power in range(9) for factor in (1, 2, 5)]
    inside = [tick for tick in every if 2 <= tick <= end]
    return inside if len(inside) <= 7 else [tick for tick in inside if f"{tick:.0f}"[0] == "1"]


def _tree(page: Axes, ax: Axes, cascades: Cascades) -> None:
    """Draw the largest tree from its root down; one with too many people is cut at the depth that still fits."""
    rows = cascades.tree()
    first = cascades.table.iloc[0]
    kept = rows[:_MOST_NODES]
    x, edges = _places(kept)
    depth = kept["depth"].to_numpy()
    ax.set_xlim(-0.06, 1.06)
    ax.set_ylim(max(depth.max(), 1) + 0.35, -0.35)
    for child, parent in edges:
        ax.plot([x[parent], x[child]], [depth[parent], depth[child]], color=MID, lw=0.7, alpha=0.7, zorder=1)
    size = 4.5 if len(kept) < 120 else 2.5
    ax.plot(x, depth, "o", color=BLUE, ms=size, mec=PAPER, mew=0.5, zorder=2)
    ax.plot([x[0]], [0], "o", color=readable(ORANGE), ms=8, mec=PAPER, mew=0.8, zorder=3)
    at = 1 - _TREE
    said = (
        f"the largest: {counted(first['size'], 'person') if first['size'] == 1 else count(first['size']) + ' people'}"
    )
    more = f", {count(len(rows) - len(kept))} not drawn" if len(kept) < len(rows) else ""
    say(page, at, 1, said + more, at="axes", dy=-8, size=SMALL, colour=INK)
    name = f"begun by {fitted(first['cascade'], 110, NOTE)} · {counted(first['depth'], 'step')} deep"
    say(page, at, 0, name, at="axes", dy=-10, size=NOTE, colour=QUIET)


def _places(rows: pd.DataFrame) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Return where each member stands from left to right, and the edges; leaves are spread evenly."""
    code = {person: k for k, person in enumerate(rows["person"])}
    children: dict[int, list[int]] = {}
    edges = []
    for k, parent in enumerate(rows["parent"]):
        if k and parent in code:
            children.setdefault(code[parent], []).append(k)
            edges.append((k, code[parent]))
    x, order, stack, leaves = np.zeros(len(rows)), list[int](), [0], 0
    while stack:
        node = stack.pop()
        order.append(node)
        stack.extend(reversed(children.get(node, [])))
        if node not in children:
            x[node], leaves = leaves, leaves + 1
    for node in reversed(order):
        if node in children:
            x[node] = np.mean([x[child] for child in children[node]])
    return x / max(leaves - 1, 1) if leaves > 1 else x + 0.5, edges


def _heading(cascades: Cascades) -> Heading:
    deeper, table = cascades.share_deeper(1), cascades.table
    said = percent(deeper.value, deeper.low, deeper.high)
    title = f"{said} of {counted(deeper.n, 'cascade')} went on beyond the first step"
    sizes = table["size"]
    subtitle = f"n = {counted(len(table), 'cascade')}, {count(sizes.sum())} people"
    subtitle += f" · median {sizes.median():.0f} people, largest {count(sizes.max())}"
    note = (
        "Structural virality: mean distance between two people of a cascade. One to many: below 2; one to one to one: "
        "(people + 1) / 3. Larger dots: more cascades. What was never passed on is not in the data."
    )
    return Heading(title, subtitle, note)


@sentence.register
def say_cascades(cascades: Cascades) -> str:
    """Say how many cascades there are and what the largest is like, in one sentence."""
    if cascades.table.empty:
        return "Cascades with nothing to draw: nothing was passed on."
    first: Any = cascades.table.iloc[0]
    steps, shape = counted(first["depth"], "step"), f"{first['structural_virality']:.2f}"
    return (
        f"{_heading(cascades).title}; the largest, begun by {shown(first['cascade'])}, has"
        f" {count(first['size'])} people, is {steps} deep and has structural virality {shape}."
    )
