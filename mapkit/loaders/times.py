"""How a column of times is read: found out once for the whole column, and said aloud."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mapkit.errors import BackendError, SourceError
from mapkit.loaders.duck import duck
from mapkit.loaders.time_numbers import number_of, read_numbers, unit_of
from mapkit.loaders.time_texts import TextTimes, has_offset, read_texts, survey_texts
from mapkit.loaders.zones import check_zone

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class TimeOptions:
    """What the caller says about the times of a source."""

    timezone: str | None = None
    day_first: bool | None = None
    unit: str | None = None


@dataclass
class TimeReading:
    """One column of times, read: UTC without a zone attached, to the microsecond.

    ``local`` holds the times of the clocks on the wall, where a zone turned them into UTC.
    """

    value: ir.Value
    said: list[str] = field(default_factory=list)
    parses: bool = False
    local: ir.Value | None = None


def read_times(column: ir.Value, *, name: str, duckdb: bool, options: TimeOptions) -> TimeReading:
    """Return the UTC times of a column and what was decided about it.

    Parameters
    ----------
    column
        The column as it stands in the source: a timestamp, a date, a number or text.
    name
        Its canonical name, for what is said.
    duckdb
        Whether it lives in DuckDB; text can be read as times only there.
    options
        Zone, order of day and month, unit.

    Raises
    ------
    SourceError
        When nothing decides between day-month and month-day, or numbers mix seconds with milliseconds.
    """
    if options.timezone is not None:
        check_zone(options.timezone)
    kind = column.type()
    if kind.is_timestamp():
        reading = _typed(column, name, options, duckdb)
    elif kind.is_date():
        reading = _local(column.cast("timestamp(6)"), name, options, duckdb)
        reading.said.insert(0, f"{name}: days without a time of day are read as midnight")
    elif kind.is_numeric() and not kind.is_boolean():
        reading = _numbers(column, name, options, duckdb)
    elif kind.is_string():
        reading = _texts(column, name, options, duckdb)
    else:
        raise SourceError(f"the column read as {name!r} holds {kind}, which is no time. Name another with columns=.")
    return reading


def _typed(column: ir.Value, name: str, options: TimeOptions, duckdb: bool) -> TimeReading:
    kind: Any = column.type()
    said = []
    if (kind.scale or 0) > 6:
        said.append(f"{name}: nanoseconds are cut to microseconds")
        if duckdb:
            # A cast would round, and could move an event past another.
            column = duck().from_micros(duck().to_nanos(column) // 1_000)
    if kind.timezone is not None:
        # Every session here runs in UTC, so that dropping the zone leaves the UTC time.
        return TimeReading(column.cast("timestamp(6)"), said)
    reading = _local(column.cast("timestamp(6)"), name, options, duckdb)
    return TimeReading(reading.value, [*said, *reading.said], local=reading.local)


def _local(local: ir.Value, name: str, options: TimeOptions, duckdb: bool) -> TimeReading:
    """Times of a clock on some wall: that of ``timezone``, or UTC where none is given."""
    if options.timezone in (None, "UTC"):
        note = f"{name}: no zone in the source, read as UTC (timezone= says otherwise)"
        return TimeReading(local, [note] if options.timezone is None else [])
    said = [f"{name}: local times of {options.timezone}, turned into UTC"]
    return TimeReading(_to_utc(local, options.timezone, duckdb), said, local=local)


def _to_utc(local: ir.Value, zone: str | None, duckdb: bool) -> ir.Value:
    if not duckdb and local.get_backend().name != "postgres":
        raise BackendError(
            f"times of {zone!r} cannot be turned into UTC by {local.get_backend().name}. "
            "Turn them into UTC in the query, or read an export of the table."
        )
    return duck().in_zone(zone, local).cast("timestamp(6)")


def _numbers(column: ir.Value, name: str, options: TimeOptions, duckdb: bool) -> TimeReading:
    unit = options.unit or unit_of(column, name)
    value = read_numbers(column, unit, duckdb)
    said = [f"{name}: numbers are read as {number_of(unit)}"]
    if unit in ("days", "yyyymmdd"):
        reading = _local(value, name, options, duckdb)
        return TimeReading(reading.value, said + reading.said, unit == "yyyymmdd", reading.local)
    return TimeReading(value, said if options.unit is None else [])


def _texts(column: ir.Value, name: str, options: TimeOptions, duckdb: bool) -> TimeReading:
    if not duckdb:
        raise SourceError(
            f"the column read as {name!r} is text, and text is read as times only in DuckDB. "
            "Cast it to a timestamp in the query: query='SELECT ..., CAST(... AS timestamp) AS ...'."
        )
    text = column.strip()
    survey: TextTimes = survey_texts(text, name, options.day_first)
    if survey.numbers > survey.texts / 2:
        reading = _numbers(text.try_cast("int64") if survey.whole else text.try_cast("float64"), name, options, duckdb)
        return TimeReading(reading.value, reading.said, True, reading.local)
    stamp = read_texts(text, survey)
    said = list(survey.said)
    if survey.offsets:
        others = f"the others are read as {options.timezone or 'UTC'}"
        counts = f"{survey.offsets:,} of {survey.texts:,} carry an offset of their own, which counts; {others}"
        said += [f"{name}: {counts}"] if survey.offsets < survey.texts else []
        if options.timezone is None or survey.offsets == survey.texts:
            return TimeReading(stamp, said, parses=True)
        reading = _local(has_offset(text).ifelse(None, stamp), name, options, duckdb)
        return TimeReading(has_offset(text).ifelse(stamp, reading.value), said, True, reading.local)
    reading = _local(stamp, name, options, duckdb)
    return TimeReading(reading.value, said + reading.said, True, reading.local)
