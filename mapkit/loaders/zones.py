"""Local times of a named zone, and the hours its clocks skip or repeat."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta

from mapkit.errors import OptionError, nearest


def check_zone(zone: str) -> str:
    """Return the zone's name, or raise :class:`OptionError` with the nearest name that exists."""
    known = zoneinfo.available_timezones()
    if zone not in known:
        # People know the city, not the continent it is filed under.
        cities = {name.rpartition("/")[2]: name for name in sorted(known)}
        city = cities.get(str(zone).rpartition("/")[2].replace(" ", "_").title())
        guess = f" Did you mean {city!r}?" if city else nearest(str(zone), known)
        raise OptionError(f"timezone={zone!r} is not a time zone. Use a name such as 'Europe/Berlin' or 'UTC'.{guess}")
    return zone


def jumps(zone: str, first: datetime, last: datetime) -> list[tuple[datetime, datetime, bool]]:
    """Return the stretches of local time that a zone's clocks skip (True) or repeat (False) between two local times."""
    clock = zoneinfo.ZoneInfo(zone)
    found = []
    day = first.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC) - timedelta(days=2)
    while day < last.replace(tzinfo=UTC) + timedelta(days=2):
        after = day + timedelta(days=1)
        if day.astimezone(clock).utcoffset() != after.astimezone(clock).utcoffset():
            found.append(_jump(clock, day, after))
        day = after
    return found


def _jump(clock: zoneinfo.ZoneInfo, low: datetime, high: datetime) -> tuple[datetime, datetime, bool]:
    before, after = low.astimezone(clock).utcoffset(), high.astimezone(clock).utcoffset()
    assert before is not None
    assert after is not None
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(clock).utcoffset() == before:
            low = middle
        else:
            high = middle
    instant = high.replace(microsecond=0, tzinfo=None)
    start, end = sorted((instant + before, instant + after))
    return start, end, after > before
