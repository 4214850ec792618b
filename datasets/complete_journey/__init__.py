"""The Complete Journey: a year of 2,469 households at a grocery chain, as events. card.md says what became of what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .events import ZONE, make_events
from .source import read_source

TABLES = {"events": "events.parquet", "customers": "customers.csv"}


def make(folder: Path, **ignored: Any) -> Path:
    """Write events.parquet, customers.csv and reconciliation.json into a folder, and give the folder.

    The data are as they are: size and seed, where given, change nothing.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    source = read_source()
    events, counts = make_events(source)
    events.to_parquet(folder / TABLES["events"], index=False, compression="zstd")
    customers = source.transactions[["household_id"]].drop_duplicates().sort_values("household_id")
    customers = customers.merge(source.demographics, on="household_id", how="left")
    customers = customers.rename(columns={"household_id": "customer"})
    customers.to_csv(folder / TABLES["customers"], index=False)
    counts |= {"households": len(customers), "households_described": len(source.demographics)}
    (folder / "reconciliation.json").write_text(
        json.dumps(counts | {"zone_of_the_stores": ZONE}, indent=1) + "\n", encoding="utf-8"
    )
    return folder
