"""Moves counted where the events live, by window functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mapkit.sequences.moves import COLUMNS, END, START, MoveQuestion, as_table
from mapkit.sequences.path_steps import from_first, walked_steps

if TYPE_CHECKING:
    import ibis.expr.types as ir


def count_moves_there(rows: ir.Table, question: MoveQuestion) -> pd.DataFrame:
    """Return the moves in rows of any database: customer, name, time, and any session, segment and row.

    Ties of time are broken by the column ``row``; without one the database decides.
    """
    keys = [*(["segment"] if "segment" in rows.columns else []), *(["place"] if question.depth else [])]
    if not question.steps:
        return as_table(pd.DataFrame(columns=[*keys, *COLUMNS]))
    walked = walked_steps(rows, question.steps, question.unit, collapse=question.collapse)
    walked = walked if question.after is None else from_first(walked, question.after, question.unit)
    walked = walked.filter(walked["place"] < question.depth) if question.depth else walked
    source = (walked["place"] == 0).ifelse(START, walked["before"])
    gap = walked["time"].delta(walked["came"], unit="microsecond")
    moves = walked.mutate(source=source, target=walked["step"], gap=gap)
    moves = moves if question.ends else moves.filter(moves["place"] > 0)
    parts = [_added_up(moves, keys, question.unit)]
    if question.ends:
        parts.append(_ends(walked, keys, question.depth))
    table = pd.concat(parts, ignore_index=True)
    if question.depth:
        return as_table(table.assign(median_seconds=float("nan")))
    medians = _medians(moves.filter(moves["place"] > 0), keys)
    return as_table(table.merge(medians, on=[*keys, "source", "target"], how="left"))


def _ends(walked: ir.Table, keys: list[str], depth: int) -> pd.DataFrame:
    # Ends are found by number: a lead past the last row is not null in every database.
    last = walked.filter(walked["place"] == walked["rows"] - 1).mutate(place=walked["rows"])
    last = last.filter(last["place"] < depth) if depth else last
    ends: pd.DataFrame = last.group_by([*keys, "step"]).agg(count=last.count()).to_pandas()
    return ends.rename(columns={"step": "source"}).assign(target=END, customers=ends["count"])


def _added_up(moves: ir.Table, keys: list[str], unit: tuple[str, ...]) -> pd.DataFrame:
    # Not a count of distinct units: that is an estimate in some databases.
    pair = [*keys, "source", "target"]
    each = moves.group_by([*pair, *unit]).agg(times=moves.count())
    added: pd.DataFrame = each.group_by(pair).agg(count=each["times"].sum(), customers=each.count()).to_pandas()
    return added


def _medians(moves: ir.Table, keys: list[str]) -> pd.DataFrame:
    import ibis.common.exceptions as refused

    pair = [*keys, "source", "target"]
    seconds = moves["gap"].cast("float64") / 1_000_000
    try:
        found: pd.DataFrame = moves.group_by(pair).agg(median_seconds=seconds.median()).to_pandas()
    except (refused.OperationNotDefinedError, refused.UnsupportedOperationError):
        # Some databases have no exact median; the counts are still theirs to give.
        return pd.DataFrame(columns=[*pair, "median_seconds"])
    return found
