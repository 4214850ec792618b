"""Answers counted by group and score, each judged against its scale: all that the measures of scores need to know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mapkit.errors import TableError
from mapkit.experience.feedback.asking import NONE, Question
from mapkit.experience.feedback.order import in_order

if TYPE_CHECKING:
    import ibis.expr.types as ir

SEGMENT = "segment"


@dataclass(frozen=True)
class Scale:
    """The answers that count: between ``low`` and ``high``, in whole steps unless ``whole`` is False.

    With ``fixed`` the metric is defined on this scale alone; otherwise it is that of rows which name none.
    """

    low: float
    high: float
    fixed: bool = True
    whole: bool = True


@dataclass(frozen=True)
class Tally:
    """Counted answers.

    ``rows``: the keys, ``by_mix`` and ``segment`` where there are such, ``score``, ``low``, ``high`` (its scale),
    ``answers`` and ``valid``. ``groups`` are the keys in order; ``other_scale`` answers name a scale that the metric is
    not defined on, and ``unscaled`` name none.
    """

    rows: pd.DataFrame
    groups: pd.DataFrame
    keys: tuple[str, ...]
    other_scale: int
    unscaled: int

    @property
    def rejected(self) -> int:
        """How many answers lie outside their scale or between its steps."""
        return int(self.rows.loc[~self.rows["valid"], "answers"].sum())

    def by_group(self, **numbers: Callable[[pd.DataFrame], Any]) -> pd.DataFrame:
        """Return one row a group, in order: keys, ``n``, ``rejected``, and sums over valid answers."""
        return self.by_columns(self.keys, numbers)

    def by_columns(self, keys: Sequence[str], numbers: Mapping[str, Callable[[pd.DataFrame], Any]]) -> pd.DataFrame:
        """Return :meth:`by_group` for other columns than the question's own."""
        rows = self.rows
        valid = rows[rows["valid"]]
        made = pd.DataFrame({name: number(valid) * valid["answers"] for name, number in numbers.items()}, valid.index)
        sums = made.reindex(rows.index).fillna(0.0)
        sums.insert(0, "n", rows["answers"].where(rows["valid"], 0))
        sums["rejected"] = rows["answers"].where(~rows["valid"], 0)
        if not keys:
            return sums.sum().to_frame().T.astype({"n": int, "rejected": int})
        counted = sums.groupby([rows[key] for key in keys], sort=False).sum().reset_index()
        if tuple(keys) == self.keys:
            counted = self.groups.merge(counted, on=list(keys), how="left")
        return counted.astype({"n": int, "rejected": int})


def tally(rows: ir.Table, asked: Question, scale: Scale) -> Tally:
    """Count the answers in their database, and judge every score against its scale.

    Raises
    ------
    TableError
        Every answer is on a scale that the metric is not defined on.
    """
    extra = [name for name in dict.fromkeys([asked.by_mix, SEGMENT]) if name and name in rows.columns]
    columns = list(dict.fromkeys([*asked.keys, *extra]))
    counted = _counted(rows, columns)
    low, high = (counted[name].fillna(own) for name, own in (("low", scale.low), ("high", scale.high)))
    other = ((low != scale.low) | (high != scale.high)) if scale.fixed else ~(low < high)
    if len(counted) and other.all():
        there = f"{counted['low'].iloc[0]:g} to {counted['high'].iloc[0]:g}"
        raise TableError(
            f"All answers to {asked.metric!r} name the scale {there}, and the metric is defined on {scale.low:g} to"
            f" {scale.high:g}. Do not convert them: measure them with measure_csat(..., metric={asked.metric!r})."
        )
    score = counted["score"]
    valid = ~other & score.between(low, high)
    if scale.whole:
        valid &= score == np.floor(score)
    unscaled = int(counted.loc[counted["high"].isna(), "answers"].sum())
    groups = in_order(counted, asked.keys, asked.order)
    kept = counted.drop(columns=["first", "last"]).assign(low=low, high=high, valid=valid.astype(bool))
    return Tally(kept, groups, asked.keys, int(counted.loc[other, "answers"].sum()), unscaled)


def _counted(rows: ir.Table, columns: list[str]) -> pd.DataFrame:
    import ibis

    named = {name: rows[name].cast("string").fill_null(NONE) for name in columns}
    known = set(rows.columns)
    ends = {
        end: rows[name].cast("float64") if name in known else ibis.null().cast("float64")
        for end, name in (("low", "scale_min"), ("high", "scale_max"))
    }
    time = rows.time if "time" in known else ibis.null().cast("timestamp")
    plain = rows.select(**named, score=rows.score.cast("float64"), **ends, at=time)
    grouped = plain.group_by([*columns, "score", "low", "high"])
    frame = grouped.agg(answers=plain.count(), first=plain["at"].min(), last=plain["at"].max()).to_pandas()
    # Databases return groups in any order; sums of floats should not depend on it.
    return frame.sort_values([*columns, "score", "low", "high"], ignore_index=True)
