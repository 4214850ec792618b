"""A shop in which it is known who met what, and who bought."""

from __future__ import annotations

from typing import Any

import pandas as pd

from mapkit.tables import Table
from tests.literal import events

TOUCHPOINTS = [
    {"touchpoint": "home", "events": "visit", "owner": "web", "stage": "look"},
    {"touchpoint": "item", "events": "view", "owner": "web", "stage": "look"},
    {"touchpoint": "video", "events": "watch", "owner": "brand", "stage": "look", "cost": 100.0},
    {"touchpoint": "stand", "events": "stop", "owner": "stores", "stage": "look"},
    {"touchpoint": "till", "events": "pay", "owner": "web", "stage": "buy"},
]


def shop(groups: dict[str, tuple[int, int]], segment: str = "all") -> list[str]:
    """Return customers as {"view watch": (how many, of them buying)}, each event a second after the one before."""
    lines = []
    for names, (size, buying) in groups.items():
        for k in range(size):
            path = ["visit", *names.split(), *(["pay", "buy"] if k < buying else [])]
            told = " ".join(f"{name}@{10 * at}{{segment={segment}}}" for at, name in enumerate(path))
            lines.append(f"{segment}-{names.replace(' ', '-') or 'none'}-{k}: {told}")
    return lines


def log_of(*lines: list[str]) -> Table:
    return events(*(line for each in lines for line in each))


def answers(scores: dict[str, tuple[int, int, int]], n: int = 40, **more: Any) -> pd.DataFrame:
    """Return n answers each, as {"touchpoint": (importance, satisfaction, expectation)}, one apart around each."""
    rows = [
        {
            "metric": metric,
            "score": min(max(score + (k % 3) - 1, 1), 5),
            "respondent": f"{name}-{k}",
            "touchpoint": name,
            "rater": "customer",
            "scale_min": 1.0,
            "scale_max": 5.0,
            **more,
        }
        for name, three in scores.items()
        for metric, score in zip(("importance", "satisfaction", "expectation"), three, strict=True)
        for k in range(n)
    ]
    return pd.DataFrame(rows)
