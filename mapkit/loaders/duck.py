"""DuckDB's own functions that Ibis has no name for."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any


@cache
def duck() -> Any:
    """Return DuckDB's functions as Ibis functions; Ibis is imported only when data is first read.

    ``timezone`` exists under the same name and with the same meaning in PostgreSQL.
    """
    import ibis

    @ibis.udf.scalar.builtin(name="timezone", signature=(("string", "timestamp"), "timestamp('UTC')"))
    def in_zone(zone, local): ...  # type: ignore[no-untyped-def]

    @ibis.udf.scalar.builtin(name="try_strptime", signature=(("string", "array<string>"), "timestamp(6)"))
    def parsed(text, formats): ...  # type: ignore[no-untyped-def]

    @ibis.udf.scalar.builtin(name="try_strptime", signature=(("string", "array<string>"), "timestamp('UTC')"))
    def parsed_with_offset(text, formats): ...  # type: ignore[no-untyped-def]

    @ibis.udf.scalar.builtin(name="make_timestamp", signature=(("int64",), "timestamp(6)"))
    def from_micros(micros): ...  # type: ignore[no-untyped-def]

    @ibis.udf.scalar.builtin(name="epoch_ns", signature=(("timestamp",), "int64"))
    def to_nanos(time): ...  # type: ignore[no-untyped-def]

    @ibis.udf.scalar.builtin(name="list_position", signature=(("array<string>", "string"), "int64"))
    def place_in(known, value): ...  # type: ignore[no-untyped-def]

    @ibis.udf.scalar.builtin(name="list_extract", signature=(("array<string>", "int64"), "string"))
    def at_place(known, place): ...  # type: ignore[no-untyped-def]

    return SimpleNamespace(
        place_in=place_in,
        at_place=at_place,
        in_zone=in_zone,
        parsed=parsed,
        parsed_with_offset=parsed_with_offset,
        from_micros=from_micros,
        to_nanos=to_nanos,
    )
