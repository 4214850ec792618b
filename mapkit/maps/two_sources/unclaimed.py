"""What many customers do and the map does not have."""

from __future__ import annotations

import pandas as pd

from mapkit.maps.journey_map import JourneyMap
from mapkit.maps.two_sources.asking import ENOUGH
from mapkit.maps.two_sources.persona_log import PersonaLog
from mapkit.maps.two_sources.witnesses import Known
from mapkit.statistics import wilson_interval

COLUMNS = ("name", "stage", "customers", "share", "low", "high")


def find_unclaimed(map_: JourneyMap, log: PersonaLog, known: Known, floor: float, confidence: float) -> pd.DataFrame:
    """Return the touchpoints, and events of no touchpoint, that the map lacks and more than ``floor`` of customers use.

    An event is in the map when a step names it, or when it happens at a touchpoint of the map: who has the home page
    on the map need not list its clicks. Columns: name, stage (of the inventory), customers, share, low, high; the
    interval's low end is above the floor.
    """
    covered = _covered(map_, known)
    named = {event: known.touchpoint_of.get(event, event) for event in known.events - covered}
    used = _customers(log, {event: name for event, name in named.items() if name not in _touchpoints(map_, known)})
    if used.empty or log.customers < ENOUGH:
        return pd.DataFrame(columns=list(COLUMNS))
    low, high = wilson_interval(used["customers"], log.customers, confidence)
    used = used.assign(share=used["customers"] / log.customers, low=low, high=high)
    used["stage"] = [known.inventory.get(name, {}).get("stage") for name in used["name"]]
    found = used[used["low"] > floor].sort_values(["share", "name"], ascending=[False, True], ignore_index=True)
    return found[list(COLUMNS)]


def _covered(map_: JourneyMap, known: Known) -> set[str]:
    return {event for step in map_.steps for event in known.witness(step).events}


def _touchpoints(map_: JourneyMap, known: Known) -> set[str]:
    of_steps = {name for step in map_.steps for name in known.touchpoints_of(step)}
    of_events = {known.touchpoint_of[event] for event in _covered(map_, known) if event in known.touchpoint_of}
    of_cells = {placed.cell.touchpoint for placed in map_.cells if placed.cell.touchpoint is not None}
    return of_steps | of_events | of_cells


def _customers(log: PersonaLog, named: dict[str, str]) -> pd.DataFrame:
    """Return how many customers have an event of each name."""
    if not named:
        return pd.DataFrame(columns=["name", "customers"])
    data = log.events.data
    rows = data.filter(data["event"].isin(sorted(named)))
    renamed = {event: name for event, name in named.items() if event != name}
    called = rows["event"].substitute(renamed) if renamed else rows["event"]
    each = rows.select("customer", called=called).distinct()
    counted = each.group_by("called").agg(customers=each.count()).to_pandas()
    return counted.rename(columns={"called": "name"}).astype({"name": "str", "customers": "int64"})
