"""Steps that customers take in another order than the funnel assumes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from mapkit.journeys.steps import condition, steps_of
from mapkit.maps.integrity.findings import Finding, Severity
from mapkit.maps.integrity.registry import log_check
from mapkit.maps.integrity.subject import Log
from mapkit.maps.integrity.thresholds import ORDER_CAUTION, ORDER_NOTE, ORDER_PROBLEM


@log_check("step order")
def check_order(log: Log) -> Iterator[Finding]:
    """Say which neighbouring steps of the funnel customers first take the other way round."""
    if len(log.funnel) < 2:
        return
    steps, _ = steps_of(log.plausible, log.funnel)
    data = log.plausible.data
    firsts = {f"step_{k}": data["time"].min(where=condition(log.plausible, step)) for k, step in enumerate(steps)}
    each = data.group_by("customer").agg(**firsts)
    measures = dict[str, Any]()
    for k in range(1, len(steps)):
        one, two = each[f"step_{k - 1}"], each[f"step_{k}"]
        both = one.notnull() & two.notnull()
        measures |= {f"both_{k}": both.ifelse(1, 0).sum(), f"turned_{k}": (both & (two < one)).ifelse(1, 0).sum()}
    sums = each.aggregate(**measures).to_pyarrow().to_pylist()[0]
    for k, (one, two) in enumerate(pairwise(steps), start=1):
        both, turned = int(sums[f"both_{k}"] or 0), int(sums[f"turned_{k}"] or 0)
        share = turned / both if both else 0.0
        if share < ORDER_NOTE:
            continue
        severity: Severity = "problem" if share >= ORDER_PROBLEM else "caution" if share >= ORDER_CAUTION else "note"
        what = f"{turned:,} of {both:,} who took both took {two.name} before {one.name}"
        how = f"of those who took both, who first took {one.name}: the most that an order decides"
        yield Finding("step order", severity, "the funnel", what, turned, 1.0, 1 - share, "share", how)
