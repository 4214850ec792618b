"""What a reader must know about who answered, before a score is believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mapkit.errors import OptionError, listed, nearest
from mapkit.experience.feedback.asking import NONE, Question
from mapkit.experience.feedback.tally import SEGMENT, Tally
from mapkit.statistics import wilson_interval
from mapkit.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir

SMALL = 30
_UNLIKELY = 0.01  # a mix that chance alone would make this seldom is said


def cautions(counted: Tally, table: pd.DataFrame, asked: Question, source: Table, rows: ir.Table) -> list[str]:
    """Return what is to be said about these answers: who gave them, which were rejected, who gave several."""
    notes = [f"Answers of {whose(asked.rater)}; groups are taken as independent samples."]
    if counted.rejected:
        other = f", {counted.other_scale:,} of them on another scale" if counted.other_scale else ""
        notes.append(
            f"Rejected as outside their scale or between its steps{other}: {counted.rejected:,} of"
            f" {int(counted.rows['answers'].sum()):,} answers. n counts the others."
        )
    if source.intake is not None and source.intake.rows_set_apart:
        notes.append(f"Rows of the source without a readable score or metric: {source.intake.rows_set_apart:,}.")
    if asked.asked is None:
        notes.append("How many were asked is not known, so nothing says how those who did not answer differ.")
    repeating, shared = _repeats(rows, asked.keys)
    if repeating:
        notes.append(f"Respondents with several answers in one group: {repeating:,}; each answer counts.")
    if shared:
        notes.append(
            f"Respondents in several groups: {shared:,}. Between such groups intervals of change are usually too wide."
        )
    return [*notes, *_mix(counted, asked.metric), *small_groups(table, asked.keys, asked.minimum_n)]


def small_groups(table: pd.DataFrame, keys: Sequence[str], minimum_n: int) -> list[str]:
    """Return notes on groups that rest on few answers, and on those that are not shown for it."""
    names = table[list(keys)].agg(", ".join, axis=1) if keys and len(table) else pd.Series("all", index=table.index)
    notes = []
    hidden, few = few_answers(table, minimum_n), table["n"].between(max(minimum_n, 1), SMALL - 1)
    if few.any():
        notes.append(f"Fewer than {SMALL} answers, so little can be said: {listed(names[few], 6)}.")
    if hidden.any():
        notes.append(f"Fewer than {minimum_n} answers, so no numbers are given: {listed(names[hidden], 6)}.")
    return notes


def whose(rater: str) -> str:
    """Return whose answers are counted, in words."""
    return {"customer": "customers", "employee": "employees"}.get(rater, "all raters")


def few_answers(table: pd.DataFrame, minimum_n: int) -> pd.Series[bool]:
    """Return which groups have answers, and fewer than are to be shown."""
    return table["n"].between(1, minimum_n - 1)


def without_few(table: pd.DataFrame, minimum_n: int, kept: Sequence[str]) -> pd.DataFrame:
    """Return the table without the numbers of groups that have too few answers; the columns ``kept`` stay."""
    hidden = few_answers(table, minimum_n)
    if not hidden.any():
        return table
    numbers = [name for name in table.columns if name not in kept]
    emptied = table.astype(dict.fromkeys(numbers, float))
    emptied.loc[hidden, numbers] = np.nan
    return emptied


def with_asked(table: pd.DataFrame, asked: int | Mapping[Any, int], question: Question) -> pd.DataFrame:
    """Return the table with ``asked`` and the share of those who answered.

    Raises
    ------
    OptionError
        The numbers asked do not belong to the groups, or fewer were asked than answered.
    """
    keys = list(question.keys)
    groups = [tuple(row) for row in table[keys].itertuples(index=False)]
    if isinstance(asked, Mapping):
        given = {each if isinstance(each, tuple) else (each,): number for each, number in asked.items()}
        missing = [group for group in groups if group not in given]
        if missing:
            said = ", ".join(map(str, missing[0]))
            raise OptionError(
                f"asked does not say how many were asked in {said!r}. It has {listed(asked)}."
                f"{nearest(said, [str(each) for each in asked])}"
            )
        numbers = [given[group] for group in groups]
    elif keys:
        raise OptionError(f"asked={asked!r} is one number for {len(groups)} groups. Give one each: {{group: number}}.")
    else:
        numbers = [asked]
    answered = table["n"] + table["rejected"]
    sent = pd.Series(numbers, index=table.index, dtype=float)
    if not (sent >= answered).all():
        place = int(np.argmax(~(sent >= answered)))
        raise OptionError(
            f"asked is {numbers[place]!r} where {answered.iloc[place]:,} answered. Count everybody who was asked."
        )
    low, high = wilson_interval(answered, sent, question.confidence)
    share = answered / sent.where(sent > 0)
    return table.assign(asked=sent, of_asked=share, of_asked_low=low, of_asked_high=high)


def _mix(counted: Tally, metric: str) -> list[str]:
    """Say when the groups were answered by different mixes of segments."""
    if SEGMENT in counted.keys or SEGMENT not in counted.rows or not counted.keys:
        return []
    rows = counted.rows[counted.rows["valid"] & (counted.rows[SEGMENT] != NONE)]
    if rows.empty:
        return []
    sizes = rows.pivot_table(
        index=list(counted.keys), columns=SEGMENT, values="answers", aggfunc="sum", fill_value=0, sort=False
    )
    if min(sizes.shape) < 2:
        return []
    if _chance_of(sizes.to_numpy(float)) >= _UNLIKELY:
        return []
    part = sizes.div(sizes.sum(axis=1), axis=0)
    widest = (part.max() - part.min()).idxmax()
    remedy = "split by segment" if metric == "emotion" else "by_mix='segment' gives all of them one mix"
    return [
        f"The mix of segments differs between the groups ({widest}: {part[widest].min():.0%} to"
        f" {part[widest].max():.0%} of answers), and with it the scores: {remedy}."
    ]


def _repeats(rows: ir.Table, keys: Sequence[str]) -> tuple[int, int]:
    """Return how many respondents answered twice in one group, and how many answered in several groups."""
    if "respondent" not in rows.columns:
        return 0, 0
    known = rows.filter(rows.respondent.notnull())
    within = known.group_by([*keys, "respondent"]).agg(times=known.count())
    twice = within.filter(within.times > 1).select("respondent").distinct().count().execute()
    if not keys:
        return int(twice), 0
    across = within.group_by("respondent").agg(groups=within.count())
    return int(twice), int(across.filter(across.groups > 1).count().execute())


def _chance_of(sizes: NDArray[np.float64]) -> float:
    """Return the p-value of Pearson's chi-square for the independence of rows and columns, none of them empty."""
    from scipy.special import chdtrc  # scipy.stats has it too, and takes seconds to import

    expected = np.outer(sizes.sum(axis=1), sizes.sum(axis=0)) / sizes.sum()
    freedom = (sizes.shape[0] - 1) * (sizes.shape[1] - 1)
    return float(chdtrc(freedom, ((sizes - expected) ** 2 / expected).sum()))
