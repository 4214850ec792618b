"""A Sankey diagram of steps: columns of events, and bands as thick as the number who went from one to the next."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from mapkit.journeys.paths import StepMatrix
from mapkit.plots.names import fitted, shown, width_of
from mapkit.plots.numbers import percent
from mapkit.plots.page import Heading, open_page, points_high, points_wide, say
from mapkit.plots.paths.step_layout import OTHERS, Sankey, sankey
from mapkit.plots.style import INK, MID, NOTE, OTHER, QUIET, SERIES, SMALL
from mapkit.sequences import END

_HEAD, _NODE, _PER_NODE, _LABEL = 20.0, 9.0, 42.0, 14.0


def draw_flows(
    matrix: StepMatrix, ax: Axes | None, heading: Heading, *, steps: int, most: int, segment: str | None
) -> Axes:
    """Draw the steps as columns of events with bands between them."""
    # Nodes are at least a label apart, so that no label needs to move.
    tallest = int(sankey(matrix, steps=steps, most=most, segment=segment).nodes.groupby("step").size().max())
    height = max(_PER_NODE * tallest, 120.0)
    laid = sankey(matrix, steps=steps, most=most, segment=segment, gap=_LABEL / height)
    ax = open_page(ax, heading, height=_HEAD + height)
    across, high = points_wide(ax), points_high(ax)
    ax.set_xlim(0, across)
    ax.set_ylim(high, 0)
    columns = max(int(laid.nodes["step"].max()), 1)
    label = across / columns - _NODE - 8
    span = across - label - _NODE
    colours = _colours(laid)
    for row in laid.bands.to_dict("records"):
        left, right = row["x_from"] * span + _NODE, row["x_to"] * span
        tops = [_HEAD + row[name] * (high - _HEAD) for name in ("from_top", "from_bottom", "to_top", "to_bottom")]
        ended = row["target"] == END
        band = PathPatch(_band(left, right, *tops), facecolor=MID if ended else colours[row["source"]], lw=0)
        band.set_alpha(0.18 if ended else 0.3)
        ax.add_patch(band)
    for k in range(columns):
        x = (k / (columns - 1) if columns > 1 else 0.0) * span
        say(ax, x, _HEAD / 2 - 4, f"step {k + 1}", size=SMALL, colour=QUIET)
    _nodes(ax, laid.nodes, colours, span, (high - _HEAD), label)
    return ax


def _nodes(ax: Axes, nodes: pd.DataFrame, colours: dict[str, str], span: float, high: float, label: float) -> None:
    free = dict.fromkeys(nodes["step"], 0.0)
    for row in nodes.to_dict("records"):
        x, top = row["x"] * span, _HEAD + row["top"] * high
        tall = (row["bottom"] - row["top"]) * high
        ax.add_patch(Rectangle((x, top), _NODE, max(tall, 1.0), facecolor=colours[row["event"]], lw=0, zorder=3))
        name = {END: "ended", OTHERS: "all others"}.get(row["event"]) or shown(row["event"])
        two = tall > 26
        # On an axes that is too low labels would lie on one another: each is pushed below the one before.
        y = max(top + tall / 2, free[row["step"]])
        free[row["step"]] = y + _LABEL + (6 if two else -1)
        share = percent(row["share"])
        text = fitted(name, label - (0 if two else width_of(share, NOTE) + 4), SMALL)
        _label(ax, x + _NODE + 4, y - (5 if two else 0), text, SMALL, INK)
        _label(ax, x + _NODE + 4 + (0 if two else width_of(text, SMALL) + 4), y + (6 if two else 0), share, NOTE, QUIET)


def _label(ax: Axes, x: float, y: float, text: str, size: float, colour: str) -> None:
    say(ax, x, y, text, size=size, colour=colour).set_zorder(5)


def _colours(laid: Sankey) -> dict[str, str]:
    """Return a colour for each event, those of most customers first; grey for the rest and the end."""
    sizes = laid.nodes.groupby("event")["customers"].sum().sort_values(ascending=False, kind="stable")
    events = [event for event in sizes.index if event not in (END, OTHERS)]
    named = {event: SERIES[k] if k < len(SERIES) - 2 else MID for k, event in enumerate(events)}
    return {**named, END: INK, OTHERS: OTHER}


def _band(left: float, right: float, from_top: float, from_bottom: float, to_top: float, to_bottom: float) -> Path:
    middle = (left + right) / 2
    points = [
        (left, from_top), (middle, from_top), (middle, to_top), (right, to_top),
        (right, to_bottom), (middle, to_bottom), (middle, from_bottom), (left, from_bottom), (left, from_top),
    ]  # fmt: skip
    curve = [Path.CURVE4] * 3
    return Path(points, [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY])
