"""Weekly cohorts: of the customers whose first event fell into a week, how many came in each later week."""

from __future__ import annotations

from pathlib import Path

from benchmarks.contestants.opened import chdb_numbers, mapkit_events
from benchmarks.question import Contestant

# A year has 53 weeks that begin on a Monday, so a customer's weeks fit the bits of one integer.
_MONDAY = "2024-12-30"


def mapkit_cohorts(log: Path) -> list[int]:
    """Counts, and what none of the others gives: shares with intervals, for every pair of weeks."""
    import mapkit as mk

    # Told that the log's last week is over: mapkit leaves a week empty that had not ended with the log.
    table = mk.measure_retention(mapkit_events(log), period="week", end="2026-01-05").table
    seen = table[table["customers"] > 0].sort_values(["cohort", "period"])
    return [int(count) for count in seen["customers"]]


def chdb_cohorts(log: Path) -> list[int]:
    """One mask of weeks a customer; equal masks are counted before they are taken apart."""
    start = f"toInt64(toUnixTimestamp('{_MONDAY} 00:00:00', 'UTC')) * 1000000"
    week = f"intDiv(toUnixTimestamp64Micro(ts) - {start}, 604800000000)"
    masks = f"SELECT groupBitOr(bitShiftLeft(toUInt64(1), {week})) AS mask FROM file('{log}', Parquet) GROUP BY user_id"
    counted = f"SELECT mask, count() AS n FROM ({masks}) GROUP BY mask"
    weeks = "bitPositionsToArray(mask)"
    taken_apart = f"SELECT n, arrayJoin({weeks}) AS week, {weeks}[1] AS cohort FROM ({counted})"
    return chdb_numbers(f"SELECT sum(n) FROM ({taken_apart}) GROUP BY cohort, week ORDER BY cohort, week")


def polars_cohorts(log: Path) -> list[int]:
    """The distinct weeks of each customer, each beside the first of them."""
    import polars as pl

    week = (pl.col("ts") - pl.lit(_MONDAY).str.to_datetime("%Y-%m-%d", time_unit="us")).dt.total_days() // 7
    weeks = pl.scan_parquet(log).select("user_id", week=week.cast(pl.Int32)).unique()
    each = weeks.with_columns(cohort=pl.col("week").min().over("user_id"))
    counts = each.group_by("cohort", "week").agg(pl.len()).sort("cohort", "week")
    return [int(count) for count in counts.collect(engine="streaming")["len"]]


def polars_masks(log: Path) -> list[int]:
    """One mask of weeks a customer, as chdb does it; equal masks are counted before numpy takes them apart."""
    import polars as pl

    week = (pl.col("ts") - pl.lit(_MONDAY).str.to_datetime("%Y-%m-%d", time_unit="us")).dt.total_days() // 7
    bit = pl.lit(2, pl.Int64).pow(week.cast(pl.UInt32)).cast(pl.Int64)
    masks = pl.scan_parquet(log).group_by("user_id").agg(mask=bit.bitwise_or())
    counted = masks.group_by("mask").agg(n=pl.len()).collect(engine="streaming")
    return _taken_apart(counted["mask"].to_numpy(), counted["n"].to_numpy())


def pandas_cohorts(log: Path) -> list[int]:
    import pandas as pd

    rows = pd.read_parquet(log, columns=["user_id", "ts"])
    week = (rows["ts"] - pd.Timestamp(_MONDAY)).dt.days // 7
    weeks = pd.DataFrame({"user_id": rows["user_id"], "week": week}).drop_duplicates()
    cohort = weeks.groupby("user_id")["week"].transform("min")
    return [int(count) for count in weeks.groupby([cohort.rename("cohort"), "week"]).size()]


def _taken_apart(masks: object, counts: object) -> list[int]:
    import numpy as np

    bits = (np.asarray(masks)[:, None] >> np.arange(63)) & 1
    cohort, totals = bits.argmax(axis=1), np.zeros((63, 63), dtype=np.int64)
    np.add.at(totals, cohort, bits * np.asarray(counts)[:, None])
    return [int(count) for count in totals[totals > 0]]


COHORTS: dict[str, Contestant] = {
    "mapkit": mapkit_cohorts,
    "chdb groupBitOr": chdb_cohorts,
    "polars, distinct weeks": polars_cohorts,
    "polars, masks": polars_masks,
    "pandas": pandas_cohorts,
}
