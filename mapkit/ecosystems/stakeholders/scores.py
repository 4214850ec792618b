"""Scores of stakeholders: read, held against their scale, and averaged over those who gave them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mapkit.ecosystems.ecosystem import Ecosystem
from mapkit.errors import TableError, listed
from mapkit.loaders import read_actors

SCORES = ("power", "interest", "legitimacy", "urgency")
LOWEST, HIGHEST = 0.0, 10.0


def read_scores(actors: Any) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return a row for each rating: actor, name, type, rater and the four scores; and how many lay off the scale.

    A score that is missing, no number or off the scale of 0 to 10 is NaN: nothing is guessed in its place.

    Raises
    ------
    TableError
        An actor stands twice without a column ``rater`` that tells the ratings apart, or one rater rated one twice.
    """
    frame = actors.actors if isinstance(actors, Ecosystem) else read_actors(actors).data.to_pandas()
    rows = pd.DataFrame({"actor": frame["actor"].astype(str).to_numpy(object)})
    for name in ("name", "type", "rater"):
        values = frame[name].astype(object) if name in frame else pd.Series([None] * len(frame), dtype=object)
        rows[name] = values.where(values.notna(), None).to_numpy(object)
    rows["name"] = rows["name"].where(rows["name"].notna(), rows["actor"])
    outside: dict[str, int] = {}
    for name in SCORES:
        given = pd.to_numeric(frame[name], errors="coerce").to_numpy(float) if name in frame else np.nan
        rows[name] = given
        off = rows[name].notna() & ~rows[name].between(LOWEST, HIGHEST)
        outside[name] = int(off.sum())
        rows[name] = rows[name].mask(off)
    _check_raters(rows, "rater" in frame)
    return rows, {name: count for name, count in outside.items() if count}


def averaged(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each actor: the means of the scores, ``raters``, and ``<score>_low`` / ``<score>_high``."""
    grouped = rows.groupby("actor", sort=False)
    table = grouped[["name", "type"]].first()
    for name in SCORES:
        table[name] = grouped[name].mean()
        table[f"{name}_low"], table[f"{name}_high"] = grouped[name].min(), grouped[name].max()
    table["raters"] = grouped.size()
    return table.reset_index()


def _check_raters(rows: pd.DataFrame, has_raters: bool) -> None:
    again = rows.duplicated(["actor", "rater"] if has_raters else ["actor"], keep="first")
    if not again.any():
        return
    named = listed(rows.loc[again, "actor"].unique(), most=5)
    if has_raters:
        raise TableError(
            f"One rater rated the same actor more than once: {named}. Keep one row for each actor and rater."
        )
    raise TableError(
        f"Actors stand more than once: {named}. Keep one row each, or say who gave which scores in a column 'rater'."
    )
