"""What the data shows for each cell of an edited map: measured when asked, kept for the cells that did not change."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from mapkit.errors import OptionError
from mapkit.loaders import read_events, read_feedback, read_touchpoints
from mapkit.maps.journey_map import Cell, JourneyMap
from mapkit.maps.two_sources import ObservedMap, observe_map
from mapkit.widgets.prepared import hold

QUICK_SECONDS = 0.3
_TEXTS = {"state": "state", "observed": "observed_text", "claimed": "claimed_text", "sentence": "sentence"}


class Sources:
    """A log, a survey and an inventory, each of which may be None; read once, and asked about every version of a map.

    Raises
    ------
    OptionError
        There is a survey or an inventory without a log to hold the map against.
    """

    def __init__(self, events: Any, feedback: Any, touchpoints: Any) -> None:
        if events is None and (feedback is not None or touchpoints is not None):
            raise OptionError("JourneyMapEditor holds the map against data only with events=. Give it a log too.")
        self._events = None if events is None else hold(read_events(events), in_time_order=True)
        self._feedback = None if feedback is None else read_feedback(feedback)
        self._touchpoints = None if touchpoints is None else read_touchpoints(touchpoints)
        self._asked = False

    def __bool__(self) -> bool:
        return self._events is not None

    def observe(self, journey_map: JourneyMap) -> Observed:
        """Return what the data shows for this map, and how long it took to find out.

        The first time says nothing about the next, for most of it goes into imports: it counts as no time.
        """
        began = time.perf_counter()
        result = observe_map(journey_map, self._events, self._feedback, touchpoints=self._touchpoints)
        took = time.perf_counter() - began if self._asked else 0.0
        self._asked = True
        return Observed(result, dict(_seen(result, journey_map)), took)


@dataclass(frozen=True, eq=False)
class Observed:
    """One measurement: the result, what is shown of each cell as it was then, and the seconds it took."""

    result: ObservedMap | None = None
    cells: dict[tuple[str, Cell], dict[str, Any]] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def is_quick(self) -> bool:
        """Whether it can be measured again after every edit without making anybody wait."""
        return self.seconds < QUICK_SECONDS

    @property
    def unclaimed(self) -> list[str]:
        """What the data shows and the map does not have, one sentence each."""
        if self.result is None:
            return []
        table = self.result.table
        return [str(each) for each in table.loc[table["state"] == "unclaimed", "sentence"]]


def _seen(result: ObservedMap, journey_map: JourneyMap) -> Iterator[tuple[tuple[str, Cell], dict[str, Any]]]:
    """Give what is shown of each cell, by lane and cell: a cell that is changed afterwards is no longer found."""
    rows = result.cells.set_index("cell").to_dict("index")
    for placed in journey_map.cells:
        if row := rows.get(placed.key):
            numbers = {name: _number(row[name]) for name in ("low", "high", "n")}
            valence = _number(row["observed"]) if row["unit"] == "valence" else None
            texts = {name: str(row[column] or "") for name, column in _TEXTS.items()}
            yield (placed.lane, placed.cell), {**texts, **numbers, "grade": str(row["grade"]), "valence": valence}


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
