"""Ways counted where the events live: each walk's steps side by side in one row, and how many rows are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mapkit.journeys.paths.walks import Walk
from mapkit.sequences.path_steps import from_first, up_to_first, walked_steps

if TYPE_CHECKING:
    import ibis.expr.types as ir


def count_ways(
    walk: Walk, asked: tuple[str | None, str | None], length: int, collapse: bool, cut: tuple[int, int]
) -> pd.DataFrame:
    """Return the ``top`` ways: step_0, step_1 ..., complete, count, customers, median_seconds, kept, and sums over all.

    ``cut`` is top and minimum; the sums are ``paths`` (how many ways there are) and ``all_walks``.
    """
    keys = ["segment"] if walk.is_split else []
    slots = [f"step_{k}" for k in range(length)]
    if not walk.steps:
        known = ("complete", "count", "customers", "paths", "all_walks", "median_seconds", "kept")
        return pd.DataFrame(columns=[*keys, *slots, *known])
    units = _units(walk, *asked, length, collapse)
    top, minimum = cut
    found = _ranked(units, [*keys, *slots, "complete"], keys, top).to_pandas()
    # The first of each segment always comes, because it carries the sums.
    return found.assign(kept=(found["count"] >= minimum) & (found["place"] < top))


def _units(walk: Walk, start: str | None, end: str | None, length: int, collapse: bool) -> ir.Table:
    """Return one row per walk: its first (or last) steps side by side, whether that is all, and how long it took."""
    walked = walked_steps(walk.rows, walk.steps, walk.unit, collapse=collapse)
    if start is not None:
        walked = from_first(walked, start, walk.unit)
    if end is not None:
        walked = up_to_first(walked, end, walk.unit, later=start is not None)
    if end is not None and start is None:
        cut = (walked["rows"] > length).ifelse(walked["rows"] - length, 0)
        walked = walked.mutate(place=walked["place"] - cut)
    shown = walked.filter((walked["place"] >= 0) & (walked["place"] < length))
    keys = ["segment"] if walk.is_split else []
    # Fixed columns rather than lists: every database can group by them, and their memory is known.
    steps = {f"step_{k}": (shown["place"] == k).ifelse(shown["step"], None).max() for k in range(length)}
    units = shown.group_by([*keys, *walk.unit]).agg(
        **steps, rows=shown["rows"].max(), began=shown["time"].min(), ended=shown["time"].max()
    )
    took = units["ended"].delta(units["began"], unit="microsecond").cast("float64") / 1_000_000
    return units.mutate(complete=(units["rows"] <= length).ifelse(1, 0), took=took)


def _ranked(units: ir.Table, by_way: list[str], keys: list[str], top: int) -> ir.Table:
    import ibis
    import ibis.common.exceptions as refused

    # Marked and summed, because a count of distinct customers is an estimate in some databases.
    marked = units.mutate(nth=ibis.row_number().over(group_by=[*by_way, "customer"], order_by="began"))
    counts = {"count": marked.count(), "customers": (marked["nth"] == 0).ifelse(1, 0).sum()}
    ways = marked.group_by(by_way).agg(**counts, median_seconds=marked["took"].median())
    try:
        units.get_backend().compile(ways)
    except (refused.OperationNotDefinedError, refused.UnsupportedOperationError):
        # Some databases have no exact median; the counts are still theirs to give.
        ways = marked.group_by(by_way).agg(**counts).mutate(median_seconds=ibis.null("float64"))
    order = [ibis.desc("count"), *(name for name in by_way if name not in keys)]
    ranked = ways.mutate(
        place=ibis.row_number().over(group_by=keys or None, order_by=order),
        paths=ways.count().over(group_by=keys or None),
        all_walks=ways["count"].sum().over(group_by=keys or None),
    )
    return ranked.filter(ranked["place"] < top)
