"""Where the steps and moves of a path graph stand: pure arithmetic, for pictures and widgets alike.

All places are in 0..1. x runs from left to right, y from the top down.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mapkit.errors import OptionError
from mapkit.journeys.customer_segments import of_segment
from mapkit.journeys.paths import Transitions
from mapkit.plots.paths.positions import columns_of, rows_of
from mapkit.sequences import END, START
from mapkit.statistics import wilson_interval


@dataclass(frozen=True, eq=False)
class PathGraph:
    """A transition graph, laid out.

    ``nodes`` columns: ``step``, ``kind`` ("start", "step" or "end"), ``x``, ``y``, ``column`` (from 0), ``count``
    (moves out of it; for the end: into it), ``weight`` (count by the largest count of a step).
    ``edges`` columns: ``source``, ``target``, ``count``, ``customers``, ``share`` (of all moves out of the source),
    ``low``, ``high`` (its interval), ``out`` (its denominator), ``median_seconds``, ``weight`` (count by the largest
    count shown), ``kind`` ("on": to the right, "back": to the left, "aside": within a column, "loop": to itself).
    ``moves_shown`` of ``moves`` are on the shown ``edges`` of ``edges_found``.
    """

    nodes: pd.DataFrame
    edges: pd.DataFrame
    moves: int
    moves_shown: int
    edges_found: int


def path_graph(
    transitions: Transitions,
    *,
    edges: int = 30,
    weakest: float | None = None,
    strongest: float | None = None,
    segment: str | None = None,
) -> PathGraph:
    """Return the most travelled moves as a graph in layers, from the start at the left to the end at the right.

    A step's layer follows from its level: moves lead one level up as nearly as they can, all moves taken together. The
    same transitions always give the same picture.

    Parameters
    ----------
    edges
        At most so many moves, the most frequent.
    weakest, strongest
        Leave out moves whose share of their source is below, or above, this.
    segment
        Of split transitions: the one to lay out; without it all segments are taken together.
    """
    if not (isinstance(edges, int) and edges >= 1):
        raise OptionError(f"edges={edges!r} is not a whole number from 1.")
    together = _together(transitions) if segment is None else of_segment(transitions.table, segment)
    moves = together.assign(out=together.groupby("source")["count"].transform("sum"))
    kept = moves[moves["of_source"].between(-1 if weakest is None else weakest, 2 if strongest is None else strongest)]
    kept = kept.sort_values(["count", "source", "target"], ascending=[False, True, True]).head(edges)
    steps = list(dict.fromkeys([*kept["source"], *kept["target"]]))
    nodes = _placed(moves, kept, steps)
    return PathGraph(nodes, _drawn(kept, nodes), int(moves["count"].sum()), int(kept["count"].sum()), len(moves))


def _together(transitions: Transitions) -> pd.DataFrame:
    """Return the moves of all segments as one; medians cannot be added up, so split moves lose theirs."""
    if not transitions.is_split:
        return transitions.table
    moves = transitions.table.groupby(["source", "target"], as_index=False)[["count", "customers"]].sum()
    out = moves.groupby("source")["count"].transform("sum")
    low, high = wilson_interval(moves["count"], out, transitions.confidence)
    share = moves["count"] / out
    return moves.assign(of_source=share, of_source_low=low, of_source_high=high, median_seconds=np.nan)


def _placed(moves: pd.DataFrame, kept: pd.DataFrame, steps: list[str]) -> pd.DataFrame:
    out, into = moves.groupby("source")["count"].sum(), moves.groupby("target")["count"].sum()
    counts = np.array([int(into.get(step, 0) if step == END else out.get(step, into.get(step, 0))) for step in steps])
    kinds = [{START: "start", END: "end"}.get(step, "step") for step in steps]
    columns = columns_of(moves, steps)
    places = rows_of(kept, steps, columns, counts)
    last = max(int(columns.max()), 1) if len(columns) else 1
    of_steps = [count for count, kind in zip(counts, kinds, strict=True) if kind == "step"]
    largest = max([*of_steps, 1])
    return pd.DataFrame(
        {
            "step": pd.Series(steps, dtype=object),
            "kind": pd.Series(kinds, dtype=object),
            "x": columns / last,
            "y": places,
            "column": columns,
            "count": counts,
            "weight": np.minimum(counts / largest, 1.0),
        }
    )


def _drawn(kept: pd.DataFrame, nodes: pd.DataFrame) -> pd.DataFrame:
    column = dict(zip(nodes["step"], nodes["column"], strict=True))
    kinds = [_kind(column, source, target) for source, target in zip(kept["source"], kept["target"], strict=True)]
    names = {"of_source": "share", "of_source_low": "low", "of_source_high": "high"}
    shown = kept.rename(columns=names).assign(
        kind=kinds, weight=kept["count"] / max(int(kept["count"].max() or 1), 1) if len(kept) else []
    )
    wanted = [
        "source",
        "target",
        "count",
        "customers",
        "share",
        "low",
        "high",
        "out",
        "median_seconds",
        "weight",
        "kind",
    ]
    return shown[wanted].reset_index(drop=True)


def _kind(column: dict[str, int], source: str, target: str) -> str:
    if source == target:
        return "loop"
    ahead = column[target] - column[source]
    return "on" if ahead > 0 else "back" if ahead < 0 else "aside"
