"""A made Harbour, and the counts that chance allows."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pandas as pd
from scipy import stats

SOURCE = Path(__file__).parents[2] / "datasets" / "harbour"
STEPS = ["first_visit", "view_item", "add_to_cart", "begin_checkout", "purchase"]


class Harbour:
    """A made dataset: its folder, what was planted (p) and what was realised (r)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        self.p, self.r = truth["planted"], truth["realised"]

    def query(self, sql: str) -> pd.DataFrame:
        with duckdb.connect() as connection:
            connection.execute(f"SET TimeZone = 'UTC'; SET file_search_path = '{self.folder}'")
            return connection.sql(sql).to_arrow_table().to_pandas()

    def csv(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / f"{name}.csv")


def bounds(rate: float, size: int) -> tuple[int, int]:
    """Counts between which 99.9% of binomial draws fall."""
    low, high = stats.binom.ppf([0.0005, 0.9995], size, rate)
    return int(low), int(high)


def within(amount: int, rate: float, size: int) -> bool:
    low, high = bounds(rate, size)
    return low <= amount <= high
