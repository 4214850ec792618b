"""What customers do after their first outcome, with and without each touchpoint: do they come again, do they stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mapkit.journeys.drivers_counts import MICROSECONDS
from mapkit.journeys.steps import Step, condition
from mapkit.maps.touchpoints.comparing import Comparing

if TYPE_CHECKING:
    import ibis.expr.types as ir


def again_and_still(asked: Comparing) -> pd.DataFrame:
    """Return touchpoint, segment, ``had``, ``again``, ``still`` and ``customers``.

    Landmark: a customer has a touchpoint who met it within the span after the first outcome; ``again`` is another
    outcome, ``still`` any event, in the span after that. Only customers whom the log follows through both are counted,
    so that all had the same time.
    """
    import ibis

    span = asked.followed.span
    if span is None:
        return pd.DataFrame(columns=["touchpoint", "segment", "had", "again", "still", "customers"])
    rows = _later_rows(asked, span)
    what = rows.group_by("customer").agg(
        again=(rows["late"] & rows["is_outcome"]).ifelse(1, 0).max(), still=rows["late"].ifelse(1, 0).max()
    )
    buyers = _observed(asked, span)
    people = buyers.left_join(what, "customer").select(
        buyers["customer"], buyers["segment"], again=what["again"].fill_null(0), still=what["still"].fill_null(0)
    )
    met = rows.filter(~rows["late"] & rows["touchpoint"].notnull()).select("customer", "touchpoint").distinct()
    names = met.select("touchpoint").distinct()
    every = people.cross_join(names)
    joined = every.left_join(met.mutate(here=ibis.literal(1)), ["customer", "touchpoint"])
    each = joined.select(
        *(every[name] for name in ("touchpoint", "segment", "again", "still")), had=joined["here"].fill_null(0)
    )
    keys = ["touchpoint", "segment", "had", "again", "still"]
    counted: pd.DataFrame = each.group_by(keys).agg(customers=each.count()).to_pandas()
    return counted.sort_values(keys, ignore_index=True)


def _observed(asked: Comparing, span: int) -> ir.Table:
    people = asked.people
    last = asked.events.data.aggregate(last=asked.events.data["time"].max()).to_pyarrow().to_pylist()[0]["last"]
    reached = people.filter(people["reached"].notnull())
    return reached if last is None else reached.filter(_after(reached["reached"], 2 * span) <= last)


def _later_rows(asked: Comparing, span: int) -> ir.Table:
    """Return the rows of up to two spans after the first outcome: customer, touchpoint, is_outcome, late."""
    data, buyers = asked.tagged.data, _observed(asked, span).select("customer", "reached", "reached_row")
    step = asked.outcome if isinstance(asked.outcome, Step) else Step(asked.outcome, event=asked.outcome)
    told = data.mutate(is_outcome=condition(asked.tagged, step).fill_null(False))
    joined = told.inner_join(buyers, "customer")
    after = told["time"] > buyers["reached"]
    if "row" in data.columns:
        after = after | ((told["time"] == buyers["reached"]) & (told["row"] > buyers["reached_row"]))
    kept = joined.filter(after & (told["time"] <= _after(buyers["reached"], 2 * span)))
    return kept.select(
        told["customer"],
        told["touchpoint"],
        told["is_outcome"],
        late=told["time"] > _after(buyers["reached"], span),
    )


def _after(moment: ir.TimestampValue, span: int) -> ir.TimestampValue:
    import ibis

    days, rest = divmod(span, MICROSECONDS)
    return moment + ibis.interval(days=days) + ibis.interval(microseconds=rest)
