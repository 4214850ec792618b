"""An inventory counted across: stage by channel, by owner, and what is in it twice."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

NOBODY = "(nobody)"
NOT_SAID = "(not said)"


def coverage_of(table: pd.DataFrame) -> pd.DataFrame:
    """Return every stage x channel with its touchpoints; 0 is a hole. Stages and channels in the inventory's order."""
    said = table.assign(**{name: table[name].fillna(NOT_SAID) for name in ("stage", "channel")})
    keys = ["stage", "channel"]
    each = said.groupby(keys, sort=False).agg(
        touchpoints=("touchpoint", "size"),
        witnessed=("witnessed", "sum"),
        events=("events", "sum"),
        named=("name", lambda names: "; ".join(map(str, names))),
    )
    whole = pd.MultiIndex.from_product([list(dict.fromkeys(said[name])) for name in keys], names=keys)
    grid = each.reindex(whole).reset_index()
    numbers = ["touchpoints", "witnessed", "events"]
    return grid.assign(
        **{name: grid[name].fillna(0).astype("int64") for name in numbers}, named=grid["named"].fillna("")
    )


def owners_of(table: pd.DataFrame, rows: int) -> pd.DataFrame:
    """Return what each owner answers for, those with most events first; "(nobody)" is the orphans'."""
    said = table.assign(owner=table["owner"].fillna(NOBODY), mandated=table["mandated"].map(lambda flag: flag is True))
    each = said.groupby("owner", sort=False).agg(
        touchpoints=("touchpoint", "size"),
        witnessed=("witnessed", "sum"),
        mandated=("mandated", "sum"),
        cost=("cost", lambda costs: costs.sum(min_count=1)),
        events=("events", "sum"),
    )
    each = each.reset_index().sort_values(["events", "owner"], ascending=[False, True], ignore_index=True)
    return each.assign(of_events=each["events"] / max(rows, 1))


def duplicates_of(
    touchpoints: Sequence[str], names: Sequence[str], events: Sequence[tuple[str, ...]]
) -> list[str | None]:
    """Return for each touchpoint an earlier one that has the same name, or lists the very same events."""
    earlier: dict[object, str] = {}
    found: list[str | None] = []
    for touchpoint, name, listed in zip(touchpoints, names, events, strict=True):
        signs: list[object] = [str(name).casefold(), *([frozenset(listed)] if listed else [])]
        found.append(next((earlier[sign] for sign in signs if sign in earlier), None))
        for sign in signs:
            earlier.setdefault(sign, touchpoint)
    return found


def shared_events(inventory: pd.DataFrame) -> pd.DataFrame:
    """Return the events that several touchpoints list, with those that do."""
    pairs = inventory[["touchpoint", "events"]].explode("events").dropna(subset=["events"])
    each = pairs.groupby("events", sort=False)["touchpoint"].agg(list)
    several = each[each.map(len) > 1]
    return pd.DataFrame({"event": list(several.index), "touchpoints": ["; ".join(names) for names in several]})
