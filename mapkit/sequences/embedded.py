"""The embedded engine: DuckDB streams the needed columns in time order, and the state machine walks them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from mapkit.errors import BackendError, OptionError
from mapkit.sequences import machine
from mapkit.sequences.chains import OVERLAP, ChainQuestion, Chains
from mapkit.sequences.compiled import suited
from mapkit.sequences.stretches import Stretches
from mapkit.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir

_BATCH = 200_000


def walk(events: Table, question: ChainQuestion) -> Chains:
    """Return the chains of every unit. Rows are taken in the order they stand; a log out of order is sorted first."""
    data = with_unit(events.data, question.unit)
    rows = _needed_rows(data, question)
    gathered = _gather(rows, question)
    answer = _walk_backwards(gathered, question) if gathered.rows_in_order else None
    if answer is None:
        gathered = _gather(_sorted(rows), question)
        answer = _walk_backwards(gathered, question)
    if answer is None:
        raise BackendError("The events could not be brought into time order, though they were sorted by time.")
    return Chains(_as_table(answer, gathered, data, question), data, len(question.steps), question.unit)


def with_unit(data: ir.Table, unit: tuple[str, ...]) -> ir.Table:
    """Return the events with a 64-bit ``unit``: the customer itself where it is a whole number, else DuckDB's hash.

    Two of n different names share a hash with a chance of about n^2 / 4e19: 3 in 100 million for a million customers.
    """
    import ibis

    @ibis.udf.scalar.builtin(name="hash", signature=((ibis.dtype("string"),), ibis.dtype("uint64")))
    def hashed(text: str) -> int: ...  # type: ignore[empty-body]

    for column in unit[1:]:
        data = data.filter(data[column].notnull())
    if len(unit) == 1 and data[unit[0]].type().is_integer():
        return data.mutate(unit=data[unit[0]].cast("int64"))
    # The length in front keeps ("ab", "c") and ("a", "bc") apart.
    parts = [data[column].cast("string") for column in unit]
    text = parts[0]
    for part in parts[1:]:
        text = text.length().cast("string") + ":" + text + part
    return data.mutate(unit=hashed(text))


def _needed_rows(data: ir.Table, question: ChainQuestion) -> ir.Table:
    """Return unit, bits, time and, where there is one, row and attribute, of the rows that can matter."""
    conditions = [*question.steps, *(each.event for each in question.forbidden)]
    bits = sum(condition.fill_null(False).ifelse(1 << bit, 0) for bit, condition in enumerate(conditions))
    columns: dict[str, Any] = {"unit": data["unit"], "bits": bits.cast("uint32"), "time": data["time"]}
    if "row" in data.columns:
        columns["row"] = data["row"]
    if question.attribute is not None:
        columns["attribute"] = data[question.attribute].cast("string")
    rows = data.select(**columns)
    # A strict chain is broken by any other event, so every row matters to it.
    return rows if question.order == "strict" else rows.filter(rows.bits > 0)


def _sorted(rows: ir.Table) -> ir.Table:
    """Return the rows in time order; ties keep the order in which they stand, or that of ``row``."""
    import ibis

    if "row" in rows.columns:
        return rows.order_by("time", "row")
    return rows.mutate(position=ibis.row_number()).order_by("time", "position")


@dataclass(frozen=True)
class _Gathered:
    """The needed rows in compact form, the attribute values behind their codes, and whether ``row`` only rises."""

    log: Stretches
    values: tuple[str | None, ...]
    rows_in_order: bool


def _gather(rows: ir.Table, question: ChainQuestion) -> _Gathered:
    log, values = Stretches(question.attribute is not None), dict[str | None, int]()
    in_order, highest = True, -1
    for batch in _streamed(rows):
        if "row" in batch.schema.names:
            numbers = np.asarray(batch["row"])
            in_order = in_order and numbers[0] > highest and bool(np.all(numbers[1:] > numbers[:-1]))
            highest = numbers[-1]
        log.append(
            np.asarray(batch["unit"]).view(np.uint64),
            np.asarray(batch["bits"]),
            np.asarray(batch["time"].cast(pa.timestamp("us"))).view(np.int64),
            _codes(batch["attribute"], values) if log.attributed else np.empty(0, dtype=np.int32),
        )
    log.close()
    return _Gathered(log, tuple(values), in_order)


def _streamed(rows: ir.Table) -> Iterator[pa.RecordBatch]:
    """Yield the rows in batches, in the order of the source, without ever holding them all."""
    # Ibis registers frames in memory with the connection only when it runs something itself.
    rows.limit(0).to_pyarrow()
    backend = rows.get_backend()
    reader = backend.con.sql(backend.compile(rows)).to_arrow_reader(_BATCH)
    try:
        yield from (batch for batch in reader if batch.num_rows)
    finally:
        reader.close()  # an unfinished answer would keep the connection busy, after Ctrl-C for one


def _codes(column: pa.Array, values: dict[str | None, int]) -> np.ndarray:
    """Return a code for each value, adding new values; a null gets ``machine.NOWHERE``."""
    encoded = column.dictionary_encode()
    lookup = np.array([values.setdefault(value, len(values)) for value in encoded.dictionary.to_pylist()] or [0])
    codes = np.asarray(encoded.indices.fill_null(0))
    return np.where(np.asarray(encoded.indices.is_null()), machine.NOWHERE, lookup[codes]).astype(np.int32)


@dataclass(frozen=True)
class _Answer:
    """A row per unit or entry, as the machine fills it; rows that reached nothing have 0 in ``marks``."""

    marks: np.ndarray
    owners: np.ndarray
    values: np.ndarray
    moments: np.ndarray

    @classmethod
    def empty(cls, log: Stretches, question: ChainQuestion) -> _Answer:
        rows = log.units
        if question.per_entry:
            rows = sum(int((masks & 1).sum()) for _, (_, masks, _, _) in log.backwards())
        return cls(
            np.zeros((rows, 2), dtype=np.int8),
            np.empty(rows if question.per_entry else 0, dtype=np.int32),
            np.empty(rows if log.attributed else 0, dtype=np.int32),
            np.empty((rows, len(question.steps)), dtype=np.int64),
        )


def _walk_backwards(gathered: _Gathered, question: ChainQuestion) -> _Answer | None:
    """Return the answer, or None when a unit's rows are out of time order."""
    log, answer = gathered.log, _Answer.empty(gathered.log, question)
    walk_stretch = _any_order(log, question, answer) if question.order == "any" else _in_order(log, question, answer)
    for position, arrays in log.backwards():
        status = walk_stretch(position, arrays)
        if status == machine.OUT_OF_ORDER:
            return None
        if status == machine.STEPS_OVERLAP:
            raise OptionError(OVERLAP)
    return answer


_WalkStretch = Callable[[int, tuple[np.ndarray, ...]], int]


def _in_order(log: Stretches, question: ChainQuestion, answer: _Answer) -> _WalkStretch:
    steps, kinds = len(question.steps), len(question.forbidden)
    starts, width = machine.tail_layout(steps, kinds, attributed=log.attributed)
    rules = [(steps + n, each.after - 1, each.before - 1) for n, each in enumerate(question.forbidden)]
    walk_rows = suited("walk_in_order", log.rows)
    asked = (
        np.array(rules, dtype=np.int64).reshape(kinds, 3),
        _window(question),
        question.order == "strict",
        question.attribute_step - 1,
        question.per_entry,
        starts,
        np.full((log.units, width), machine.NEVER, dtype=np.int64),
        np.full((log.units if kinds else 0, 2 * kinds), machine.NEVER, dtype=np.int64),
        np.full(log.units, machine.NEVER, dtype=np.int64),
        answer.marks,
        answer.owners,
        answer.values,
        answer.moments,
        np.zeros(1, dtype=np.int64),
    )
    return lambda position, arrays: int(walk_rows(*arrays, position, *asked))


def _any_order(log: Stretches, question: ChainQuestion, answer: _Answer) -> _WalkStretch:
    steps = len(question.steps)
    walk_rows = suited("walk_any_order", log.rows)
    asked = (
        steps,
        _window(question),
        question.attribute_step - 1,
        np.full((log.units, steps + log.attributed), machine.NEVER, dtype=np.int64),
        np.full(log.units, machine.NEVER, dtype=np.int64),
        answer.marks,
        answer.values,
        answer.moments,
    )
    return lambda _, arrays: int(walk_rows(*arrays, *asked))


def _window(question: ChainQuestion) -> int:
    return -1 if question.window_microseconds is None else question.window_microseconds


def _as_table(answer: _Answer, gathered: _Gathered, data: ir.Table, question: ChainQuestion) -> ir.Table:
    import ibis

    filled = np.flatnonzero(answer.marks[:, 0])
    keys = gathered.log.names[answer.owners[filled] if question.per_entry else filled]
    whole_number = data["unit"].type().is_signed_integer()
    columns: dict[str, Any] = {
        "unit": pa.array(keys.view(np.int64) if whole_number else keys),
        "reached": pa.array(answer.marks[filled, 0]),
        "removed": pa.array(answer.marks[filled, 1] > 0),
    }
    for k in range(len(question.steps)):
        times = answer.moments[filled, k]
        columns[f"time_{k + 1}"] = pa.array(times.view("datetime64[us]"), mask=times == machine.NEVER)
    if question.attribute is not None:
        codes, values = answer.values[filled], pa.array(gathered.values, pa.string())
        columns["attribute"] = values.take(pa.array(codes, mask=codes < 0))
    return ibis.memtable(pa.table(columns))
