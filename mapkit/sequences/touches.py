"""Journeys of touches: each customer's touches cut at every conversion, part by part, so that memory stays flat."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pyarrow as pa

from mapkit.sequences.compiled import suited
from mapkit.sequences.dealing import GOLDEN, PART_SHIFT, PARTS
from mapkit.sequences.machine import NEVER
from mapkit.sequences.partitions import Part, Partitions
from mapkit.sequences.progress import report
from mapkit.sequences.stream import codes_of, in_time_order, row_is_position, streamed
from mapkit.sequences.touch_machine import CHANGES, EVENTS, SESSIONS, cut_journeys, sort_by_unit
from mapkit.sequences.units import with_unit

if TYPE_CHECKING:
    import ibis.expr.types as ir

Touches = Literal["changes", "events", "sessions"]
TOUCHES: dict[Touches, int] = {"changes": CHANGES, "events": EVENTS, "sessions": SESSIONS}
GROUPS = PARTS

# What a row's 32 bits say: whether it converts, whether it is only the value of the row before, its customer's
# segment, and its session in 24 bits of hash (0 for none).
_CONVERTS, _WORTH = 1, 2
_SEGMENT_SHIFT, _SEGMENT_BITS = 2, 6
_SESSION_SHIFT, _SESSIONS = 8, (1 << 24) - 1
MOST_SEGMENTS = 1 << _SEGMENT_BITS


@dataclass(frozen=True, eq=False)
class Journeys:
    """Journeys one after the other: the touches of journey j are ``codes[offsets[j]:offsets[j + 1]]``.

    Parameters
    ----------
    codes
        Per touch: the channel's code.
    seconds
        Per touch: how long before the conversion, or before the last touch where there was none; NaN where unknown.
    offsets
        One more than there are journeys.
    conversions, values, nulls
        Per journey: how often it ended in a conversion, what those were worth together, how often it ended in nothing.
    groups
        Per journey: a number below 64 that is the same for all journeys of a customer, dealt by the customer's hash.
    segments
        Per journey: the code of the customer's segment.
    first
        Per journey: whether it is its customer's first.
    """

    codes: np.ndarray
    seconds: np.ndarray
    offsets: np.ndarray
    conversions: np.ndarray
    values: np.ndarray
    nulls: np.ndarray
    groups: np.ndarray
    segments: np.ndarray
    first: np.ndarray

    @property
    def lengths(self) -> np.ndarray:
        """How many touches each journey has."""
        return np.diff(self.offsets)


@dataclass
class TouchLog:
    """A log of touches in compact form: the names behind channel codes and how often each occurs."""

    log: Partitions
    channels: tuple[str, ...]
    rows: np.ndarray
    left_out: int = 0

    def journeys(self, touches: Touches, window: int | None, recode: np.ndarray) -> Iterator[Journeys]:
        """Yield the journeys of each part; ``recode`` maps a channel's code to the one that is used.

        Touches that lie before the window are counted in ``left_out``.
        """
        sort, cut = suited(sort_by_unit, self.log.rows), suited(cut_journeys, self.log.rows)
        for part in self.log.parts():
            yield self._cut(part, (sort, cut), (TOUCHES[touches], -1 if window is None else window), recode)

    def _cut(self, part: Part, loops: tuple[Any, Any], asked: tuple[int, int], recode: np.ndarray) -> Journeys:
        units, bits, times, channels, values = _rows_of(part)
        channels = np.where(channels < 0, -1, recode[channels]).astype(np.int32)
        order = _in_order(loops[0], units, times, part.units)
        converts = (bits & _CONVERTS) > 0
        most = int(converts.sum()) + part.units
        # A conversion may add its own channel, where its other touches lie before the window.
        touched, at = np.empty(len(units) + most, dtype=np.int32), np.empty(len(units) + most, dtype=np.int64)
        ends, closed = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64)
        owners, worth, counts = np.empty(most, dtype=np.int32), np.empty(most), np.zeros(3, dtype=np.int64)
        sessions = (bits >> np.uint32(_SESSION_SHIFT)).astype(np.int32)
        rows = (order, units, channels, sessions, times, converts, values)
        loops[1](*rows, *asked, touched, at, ends, closed, owners, worth, counts)
        self.left_out += int(counts[2])
        many, amount = int(counts[0]), int(counts[1])
        return _journeys(
            touched[:many], at[:many], ends[:amount], closed[:amount], owners[:amount], worth[:amount],
            _groups(part.names), _segments(units, bits, part.units),
        )  # fmt: skip


@contextmanager
def gathered_touches(rows: ir.Table) -> Iterator[TouchLog]:
    """Give embedded rows in compact form, ready to be cut into journeys.

    ``rows`` has customer, time, channel (text), converts (boolean) and, where there are any, row, session, value and
    segment (a whole number from 0, the same for all rows of a customer). Rows of one time keep the order in which they
    stand, or that of ``row``.
    """
    needed = _needed(rows)
    with closing(Partitions(attributed=True)) as log:
        found = _taken_in(needed, log, sort=False)
        if found is not None:
            yield found
            return
    with closing(Partitions(attributed=True)) as log:
        found = _taken_in(needed, log, sort=True)
        assert found is not None
        yield found


def _needed(rows: ir.Table) -> ir.Table:
    import ibis

    data = with_unit(rows.filter(rows["customer"].notnull() & rows["time"].notnull()), ("customer",))
    data = data.filter(data["channel"].notnull() | data["converts"])
    bits = data["converts"].ifelse(_CONVERTS, 0).cast("int64")
    if "segment" in data.columns:
        bits = bits + data["segment"].cast("int64") * (1 << _SEGMENT_SHIFT)
    if "session" in data.columns:
        hashed = (data["session"].cast("string").hash() % _SESSIONS + _SESSIONS) % _SESSIONS + 1
        bits = bits + data["session"].isnull().ifelse(0, hashed) * (1 << _SESSION_SHIFT)
    columns: dict[str, Any] = {"unit": data["unit"], "bits": bits.cast("uint32"), "time": data["time"]}
    columns |= {"row": data["row"]} if "row" in data.columns else {}
    columns["channel"] = data["channel"].cast("string")
    if "value" in data.columns:
        columns["value"] = ibis.ifelse(data["converts"], data["value"].cast("float64"), None)
    return data.select(**columns)


def _taken_in(rows: ir.Table, log: Partitions, *, sort: bool) -> TouchLog | None:
    """Return the rows in compact form, or None where ``row`` does not rise, so that they must be sorted."""
    numbered = "row" in rows.columns and not sort and not row_is_position(rows)
    if sort:
        rows = in_time_order(rows)
    elif not numbered and "row" in rows.columns:
        rows = rows.drop("row")
    codes, counts, highest = dict[str | None, int](), np.zeros(0, dtype=np.int64), np.iinfo(np.int64).min
    for batch in streamed(rows):
        if numbered:
            numbers = np.asarray(batch["row"])
            if numbers[0] <= highest or not np.all(numbers[1:] > numbers[:-1]):
                return None
            highest = numbers[-1]
        channels = codes_of(batch["channel"], codes)
        counts = np.pad(counts, (0, len(codes) - len(counts)))
        counts += np.bincount(channels[channels >= 0], minlength=len(codes))
        log.append(*_with_values(batch, channels))
        report(log.rows)
    return TouchLog(log, tuple(str(name) for name in codes), counts)


def _with_values(batch: pa.RecordBatch, channels: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the batch's columns; a conversion's value follows it as a row of its own, in the time's place."""
    keys = np.asarray(batch["unit"]).view(np.uint64)
    bits = np.asarray(batch["bits"])
    times = np.asarray(batch["time"].cast(pa.timestamp("us"))).view(np.int64)
    if "value" not in batch.schema.names:
        return keys, bits, times, channels
    worth = batch["value"].to_numpy(zero_copy_only=False)
    behind = np.flatnonzero(np.isfinite(worth))
    return (
        np.insert(keys, behind + 1, keys[behind]),
        np.insert(bits, behind + 1, np.uint32(_WORTH)),
        np.insert(times, behind + 1, worth[behind].astype(np.float64).view(np.int64)),
        np.insert(channels, behind + 1, np.int32(-1)),
    )


def _rows_of(part: Part) -> tuple[np.ndarray, ...]:
    """Return unit codes, bits, microseconds, channel codes and values of a part's rows."""
    stretches = [arrays for _, arrays in part.forwards()]
    units, bits, times, channels = (np.concatenate(same) for same in zip(*stretches, strict=True))
    is_worth = (bits & _WORTH) > 0
    values = np.zeros(len(units))
    places = np.flatnonzero(is_worth)
    values[places - 1] = times[places].view(np.float64)
    rows = ~is_worth
    return units[rows], bits[rows], times[rows], channels[rows], values[rows]


def _in_order(sort: Any, units: np.ndarray, times: np.ndarray, many: int) -> np.ndarray:
    order = np.empty(len(units), dtype=np.int64)
    sort(units, np.zeros(many + 1, dtype=np.int64), order)
    within = units[order][1:] == units[order][:-1]
    if np.any(within & (np.diff(times[order]) < 0)):
        order = np.lexsort((times, units))  # stable, so rows of one time keep their order
    return order


def _journeys(
    codes: np.ndarray,
    at: np.ndarray,
    ends: np.ndarray,
    closed: np.ndarray,
    owners: np.ndarray,
    worth: np.ndarray,
    groups: np.ndarray,
    segments: np.ndarray,
) -> Journeys:
    offsets = np.concatenate([[0], ends]).astype(np.int64)
    converted = closed != NEVER
    if len(at):
        closed = np.where(converted, closed, at[np.maximum(ends - 1, 0)])
    seconds = (np.repeat(closed, np.diff(offsets)) - at) / 1_000_000
    first = np.ones(len(owners), dtype=bool)
    first[1:] = owners[1:] != owners[:-1]
    return Journeys(
        codes, seconds, offsets, converted.astype(float), worth, (~converted).astype(float),
        groups[owners], segments[owners], first,
    )  # fmt: skip


def _groups(names: np.ndarray) -> np.ndarray:
    """Return the part that a unit's rows are dealt to; in a small log, which is one part, where they would be."""
    with np.errstate(over="ignore"):
        return ((names * np.uint64(GOLDEN)) >> np.uint64(PART_SHIFT)).astype(np.int64)


def _segments(units: np.ndarray, bits: np.ndarray, many: int) -> np.ndarray:
    out = np.zeros(many, dtype=np.int64)
    out[units] = (bits >> np.uint32(_SEGMENT_SHIFT)) & np.uint32(MOST_SEGMENTS - 1)
    return out
