"""Times written as numbers: seconds since 1970 and their fractions, Excel's days, 20240131."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mapkit.errors import SourceError, one_of
from mapkit.loaders.duck import duck
from mapkit.loaders.tally import tally

if TYPE_CHECKING:
    import ibis.expr.types as ir

_WORDS = {
    "s": "seconds since 1970",
    "ms": "milliseconds since 1970",
    "us": "microseconds since 1970",
    "ns": "nanoseconds since 1970",
    "days": "Excel's days since 1900",
    "yyyymmdd": "days written yyyymmdd",
}
UNITS = tuple(_WORDS)

# The magnitudes do not overlap: from 1973 to 5138 in each unit of time, Excel's days from 1954 to 2119.
_BANDS = {
    "days": (2e4, 8e4),
    "yyyymmdd": (19_000_101, 21_001_232),
    "s": (1e8, 1e11),
    "ms": (1e11, 1e14),
    "us": (1e14, 1e17),
    "ns": (1e17, 1e19),
}
_PER_UNIT = {"s": 1_000_000, "ms": 1_000, "us": 1}
_EXCEL_DAY_OF_1970 = 25_569
_LAST_MICROSECOND = 253_402_300_799_999_999  # of the year 9999


def number_of(unit: str) -> str:
    """Return a unit in words."""
    return _WORDS[unit]


def unit_of(column: ir.Value, name: str) -> str:
    """Return the unit that the magnitudes of a column show; numbers too small to tell (such as 0) decide nothing."""
    counts = tally(
        column, lambda cell: {unit: ((cell >= low) & (cell < high)).sum() for unit, (low, high) in _BANDS.items()}
    )
    found = {unit: count for unit, count in counts.items() if count}
    if len(found) > 1:
        mix = ", ".join(f"{count:,} that look like {_WORDS[unit]}" for unit, count in found.items())
        raise SourceError(
            f"the numbers read as {name!r} mix units: {mix}. Split the source, or say which it is with unit=."
        )
    return next(iter(found), "s")


def read_numbers(column: ir.Value, unit: str, duckdb: bool) -> ir.Value:
    """Return the times that numbers stand for; null where a number is beyond the calendar."""
    one_of(unit, UNITS, "unit")
    if unit == "yyyymmdd":
        text = column.cast("int64").cast("string")
        if not duckdb:
            return text.as_timestamp("%Y%m%d").cast("timestamp(6)")
        return duck().parsed(text, ["%Y%m%d"])
    micros = _micros(column, unit)
    if duckdb:
        # make_timestamp stops the whole query at a number beyond the calendar, so they are nulled before it.
        return duck().from_micros(micros)
    import ibis

    # Ibis has no word for this that every server understands; seconds and their fraction apart stay exact.
    seconds, fraction = micros // 1_000_000, micros % 1_000_000
    start = ibis.timestamp("1970-01-01 00:00:00").cast("timestamp(6)")
    return start + seconds.cast("int64").as_interval("s") + fraction.cast("int64").as_interval("us")


def _micros(column: ir.Value, unit: str) -> ir.Value:
    if unit == "days":
        return ((_guarded(column, 86_400_000_000) - _EXCEL_DAY_OF_1970) * 86_400_000_000).round().cast("int64")
    if unit == "ns":
        return (column // 1_000).cast("int64")
    factor = _PER_UNIT[unit]
    scaled = _guarded(column, factor) * factor
    return scaled if column.type().is_integer() else scaled.round().cast("int64")


def _guarded(column: ir.Value, factor: int) -> ir.Value:
    most = _LAST_MICROSECOND // factor
    wide = column.cast("int64") if column.type().is_integer() else column.cast("float64")
    return column.between(-most, most).ifelse(wide, None)
