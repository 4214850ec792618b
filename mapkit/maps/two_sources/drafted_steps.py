"""The steps of a map drafted from a log: each stage's main events, in the order in which customers come to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mapkit.maps.journey_map import MapStage, MapStep
from mapkit.maps.two_sources.asking import ENOUGH
from mapkit.maps.two_sources.persona_log import PersonaLog
from mapkit.maps.two_sources.witnesses import Known
from mapkit.stages import StageModel, map_stages
from mapkit.stages.order import order_of

if TYPE_CHECKING:
    import ibis.expr.types as ir


def drafted_stages(
    log: PersonaLog, model: StageModel, known: Known, *, most_steps: int, floor: float
) -> tuple[MapStage, ...]:
    """Return the model's stages with their main events as steps; a stage that nobody reaches stays, empty.

    An event that the model gives to several stages is put where most customers do it.
    """
    data = map_stages(log.events, model, unmapped="keep").data
    found = _events(data)
    enough = (found["customers"] >= max(ENOUGH, floor * log.customers)) & (found["event"] != "")
    found = found[enough]
    found = found.sort_values(["customers", "event"], ascending=[False, True]).drop_duplicates("event")
    stages = []
    for name in model.stages:
        main = found[found["stage"] == name].head(most_steps).sort_values(["position", "customers"], kind="stable")
        stages.append(MapStage(name, tuple(_step(event, known) for event in main["event"])))
    return tuple(stages)


def _step(event: str, known: Known) -> MapStep:
    touchpoint = known.touchpoint_of.get(event)
    return MapStep(event, event, (event,), () if touchpoint is None else (touchpoint,))


def _events(data: ir.Table) -> pd.DataFrame:
    """Return stage, event, customers, and position: the median place, from 0, of a customer's first such event."""
    import ibis

    rows = data.filter(data["stage"].notnull() & data["event"].notnull())
    rows = rows.mutate(place=ibis.row_number().over(group_by="customer", order_by=order_of(rows)))
    firsts = rows.group_by(["stage", "event", "customer"]).agg(first=rows["place"].min())
    counted = firsts.group_by(["stage", "event"]).agg(customers=firsts.count(), position=firsts["first"].median())
    frame: pd.DataFrame = counted.to_pandas()
    return frame
