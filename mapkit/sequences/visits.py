"""Visits to stages, added up in one pass: who was where, when first, and every move from one stage to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mapkit.errors import BackendError
from mapkit.sequences.compiled import suited
from mapkit.sequences.machine import NEVER, OUT_OF_ORDER
from mapkit.sequences.partitions import Part, Partitions
from mapkit.sequences.stream import gathered, in_time_order
from mapkit.sequences.units import with_unit
from mapkit.sequences.visit_machine import walk_visits

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, eq=False)
class Visits:
    """Sums over each segment's customers; arrays by segment first, then by stage.

    Parameters
    ----------
    segments
        Their names; one empty name where the log is not split.
    customers
        With any event, by segment.
    events
        Rows by place: 0 for no stage, then the stages.
    reached, skipped
        Customers with an event in the stage; customers without one who have one in a later stage.
    median_seconds
        From a customer's first event of any kind to the first in the stage; NaN where nobody got there.
    moves
        Changes of stage by place before (0 at a customer's first stage) and place, of consecutive events with a stage.
    """

    segments: tuple[str, ...]
    customers: np.ndarray
    events: np.ndarray
    reached: np.ndarray
    skipped: np.ndarray
    median_seconds: np.ndarray
    moves: np.ndarray


def add_up_visits(rows: ir.Table, stages: int) -> Visits:
    """Return the visits in embedded rows: customer, time, place (from 1, 0 for no stage), and any segment and row.

    Rows are taken in the order they stand; a log out of order is sorted first. Each segment is a log of its own.
    """
    split = "segment" in rows.columns
    data = with_unit(rows, ("segment", "customer") if split else ("customer",))
    columns: dict[str, Any] = {"unit": data["unit"], "bits": data["place"].cast("uint32"), "time": data["time"]}
    columns |= {"row": data["row"]} if "row" in data.columns else {}
    columns |= {"attribute": data["segment"]} if split else {}
    needed = data.select(**columns)
    with gathered(needed) as (log, values, in_order):
        sums = _summed(log, _Sums.zero(values if split else ("",), stages)) if in_order else None
    if sums is None:
        with gathered(in_time_order(needed)) as (log, values, _):
            sums = _summed(log, _Sums.zero(values if split else ("",), stages))
    if sums is None:
        raise BackendError("The events could not be brought into time order, though they were sorted by time.")
    return sums.finished()


@dataclass
class _Sums:
    """What has been added up so far; ``elapsed[segment][stage]`` holds arrays of microseconds."""

    segments: tuple[str, ...]
    customers: np.ndarray
    events: np.ndarray
    reached: np.ndarray
    skipped: np.ndarray
    moves: np.ndarray
    elapsed: list[list[list[np.ndarray]]]

    @classmethod
    def zero(cls, segments: tuple[Any, ...], stages: int) -> _Sums:
        def zeros(*shape: int) -> np.ndarray:
            return np.zeros((len(segments), *shape), dtype=np.int64)

        elapsed: list[list[list[np.ndarray]]] = [[[] for _ in range(stages)] for _ in segments]
        moves = zeros(stages + 1, stages + 1)
        return cls(segments, zeros(), zeros(stages + 1), zeros(stages), zeros(stages), moves, elapsed)

    def add(self, started: np.ndarray, first: np.ndarray, homes: np.ndarray) -> None:
        """Add the customers of one part."""
        there = first < NEVER
        later = np.zeros_like(there)
        later[:, :-1] = np.logical_or.accumulate(there[:, :0:-1], axis=1)[:, ::-1]
        for segment in range(len(self.segments)):
            own = homes == segment
            self.customers[segment] += int(own.sum())
            self.reached[segment] += there[own].sum(axis=0)
            self.skipped[segment] += (later & ~there)[own].sum(axis=0)
            for stage, arrays in enumerate(self.elapsed[segment]):
                got_there = own & there[:, stage]
                arrays.append(first[got_there, stage] - started[got_there])

    def finished(self) -> Visits:
        medians = np.full(self.reached.shape, np.nan)
        for segment, stages in enumerate(self.elapsed):
            for stage, arrays in enumerate(stages):
                if self.reached[segment, stage]:
                    medians[segment, stage] = np.median(np.concatenate(arrays)) / 1_000_000
        return Visits(self.segments, self.customers, self.events, self.reached, self.skipped, medians, self.moves)


def _summed(log: Partitions, sums: _Sums) -> _Sums | None:
    """Return the sums over every part, or None when the rows are not in time order."""
    walk_rows = suited(walk_visits, log.rows)
    for part in log.parts():
        last_time, last_place, started, first, homes = _state(part, sums.reached.shape[1])
        for _, arrays in part.forwards():
            status = walk_rows(*arrays, last_time, last_place, started, first, homes, sums.events, sums.moves)
            if status == OUT_OF_ORDER:
                return None
        sums.add(started, first, homes)
    return sums


def _state(part: Part, stages: int) -> tuple[np.ndarray, ...]:
    return (
        np.full(part.units, np.iinfo(np.int64).min, dtype=np.int64),
        np.zeros(part.units, dtype=np.int32),
        np.full(part.units, NEVER, dtype=np.int64),
        np.full((part.units, stages), NEVER, dtype=np.int64),
        np.zeros(part.units, dtype=np.int32),
    )
