"""What a journey would lose without a touchpoint, and who would lose it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, listed, nearest
from mapkit.maps.touchpoints.carrying import carried, in_points
from mapkit.maps.touchpoints.effectiveness_result import Touchpoints
from mapkit.statistics import Estimate, Result

EVERYBODY = "all"


@dataclass(frozen=True, eq=False)
class TouchpointRemoval(Result):
    """What goes with a touchpoint. See :func:`simulate_touchpoint_removal` for the columns of ``table``."""

    touchpoint: str = ""
    outcome: str = ""
    verdict: str = ""
    reason: str = ""
    confidence: float = 0.95

    def lost(self, segment: str = EVERYBODY) -> Estimate:
        """Return the share of outcomes that would be lost, in all or in one segment; negative is a gain."""
        rows = self.table[self.table["segment"] == segment]
        if rows.empty:
            known = list(self.table["segment"])
            raise OptionError(f"There is no segment {segment!r}. There is {listed(known)}.{nearest(segment, known)}")
        row = rows.iloc[0]
        name = f"{self.outcome} lost without {self.touchpoint} ({segment})"
        return Estimate(
            name, row["of_outcomes"], row["of_outcomes_low"], row["of_outcomes_high"], int(row["converted"])
        )


def simulate_touchpoint_removal(measured: Touchpoints, touchpoint: str, *, minimum: int = 30) -> TouchpointRemoval:
    """Return how many outcomes go with a touchpoint, in all and by segment: what would be lost if that were causal.

    In each segment its customers would reach the outcome as those without it do who had come equally far. What is lost
    is the difference times its customers; the whole is the sum over segments, so a different mix of segments with and
    without does not pass for an effect.

    ``table`` columns, a row a segment and first "all": ``segment``, ``customers_with``, ``of_with``,
    ``customers_without``, ``of_without``, ``difference`` (re-weighted to the touchpoint's customers in "all"),
    ``outcomes_lost``, ``converted`` (all of the segment who reached the outcome and were compared), ``of_outcomes``
    (the share of those lost), each with ``_low`` and ``_high``; ``carried``. ``verdict`` is "refused" where the
    touchpoint is load-bearing (a segment is carried by it, hardly anybody reaches the outcome without it, or it is
    mandated), "cannot tell" where the log cannot compare fairly, else "can be tried"; ``reason`` says it in numbers.

    Parameters
    ----------
    measured
        What ``measure_touchpoints`` returned.
    minimum
        Segments with fewer customers on a side have no difference; they add nothing to the whole and are noted.

    Raises
    ------
    TableError
        There is no such touchpoint.
    """
    row = measured.row(touchpoint, None)
    carries = dict(carried(measured, minimum).get(touchpoint, []))
    segments = measured.segments[measured.segments["touchpoint"] == touchpoint] if measured.by else _as_one(row)
    table, left_out = _lost(segments, minimum)
    table["carried"] = table["segment"].isin(list(carries))
    verdict, reason = _decided(row, carries, table.iloc[0], measured.outcome, minimum)
    notes = [
        "Association, not cause: this is what would be lost if the difference were the touchpoint's doing.",
        f"Compared are customers who had met: {row['compared_among'] or 'anything'}.",
        "Intervals are Newcombe's in a segment; the whole combines them as independent.",
    ]
    if left_out:
        notes.append(f"Segments with fewer than {minimum} customers on a side add nothing: {', '.join(left_out)}.")
    if measured.by is None:
        notes.append("No segments were looked at: who would lose it is not known. Measure with by='segment'.")
    return TouchpointRemoval(
        f"Without {touchpoint}: {verdict}", table, tuple(notes), touchpoint, measured.outcome, verdict, reason,
        measured.confidence,
    )  # fmt: skip


def _as_one(row: pd.Series) -> pd.DataFrame:
    return pd.DataFrame([{**row.to_dict(), "segment": "everybody"}])


def _lost(segments: pd.DataFrame, minimum: int) -> tuple[pd.DataFrame, list[str]]:
    few = segments[["customers_with", "customers_without"]].min(axis=1) < minimum
    rows = segments.assign(converted=segments["converted_with"] + segments["converted_without"])
    for end in ("", "_low", "_high"):
        rows[f"difference{end}"] = rows[f"difference{end}"].where(~few)
        rows[f"outcomes_lost{end}"] = rows[f"difference{end}"] * rows["customers_with"]
    table = pd.concat([pd.DataFrame([_whole(rows)]), rows], ignore_index=True)
    for end in ("", "_low", "_high"):
        table[f"of_outcomes{end}"] = table[f"outcomes_lost{end}"] / table["converted"].where(table["converted"] > 0)
    ends = [f"{name}{end}" for name in ("difference", "outcomes_lost", "of_outcomes") for end in ("", "_low", "_high")]
    kept = ["segment", "customers_with", "of_with", "customers_without", "of_without", "converted", *ends]
    return table[kept], list(segments.loc[few, "segment"].astype(str))


def _whole(rows: pd.DataFrame) -> dict[str, Any]:
    lost = rows["outcomes_lost"].sum(min_count=1)
    down = np.sqrt(((rows["outcomes_lost"] - rows["outcomes_lost_low"]) ** 2).sum(min_count=1))
    up = np.sqrt(((rows["outcomes_lost_high"] - rows["outcomes_lost"]) ** 2).sum(min_count=1))
    counts = {name: int(rows[name].sum()) for name in ("customers_with", "customers_without", "converted")}
    known = rows.loc[rows["difference"].notna(), "customers_with"].sum()
    ends = {"": lost, "_low": lost - down, "_high": lost + up}
    shares = {
        f"of_{side}": rows[f"converted_{side}"].sum() / counts[f"customers_{side}"]
        if counts[f"customers_{side}"]
        else np.nan
        for side in ("with", "without")
    }
    differences = {f"difference{end}": value / known if known else np.nan for end, value in ends.items()}
    return {
        "segment": EVERYBODY,
        **counts,
        **shares,
        **differences,
        **{f"outcomes_lost{e}": v for e, v in ends.items()},
    }


def _decided(row: pd.Series, carries: dict[str, str], whole: pd.Series, outcome: str, minimum: int) -> tuple[str, str]:
    if carries:
        return "refused", f"It carries {'; '.join(f'{name} ({why})' for name, why in carries.items())}."
    if row["flag"] == "structural":
        return "refused", (
            f"Hardly anybody reaches {outcome} without it: {row['converted_without']:,} of"
            f" {row['customers_without']:,}."
        )
    if row["mandated"] is True:
        return "refused", "It is mandated."
    if row["flag"]:
        return "cannot tell", f"The log cannot compare fairly: {row['flag']}. Take it away from some at random."
    if min(row["customers_with"], row["customers_without"]) < minimum or np.isnan(whole["difference"]):
        return (
            "cannot tell",
            f"Too few to compare: {row['customers_with']:,} with, {row['customers_without']:,} without.",
        )
    if whole["difference_low"] > 0:
        return "refused", f"More reach {outcome} with it: {in_points(whole.to_dict(), 'difference')}."
    at_most = max(whole["of_outcomes_high"], 0.0)
    return "can be tried", (
        f"{in_points(whole.to_dict(), 'difference')} go with it: at most {100 * at_most:.1f}% of the"
        f" {whole['converted']:,} compared who reached {outcome} would be lost, and no segment is carried by it."
    )
