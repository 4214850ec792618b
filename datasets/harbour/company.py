"""The tables that do not grow with the number of customers: what the company knows of itself and its world."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from .chance import Chance
from .cohort import Cohort
from .feedback import make_feedback
from .hand_map import write_hand_map
from .influencers import make_influencers, make_posts
from .network import make_network
from .people import join_people
from .planted import Planted
from .tally import Tally

OF_COMPANY = 2**30  # the cohort number of chance that no cohort of customers has


def write_company(planted: Planted, folder: Path, *, panel: list[Cohort], tally: Tally, seed: int) -> dict[str, Any]:
    """Write touchpoints, spend, feedback, influencers' posts, actors, ties and the map drawn by hand.

    Gives what was realised, one entry per subject.
    """
    chance, facts = Chance(seed, OF_COMPANY), {}
    _touchpoints(planted).to_csv(folder / "touchpoints.csv", index=False)
    spend = make_spend(planted, tally)
    spend.to_csv(folder / "spend.csv", index=False)
    facts["acquisition"] = acquisition_cost(spend, tally)
    feedback, facts["feedback"] = make_feedback(planted, chance, join_people([cohort.people for cohort in panel]))
    feedback.to_csv(folder / "feedback.csv", index=False)
    influencers = make_influencers(planted, chance)
    posts, facts["posts"] = make_posts(planted, chance, influencers)
    posts.to_csv(folder / "posts.csv", index=False)
    accounts = [name for name in panel[0].customers["account"].to_pylist() if name]
    actors, ties, facts["network"] = make_network(planted, chance, influencers=influencers, accounts=accounts)
    actors.to_csv(folder / "actors.csv", index=False)
    ties.to_csv(folder / "ties.csv", index=False)
    facts["hand_map"] = write_hand_map(planted, folder / "hand_map.yaml")
    return facts


def _touchpoints(planted: Planted) -> pd.DataFrame:
    columns = ["touchpoint", "name", "channel", "medium", "paid", "ownership", "stage", "business_reason"]
    columns += ["customer_impact", "owner", "mandated", "cost", "events"]
    rows = [{**row, "events": ";".join(row["events"])} for row in planted["touchpoints"]]
    return pd.DataFrame(rows)[columns]


def make_spend(planted: Planted, tally: Tally) -> pd.DataFrame:
    """Return channel, month (first day), spend in EUR: entries of the month times the planted cost per entry."""
    rows = []
    for channel, cost in planted["spend_per_entry"].items():
        for month in range(1, 13):
            entries = tally.counts[f"acquisition/entries/{month:02d}/{channel}"]
            rows.append({"channel": channel, "month": f"2025-{month:02d}-01", "spend": round(entries * cost, 2)})
    return pd.DataFrame(rows)


def acquisition_cost(spend: pd.DataFrame, tally: Tally) -> dict[str, Any]:
    """Return spend divided by customers who bought for the first time, by first channel (None without a buyer)."""
    cost: dict[str, dict[str, Any]] = {}
    for channel, amount in spend.groupby("channel")["spend"].sum().items():
        buyers = tally.counts[f"acquisition/new_buyers/{channel}"]
        cost[str(channel)] = {"spend": round(float(amount), 2), "new_buyers": buyers}
        cost[str(channel)]["cac"] = round(float(amount) / buyers, 4) if buyers else None
    return {"cost": cost}
