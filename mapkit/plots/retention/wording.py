"""How retention is said in a title, under it, and to those who cannot see the picture."""

from __future__ import annotations

import pandas as pd

from mapkit.errors import OptionError, listed, nearest
from mapkit.journeys.retention import Retention
from mapkit.plots.names import fitted
from mapkit.plots.numbers import count, counted
from mapkit.plots.page import Heading
from mapkit.plots.style import THIN_N
from mapkit.plots.wording import level, quoted

# The period that people ask for first.
USUAL = {"hour": 1, "day": 7, "week": 4, "month": 3}


def of_segment(result: Retention, rows: pd.DataFrame, segment: str | None) -> pd.DataFrame:
    """Return one segment's rows; without a split, all of them."""
    if result.by is None:
        return rows
    known = list(dict.fromkeys(result.table["segment"]))
    if segment not in known:
        raise OptionError(
            f"segment={segment!r}: a triangle shows one segment. Choose one of {listed(known)}."
            f"{nearest(str(segment), known)}"
        )
    return rows[rows["segment"] == segment]


def after_start(result: Retention, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows without period 0 where that is 100% for every cohort, and says nothing."""
    start = result.table.loc[result.table["period"] == 0, "of_cohort"].dropna()
    return rows[rows["period"] > 0] if (start == 1).all() else rows


def periods_said(result: Retention, row: pd.Series) -> str:
    """Return the period of a row in words: week 4, weeks 2 to 3, week 4 or later."""
    low, high = int(row["period"]), int(row.get("to_period", row["period"]))
    if high > low:
        return f"{result.period}s {low} to {high}"
    return f"{result.period} {low}{' or later' if result.kind == 'unbounded' else ''}"


def finding(result: Retention, curve: pd.DataFrame) -> str:
    """Return the pooled share of the usual period, or of the last before it that is finished, with its interval."""
    known = curve[curve["size"] >= THIN_N] if (curve["size"] >= THIN_N).any() else curve
    usual = known[known["period"] <= USUAL[result.period]]
    row = (usual if len(usual) else known).iloc[-1 if len(usual) else 0]
    did = f"did {fitted(result.target, 130)}" if result.target else "are back"
    return f"{quoted(row, 'of_cohort')} of {count(row['size'])} {did} in {periods_said(result, row)}"


def heading(result: Retention, curve: pd.DataFrame, *, segment: str | None, note: str) -> Heading:
    """Return the title that states the pooled finding, the definition with its n, and a note."""
    table = result.table if segment is None else result.table[result.table["segment"] == segment]
    sizes = table.drop_duplicates([name for name in ("segment", "cohort") if name in table])["size"]
    first = f"first {fitted(result.first, 130)}" if result.first else "first event"
    own = "calendar" if result.anchor == "calendar" else "own"
    parts = [
        f"{result.kind} retention by {result.period} of {first}, {own} {result.period}s",
        f"n = {counted(sizes.sum(), 'customer')}{'' if segment is None else f' in {fitted(segment, 120)}'}",
        level(result),
    ]
    return Heading(finding(result, curve), " · ".join(parts), note)
