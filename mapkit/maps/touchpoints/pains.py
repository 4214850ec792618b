"""Pain points as counts: how many of how many are affected, and how badly."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mapkit.errors import TableError, listed, nearest
from mapkit.experience.touchpoints.inventory import measure_inventory
from mapkit.maps.touchpoints.rated import satisfaction_answers
from mapkit.tables import Table


def given_pains(pains: pd.DataFrame) -> pd.DataFrame:
    """Return a frame of pain points, checked: pain_point, stage, severity, severity_se, affected, n, and factors."""
    for column in ("severity", "affected", "n"):
        if column not in pains.columns:
            there = [str(name) for name in pains.columns]
            raise TableError(
                f"the pain points have no column {column!r}. They have {listed(there)}.{nearest(column, there)}"
            )
    table = pains.reset_index(drop=True).assign(pain_point=pains["pain_point"].astype(str).to_numpy())
    for column in ("severity", "affected", "n"):
        table[column] = pd.to_numeric(table[column], errors="coerce")
    wrong = ~(table["severity"].between(1, 5) & table["affected"].ge(0) & table["affected"].le(table["n"]))
    if wrong.any():
        row = table[wrong].iloc[0]
        raise TableError(
            f"{row['pain_point']!r} has severity {row['severity']}, affected {row['affected']} of {row['n']}. Severity"
            " is from 1 to 5, and at most all are affected."
        )
    if table["pain_point"].duplicated().any():
        again = table.loc[table["pain_point"].duplicated(), "pain_point"].iloc[0]
        raise TableError(f"{again!r} is there more than once. A pain point is one row.")
    return table.assign(stage=table.get("stage"), severity_se=np.nan, of_customers_met=np.nan)


def pains_of_feedback(feedback: Table, events: Table | None, inventory: pd.DataFrame | None) -> pd.DataFrame:
    """Return a row for each touchpoint that customers rated: who is dissatisfied, how badly, and how many meet it."""
    rated = satisfaction_answers(feedback)
    middle = (rated["high"] + rated["low"]) / 2
    rated["below"] = (middle - rated["score"]) / (middle - rated["low"])
    bad = rated[rated["below"] > 0].assign(severity=lambda rows: 1 + 4 * rows["below"])
    each = bad.groupby("touchpoint")["severity"].agg(severity="mean", affected="size", spread="std")
    table = rated.groupby("touchpoint").agg(n=("score", "size")).join(each).reset_index()
    table["affected"] = table["affected"].fillna(0).astype(int)
    table["severity_se"] = table.pop("spread") / np.sqrt(table["affected"].where(table["affected"] > 1))
    table = table.rename(columns={"touchpoint": "pain_point"})
    facts = pd.DataFrame(columns=["stage", "met"])
    if inventory is not None:
        facts = inventory.set_index("touchpoint")[["stage"]].assign(met=np.nan)
        if events is not None:
            met = measure_inventory(inventory.drop(columns="name"), events).table.set_index("touchpoint")
            facts["met"] = met["of_customers"].where(met["witnessed"])
    return table.assign(
        stage=table["pain_point"].map(facts["stage"]),
        of_customers_met=table["pain_point"].map(facts["met"]).astype(float),
    )
