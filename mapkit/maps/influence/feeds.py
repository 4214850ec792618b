"""Who feeds which stage: of those who entered it, how many had met each influencer by then."""

from __future__ import annotations

import pandas as pd

from mapkit.statistics import wilson_interval


def feeds_of(cells: pd.DataFrame, stages: tuple[str, ...], confidence: float) -> pd.DataFrame:
    """Return a row an influencer and stage, all together first; see ``measure_influence_by_stage``."""
    rows = cells[cells["step"] > 0]
    keys = ["kind", "influencer", "step"]
    whole = rows.groupby(keys, as_index=False)[["customers_with", "customers_without"]].sum()
    alone = rows[rows["others"] == 0].groupby(keys, as_index=False).agg(entrants_alone=("customers_with", "sum"))
    table = whole.merge(alone, on=keys, how="left")
    table = table.assign(
        entrants=table["customers_with"] + table["customers_without"],
        entrants_met=table["customers_with"],
        entrants_alone=table["entrants_alone"].fillna(0).astype("int64"),
        stage=[stages[int(step) - 1] for step in table["step"]],
        most=table.groupby("influencer")["customers_with"].transform("max"),
        each=table["kind"] != "all",
    )
    for column, count in (("of_entrants", "entrants_met"), ("of_entrants_alone", "entrants_alone")):
        low, high = wilson_interval(table[count], table["entrants"], confidence)
        table[column] = table[count] / table["entrants"].where(table["entrants"] > 0)
        table[f"{column}_low"], table[f"{column}_high"] = low, high
    table = table.sort_values(
        ["each", "most", "influencer", "step"], ascending=[True, False, True, True], ignore_index=True
    )
    shares = [f"{name}{end}" for name in ("of_entrants", "of_entrants_alone") for end in ("", "_low", "_high")]
    return table[["influencer", "kind", "stage", "entrants", "entrants_met", "entrants_alone", *shares]]
