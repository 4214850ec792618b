"""The embedded engine: DuckDB streams the needed columns in time order, and the state machine walks them."""

from __future__ import annotations

from collections.abc import Iterator
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

_BATCH = 500_000


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
    return Chains(_as_table(answer, gathered, data, question), data, len(question.steps))


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


def _walk_backwards(gathered: _Gathered, question: ChainQuestion) -> np.ndarray | None:
    """Return a row per unit or entry (reached, removed, unit code, attribute code, times), or None when out of order."""
    log, steps, kinds = gathered.log, len(question.steps), len(question.forbidden)
    entries = sum(int((masks & 1).sum()) for _, (_, masks, _, _) in log.backwards()) if question.per_entry else log.units
    best = np.zeros((entries, 4 + steps), dtype=np.int64)
    last_time = np.full(log.units, machine.NEVER, dtype=np.int64)
    window = -1 if question.window_microseconds is None else question.window_microseconds
    at_step = question.attribute_step - 1
    if question.order == "any":
        coming = np.full((log.units, steps + 1), machine.NEVER, dtype=np.int64)
        walk_stretch = suited("walk_any_order", log.rows)
    else:
        starts, width = machine.tail_layout(steps, kinds, attributed=log.attributed)
        state = np.full((log.units, width), machine.NEVER, dtype=np.int64)
        following = np.full((log.units if kinds else 0, 2 * kinds), machine.NEVER, dtype=np.int64)
        rules = np.array([(steps + n, f.after - 1, f.before - 1) for n, f in enumerate(question.forbidden)], dtype=np.int64)
        rules, found = rules.reshape(kinds, 3), np.zeros(1, dtype=np.int64)
        walk_stretch = suited("walk_in_order", log.rows)
    for position, (units, masks, times, attributes) in log.backwards():
        if not log.attributed:
            attributes = np.full(len(units), machine.NOWHERE, dtype=np.int32)
        if question.order == "any":
            status = walk_stretch(units, masks, times, attributes, steps, window, at_step, coming, last_time, best)
        else:
            status = walk_stretch(
                units, masks, times, attributes, position, rules, window, question.order == "strict", at_step,
                question.per_entry, starts, state, following, last_time, best, found,
            )
        if status == machine.OUT_OF_ORDER:
            return None
        if status == machine.STEPS_OVERLAP:
            raise OptionError(OVERLAP)
    return best


def _as_table(best: np.ndarray, gathered: _Gathered, data: ir.Table, question: ChainQuestion) -> ir.Table:
    import ibis

    best = best[best[:, 0] > 0]
    keys = gathered.log.names[best[:, 2]]
    whole_number = data["unit"].type().is_signed_integer()
    columns: dict[str, Any] = {
        "unit": pa.array(keys.view(np.int64) if whole_number else keys),
        "reached": pa.array(best[:, 0].astype(np.int8)),
        "removed": pa.array(best[:, 1] > 0),
    }
    for k in range(len(question.steps)):
        times = best[:, 4 + k]
        columns[f"time_{k + 1}"] = pa.array(times.view("datetime64[us]"), mask=times == machine.NEVER)
    if question.attribute is not None:
        codes, values = best[:, 3], pa.array(gathered.values, pa.string())
        columns["attribute"] = values.take(pa.array(codes, mask=codes < 0))
    return ibis.memtable(pa.table(columns))
