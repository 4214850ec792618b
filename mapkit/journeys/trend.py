"""How conversion changes with the period in which people enter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from mapkit.errors import one_of
from mapkit.journeys.question import Asked, Moment, Order, ask
from mapkit.journeys.results import FunnelTrend
from mapkit.journeys.segments import with_segment
from mapkit.journeys.steps import Exclusion, Step
from mapkit.sequences import walk_chains
from mapkit.statistics import wilson_interval

if TYPE_CHECKING:
    import ibis.expr.types as ir

Period = Literal["hour", "day", "week", "month"]
_UNITS = {"hour": "h", "day": "D", "week": "W", "month": "M"}
_STEPS = {
    "hour": pd.DateOffset(hours=1),
    "day": pd.DateOffset(days=1),
    "week": pd.DateOffset(weeks=1),
    "month": pd.DateOffset(months=1),
}


def measure_funnel_trend(
    events: Any,
    steps: Sequence[str | Step],
    *,
    period: Period = "week",
    window: str | timedelta | None = None,
    order: Order = "ordered",
    exclusions: Sequence[Exclusion] = (),
    breakdown: str | None = None,
    breakdown_from: Literal["first", "last"] = "first",
    start: Moment = None,
    end: Moment = None,
    confidence: float = 0.95,
) -> FunnelTrend:
    """Return, for each period (UTC; weeks start on Monday), how many entered and what share of them converted.

    A customer counts once in every period in which they did step 1, and as converted when a chain that they opened in
    it reached the last step. A period is ``complete`` when it had ended, and everybody who entered in it had the whole
    window, before the last event of the log; without a window nobody can be sure of that, and only its end is asked.

    Parameters are those of :func:`measure_funnel`.
    """
    one_of(period, _UNITS, "period")
    one_of(breakdown_from, ("first", "last"), "breakdown_from")
    if order == "any":
        one_of(order, ("ordered", "strict"), "order of a trend")
    asked = ask(events, steps, window=window, order=order, exclusions=exclusions, start=start, end=end)
    chains, notes = with_segment(walk_chains(asked.events, asked.question(per_entry=True)), breakdown, breakdown_from)
    table = _per_period(chains.units, asked, period, breakdown is not None)
    low, high = wilson_interval(table["converted"], table["entered"], confidence)
    table["of_entered"] = table["converted"] / table["entered"]
    table["of_entered_low"], table["of_entered_high"] = low, high
    table["complete"] = _is_complete(table["period"], asked, period)
    names = tuple(step.name for step in asked.steps)
    columns = ["period", "complete", *(["segment"] if breakdown else []), "entered", "converted"]
    unfinished = int((~table["complete"]).sum())
    return FunnelTrend(
        title=f"Conversion from {names[0]} to {names[-1]} by {period} of entry",
        table=table[[*columns, "of_entered", "of_entered_low", "of_entered_high"]],
        notes=(
            *asked.notes(),
            *(() if table["converted"].sum() else asked.check_names()),
            "A customer counts once in every period in which they entered.",
            *([f"{unfinished} periods are not complete: some who entered may still convert."] if unfinished else []),
            *notes,
        ),
        period=period,
        steps=names,
        breakdown=breakdown,
        confidence=confidence,
    )


def _per_period(units: ir.Table, asked: Asked, period: str, by_segment: bool) -> pd.DataFrame:
    kept = units.filter(~units.removed)
    kept = kept.mutate(period=kept.time_1.truncate(_UNITS[period]))
    keys = ["period", *(["segment"] if by_segment else [])]
    people = kept.group_by([*keys, "unit"]).agg(reached=kept.reached.max())
    done = (people.reached >= len(asked.steps)).ifelse(1, 0)
    table = people.group_by(keys).agg(entered=people.count(), converted=done.sum()).order_by(keys).to_pandas()
    table["period"] = pd.to_datetime(table["period"])
    return table


def _is_complete(periods: pd.Series, asked: Asked, period: str) -> pd.Series:
    last = asked.events.data["time"].max().to_pandas()
    window = pd.Timedelta(microseconds=asked.window or 0)
    ends = periods.map(lambda start: start + _STEPS[period])
    return (ends + window <= last).astype(bool)
