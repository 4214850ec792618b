"""What customers say they feel: valences from -2 to 2, by touchpoint and by stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from mapkit.loaders import read_feedback

if TYPE_CHECKING:
    import ibis.expr.types as ir

_COLUMNS = ("touchpoint", "stage", "n", "total", "squares")


@dataclass(frozen=True, eq=False)
class Valences:
    """Answers about emotion of one segment's customers.

    ``sums`` has touchpoint, stage (empty where the answer names none), n, total, squares; ``rejected`` counts answers
    outside their scale; ``notes`` say whose answers they are.
    """

    sums: pd.DataFrame
    rejected: int = 0
    notes: tuple[str, ...] = ()

    def about(self, touchpoints: Sequence[str], stage: str, *, least: int) -> tuple[int, float, float, str]:
        """Return n, total, squares and what they are about: the touchpoints when enough answered, else the stage."""
        for column, names in (("touchpoint", list(touchpoints)), ("stage", [stage])):
            found = self.sums[self.sums[column].isin(names)]
            if column == "stage" or int(found["n"].sum()) >= least:
                n, total, squares = (float(found[name].sum()) for name in _COLUMNS[2:])
                return int(n), total, squares, column
        raise AssertionError("the stage always answers")


def valences_of(feedback: Any, segment: str | None) -> Valences:
    """Return the emotion answers of a segment's customers; employees' answers are another story and are left out.

    Answers on another scale are put on -2 to 2 when the row says its scale. Without a column ``segment`` everybody's
    answers count, and the notes say so.
    """
    if feedback is None:
        return Valences(pd.DataFrame(columns=list(_COLUMNS)))
    data, notes = read_feedback(feedback).data, []
    rows = data.filter(data["metric"].lower() == "emotion")
    if "rater" in rows.columns:
        rows = rows.filter(rows["rater"].isnull() | (rows["rater"] == "customer"))
    if segment is not None and "segment" in rows.columns:
        rows = rows.filter(rows["segment"] == segment)
    elif segment is not None:
        notes.append("The feedback has no column 'segment': emotions are those of all customers who answered.")
    return _summed(_on_one_scale(rows), tuple(notes))


def _on_one_scale(rows: ir.Table) -> ir.Table:
    import ibis

    score = rows["score"].cast("float64")
    if {"scale_min", "scale_max"} <= set(rows.columns):
        low, high = (
            rows[name].cast("float64").fill_null(usual) for name, usual in (("scale_min", -2), ("scale_max", 2))
        )
        score = -2 + 4 * (score - low) / (high - low).nullif(0)
    named = {name: rows[name].fill_null("") if name in rows.columns else ibis.literal("") for name in _COLUMNS[:2]}
    return rows.select(**named, valence=score)


def _summed(rows: ir.Table, notes: tuple[str, ...]) -> Valences:
    inside = rows["valence"].between(-2 - 1e-9, 2 + 1e-9).fill_null(False)
    value = inside.ifelse(rows["valence"], 0.0)
    sums = rows.group_by(["touchpoint", "stage"]).agg(
        n=inside.ifelse(1, 0).sum(), total=value.sum(), squares=(value * value).sum(), rows=rows.count()
    )
    frame: pd.DataFrame = sums.to_pandas()
    rejected = int(frame["rows"].sum() - frame["n"].sum())
    notes += (f"{rejected:,} answers outside their scale are left out.",) if rejected else ()
    return Valences(frame[list(_COLUMNS)], rejected, notes)
