"""What customers did after they were assigned: from the log, or from a column of the frame of arms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, TableError, listed, nearest
from mapkit.journeys.customer_segments import MOST_SEGMENTS, NONE, OTHER, with_customer_segment
from mapkit.journeys.experiments.assignment import Assignment
from mapkit.tables import Table
from mapkit.tables.beside import need_columns

if TYPE_CHECKING:
    import ibis.expr.types as ir

Outcomes = tuple[pd.DataFrame, list[str]]


def outcomes_in_column(assigned: Assignment, column: str, kind: str) -> Outcomes:
    """Return the assigned with ``result`` from a column of their own frame; those without one are set apart."""
    people = assigned.people
    need_columns(people, [column], "The frame of arms", why="outcome")
    numbers = pd.to_numeric(people[column].replace({"true": 1, "false": 0, "True": 1, "False": 0}), errors="coerce")
    numbers = numbers.astype(float)
    if kind == "share" and not numbers.dropna().isin([0, 1]).all():
        odd = numbers[~numbers.isin([0, 1]) & numbers.notna()].iloc[0]
        raise OptionError(
            f"The column {column!r} has {odd:g}, and a share needs true or false, 1 or 0."
            ' For an average of numbers ask kind="mean".'
        )
    known = np.isfinite(numbers)
    notes = [f"Outcome: the column {column} of the frame of arms."]
    if not known.all():
        lost = people.loc[~known, "arm"].value_counts()
        by_arm = ", ".join(f"{name} {lost.get(name, 0):,}" for name in assigned.arms)
        notes.append(
            f"Without a readable outcome, set apart: {by_arm}. If arms lose unlike customers, the lift shifts."
        )
    return people[known].assign(result=numbers[known]), notes


def outcomes_in_log(
    events: Table, assigned: Assignment, outcome: Sequence[str], *, value: str | None, within: int | None
) -> Outcomes:
    """Return the assigned with ``result``: 1 after an outcome, or the sum of ``value`` over their outcomes.

    Only events at or after the assignment count, and with ``within`` (microseconds) only those up to its end. Who was
    assigned so late that the log ends before their window does is set apart.
    """
    people, notes = assigned.people, list[str]()
    if value is not None:
        events.need(value, for_what="the mean of an outcome")
    if within is not None:
        people, notes = _finished(events, assigned, within)
    done = _per_customer(events.data, people, outcome, value, within)
    people = people.merge(done, on="customer", how="left")
    times = people["times"].fillna(0)
    result = (times > 0).astype(float) if value is None else people["total"].fillna(0).astype(float)
    _check_names(events, outcome, int(times.sum()), int(people["before"].fillna(0).sum()))
    early = int((people["before"].fillna(0) > 0).sum())
    if early:
        notes.append(
            f"{early:,} customers did the outcome before they were assigned already; only what came after counts."
        )
    notes += _strangers(events.data, people)
    return people.drop(columns=["times", "before", "total"]).assign(result=result), notes


def segments_of(events: Table | None, people: pd.DataFrame, by: str) -> Outcomes:
    """Return the assigned with ``segment``: a column of their own frame, or each customer's first value in the log."""
    if by in people.columns:
        segment = people[by].astype(object).where(people[by].notna(), NONE).astype(str)
        kept = segment.value_counts().head(MOST_SEGMENTS).index
        folded = segment.nunique() - len(kept)
        notes = [f"{folded:,} rare values are put together as {OTHER!r}."] if folded else []
        return people.assign(segment=segment.where(segment.isin(kept), OTHER)), notes
    if events is None:
        need_columns(people, [by], "The frame of arms", why="the split into segments")
    assert events is not None
    rows, told = with_customer_segment(events, by)
    found = rows.semi_join(_table(people[["customer"]]), "customer").select("customer", "segment").distinct()
    people = people.merge(found.to_pandas(), on="customer", how="left")
    caution = "The segments are of the whole log: one that the treatment itself can change must not be split by."
    return people.assign(segment=people["segment"].fillna(NONE)), [*told, caution]


def _finished(events: Table, assigned: Assignment, within: int) -> tuple[pd.DataFrame, list[str]]:
    people = assigned.people
    if not assigned.timed:
        raise TableError(
            "within=... counts from the moment of assignment, and the frame of arms has no column 'time'."
            " Add it, or leave within out."
        )
    last = events.data["time"].max().to_pandas()
    done = people["time"] + pd.Timedelta(microseconds=within) <= last
    if not done.any():
        raise OptionError("Nobody's window has ended by the last event of the log. Wait, or give a shorter within.")
    late = int((~done).sum())
    told = f"Unfinished: {late:,} customers were assigned so late that the log ends within their window: set apart."
    return people[done], [told] if late else []


def _per_customer(
    data: ir.Table, people: pd.DataFrame, outcome: Sequence[str], value: str | None, within: int | None
) -> pd.DataFrame:
    """Return, per assigned customer with an outcome: ``times`` it counts, ``total`` value, ``before`` assignment."""
    import ibis

    chosen = data.filter(data["event"].isin(list(outcome)) & data["customer"].notnull())
    # Names of our own, for the log may have columns that are called the same.
    rows = chosen.select(
        "customer", happened="time", worth=chosen[value].cast("float64") if value else ibis.literal(1.0)
    )
    frame = people[["customer"]].copy()
    if "time" in people:
        frame["assigned"] = people["time"]
        if within is not None:
            frame["until"] = people["time"] + pd.Timedelta(microseconds=within)
    joined = rows.join(_table(frame), "customer")
    counts, before = ibis.literal(True), ibis.literal(False)
    if "assigned" in frame:
        counts, before = joined.happened >= joined.assigned, joined.happened < joined.assigned
    if "until" in frame:
        counts = counts & (joined.happened <= joined.until)
    return (
        joined.mutate(counts=counts.ifelse(1, 0), worth=counts.ifelse(joined.worth, 0.0), early=before.ifelse(1, 0))
        .group_by("customer")
        .agg(times=lambda t: t.counts.sum(), total=lambda t: t.worth.sum(), before=lambda t: t.early.sum())
        .to_pandas()
    )


def _table(frame: pd.DataFrame) -> ir.Table:
    import ibis

    return ibis.memtable(frame.astype({"customer": "str"}).reset_index(drop=True))


def _check_names(events: Table, outcome: Sequence[str], counted: int, before: int) -> None:
    if counted or before:
        return
    there = events.event_names
    for name in outcome:
        if name not in there:
            raise OptionError(f"No event is named {name!r}. The log has {listed(there)}.{nearest(name, there)}")


def _strangers(data: ir.Table, people: pd.DataFrame) -> list[str]:
    there = int(
        _table(people[["customer"]]).semi_join(data.filter(data["customer"].notnull()), "customer").count().execute()
    )
    if not there:
        some = data.select("customer").limit(3).to_pandas()["customer"].tolist()
        raise TableError(
            f"None of the {len(people):,} customers of the arms is in the log. The arms have"
            f" {listed(people['customer'].head(3))}, the log {listed(some)}. Write both in the same way."
        )
    missing = len(people) - there
    return (
        [f"{missing:,} assigned customers have no event in the log; they count as without outcome."] if missing else []
    )
