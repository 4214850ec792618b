"""Moves counted in this process: DuckDB streams the needed columns, and each part is walked unit by unit."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mapkit.errors import BackendError
from mapkit.loaders.duck import duck
from mapkit.sequences import moves_machine as machine
from mapkit.sequences.compiled import SMALL, compiled, suited
from mapkit.sequences.dealing import number_units
from mapkit.sequences.moves import COLUMNS, MoveQuestion, as_table
from mapkit.sequences.moves_gaps import Gaps, exact_medians
from mapkit.sequences.partitions import Part, Partitions
from mapkit.sequences.stream import gathered, in_time_order
from mapkit.sequences.units import with_unit

if TYPE_CHECKING:
    import ibis.expr.types as ir


def count_moves_here(rows: ir.Table, question: MoveQuestion) -> pd.DataFrame:
    """Return the moves in embedded rows: customer, name, time, and any session, segment and row.

    Rows are taken in the order they stand; a log out of order is sorted first.
    """
    split = "segment" in rows.columns
    if not question.steps:
        keys = [*(["segment"] if split else []), *(["place"] if question.depth else [])]
        return as_table(pd.DataFrame(columns=[*keys, *COLUMNS]))
    needed = _needed(rows, question, split)
    with gathered(needed) as (log, segments, in_order):
        counted = _counted(log, question, segments) if in_order else None
    if counted is None:
        with gathered(in_time_order(needed)) as (log, segments, _):
            counted = _counted(log, question, segments)
    if counted is None:
        raise BackendError("The events could not be brought into time order, though they were sorted by time.")
    unasked = [*([] if split else ["segment"]), *([] if question.depth else ["place"])]
    return as_table(counted.drop(columns=unasked))


def _needed(rows: ir.Table, question: MoveQuestion, split: bool) -> ir.Table:
    import ibis

    data = with_unit(rows.filter(rows["customer"].notnull()), question.unit)
    place: Any = duck().place_in(ibis.array(list(question.steps)), data["name"])
    columns: dict[str, Any] = {"unit": data["unit"], "bits": place, "time": data["time"]}
    columns |= {"row": data["row"]} if "row" in data.columns else {}
    columns |= {"attribute": data["segment"]} if split else {}
    known = data.select(**columns)
    known = known.filter(known["bits"] > 0)
    return known.mutate(bits=known["bits"].cast("uint32"))


def _counted(log: Partitions, question: MoveQuestion, segments: tuple[Any, ...]) -> pd.DataFrame | None:
    """Return the moves of every part, or None when the rows are not in time order."""
    sums = _Sums(plain=log.rows <= SMALL)
    places = np.array([0, *(question.places[step] for step in question.steps.values())], dtype=np.int32)
    suit = partial(suited, rows=log.rows)
    width = len(question.places)
    with closing(Gaps()) as gaps:
        for part in log.parts():
            found = _walked(part, places, width, question, suit)
            if found is None:
                return None
            moves, microseconds, movers = found
            slots = sums.add(moves, movers, suit(machine.add_up))
            timed = microseconds != machine.NO_GAP if question.depth == 0 else slice(0)
            gaps.append(slots[timed], microseconds[timed])
        names = sums.names
        source, target = names // width % width, names % width
        has_gap = (source > 0) & (target < width - 1) & (question.depth == 0)
        medians = exact_medians(gaps, np.where(has_gap, sums.counts, 0), suit)
    steps, layers = np.array(list(question.places), dtype=object), max(question.depth, 1)
    return pd.DataFrame(
        {
            "segment": np.array(segments or ("",), dtype=object)[names // (width * width * layers)],
            "place": names // (width * width) % layers,
            "source": steps[source],
            "target": steps[target],
            "count": sums.counts,
            "customers": sums.units,
            "median_seconds": medians,
        }
    )


def _walked(
    part: Part, places: np.ndarray, width: int, question: MoveQuestion, suit: Callable[..., Any]
) -> tuple[np.ndarray, ...] | None:
    stretches = [arrays for _, arrays in part.forwards()]
    units, names, times, segments = (np.concatenate(same) for same in zip(*stretches, strict=True))
    starts, homes = np.zeros(part.units + 1, dtype=np.int64), np.zeros(part.units, dtype=np.int32)
    own_places, own_times = np.empty(len(units), dtype=np.int32), np.empty(len(units), dtype=np.int64)
    suit(machine.put_units_together)(units, places[names], times, segments, starts, own_places, own_times, homes)
    most = len(units) + part.units
    moves, gaps, movers = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int32)
    walk = suit(machine.walk_moves)
    after = 0 if question.after is None else question.places[question.after]
    asked = (width, question.ends, question.collapse, after, question.depth)
    done = walk(starts, own_places, own_times, homes, *asked, moves, gaps, movers)
    return None if done == machine.OUT_OF_ORDER else (moves[:done], gaps[:done], movers[:done])


class _Sums:
    """How often each move was made, and by how many units; a slot for every move that was met."""

    def __init__(self, *, plain: bool) -> None:
        self._plain = plain
        self._slots = 1 << 12
        self._forget()
        self.counts = self.units = np.zeros(0, dtype=np.int64)

    @property
    def names(self) -> np.ndarray:
        """The move behind each slot."""
        return self._names[: self._state[0]].view(np.int64)

    def add(self, moves: np.ndarray, movers: np.ndarray, add_up: Callable[..., Any]) -> np.ndarray:
        """Add one part's moves, and return their slots."""
        slots = self._numbered(moves.view(np.uint64))
        more = np.zeros(len(self.names) - len(self.counts), dtype=np.int64)
        self.counts, self.units = np.concatenate([self.counts, more]), np.concatenate([self.units, more])
        add_up(slots, movers, self.counts, self.units, np.full(len(self.counts), -1, dtype=np.int32))
        return slots

    def _numbered(self, keys: np.ndarray) -> np.ndarray:
        if self._plain:  # a small log is one part
            self._names, slots = np.unique(keys, return_inverse=True)
            self._state[0] = len(self._names)
            return slots.astype(np.int32)
        number, out = compiled(number_units), np.empty(len(keys), dtype=np.int32)
        done = number(keys, *self._room, self._state, out, self._names)
        while done < len(keys):
            known = self._names[: self._state[0]].copy()
            self._slots *= 4
            self._forget()
            number(known, *self._room, self._state, np.empty(len(known), dtype=np.int32), self._names)
            done += number(keys[done:], *self._room, self._state, out[done:], self._names)
        return out

    def _forget(self) -> None:
        self._room = (np.empty(self._slots, dtype=np.uint64), np.full(self._slots, -1, dtype=np.int32))
        self._names, self._state = np.empty(self._slots // 2, dtype=np.uint64), np.zeros(1, dtype=np.int64)
