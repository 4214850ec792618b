"""Small event logs, written as a test's sentence would say them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import ibis
import pandas as pd

from mapkit.tables import EVENTS, Table
from mapkit.tables.embedded import embedded

START = datetime(2025, 1, 1)  # noqa: DTZ001 - times in a table are UTC, without a zone attached
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_EVENT = re.compile(
    r"(?P<event>[^\s@]+)@(?P<number>-?\d+(?:\.\d+)?)(?P<unit>[smhdw]?)(?:\s*\{(?P<more>[^}]*)\})?(?=\s|$)"
)
_names = (f"literal_{number}" for number in itertools.count())


def events(*customers: str) -> Table:
    """Return an events table: ``events("ann: visit@1 buy@2d{channel=email, value=20}", "bob: visit@1h")``.

    ``@1`` is one second after 2025-01-01 UTC; ``m``, ``h``, ``d`` and ``w`` are minutes, hours, days and weeks.
    Rows are numbered in the order given. Columns: customer, event, time, row and the attributes in braces.
    """
    rows = [row for line in customers for row in _rows_of(line)]
    frame = pd.DataFrame(rows, columns=["customer", "event", "time", *_attributes(rows)])
    frame["time"] = frame["time"].astype("datetime64[us]")
    frame["row"] = range(len(frame))
    return table_of(frame)


def table_of(frame: pd.DataFrame) -> Table:
    """Return a frame that has the canonical columns already as an events table in the embedded database."""
    text = {name: "str" for name in ("customer", "event") if frame[name].isna().all()}
    # As an expression: given a bare frame, Ibis 12 writes a DROP VIEW without a name, which DuckDB refuses.
    rows = ibis.memtable(frame.astype(text))
    return Table(EVENTS, embedded().create_table(next(_names), rows, temp=True))


def _rows_of(line: str) -> Iterator[dict[str, Any]]:
    customer, colon, rest = line.partition(":")
    leftover = _EVENT.sub("", rest).strip()
    if not colon or leftover:
        raise ValueError(
            f"{line!r} is not 'customer: event@time event@time{{column=value}}': {leftover!r} is left over"
        )
    for found in _EVENT.finditer(rest):
        seconds = float(found["number"]) * _SECONDS[found["unit"]]
        time = START + timedelta(seconds=seconds)
        yield {"customer": customer.strip(), "event": found["event"], "time": time, **_pairs(found["more"] or "")}


def _pairs(written: str) -> dict[str, Any]:
    pairs = (pair.split("=", 1) for pair in written.split(",") if pair.strip())
    return {name.strip(): _value(name.strip(), value.strip()) for name, value in pairs}


def _value(column: str, written: str) -> Any:
    known = EVENTS.known.get(column)
    return float(written) if known is not None and known.kind == "number" else written


def _attributes(rows: list[dict[str, Any]]) -> list[str]:
    seen = dict.fromkeys(name for row in rows for name in row)
    return [name for name in seen if name not in ("customer", "event", "time")]
