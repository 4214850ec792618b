"""What is to be said about times that are odd: skipped hours, the future, 1970."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mapkit.loaders.tally import tally
from mapkit.loaders.zones import jumps

if TYPE_CHECKING:
    import ibis.expr.types as ir


def odd_times(value: ir.Value, name: str) -> list[str]:
    """Return what is to be said about times that lie in the future, in 1970 or before 1990."""
    now = datetime.now(UTC).replace(tzinfo=None)
    old, early = (datetime(year, 1, 1) for year in (1990, 1971))  # noqa: DTZ001
    counts = tally(
        value,
        lambda cell: {
            "future": (cell > now).sum(),
            "epoch": ((cell < early) & (cell.year() == 1970)).sum(),
            "old": (cell < old).sum(),
        },
    )
    said = []
    if counts["future"]:
        said.append(f"{name}: {_times(counts['future'])} in the future (kept)")
    if counts["epoch"]:
        said.append(f"{name}: {_times(counts['epoch'])} in 1970, which is what an empty or zero time becomes (kept)")
    if counts["old"] - counts["epoch"]:
        said.append(f"{name}: {_times(counts['old'] - counts['epoch'])} before 1990 (kept)")
    return said


def clock_changes(local: ir.Value, name: str, zone: str) -> list[str]:
    """Return what is to be said about local times in hours that the clocks of a zone skipped or had twice."""
    span = tally(local, lambda cell: {"time_first": cell.min(), "time_last": cell.max()})
    if span["time_first"] is None:
        return []
    first, last = (_within_calendar(span[end]) for end in ("time_first", "time_last"))
    changes = jumps(zone, first, last)
    if not changes:
        return []
    counts = tally(
        local,
        lambda cell: {
            f"n{place}": ((cell >= start) & (cell < end)).sum() for place, (start, end, _) in enumerate(changes)
        },
    )
    skipped = sum(counts[f"n{place}"] for place, (*_, skips) in enumerate(changes) if skips)
    repeated = sum(counts[f"n{place}"] for place, (*_, skips) in enumerate(changes) if not skips)
    said = []
    if skipped:
        said.append(f"{name}: {_times(skipped)} in an hour that the clocks of {zone} skipped; moved forward")
    if repeated:
        said.append(f"{name}: {_times(repeated)} in an hour that the clocks of {zone} had twice; read as the second")
    return said


def _times(count: int) -> str:
    return "1 time lies" if count == 1 else f"{count:,} times lie"


def _within_calendar(time: datetime) -> datetime:
    # A stray time in the year 1 or 9999 must not make us walk the zone's whole history.
    return min(max(time, datetime(1970, 1, 1)), datetime(2100, 1, 1))  # noqa: DTZ001
