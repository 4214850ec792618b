"""Events that end while others begin: renamed, or no longer written."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from mapkit.maps.integrity.findings import Finding
from mapkit.maps.integrity.registry import log_check
from mapkit.maps.integrity.subject import Log
from mapkit.maps.integrity.thresholds import EXPECTED, HANDOVER_DAYS, HANDOVER_RATE, SEEN


@log_check("renamed events")
def check_renaming(log: Log) -> Iterator[Finding]:
    """Say which events stop for good, and which begin at that time with about their frequency."""
    if log.daily.empty:
        return
    lives = _lives(log.daily)
    ended = lives[(lives["rows"] >= SEEN) & (lives["missing_after"] >= EXPECTED)]
    begun = lives[(lives["rows"] >= SEEN) & (lives["missing_before"] >= EXPECTED)]
    for event, life in ended.iterrows():
        heir = _heir(life, begun.drop(index=event, errors="ignore"))
        when = f"{life['last']:%Y-%m-%d}"
        if heir is None:
            what = f"{event} ends on {when}, where about {life['missing_after']:,.0f} more were to be expected"
            yield Finding("renamed events", "caution", log.name, what, int(life["rows"]), estimated="events after that")
            continue
        rows = int(begun["rows"][heir])
        what = f"{event} ends on {when} as {heir} begins, about as often: one event under two names, it seems"
        how = f"{event} events with those called {heir}"
        both = life["rows"] + rows
        yield Finding("renamed events", "problem", log.name, what, rows, life["rows"], both, "events", how)


def _lives(daily: pd.DataFrame) -> pd.DataFrame:
    """Return for each event its rows, first and last day, rate a day, and how many are missing before and after."""
    lives = daily.groupby("event").agg(rows=("rows", "sum"), first=("day", "min"), last=("day", "max"))
    days = (lives["last"] - lives["first"]).dt.days + 1
    lives["rate"] = lives["rows"] / days
    lives["missing_after"] = (daily["day"].max() - lives["last"]).dt.days * lives["rate"]
    lives["missing_before"] = (lives["first"] - daily["day"].min()).dt.days * lives["rate"]
    return lives


def _heir(life: pd.Series, begun: pd.DataFrame) -> str | None:
    apart = (begun["first"] - life["last"]).dt.days.abs()
    ratio = begun["rate"] / life["rate"]
    alike = begun[(apart <= HANDOVER_DAYS) & ratio.between(1 / HANDOVER_RATE, HANDOVER_RATE)]
    return None if alike.empty else str((alike["rate"] - life["rate"]).abs().idxmin())
