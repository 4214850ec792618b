"""Who reaches which stage: customers, first entry, re-entries, skips and loops."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, StageError, listed, nearest
from mapkit.journeys.stage_counts import count, place_rows
from mapkit.stages import StageModel, map_stages
from mapkit.statistics import Comparable, Estimate, Result, wilson_interval
from mapkit.tables import Table

_COLUMNS = (
    "stage",
    "customers",
    "all_customers",
    "events",
    "of_customers",
    "of_customers_low",
    "of_customers_high",
    "median_seconds_to_first",
    "re_entries",
    "skips",
    "loops",
)


@dataclass(frozen=True, eq=False)
class StageScorecard(Result):
    """Every stage by itself, in any order. See :func:`measure_stages` for the columns of ``table``."""

    confidence: float = 0.95

    def comparable(self) -> Comparable:
        """Return the share of customers in each stage (by segment)."""
        keys = ["segment", "stage"] if "segment" in self.table else ["stage"]
        return Comparable.of_shares(self.table, keys, {"of_customers": ("customers", "all_customers")})

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
    rows, folded = place_rows(staged, by)
    counted, moves = count(rows, staged.stages)
    parts = [_scorecard(staged.stages, part, moves, confidence) for _, part in counted.iterrows()]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["segment", *_COLUMNS])
    table = table if by else table.drop(columns="segment")
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
    yield f"Stages, in the model's order: {', '.join(staged.stages)}. One event there puts a customer in a stage."
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
