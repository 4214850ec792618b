"""Which number would show a touchpoint's business reason or customer impact, and what a log says of that number."""

from __future__ import annotations

from typing import Any

import pandas as pd

from mapkit.journeys.drivers_effects import COUNTS, with_effects

# What would show each word of the inventory. A word without a number here cannot be tested by a log.
SHOWN_BY = {
    "educate": "outcome",
    "inspire": "outcome",
    "inform": "outcome",
    "obtain payment": "outcome",
    "support": "still there",
    "differentiation": "outcome",
    "loyalty": "still there",
    "repeat purchase": "again",
}
_MINIMUM = 30
_ENDS = ("", "_low", "_high")
_KEPT = tuple(f"{name}{end}" for name in ("of_with", "of_without", "difference") for end in _ENDS)


def linked(inventory: pd.DataFrame, first: pd.DataFrame, later: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Return a row for each touchpoint and element: the metric, its shares with and without, and a verdict.

    ``first`` and ``later`` hold the counts of ``COUNTS`` by touchpoint; ``first`` also the flag, ``later`` the metric.
    """
    counts = pd.concat([first.assign(metric="outcome"), later], ignore_index=True)
    effects = with_effects(counts, confidence)
    parts = []
    for element in ("business_reason", "customer_impact"):
        says = inventory[["touchpoint", element]].rename(columns={element: "says"}).assign(element=element)
        parts.append(says[says["says"].notna()])
    rows = pd.concat(parts, ignore_index=True)
    rows["metric"] = rows["says"].map(SHOWN_BY)
    table = rows.merge(effects.drop(columns="flag"), on=["touchpoint", "metric"], how="left")
    table["flag"] = table["touchpoint"].map(first.set_index("touchpoint")["flag"])
    table = table.fillna(dict.fromkeys(COUNTS, 0)).astype(dict.fromkeys(COUNTS, "int64"))
    table = table[["touchpoint", "element", "says", "metric", *COUNTS, *_KEPT, "flag"]]
    table["verdict"] = [_verdict(row, _MINIMUM) for row in table.to_dict("records")]
    order = {name: place for place, name in enumerate(inventory["touchpoint"])}
    return table.sort_values("touchpoint", key=lambda names: names.map(order), kind="stable", ignore_index=True)


def _verdict(row: dict[Any, Any], minimum: int) -> str:
    if not isinstance(row["metric"], str):
        return "no number would show it"
    if row["says"] == "obtain payment":
        return "measured" if row["customers_with"] >= minimum else "too few"
    if not min(row["customers_with"], row["customers_without"]) >= minimum:
        return "too few"
    if row["metric"] == "outcome" and row["flag"]:
        return "cannot tell"  # the difference says little, for the reason the flag gives
    if row["difference_low"] > 0:
        return "goes with it"
    return "goes against it" if row["difference_high"] < 0 else "cannot tell"
