"""Clusters: what sets each apart, feature by feature, and whether it would come back in other data."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from mapkit.journeys.segmenting.clusters import Clusters
from mapkit.plots.names import shown
from mapkit.plots.numbers import count, percent
from mapkit.plots.page import Heading, nothing_to_draw
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.style import THIN_N
from mapkit.plots.value.amounts import money
from mapkit.plots.value.cells import Cell, Line, draw_cells
from mapkit.plots.wording import quoted

_FULL = 2.0
_MOST, _MOST_FEATURES, _APART = 6, 20, 0.5


@drawing.register
def draw_clusters(clusters: Clusters, ax: Axes | None = None) -> Axes:
    """Draw a column a cluster and a row a feature: the mean, coloured by how far it is from the average customer."""
    if clusters.table.empty:
        return nothing_to_draw(ax, clusters.title, "there are no clusters")
    heads = clusters.table.head(_MOST)
    profile = clusters.profile.set_index(["feature", "segment"])
    features = list(dict.fromkeys(clusters.profile["feature"]))
    columns = [_head(row) for row in heads.to_dict("records")]
    lines = [
        Line(name, [_cell(profile.loc[(name, segment)], name) for segment in heads["segment"]])
        for name in features[:_MOST_FEATURES]
    ]
    return draw_cells(ax, _heading(clusters, len(features)), columns, lines, down="feature")


def _head(row: dict) -> tuple[str, ...]:
    name, size = shown(row["segment"]), f"n {count(row['customers'])}"
    return name, percent(row["of_customers"]), size, str(row["verdict"]), f"{row['stability']:.2f}"


def _cell(row: pd.Series, name: str) -> Cell:
    mean, low, high = (float(row[column]) for column in ("mean", "mean_low", "mean_high"))
    shade, thin, half = float(row["standardised"]) / _FULL, int(row["n"]) < THIN_N, (high - low) / 2
    arrow = "" if abs(shade) * _FULL < _APART else " ▲" if shade > 0 else " ▼"  # colours alone are lost in grey
    if name.startswith("share of "):
        return Cell(percent(mean) + arrow, "" if half != half else f"± {100 * half:.1f}", shade, thin)
    return Cell(money(mean) + arrow, "" if half != half else f"± {money(half)}", shade, thin)


def _heading(clusters: Clusters, features: int) -> Heading:
    shaky = int((clusters.table["verdict"] != "stable").sum())
    n, k = count(clusters.table["customers"].sum()), clusters.k
    if shaky == 0:
        title = f"All {k} clusters of {n} customers come back in resamples"
    else:
        title = f"{shaky} of {k} clusters do not come back reliably in resamples"
    subtitle = f"mean of each feature ± half its interval · blue ▲ above, orange ▼ below the average · n = {n}"
    note = f"Silhouette {clusters.silhouette:.2f}; under the verdict: mean Jaccard similarity over resamples (seed"
    note += f" {clusters.seed})."
    note += " The features made the clusters, so their differences are no evidence."
    beyond = ((k - _MOST, "clusters"), (features - _MOST_FEATURES, "features"))
    left_out = [f"{count(more)} {what}" for more, what in beyond if more > 0]
    note += f" {' and '.join(left_out)} more are in the tables." if left_out else ""
    return Heading(title, subtitle, note)


@sentence.register
def say_clusters(clusters: Clusters) -> str:
    """Say each cluster's size, what sets it apart, and whether it is stable, in one sentence."""
    if clusters.table.empty:
        return "Clusters with nothing to draw: there are none."
    parts = [
        f"{shown(row['segment'])} {quoted(row, 'of_customers')} ({row['verdict']}): {shown(row['differs_by'])}"
        for row in clusters.table.to_dict("records")
    ]
    return f"{clusters.k} clusters of {count(clusters.table['customers'].sum())} customers: {'; '.join(parts)}."
