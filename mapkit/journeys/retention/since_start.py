"""Each customer's events from the first one on, with the number of periods since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from mapkit.journeys.retention.observing import Observed
from mapkit.journeys.retention.periods import SPANS, whole_spans

if TYPE_CHECKING:
    import ibis.expr.types as ir

Anchor = Literal["calendar", "customer"]


def first_moments(log: Observed) -> ir.Table:
    """Return each customer's first moment as ``started``, over all events or over those that open a cohort."""
    rows = log.rows.filter(log.rows["is_first"]) if "is_first" in log.rows.columns else log.rows
    return rows.group_by(list(log.keys)).agg(started=rows["time"].min())


def since_start(log: Observed, started: ir.Table, anchor: Anchor) -> ir.Table:
    """Return the events at or after ``started``, with ``cohort``, ``k`` (periods since) and ``is_target``."""
    import ibis

    joined = log.rows.inner_join(started, list(log.keys))
    joined = joined.filter(joined["time"] >= joined["started"])
    cohort = log.calendar.number(joined["started"])
    since: Any = log.calendar.number(joined["time"]) - cohort
    if anchor == "customer":
        since = whole_spans(joined["time"], joined["started"], SPANS[log.calendar.period])
    target = joined["is_target"] if "is_target" in joined.columns else ibis.literal(True)
    return joined.select(*log.keys, cohort=cohort, k=since, is_target=target)
