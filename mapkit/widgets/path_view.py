"""Paths as a page draws them: nodes and edges with their places, their words and their numbers, ready written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from mapkit.journeys.paths import StepMatrix, Transitions
from mapkit.plots.numbers import count, counted, duration, percent
from mapkit.plots.paths.layout import OTHERS, path_graph, sankey
from mapkit.statistics import Comparison, wilson_interval

View = dict[str, Any]
TONES = {"higher": "higher", "lower": "lower"}
_VERDICTS = {"cannot tell": "cannot tell", "too few": "too few to tell", "only in a": "", "only in b": ""}
_LONGEST = 22
# More figures than this and they lie on one another.
_MOST_FIGURES = 12
_MOST_TARGETS = 4


def graph_view(moves: Transitions, edges: int, weakest: float | None, comparison: Comparison | None = None) -> View:
    """Return the strongest moves as a graph; with a comparison every edge says how the two segments differ."""
    graph = path_graph(moves, edges=edges, weakest=weakest)
    differing = _by_move(comparison)
    who = f"{moves.per}s".capitalize()
    drawn = [_edge(row, place, who, differing, comparison) for place, row in enumerate(graph.edges.itertuples())]
    lanes = graph.nodes.groupby("column").size().max() if len(graph.nodes) else 1
    left, hidden = graph.edges_found - len(graph.edges), percent(1 - graph.moves_shown / max(graph.moves, 1))
    return {
        "form": "graph",
        "nodes": [_node(row, graph.edges) for row in graph.nodes.sort_values(["column", "y"]).itertuples()],
        "edges": drawn,
        "layers": int(graph.nodes["column"].max()) + 1 if len(graph.nodes) else 1,
        "lanes": int(lanes),
        "legend": _legend(comparison),
        "list": f"{counted(len(drawn), 'move')} of {count(graph.edges_found)}, the most frequent first",
        "hidden": f"{counted(left, 'weaker move')} not shown: {hidden} of all times." if left else "",
    }


def steps_view(matrix: StepMatrix, steps: int) -> View:
    """Return who is where at each of the first steps, and the ways between."""
    flow = sankey(matrix, steps=steps)
    at_source = flow.nodes.set_index(["step", "event"])["customers"]
    unit = matrix.per
    bands = flow.bands.sort_values("customers", ascending=False)
    sources = [int(at_source[key]) for key in zip(bands["step"], bands["source"], strict=True)]
    steps = int(flow.nodes["step"].max()) if len(flow.nodes) else 0
    return {
        "form": "steps",
        "nodes": [_bar(row, flow.total, unit) for row in flow.nodes.itertuples()],
        "edges": [
            _band(row, flow.total, source, unit) for row, source in zip(bands.itertuples(), sources, strict=True)
        ],
        "layers": max(steps, 1),
        "lanes": int(flow.nodes.groupby("step").size().max()) if len(flow.nodes) else 1,
        "heads": [f"Step {k}" for k in range(1, steps + 1)],
        "legend": [],
        "list": f"{counted(len(bands), 'way')} from step to step, the widest first",
        "hidden": f"All shares are of {counted(flow.total, unit)}. {OTHERS} puts together the rarer events of a step.",
    }


def _edge(row: Any, place: int, who: str, differing: Mapping[Any, Any], comparison: Comparison | None) -> View:
    share = percent(row.share, row.low, row.high)
    tone, figure = "plain", percent(row.share)
    facts = [["Times", count(row.count)], [who, count(row.customers)], [f"Of {count(row.out)} moves on", share]]
    if pd.notna(row.median_seconds):
        facts.append(["Median time", duration(row.median_seconds)])
    if comparison is not None:
        difference = differing.get((row.source, row.target))
        tone, figure, facts = _difference(difference, comparison, facts)
    shown = tone in TONES if comparison is not None else place < _MOST_FIGURES
    name = f"{_named(row.source)} → {_named(row.target)}"
    return {
        "key": f"{_key(row.source)}>{_key(row.target)}",
        "source": _key(row.source),
        "target": _key(row.target),
        "kind": row.kind,
        "width": float(row.weight),
        "tone": tone,
        "label": figure if shown else "",
        "figure": figure,
        "name": name,
        "facts": facts,
        "said": f"{name}: {', '.join(f'{label} {value}' for label, value in facts)}",
    }


def _difference(row: Any, comparison: Comparison, facts: list[list[str]]) -> tuple[str, str, list[list[str]]]:
    if row is None:
        return "untold", "", facts[:1]
    told = [facts[0]]
    for side, name in zip("ab", comparison.names, strict=True):
        value, n = getattr(row, f"value_{side}"), getattr(row, f"n_{side}")
        low, high = wilson_interval(value * n, n, comparison.confidence)
        told.append([name, f"{percent(value, float(low), float(high))} of {count(n)}" if n == n else "never"])
    if pd.isna(row.difference):
        return "untold", "", [*told, ["Difference", "only one of the two has this move"]]
    points = f"{100 * row.difference:+.1f}".replace("-0.0", "0.0").replace("+0.0", "0.0")
    told.append(["Difference", f"{points} points [{100 * row.low:.1f}, {100 * row.high:.1f}]"])
    told.append(["Verdict", _VERDICTS.get(row.verdict, f"{row.verdict} in {comparison.names[0]}")])
    return TONES.get(row.verdict, "untold"), points, told


def _node(row: Any, edges: pd.DataFrame) -> View:
    onwards = edges[edges["source"] == row.step].head(_MOST_TARGETS)
    facts = [["Times reached" if row.kind == "end" else "Moves on", count(row.count)]]
    facts += [
        [f"to {_cut(_named(edge.target))}", percent(edge.share, edge.low, edge.high)] for edge in onwards.itertuples()
    ]
    name = _named(row.step)
    return {
        "key": _key(row.step),
        "kind": "event" if row.kind == "step" else row.kind,
        "tone": "plain",
        "at": [float(row.x), float(row.y)],
        "layer": int(row.column),
        "size": float(row.weight),
        "label": _cut(name),
        "name": name,
        "facts": facts,
        "said": f"{name}: {', '.join(f'{label} {value}' for label, value in facts)}",
    }


def _bar(row: Any, total: int, unit: str) -> View:
    name = _named(row.event)
    facts = [[f"{unit}s".capitalize(), count(row.customers)], [f"Of {count(total)}", _share(row.customers, total)]]
    return {
        "key": f"{row.step}:{_key(row.event)}",
        "kind": "event",
        "tone": "plain",
        "at": [float(row.x), float(row.top)],
        "size": float(row.bottom - row.top),
        "label": _cut(name),
        "name": f"{name}, step {row.step}",
        "facts": facts,
        "said": f"{name} at step {row.step}: {count(row.customers)} of {counted(total, unit)}, {facts[1][1]}",
    }


def _band(row: Any, total: int, at_source: int, unit: str) -> View:
    name = f"{_named(row.source)} → {_named(row.target)}"
    facts = [
        [f"{unit}s".capitalize(), count(row.customers)],
        [f"Of the {count(at_source)} before", _share(row.customers, at_source)],
        [f"Of all {count(total)}", _share(row.customers, total)],
    ]
    return {
        "key": f"{row.step}:{_key(row.source)}>{_key(row.target)}",
        "source": f"{row.step}:{_key(row.source)}",
        "target": f"{row.step + 1}:{_key(row.target)}",
        "from": [float(row.x_from), float(row.from_top)],
        "to": [float(row.x_to), float(row.to_top)],
        "width": float(row.from_bottom - row.from_top),
        "tone": "plain",
        "label": "",
        "figure": count(row.customers),
        "name": f"Step {row.step}: {name}",
        "facts": facts,
        "said": f"Step {row.step}, {name}: {', '.join(f'{label} {value}' for label, value in facts)}",
    }


def _legend(comparison: Comparison | None) -> list[list[str]]:
    if comparison is None:
        return []
    one, other = comparison.names
    return [["higher", f"more often in {one}"], ["lower", f"more often in {other}"], ["untold", "cannot tell"]]


def _by_move(comparison: Comparison | None) -> dict[Any, Any]:
    return {} if comparison is None else {(row.source, row.target): row for row in comparison.table.itertuples()}


def _share(hits: int, trials: int) -> str:
    low, high = wilson_interval(hits, trials)
    return percent(hits / trials, float(low), float(high)) if trials else "unknown"


def _key(step: object) -> str:
    """Return a name that holds no ``>``, which stands between the two of an edge."""
    return str(step).replace("\\", "\\\\").replace(">", "\\g")


def _named(step: object) -> str:
    return " ".join(str(step).split()) or "(empty)"


def _cut(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
