"""Retention drawn: a triangle of cohorts with the share in each cell, or curves with bands."""

from __future__ import annotations

from typing import Literal

from matplotlib.axes import Axes

from mapkit.errors import one_of
from mapkit.journeys.retention import Retention
from mapkit.plots.names import shown
from mapkit.plots.numbers import count, counted, percent
from mapkit.plots.page import nothing_to_draw
from mapkit.plots.plot import drawing, sentence
from mapkit.plots.retention.curves import draw_curves
from mapkit.plots.retention.triangle import draw_triangle
from mapkit.plots.retention.wording import after_start, of_segment, periods_said
from mapkit.plots.wording import quoted


@drawing.register
def draw_retention(
    result: Retention,
    ax: Axes | None = None,
    *,
    form: Literal["triangle", "curves"] | None = None,
    segment: str | None = None,
) -> Axes:
    """Draw retention as a triangle (without a split the default; of one ``segment`` with one) or as curves."""
    form = form or ("triangle" if result.by is None or segment is not None else "curves")
    one_of(form, ("triangle", "curves"), "form")
    if after_start(result, result.curve).empty:
        reason = "nobody began in this log" if not result.table["size"].sum() else "no period after the first had ended"
        return nothing_to_draw(ax, result.title, reason)
    if form == "curves":
        return draw_curves(result, ax)
    if after_start(result, of_segment(result, result.curve, segment)).empty:
        return nothing_to_draw(ax, result.title, "no period after the first had ended for this segment")
    return draw_triangle(result, ax, segment)


@sentence.register
def say_retention(result: Retention) -> str:
    """Say retention in one sentence: the pooled share in the first, a middle and the last finished period."""
    curve = after_start(result, result.curve)
    if curve.empty:
        return "Retention with nothing to draw: no period after the first had ended."
    parts = []
    segments = list(dict.fromkeys(curve["segment"])) if "segment" in curve else [None]
    for segment in segments:
        rows = curve if segment is None else curve[curve["segment"] == segment]
        picked = rows.iloc[sorted({0, len(rows) // 2, len(rows) - 1})]
        said = ", ".join(
            f"{quoted(row, 'of_cohort')} of {count(row['size'])} in {periods_said(result, row)}"
            for _, row in picked.iterrows()
        )
        parts.append(f"{'' if segment is None else f'{shown(segment)} '}{said}")
    shares = after_start(result, result.table)["of_cohort"].dropna()
    span = f" Single cohorts range from {percent(shares.min())} to {percent(shares.max())}." if len(shares) else ""
    target = f" to {shown(result.target)}" if result.target else ""
    cohorts = counted(result.table["cohort"].nunique(), "cohort")
    return f"{result.kind.capitalize()} retention{target} by {result.period}, {cohorts}: {'; '.join(parts)}.{span}"
