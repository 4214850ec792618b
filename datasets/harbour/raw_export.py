"""A small export as an analyst meets it: other column names, local times, semicolons, rows that cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from .cohort import Cohort
from .ids import customer_ids
from .planted import Planted

KINDS = {
    "first_visit": "visit",
    "page_view": "page",
    "view_item": "look",
    "add_to_cart": "basket",
    "begin_checkout": "checkout",
    "purchase": "order",
}


def write_raw_export(planted: Planted, path: Path, cohort: Cohort) -> dict[str, Any]:
    """Write Buyer;Kind;At;Channel;Amount for the cohort's first customers, up to the planted number of good rows.

    Gives rows, good rows, bad rows by reason, and how many customers have each kind of row among the good ones.
    """
    part = planted["raw"]
    good = _good_rows(cohort, part["customers"], part["timezone"]).head(part["good_rows"])
    counted = {kind: int(good.loc[good["Kind"] == kind, "Buyer"].nunique()) for kind in KINDS.values()}
    bad = _bad_rows(good, part["missing_buyer"], part["unreadable_time"])
    # Bad rows are put in at even distances, so that no part of the file is free of them.
    places = np.linspace(0, len(good), len(bad) + 2)[1:-1].round() - 0.5
    rows = pd.concat([good.set_axis(np.arange(len(good), dtype=float)), bad.set_axis(places)]).sort_index()
    path.parent.mkdir(exist_ok=True)
    rows.to_csv(path, sep=";", index=False)
    return {
        "rows": len(rows),
        "good_rows": len(good),
        "bad_rows": {"missing_buyer": part["missing_buyer"], "unreadable_time": len(part["unreadable_time"])},
        "customers": int(good["Buyer"].nunique()),
        "customers_by_kind": counted,
        "timezone": part["timezone"],
    }


def _good_rows(cohort: Cohort, customers: int, timezone: str) -> pd.DataFrame:
    ids = customer_ids(cohort.people.number[:customers])
    rows: pd.DataFrame = cohort.events.filter(pc.is_in(cohort.events["customer"], ids)).to_pandas()
    rows = rows[rows["event"].isin(KINDS)].sort_values(["time", "place"])
    local = rows["time"].dt.tz_convert(timezone).dt.tz_localize(None)
    # A local time that the clocks show twice could not be read back; the export leaves such rows out.
    clear = local.dt.tz_localize(timezone, ambiguous="NaT").notna()
    amount = rows["value"].map(lambda value: "" if pd.isna(value) else f"{value:.2f}")
    table = {"Buyer": rows["customer"], "Kind": rows["event"].map(KINDS), "At": local.dt.strftime("%d.%m.%Y %H:%M")}
    return pd.DataFrame(table | {"Channel": rows["channel"], "Amount": amount})[clear].reset_index(drop=True)


def _bad_rows(good: pd.DataFrame, missing_buyer: int, unreadable: list[str]) -> pd.DataFrame:
    """Return copies of good rows with the buyer lost, or with a time that no calendar has."""
    size = missing_buyer + len(unreadable)
    bad = good.iloc[np.linspace(0, len(good) - 1, size).round().astype(int)].reset_index(drop=True)
    bad.loc[: missing_buyer - 1, "Buyer"] = ""
    bad.loc[missing_buyer:, "At"] = unreadable
    return bad.sample(frac=1, random_state=7, ignore_index=True)
