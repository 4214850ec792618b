"""Where the nodes and bands of a Sankey diagram of steps stand: pure arithmetic, for pictures and widgets alike.

All places are in 0..1. x runs from left to right, top and bottom from the top down.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from mapkit.errors import OptionError
from mapkit.journeys.customer_segments import of_segment
from mapkit.journeys.paths import StepMatrix
from mapkit.sequences import END

OTHERS = "(other)"


@dataclass(frozen=True, eq=False)
class Sankey:
    """Steps as columns of nodes, and bands between them.

    ``nodes`` columns: ``step`` (from 1), ``event``, ``customers``, ``share`` (of all), ``x``, ``top``, ``bottom``.
    ``bands`` columns: ``step`` (of the source), ``source``, ``target``, ``customers``, ``share`` (of all), ``x_from``,
    ``x_to``, ``from_top``, ``from_bottom``, ``to_top``, ``to_bottom``. ``total`` is what all shares are of. Rare events
    of a step are put together as "(other)". "(end)" at a step holds those whose last step was the one before.
    """

    nodes: pd.DataFrame
    bands: pd.DataFrame
    total: int


def sankey(
    matrix: StepMatrix, *, steps: int = 5, most: int = 6, segment: str | None = None, gap: float = 0.03
) -> Sankey:
    """Return the first ``steps`` steps as columns of nodes, at most ``most`` events in each, with the bands between.

    ``gap`` is the space between two nodes of a column. Heights are shares of all customers (together 1 - gaps).
    """
    if steps < 1 or most < 1:
        raise OptionError(f"steps={steps!r} and most={most!r}: both are whole numbers from 1.")
    table, flows = of_segment_or_all(matrix.table, segment), of_segment_or_all(matrix.flows, segment)
    steps = min(steps, matrix.steps)
    total = int(table.loc[table["step"] == 1, "customers"].sum())
    named = _pooled(_visible(table, flows, steps), most)
    here = {
        (step, event): label for step, event, label in zip(named["step"], named["event"], named["label"], strict=True)
    }
    nodes = _stacked(named, steps, total, gap)
    inside = flows[flows["step"] < steps]
    ways = pd.DataFrame(
        {
            "step": inside["step"].astype("int64"),
            "source": [here[key] for key in zip(inside["step"], inside["source"], strict=True)],
            "target": [here[key] for key in zip(inside["step"] + 1, inside["target"], strict=True)],
            "customers": inside["customers"].astype("int64"),
        }
    )
    ways = ways.groupby(["step", "source", "target"], as_index=False, sort=False)[["customers"]].sum()
    return Sankey(nodes, _bands(ways, nodes, total), total)


def of_segment_or_all(table: pd.DataFrame, segment: str | None) -> pd.DataFrame:
    """Return one segment's rows, or those of all segments taken together."""
    if segment is not None or "segment" not in table:
        return of_segment(table, segment)
    keys = [name for name in ("step", "event", "source", "target") if name in table]
    return table.groupby(keys, as_index=False, sort=False)[["customers"]].sum()


def _visible(table: pd.DataFrame, flows: pd.DataFrame, steps: int) -> pd.DataFrame:
    """Return step, event, customers; at the end only those who came there just now."""
    there = table.loc[(table["step"] <= steps) & (table["event"] != END), ["step", "event", "customers"]]
    ended = flows[(flows["target"] == END) & (flows["step"] < steps)]
    ended = ended.groupby("step", as_index=False)[["customers"]].sum()
    return pd.concat([there, ended.assign(step=ended["step"] + 1, event=END)], ignore_index=True)


def _pooled(visible: pd.DataFrame, most: int) -> pd.DataFrame:
    ranked = visible.sort_values(["step", "customers", "event"], ascending=[True, False, True], ignore_index=True)
    steps = ranked[ranked["event"] != END]
    place = steps.groupby("step").cumcount()
    size = steps.groupby("step")["event"].transform("size")
    rare = steps.index[(place >= most - 1) & (size > most)]
    label = ranked["event"].astype(object)
    label[rare] = OTHERS
    return ranked.assign(label=label)


def _stacked(named: pd.DataFrame, steps: int, total: int, gap: float) -> pd.DataFrame:
    nodes = named.groupby(["step", "label"], as_index=False, sort=False)[["customers"]].sum()
    last = nodes["label"].map({OTHERS: 1, END: 2}).fillna(0)
    nodes = nodes.assign(last=last).sort_values(
        ["step", "last", "customers", "label"], ascending=[True, True, False, True]
    )
    fullest = int(nodes.groupby("step").size().max()) if len(nodes) else 1
    scale = max(1 - gap * (fullest - 1), 0.2) / max(total, 1)
    nodes = nodes.assign(height=nodes["customers"] * scale)
    ends = nodes.groupby("step")["height"].cumsum() + gap * nodes.groupby("step").cumcount()
    return pd.DataFrame(
        {
            "step": nodes["step"].astype("int64"),
            "event": nodes["label"],
            "customers": nodes["customers"].astype("int64"),
            "share": nodes["customers"] / max(total, 1),
            "x": (nodes["step"] - 1) / max(steps - 1, 1),
            "top": ends - nodes["height"],
            "bottom": ends,
        }
    ).reset_index(drop=True)


def _bands(ways: pd.DataFrame, nodes: pd.DataFrame, total: int) -> pd.DataFrame:
    key = nodes.set_index(["step", "event"])
    start = pd.MultiIndex.from_arrays([ways["step"], ways["source"]])
    goal = pd.MultiIndex.from_arrays([ways["step"] + 1, ways["target"]])
    ways = ways.assign(
        x_from=key["x"].reindex(start).to_numpy(float),
        x_to=key["x"].reindex(goal).to_numpy(float),
        above=key["top"].reindex(start).to_numpy(float),
        below=key["top"].reindex(goal).to_numpy(float),
    )
    heights = (key["bottom"] - key["top"]) / key["customers"]
    per_customer = float(heights.iloc[0]) if len(heights) else 0.0
    thick = ways["customers"] * per_customer
    # At its source a band lies by where it goes, at its target by where it comes from, so that bands cross little.
    leaving = ways.assign(thick=thick).sort_values(["step", "above", "below"], kind="stable")
    from_bottom = leaving["above"] + leaving.groupby(["step", "source"])["thick"].cumsum()
    coming = ways.assign(thick=thick).sort_values(["step", "below", "above"], kind="stable")
    to_bottom = coming["below"] + coming.groupby(["step", "target"])["thick"].cumsum()
    return ways.assign(
        share=ways["customers"] / max(total, 1),
        from_top=from_bottom - thick,
        from_bottom=from_bottom,
        to_top=to_bottom - thick,
        to_bottom=to_bottom,
    )[
        [
            "step",
            "source",
            "target",
            "customers",
            "share",
            "x_from",
            "x_to",
            "from_top",
            "from_bottom",
            "to_top",
            "to_bottom",
        ]
    ]
