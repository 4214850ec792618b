"""Who reaches which stage: customers, first entry, re-entries, skips and loops."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, StageError, listed, nearest
from mapkit.journeys.segments import MOST_SEGMENTS, NONE, OTHER
from mapkit.stages import StageModel, map_stages
from mapkit.stages.order import order_of, with_row
from mapkit.statistics import Estimate, Result, wilson_interval
from mapkit.tables import Table

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, eq=False)
class StageScorecard(Result):
    """Every stage by itself, in any order. See :func:`measure_stages` for the columns of ``table``."""

    confidence: float = 0.95

    def share(self, stage: str, segment: str | None = None) -> Estimate:
        """Return the share of all customers who were ever in a stage (of one segment, where there are segments)."""
        rows = self.table[self.table["stage"] == stage]
        if rows.empty:
            known = list(dict.fromkeys(self.table["stage"]))
            raise OptionError(f"There is no stage {stage!r}. There is {listed(known)}.{nearest(stage, known)}")
        if "segment" in rows:
            known = list(rows["segment"])
            if segment not in known:
                raise OptionError(f"segment={segment!r} is not one of {listed(known)}.{nearest(str(segment), known)}")
            rows = rows[rows["segment"] == segment]
        elif segment is not None:
            raise OptionError(f"segment={segment!r}: the scorecard has no segments. Measure again with by='channel'.")
        name = f"customers in {stage}" + (f" ({segment})" if segment else "")
        row = rows.iloc[0]
        return Estimate.of_share(name, int(row["customers"]), int(row["all_customers"]), self.confidence)


def measure_stages(
    events: Table, model: StageModel | None = None, *, by: str | None = None, confidence: float = 0.95
) -> StageScorecard:
    """Return a scorecard with one row per stage: who was ever there, when first, and how customers move between.

    No order is demanded: a customer counts in each stage after one event there, whatever came before. So the
    shares do not fall from stage to stage, as a funnel's do, and AARRR's revenue counts without its referral.

    ``table`` columns:

    - ``segment`` (with ``by`` only), ``stage``
    - ``customers``: with at least one event in the stage; ``events``: rows in the stage
    - ``all_customers``: the denominator, every customer in the log, also those without any stage
    - ``of_customers``, ``of_customers_low``, ``of_customers_high``: customers / all_customers, with Wilson interval
    - ``median_seconds_to_first``: from a customer's first event of any kind to the first in the stage, over those who
      got there
    - ``re_entries``: times that a customer comes back to the stage after being in another
    - ``skips``: customers who reached a later stage and never this one
    - ``loops``: moves into the stage straight from a later one

    Moves are between consecutive events that have a stage; events without one are passed over. Equal times follow
    the row order. Later and earlier are by ``Table.stages``; where the model is no sequence, as AARRR is none, skips
    and loops say how customers differ from the order in which the stages are listed, not that anything went wrong.

    Parameters
    ----------
    events
        Events put to a model by ``map_stages``, or plain events when ``model`` is given.
    model
        Maps the events first, as ``map_stages(events, model)`` does: an event without a stage is an error.
    by
        A column of the events, such as "channel". The log is split by its value and each part is measured as a log of
        its own, so a customer who came by two channels counts in both. The 12 values with most events are kept, the
        others joined as "other"; a missing value is "(none)".
    confidence
        Of the intervals, 0 to 1.

    Raises
    ------
    StageError
        The events have no stages, and no model is given.
    TableError
        There is no column ``by``.
    """
    staged = _staged(events, model)
    rows, folded = _rows(staged, by)
    counted = _counted(rows, staged.stages)
    moves = _moves(rows, staged)
    parts = [_scorecard(staged.stages, part, moves, confidence) for _, part in counted.iterrows()]
    table = pd.concat(parts, ignore_index=True)
    table = table.drop(columns=[] if by else ["segment"])
    notes = (*_notes(staged, model, counted, by), *folded)
    split = f" by {by}" if by else ""
    named = f"{model.name} stages" if model else "Stages"
    return StageScorecard(f"{named}{split}", table, notes, confidence)


def _staged(events: Table, model: StageModel | None) -> Table:
    if model is not None:
        return map_stages(events, model)
    if not events.stages or "stage" not in events.columns:
        raise StageError(
            "The events have no stages in order. Map them first, map_stages(events, AARRR), or pass a model:"
            " measure_stages(events, AARRR)."
        )
    return events


def _rows(staged: Table, by: str | None) -> tuple[ir.Table, tuple[str, ...]]:
    """Return segment, customer, time, row where there is one, and ``place`` (1 for the first stage, 0 for none)."""
    import ibis

    staged.need("customer", "time", for_what="measure_stages")
    data = with_row(staged).data
    places = [(data["stage"] == stage, number) for number, stage in enumerate(staged.stages, start=1)]
    columns: dict[str, Any] = {name: data[name] for name in ("customer", "time", "row") if name in data.columns}
    columns["place"] = ibis.cases(*places, else_=0).cast("int16")
    if by is None:
        return data.select(segment=ibis.literal(""), **columns), ()
    staged.need(by, for_what="the breakdown")
    value = data[by].cast("string").fill_null(NONE)
    sizes = data.select(value=value).group_by("value").agg(rows=ibis._.count()).to_pandas()
    largest = sizes.sort_values(["rows", "value"], ascending=[False, True])["value"].head(MOST_SEGMENTS).tolist()
    if len(sizes) <= MOST_SEGMENTS:
        return data.select(segment=value, **columns), ()
    folded = f"{len(sizes) - MOST_SEGMENTS:,} values of {by} with fewer events are put together as {OTHER!r}."
    return data.select(segment=value.isin(largest).ifelse(value, OTHER), **columns), (folded,)


def _counted(rows: ir.Table, stages: tuple[str, ...]) -> pd.DataFrame:
    """Return a row per segment: customers, events, skips and the median first time of every stage; one scan."""
    numbers = range(1, len(stages) + 1)
    per_customer: dict[str, Any] = {"started": rows["time"].min(), "rows": rows.count()}
    for k in numbers:
        there = rows["place"] == k
        per_customer |= {f"n_{k}": rows.count(where=there), f"first_{k}": rows["time"].min(where=there)}
    each = rows.group_by("segment", "customer").agg(**per_customer)
    summed: dict[str, Any] = {"all_customers": each.count(), "all_events": each["rows"].sum()}
    for k in numbers:
        later = reduce(or_, (each[f"n_{j}"] > 0 for j in numbers if j > k), each["n_1"] < 0)
        took = each[f"first_{k}"].delta(each["started"], unit="microsecond").cast("float64") / 1_000_000
        summed |= {
            f"customers_{k}": (each[f"n_{k}"] > 0).ifelse(1, 0).sum(),
            f"events_{k}": each[f"n_{k}"].sum(),
            f"skips_{k}": ((each[f"n_{k}"] == 0) & later).ifelse(1, 0).sum(),
            f"seconds_{k}": took.median(),
        }
    counted: pd.DataFrame = each.group_by("segment").agg(**summed).to_pandas()
    if counted.empty:
        counted = pd.DataFrame([{"segment": ""}]).reindex(columns=counted.columns)
    whole = [name for name in counted.columns if name != "segment" and not name.startswith("seconds_")]
    counted = counted.fillna(dict.fromkeys(whole, 0)).astype(dict.fromkeys(whole, "int64"))
    return counted.sort_values(["all_customers", "segment"], ascending=[False, True])


def _moves(rows: ir.Table, staged: Table) -> pd.DataFrame:
    """Return segment, came (0 at a customer's first stage), place and how often: every change of stage in order."""
    import ibis

    placed = rows.filter(rows["place"] > 0)
    walk = ibis.window(group_by=[placed["segment"], placed["customer"]], order_by=order_of(placed))
    # Some databases have no null before the first row but a zero; no stage has the number 0.
    steps = placed.select("segment", "place", came=placed["place"].lag().over(walk).fill_null(0))
    moved = steps.filter(steps["came"] != steps["place"])
    moves: pd.DataFrame = moved.group_by("segment", "came", "place").agg(times=moved.count()).to_pandas()
    return moves


def _scorecard(stages: tuple[str, ...], part: pd.Series, moves: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Return the rows of one segment."""
    numbers = range(1, len(stages) + 1)
    own = moves[moves["segment"] == part["segment"]]
    customers = np.array([part[f"customers_{k}"] for k in numbers], dtype=np.int64)
    total = int(part["all_customers"])
    low, high = wilson_interval(customers, np.full(len(stages), total), confidence)
    entries = np.array([own.loc[own["place"] == k, "times"].sum() for k in numbers], dtype=np.int64)
    return pd.DataFrame(
        {
            "segment": part["segment"],
            "stage": list(stages),
            "customers": customers,
            "all_customers": total,
            "events": [int(part[f"events_{k}"]) for k in numbers],
            "of_customers": customers / total if total else np.nan,
            "of_customers_low": low,
            "of_customers_high": high,
            "median_seconds_to_first": [float(part[f"seconds_{k}"]) for k in numbers],
            # A customer's first entry is not a return.
            "re_entries": entries - customers,
            "skips": [int(part[f"skips_{k}"]) for k in numbers],
            "loops": [int(own.loc[(own["place"] == k) & (own["came"] > k), "times"].sum()) for k in numbers],
        }
    )


def _notes(staged: Table, model: StageModel | None, counted: pd.DataFrame, by: str | None) -> Iterator[str]:
    listed_as = "listed" if model is not None and not model.ordered else "in order"
    yield f"Stages {listed_as}: {', '.join(staged.stages)}. A customer counts in a stage after one event there."
    if by:
        yield f"Shares are of the customers with an event in that {by}; a customer may count in several."
    else:
        yield f"Shares are of all {int(counted['all_customers'].sum()):,} customers in the log."
    events = int(counted["all_events"].sum())
    without = events - int(counted[[f"events_{k}" for k in range(1, len(staged.stages) + 1)]].to_numpy().sum())
    if without:
        yield f"{without:,} of {events:,} events have no stage; their customers still count in the denominator."
    if model is not None and not model.ordered:
        yield f"{model.name} is not a strict sequence: skips and loops are against the listed order, not faults."
