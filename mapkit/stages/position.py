"""Where in customers' sequences an event stands, against the stages that are known."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from mapkit.stages.order import order_of, with_row
from mapkit.stages.proposals import Proposal
from mapkit.tables import Table

_FEWEST = 5
_MOST_CUSTOMERS = 20_000


def propose_by_position(staged: Table, events: Sequence[str]) -> dict[str, Proposal]:
    """Return the stage whose events stand nearest in customers' sequences, for each event met often enough.

    Position runs from 0 (a customer's first event) to 1 (the last) and is averaged over the event's rows, among the
    customers who did one of these events and at least one other: the first 20,000 by their ids, so that a proposal
    never costs a walk through a large log.
    """
    positions = _positions(staged, events)
    stages = positions[positions["stage"].notna()].groupby("stage").agg(rows=("rows", "sum"), total=("total", "sum"))
    if stages.empty:
        return {}
    mean_of_stage = (stages["total"] / stages["rows"]).reindex([s for s in staged.stages if s in stages.index])
    unknown = positions[positions["stage"].isna() & (positions["rows"] >= _FEWEST)]
    proposals = {}
    for event, rows, total in zip(unknown["event"], unknown["rows"], unknown["total"], strict=True):
        where = total / rows
        stage = str((mean_of_stage - where).abs().idxmin())
        proposals[str(event)] = Proposal(
            stage,
            f"it stands {where:.0%} of the way through its customers' events on average, nearest to {stage!r}"
            f" ({mean_of_stage[stage]:.0%})",
        )
    return proposals


def _positions(staged: Table, events: Sequence[str]) -> pd.DataFrame:
    """Return event, stage (missing for the events asked about), rows, and the sum of their positions."""
    import ibis

    data = with_row(staged).data
    asked = data.filter(data["event"].isin(events)).select("customer").distinct()
    asked = asked.order_by("customer").limit(_MOST_CUSTOMERS)
    walked = data.filter(data["customer"].isin(asked["customer"]))
    ordered = ibis.window(group_by=walked["customer"], order_by=order_of(walked))
    whole = ibis.window(group_by=walked["customer"])
    placed = walked.select(
        "event",
        "stage",
        number=ibis.row_number().over(ordered),
        length=walked.count().over(whole),
    )
    several = placed.filter(placed["length"] > 1)
    known = several["stage"].notnull() | several["event"].isin(events)
    position = several["number"].cast("float64") / (several["length"] - 1)
    kept = several.mutate(position=position).filter(known)
    counted = kept.group_by("event", "stage").agg(rows=kept.count(), total=kept["position"].sum())
    found: pd.DataFrame = counted.order_by("event", "stage").to_pandas()
    return found
