"""Logs and meetings with known answers."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import Any

import pandas as pd

from mapkit.tables import Table
from tests.literal import START, table_of

STEPS = ["visit", "cart", "buy"]
DAY = pd.Timedelta(days=1)


def crowd(groups: Iterable[tuple[int, int, int, Any, dict[str, Any]]]) -> tuple[Table, pd.DataFrame, pd.DataFrame]:
    """Return events, exposures and customers of groups of (customers, carts, buys, influencers met, facts).

    Everybody visits on the second day and has met their influencers the day before; ``chance:k01`` was met by chance.
    """
    number, rows, met, people = count(), [], [], []
    for size, carts, buys, influencers, facts in groups:
        for k in range(size):
            who = f"c{next(number):05d}"
            rows += [
                (who, name, START + (day + 1) * DAY) for day, name in enumerate(["visit", *["cart"] * (k < carts)])
            ]
            rows += [(who, "buy", START + 4 * DAY)] if k < buys else []
            for name in influencers.split():
                by_chance = name.startswith("chance:")
                met.append((who, name.removeprefix("chance:"), START, "random" if by_chance else "audience"))
            people.append({"customer": who, **facts})
    log = pd.DataFrame(rows, columns=["customer", "event", "time"])
    log["time"] = log["time"].astype("datetime64[us]")
    exposures = pd.DataFrame(met, columns=["customer", "influencer", "time", "assignment"])
    return table_of(log.assign(row=range(len(log)))), exposures, pd.DataFrame(people)
