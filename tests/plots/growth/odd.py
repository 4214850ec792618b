"""Growth results of every odd kind, for pictures to draw."""

from __future__ import annotations

import functools
from typing import Any

import pandas as pd

from mapkit.journeys.growth import (
    find_activation,
    measure_aarrr,
    measure_cascades,
    measure_downline,
    measure_referral,
    simulate_growth,
)
from mapkit.statistics import Estimate
from tests.literal import events
from tests.plots.made import NASTY

LONG = NASTY["endless"]
_LINE = "visit@{day}d{{channel={channel}}} look@{later}d purchase@{bought}d{{value={value}}} look@{back}d"


def shop(customers: int = 120, channels: int = 3) -> Any:
    """A log of many customers over four months, in channels whose names are odd."""
    names = [name.replace(" ", "_").replace(",", "").replace("\n", "_") for name in NASTY.values() if name]
    lines = []
    for k in range(customers):
        day = k % 100
        channel = names[k % channels % len(names)] if channels <= len(names) else f"channel_{k % channels}"
        channel = "".join(letter for letter in channel if letter not in "{}=@:")
        bought = day + 1 if k % 3 else day + 40
        line = _LINE.format(
            day=day, later=day + k % 11, bought=bought, back=day + 20 + k % 30, value=10 + k, channel=channel
        )
        lines.append(f"c{k}: {line}")
    return events(*lines)


def invites(customers: int = 120) -> pd.DataFrame:
    rows = [
        {
            "inviter": f"c{k}",
            "invitee": f"c{k + 7}" if k % 4 == 0 else None,
            "time_sent": pd.Timestamp("2025-01-01") + pd.Timedelta(days=k % 100 + 2),
            "time_accepted": pd.Timestamp("2025-01-01") + pd.Timedelta(days=k % 100 + 5) if k % 4 == 0 else None,
        }
        for k in range(0, customers - 7, 2)
    ]
    return pd.DataFrame(rows)


def _aarrr(log: Any, **options: Any) -> Any:
    return measure_aarrr(log, **{"acquisition": "visit", "activation": "look", "revenue": "purchase", **options})


def _tree(edges: int, name: str = "m") -> pd.DataFrame:
    rows = [{"source": f"{name}{(k - 1) // 3}", "target": f"{name}{k}"} for k in range(1, edges + 1)]
    return pd.DataFrame(rows)


@functools.cache
def results() -> dict[str, Any]:
    """Every picture's result, on data that is usual, empty, tiny, many or badly named."""
    log, given = shop(), invites()
    spend = [{"channel": "web", "month": "2025-02-01", "spend": 1200}]
    recruits = _tree(60).rename(columns={"source": "recruiter", "target": "recruit"})
    sales = [{"seller": f"m{k}", "value": 10.0 * k, "buyer": "m0" if k % 2 else "x"} for k in range(40)]
    tiny = [{"recruiter": LONG, "recruit": "b"}]
    nobody = pd.DataFrame({"source": [], "target": []})
    return {
        "aarrr": _aarrr(log, spend=spend, invites=given),
        "aarrr unknown": measure_aarrr(shop(40), activation="look", revenue="visit"),
        "aarrr one customer": _aarrr(events("ann: visit@1 look@2 purchase@3{value=5}")),
        "aarrr by week": _aarrr(log, period="week", retention_period="week"),
        "aarrr empty": measure_aarrr(events()),
        "aarrr by segment": _aarrr(log, invites=given, by="channel"),
        "aarrr odd segments": _aarrr(shop(200, 11), by="channel"),
        "aarrr many segments": _aarrr(shop(400, 40), by="channel"),
        "activation": find_activation(log, minimum=5, retained_after="14d"),
        "activation long name": find_activation(
            events(*(f"c{k}: start@1 {'x' * 300 if k % 2 else 'b'}@2 again@{40 if k % 2 else 1}d" for k in range(80)),
                   "z: start@90d"),
            minimum=5,
        ),
        "activation empty": find_activation(events()),
        "referral": measure_referral(log, given, acquisition="visit"),
        "referral by segment": measure_referral(log, given, by="channel"),
        "referral one": measure_referral(events("ann: a@1"), given),
        "referral empty": measure_referral(events(), given),
        "growth": simulate_growth(start=10, invites=10, conversion=0.2, cycle="1d", duration="20d"),
        "growth below one": simulate_growth(
            start=1000, invites=Estimate("k", 0.4, 0.3, 0.5, 90, ""), cycle="12d", duration="3w"
        ),
        "growth limited": simulate_growth(
            start=5, invites=Estimate("k", 3, 2, 5, 90, ""), cycle="12h", duration="10d", market=5_000
        ),
        "cascades": measure_cascades(pd.concat([_tree(40, "a"), _tree(5, LONG), _tree(1, "c")])),
        "cascades large": measure_cascades(_tree(3_000)),
        "cascades one": measure_cascades(_tree(1)),
        "cascades empty": measure_cascades(nobody),
        "downline": measure_downline(recruits, sales, rates=(0.1, 0.05), cost=25, margin=0.2),
        "downline tiny": measure_downline(tiny, sales[:1], rates=(0.1,), cost=5),
        "downline deep": measure_downline(
            [{"recruiter": f"n{k}", "recruit": f"n{k + 1}"} for k in range(40)], sales, rates=(0.1,)
        ),
        "downline empty": measure_downline(pd.DataFrame({"recruiter": [], "recruit": []}), sales, rates=(0.1,)),
    }  # fmt: skip
