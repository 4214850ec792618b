"""The second, damaged log: the same company, with everything in it that integrity checks should notice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from . import clock
from .chance import Chance
from .cohort import Cohort, make_cohort
from .planted import Flags, Planted

_COHORT, _FIRST = 2**30 + 1, 9_000_000  # customers of their own, apart from those of the clean log
_HARMLESS = ["page_view", "scroll", "search"]  # rows that may be spoilt without moving a customer in the funnel


def write_trapped(planted: Planted, path: Path, *, seed: int) -> dict[str, Any]:
    """Write the log in time order (columns as the clean log's, and layout, order_state); give its traps."""
    part, chance = planted["trapped"], Chance(seed, _COHORT)
    cohort = make_cohort(planted, seed=seed, cohort=_COHORT, customers=part["customers"], first=_FIRST)
    rows = cohort.events.to_pandas().sort_values(["time", "place"], ignore_index=True).drop(columns="place")
    bought = cohort.attempt.times[:, 4] < clock.END
    rows, simpson = _with_layout(planted, chance, cohort, bought, rows)
    ids = cohort.customers["customer"].to_pandas()
    rows[part["leak"]["column"]] = np.where(rows["customer"].isin(set(ids[bought])), part["leak"]["value"], "open")
    renamed = (rows["event"] == part["renamed"]["event"]) & (
        rows["time"] >= pd.Timestamp(str(part["renamed"]["from"]), tz="UTC")
    )
    rows.loc[renamed, "event"] = part["renamed"]["to"]
    rows = _spoil(planted, chance, rows)
    rows = pd.concat([rows, _bot(planted, rows)], ignore_index=True).sort_values(
        "time", kind="stable", ignore_index=True
    )
    rows.to_parquet(path, index=False, compression="zstd")
    return {
        "rows": len(rows),
        "customers": part["customers"],
        "renamed_rows": int(renamed.sum()),
        "leak_customers": int(bought.sum()),
        "simpson": simpson,
    } | {name: part[name] for name in ("bot", "duplicates", "null_customers", "epoch_times", "future_times")}


def _with_layout(
    planted: Planted, chance: Chance, cohort: Cohort, bought: Flags, rows: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Give each customer a page layout so that bold wins within every segment and loses over all of them."""
    part, rng = planted["trapped"]["simpson"], chance.of("simpson")
    layout = np.full(len(bought), "calm", dtype=object)
    told: dict[str, Any] = {}
    for number, segment in enumerate(planted.segments):
        share = part["bold_share"][segment]
        odds = share / (1 - share) * part["odds"]
        for flags, bold in ((bought, odds / (1 + odds)), (~bought, share)):
            members = rng.permutation(np.flatnonzero((cohort.people.segment == number) & flags))
            layout[members[: round(len(members) * bold)]] = "bold"
        told[segment] = {
            name: {
                "customers": int(((cohort.people.segment == number) & (layout == name)).sum()),
                "buyers": int(((cohort.people.segment == number) & (layout == name) & bought).sum()),
            }
            for name in ("bold", "calm")
        }
    facts = pd.DataFrame({"customer": cohort.customers["customer"].to_pandas(), part["column"]: layout.astype(str)})
    return rows.merge(facts, on="customer", how="left", validate="many_to_one"), told


def _spoil(planted: Planted, chance: Chance, rows: pd.DataFrame) -> pd.DataFrame:
    """Lose customers, break clocks and repeat rows; each row suffers one damage at most."""
    part, rng = planted["trapped"], chance.of("spoil")
    harmless = rng.permutation(np.flatnonzero(rows["event"].isin(_HARMLESS)))
    cuts = np.cumsum([part["null_customers"], part["epoch_times"], part["future_times"], part["duplicates"]])
    lost, epoch, future, twice, _ = np.split(harmless, cuts)
    rows.loc[lost, "customer"] = None
    rows.loc[epoch, "time"] = pd.Timestamp(0, tz="UTC")
    rows.loc[future, "time"] = rows.loc[future, "time"] + pd.DateOffset(years=6)
    return pd.concat([rows, rows.loc[twice]], ignore_index=True)


def _bot(planted: Planted, rows: pd.DataFrame) -> pd.DataFrame:
    """One customer id that looks at items around the clock."""
    part = planted["trapped"]["bot"]
    step = part["hours"] * 3_600 * 1_000_000 // part["events"]
    times = pd.Timestamp(str(part["start"]), tz="UTC") + pd.to_timedelta(np.arange(part["events"]) * step, unit="us")
    bot = pd.DataFrame({"customer": part["customer"], "event": "view_item", "time": times})
    bot = bot.assign(channel="direct", source="(direct)", medium="(none)", session=part["customer"] + "-001")
    bot = bot.assign(touchpoint="item_page", layout="calm", order_state="open")
    return bot.reindex(columns=rows.columns).astype({"time": rows["time"].dtype})
