"""A crosstab of customers as 2x2 tables: those with one value of a column against the others, in every stratum."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def against_the_others(crosstab: pd.DataFrame, column: str, stratum: str | None = None) -> pd.DataFrame:
    """Return value, stratum and the four counts, a row a value of ``column`` and a stratum."""
    by: Sequence[str] = [column] if stratum is None else [column, stratum]
    cells = crosstab.groupby(list(by), as_index=False)[["customers", "converted"]].sum()
    cells = cells.assign(stratum="all") if stratum is None else cells.rename(columns={stratum: "stratum"})
    totals = cells.groupby("stratum", as_index=False)[["customers", "converted"]].sum()
    every = cells[[column]].drop_duplicates().merge(totals, how="cross")
    both = every.merge(cells, on=[column, "stratum"], how="left", suffixes=("", "_with")).fillna(0)
    return pd.DataFrame(
        {
            "value": both[column],
            "stratum": both["stratum"],
            "customers_with": both["customers_with"].astype("int64"),
            "converted_with": both["converted_with"].astype("int64"),
            "customers_without": (both["customers"] - both["customers_with"]).astype("int64"),
            "converted_without": (both["converted"] - both["converted_with"]).astype("int64"),
        }
    )
