"""What shows that a step was taken: events of the log, by their names or by the touchpoint they happened at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mapkit.experience.touchpoints.listed import read_inventory
from mapkit.maps.journey_map import JourneyMap, MapStep
from mapkit.tables import Table


@dataclass(frozen=True)
class Witness:
    """A step, or a whole stage, and the rows of a log that show it: those of its events or touchpoints."""

    name: str
    events: tuple[str, ...] = ()
    touchpoints: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.events or self.touchpoints)


@dataclass(frozen=True)
class Known:
    """What the data has names for.

    ``events`` are the log's event names, ``touchpoints`` those its rows name, ``touchpoint_of`` gives an event's
    touchpoint (the inventory's, else the one most of its rows name), and ``inventory`` has a row per touchpoint.
    """

    events: frozenset[str] = frozenset()
    touchpoints: frozenset[str] = frozenset()
    touchpoint_of: Mapping[str, str] = field(default_factory=dict)
    inventory: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def witness(self, step: MapStep) -> Witness:
        """Return what shows a step; it is false where nothing in the data does."""
        named = tuple(event for event in step.events if event in self.events)
        return Witness(step.id, named) if named else self.of_touchpoints(step.id, (*step.touchpoints, step.id))

    def of_touchpoints(self, name: str, touchpoints: Iterable[str]) -> Witness:
        """Return what shows that one of these touchpoints was used: the events listed for it, else its own rows."""
        wanted = tuple(dict.fromkeys(touchpoints))
        listed = [e for each in wanted for e in self._listed(each) if e in self.events]
        if listed:
            return Witness(name, tuple(dict.fromkeys(listed)))
        return Witness(name, (), tuple(each for each in wanted if each in self.touchpoints))

    def of_stage(self, map_: JourneyMap, stage: str) -> Witness:
        """Return what shows that any step of a stage was taken."""
        steps = next(each.steps for each in map_.stages if each.name == stage)
        found = [self.witness(step) for step in steps]
        events = tuple(dict.fromkeys(event for each in found for event in each.events))
        return Witness(stage, events, tuple(dict.fromkeys(name for each in found for name in each.touchpoints)))

    def touchpoints_of(self, step: MapStep) -> tuple[str, ...]:
        """Return the touchpoints of a step: those it names, else those of its events, else the one of its own name."""
        of_events = [self.touchpoint_of[event] for event in step.events if event in self.touchpoint_of]
        own = [step.id] if step.id in self.inventory or step.id in self.touchpoints else []
        return step.touchpoints or tuple(dict.fromkeys([*of_events, *own]))

    def _listed(self, touchpoint: str) -> tuple[str, ...]:
        row = self.inventory.get(touchpoint)
        return () if row is None else tuple(row["events"])


def what_is_known(events: Table, touchpoints: Any = None) -> Known:
    """Return the names that a log and an inventory have; one small query of each."""
    rows = _touchpoint_rows(events)
    listed = [] if touchpoints is None else read_inventory(touchpoints).to_dict("records")
    inventory = {str(row["touchpoint"]): {str(name): value for name, value in row.items()} for row in listed}
    # Of several touchpoints of one event the last written wins: the one with most rows, then the inventory's.
    touchpoint_of = {str(event): str(name) for event, name in rows}
    touchpoint_of |= {event: name for name, row in inventory.items() for event in row["events"]}
    named = frozenset(str(name) for _, name in rows)
    return Known(frozenset(events.event_names), named, touchpoint_of, inventory)


def _touchpoint_rows(events: Table) -> list[tuple[Any, Any]]:
    if "touchpoint" not in events.columns:
        return []
    data = events.data.filter(events.data["touchpoint"].notnull() & events.data["event"].notnull())
    counted = data.group_by(["event", "touchpoint"]).agg(rows=data.count()).to_pandas()
    counted = counted.sort_values(["rows", "touchpoint"], ascending=[True, False])
    return list(counted[["event", "touchpoint"]].itertuples(index=False, name=None))
