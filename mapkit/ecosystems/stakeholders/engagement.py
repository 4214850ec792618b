"""What to do about a stakeholder, and how often: one sentence from quadrant and salience."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mapkit.ecosystems.stakeholders.classes import NOT_SCORED, QUADRANTS
from mapkit.errors import OptionError, listed, one_of

EVERY_DAYS = {"manage closely": 14, "keep satisfied": 30, "keep informed": 30, "monitor": 90}
_DO = {
    "manage closely": "Involve before decisions are made",
    "keep satisfied": "Ask what would make them object, and settle that early",
    "keep informed": "Tell what is planned and why, and listen for what others miss",
    "monitor": "Watch for a change of power or interest",
}
_FIRST = {
    "definitive": "Their claim comes first",
    "dangerous": "They press without a recognised claim: find out what they want, and prepare for pressure",
    "dependent": "Their claim is due and they cannot press it: find somebody powerful who speaks for it",
    "demanding": "They are loud without power or claim: answer once, clearly",
    "dominant": "Nothing is urgent for them yet: stay in touch through their usual channel",
    "dormant": "Their power is unused: know what would wake it",
    "discretionary": "They can be supported, nobody makes you",
}


def rhythm(every_days: Mapping[str, int] | None) -> dict[str, int]:
    """Return how many days may pass between two contacts, by quadrant: the given ones over the house's own.

    Raises
    ------
    OptionError
        A quadrant that does not exist, or a rhythm that is not a positive number of days.
    """
    for name, days in (every_days or {}).items():
        one_of(name, QUADRANTS, "every_days")
        if isinstance(days, bool) or not isinstance(days, int | float) or not days > 0:
            raise OptionError(f"every_days[{name!r}] is {days!r}. Give a positive number of days, such as 14.")
    return {**EVERY_DAYS, **(every_days or {})}


def plan(row: Mapping[Any, Any], days: Mapping[str, int]) -> str:
    """Return what to do about one actor of the table, in words."""
    quadrant, missing = str(row["quadrant"]), str(row["missing"])
    if quadrant == NOT_SCORED:
        return f"Score {missing} first; nothing is planned on a guess."
    parts = [f"{_DO[quadrant]}, every {days[quadrant]:,} days."]
    if row["salience"] in _FIRST:
        parts.append(f"{_FIRST[str(row['salience'])]}.")
    if row["near"]:
        parts.append(f"Close to {_either(str(row['near']))}: look at the scores again.")
    if row["disagreement"] > 0:
        parts.append("The raters disagree on the quadrant: talk before acting.")
    return " ".join(parts)


def _either(near: str) -> str:
    names = near.split("; ")
    return " or ".join(names) if len(names) < 3 else listed(names).replace("'", "")
