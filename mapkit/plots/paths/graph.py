"""Transitions as a graph: steps in layers from the start to the end, and arrows for the most travelled moves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Arc, Circle, FancyArrowPatch, FancyBboxPatch

from mapkit.journeys.paths import Transitions
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import count, percent
from mapkit.plots.page import Heading, nothing_to_draw, open_page, points_high, points_wide, say
from mapkit.plots.paths.graph_layout import PathGraph, path_graph
from mapkit.plots.paths.labels import Room
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import BLUE, FADED, INK, LABEL, MID, NOTE, ORANGE, PAPER, QUIET, SMALL, THIN_N
from mapkit.sequences import END, START

_ROW, _TOP, _BELOW, _SIDE = 68.0, 26.0, 36.0, 30.0
_SMALLEST, _LARGEST = 4.0, 12.0
_THINNEST, _THICKEST = 0.8, 7.0
_COLOURS = {"on": BLUE, "aside": BLUE, "back": ORANGE, "loop": MID}


@drawing.register
def draw_transitions(
    transitions: Transitions,
    ax: Axes | None = None,
    *,
    edges: int = 24,
    weakest: float | None = None,
    strongest: float | None = None,
    segment: str | None = None,
) -> Axes:
    """Draw the most travelled moves as arrows, as thick as they are frequent, with their share where there is room.

    ``edges`` is how many; ``weakest`` and ``strongest`` leave out moves whose share of their source is below or above.
    """
    graph = path_graph(transitions, edges=edges, weakest=weakest, strongest=strongest, segment=segment)
    if graph.edges.empty:
        why = "nobody made a move" if not graph.moves else "no move is as strong as asked for"
        return nothing_to_draw(ax, transitions.title, why)
    nodes = graph.nodes
    rows = int(nodes.groupby("column").size().max())
    ax = open_page(ax, _heading(transitions, graph, segment), height=max(_ROW * (rows + 0.5), 130.0))
    wide, high = points_wide(ax), points_high(ax)
    ax.set_xlim(0, wide)
    ax.set_ylim(high, 0)
    across = max(wide - 2 * _SIDE, 1.0)
    least, most = float(nodes["y"].min()), float(nodes["y"].max())
    down = (high - _TOP - _BELOW) / (most - least or 1.0)
    at = {
        row["step"]: (_SIDE + row["x"] * across, _TOP + (row["y"] - least) * down) for row in nodes.to_dict("records")
    }
    size = {
        row["step"]: _SMALLEST + (_LARGEST - _SMALLEST) * float(np.sqrt(row["weight"]))
        for row in nodes.to_dict("records")
    }
    room = Room()
    _nodes(ax, nodes, at, size, across / max(int(nodes["column"].max()), 1) - 4, room)
    for row in graph.edges[::-1].to_dict("records"):
        _edge(ax, row, at, size)
    for row in graph.edges.to_dict("records"):
        _number(ax, row, at, size, room)
    return ax


def _nodes(
    ax: Axes, nodes: pd.DataFrame, at: dict[str, tuple[float, float]], size: dict[str, float], wide: float, room: Room
) -> None:
    for row in nodes.to_dict("records"):
        (x, y), r = at[row["step"]], size[row["step"]]
        if row["kind"] == "step":
            ax.add_patch(Circle((x, y), r, facecolor=PAPER, edgecolor=INK, lw=1.6, zorder=4))
        else:
            ax.add_patch(
                FancyBboxPatch(
                    (x - 6, y - 6), 12, 12, boxstyle="round,pad=0,rounding_size=2", facecolor=INK, lw=0, zorder=4
                )
            )
            r = 7
        name = {START: "start", END: "end"}.get(row["step"]) or fitted(row["step"], wide, SMALL)
        for text, down, letter, colour in ((name, r + 8, SMALL, INK), (count(row["count"]), r + 18, NOTE, QUIET)):
            written = say(ax, x, y + down, text, size=letter, colour=colour, align="center")
            written.set_bbox({"facecolor": PAPER, "edgecolor": "none", "pad": 0.4, "alpha": 0.75})
            written.set_zorder(6)
            room.take(x, y + down, width_of(text, letter) + 2, letter + 3)
        room.take(x, y, 2 * r, 2 * r)


def _edge(ax: Axes, row: dict[Any, Any], at: dict[str, tuple[float, float]], size: dict[str, float]) -> None:
    thick = _THINNEST + (_THICKEST - _THINNEST) * row["weight"]
    alpha = FADED if row["out"] < THIN_N else 0.75
    colour = _COLOURS[row["kind"]]
    if row["kind"] == "loop":
        (x, y), r = at[row["source"]], size[row["source"]]
        ax.add_patch(
            Arc((x, y - r - 3), 11, 13, theta1=120, theta2=60, color=colour, lw=min(thick, 3.5), alpha=alpha, zorder=3)
        )
        return
    ax.add_patch(
        FancyArrowPatch(
            at[row["source"]],
            at[row["target"]],
            connectionstyle=f"arc3,rad={_bend(row['kind'])}",
            arrowstyle=f"-|>,head_length={3.5 + 0.7 * thick:.2f},head_width={1.8 + 0.5 * thick:.2f}",
            mutation_scale=1,
            shrinkA=size[row["source"]] + 1,
            shrinkB=size[row["target"]] + 2,
            lw=thick,
            color=colour,
            linestyle="-" if row["kind"] != "back" else (0, (4, 1.5)),
            alpha=alpha,
            joinstyle="miter",
            capstyle="butt",
            zorder=2,
        )
    )


def _bend(kind: str) -> float:
    return {"on": -0.12, "back": -0.22, "aside": -0.35}[kind]


def _number(
    ax: Axes, row: dict[Any, Any], at: dict[str, tuple[float, float]], size: dict[str, float], room: Room
) -> None:
    """Write a move's share at its middle, unless something stands there already."""
    text = percent(row["share"])
    if row["kind"] == "loop":
        (x, y), r = at[row["source"]], size[row["source"]]
        x, y = x + 9 + width_of(text, NOTE) / 2, y - r - 7
    else:
        (xa, ya), (xb, yb) = at[row["source"]], at[row["target"]]
        bend = _bend(row["kind"])
        # The middle of matplotlib's arc3 is half as far aside as its control point.
        x, y = (xa + xb) / 2 - bend * (yb - ya) / 2, (ya + yb) / 2 + bend * (xb - xa) / 2
    wide = width_of(text, NOTE)
    if not room.take(x, y, wide + 3, NOTE + 2):
        return
    written = say(ax, x, y, text, size=NOTE, colour=INK, align="center")
    written.set_bbox({"facecolor": PAPER, "edgecolor": "none", "pad": 0.6, "alpha": 0.85})
    written.set_zorder(5)


def _heading(transitions: Transitions, graph: PathGraph, segment: str | None) -> Heading:
    shown_moves = percent(graph.moves_shown / graph.moves)
    who = f" · {shown(segment)}" if segment is not None else ""
    subtitle = (
        f"moves between {transitions.of}s, per {transitions.per}{who} · n = {count(graph.moves)} moves, {shown_moves}"
        f" of them on the {len(graph.edges)} most travelled of {count(graph.edges_found)} ways · thickness: how often"
    )
    note = (
        "At arrows: share of all moves out of the step. Dashed: back to an earlier step. Rings: the step again."
        " Under a name: moves out of it. An arrow says what came next, not what it was caused by."
    )
    return Heading(_finding(graph), subtitle, note)


def _finding(graph: PathGraph) -> str:
    between = graph.edges[(graph.edges["source"] != START) & (graph.edges["target"] != END)]
    between = between[between["kind"] != "loop"] if (between["kind"] != "loop").any() else between
    if between.empty:
        return "No step is followed by another among the ways shown"
    row = between.iloc[0]
    share = percent(row["share"], row["low"], row["high"])
    source, target = fitted(row["source"], 130, LABEL, True), fitted(row["target"], 130, LABEL, True)
    return f"After {source}, {share} of {count(row['out'])} moves go straight to {target}"


@sentence.register
def say_transitions(transitions: Transitions) -> str:
    """Say the most travelled moves in one sentence."""
    graph = path_graph(transitions, edges=8)
    if graph.edges.empty:
        return "Transitions with nothing to draw: nobody made a move."
    parts = ", ".join(
        f"{shown(row['source'])} to {shown(row['target'])} {percent(row['share'], row['low'], row['high'])}"
        for row in graph.edges.to_dict("records")
    )
    return f"Transition graph of {count(graph.moves)} moves; the most travelled, of all moves out of a step: {parts}."
