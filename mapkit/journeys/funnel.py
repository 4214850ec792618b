"""How many customers reach each step of a funnel, and where it loses them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mapkit.journeys.question import Asked, Moment, Order, Unit, ask
from mapkit.journeys.results import Funnel
from mapkit.journeys.segments import segmented
from mapkit.journeys.steps import Exclusion, Step
from mapkit.sequences import Chains
from mapkit.statistics import wilson_interval

if TYPE_CHECKING:
    import ibis.expr.types as ir


def measure_funnel(
    events: Any,
    steps: Sequence[str | Step],
    *,
    window: str | timedelta | None = None,
    order: Order = "ordered",
    exclusions: Sequence[Exclusion] = (),
    unit: Unit = "customer",
    breakdown: str | None = None,
    breakdown_from: str = "first",
    start: Moment = None,
    end: Moment = None,
    confidence: float = 0.95,
) -> Funnel:
    """Return how many customers reached each step, of the first and of the previous step, with Wilson intervals.

    A chain opens at every event that is step 1 and takes the next event that is step 2, and so on; each step takes an
    event of its own, a later row than the one before (equal times follow the order of rows). The customer counts with
    the chain that gets furthest; among equals with one that meets no exclusion, and of those the earliest.

    Parameters
    ----------
    events
        An events table, or anything ``read_events`` takes.
    steps
        Names of stages or events, or :class:`Step`. An event listed for several steps needs that many events.
    window
        The whole chain lies within this span from its step-1 event: ``"7d"``, ``"30min"``, a timedelta; None: no limit.
    order
        "ordered" allows other events between; "strict" allows none; "any" takes steps 1 to k in whatever order.
    exclusions
        Events that remove a customer when they come between two steps of the chain (where the later step is not
        reached: before the window ends). Removed customers are counted in ``Funnel.removed`` and nowhere else.
    unit
        What is counted: customers, sessions (needs the column ``session``), or step-1 events ("event").
    breakdown, breakdown_from
        A column to split by, and which of a customer's values counts: the "first" or the "last" in the log that is not
        empty, or that of the event at a step ("step:1"). Rare values beyond the largest 12 are put in "other".
    start, end
        The period in which step 1 must happen, from ``start`` to before ``end``, UTC. Later steps may follow after it.
    confidence
        Of every interval.

    Raises
    ------
    OptionError
        An unknown option, or a step that no event in the log can be.
    TableError
        A column is missing, or ties of time cannot be ordered (remote tables without ``row``).

    Source: the window is that of ClickHouse's windowFunnel; Wilson (1927) for the intervals.

    >>> import pandas as pd
    >>> log = pd.DataFrame({
    ...     "customer": ["ann", "ann", "bob"], "event": ["visit", "buy", "visit"],
    ...     "time": pd.to_datetime(["2025-01-01", "2025-01-02", "2025-01-01"], utc=True)})
    >>> measure_funnel(log, ["visit", "buy"]).counts
    [2, 1]
    """
    asked = ask(events, steps, window=window, order=order, exclusions=exclusions, unit=unit, start=start, end=end)
    chains, segment_notes = segmented(asked, breakdown, breakdown_from)
    rows = _aggregate(chains, len(asked.steps), breakdown is not None)
    table = _with_shares(rows, asked, breakdown is not None, confidence)
    removed = int(rows["removed"].sum())
    names = tuple(step.name for step in asked.steps)
    nobody = bool((table["customers"] == 0).any()) or table.empty or (bool(exclusions) and removed == 0)
    entered = int(table.loc[table["step"] == names[0], "customers"].sum())
    return Funnel(
        title=f"Funnel from {names[0]} to {names[-1]}, {entered:,} {asked.counted}",
        table=table,
        notes=(
            *asked.notes(),
            *(asked.check_names() if nobody else ()),
            *segment_notes,
            *_removed_note(removed, asked),
        ),
        steps=names,
        unit=unit,
        order=order,
        window_seconds=None if asked.window is None else asked.window / 1_000_000,
        removed=removed,
        breakdown=breakdown,
        confidence=confidence,
        chains=chains,
    )


def _aggregate(chains: Chains, steps: int, by_segment: bool) -> pd.DataFrame:
    """Return one row per segment: ``removed``, and for each step how many and the times from the step before."""
    import ibis.common.exceptions as refused

    try:
        return _counted(chains.units, steps, by_segment, quantiles=True)
    except (refused.OperationNotDefinedError, refused.UnsupportedOperationError):
        # Some databases have no exact quantile; the counts are still theirs to give.
        return _counted(chains.units, steps, by_segment, quantiles=False)


def _counted(units: ir.Table, steps: int, by_segment: bool, *, quantiles: bool) -> pd.DataFrame:
    measures: dict[str, Any] = {"removed": units.removed.ifelse(1, 0).sum()}
    for k in range(1, steps + 1):
        here = (units.reached >= k) & ~units.removed
        measures[f"n_{k}"] = here.ifelse(1, 0).sum()
        if k > 1:
            took = units[f"time_{k}"].delta(units[f"time_{k - 1}"], unit="microsecond").cast("float64") / 1_000_000
            # Spark takes no filter on a quantile, so who does not count has no time instead.
            took = here.ifelse(took, None)
            measures[f"mean_{k}"] = took.mean()
            if quantiles:
                measures[f"median_{k}"] = took.median()
                measures[f"p90_{k}"] = took.quantile(0.9)
    if by_segment:
        return units.group_by("segment").agg(**measures).to_pandas()
    return units.aggregate(**measures).to_pandas().fillna({"removed": 0})


def _with_shares(rows: pd.DataFrame, asked: Asked, by_segment: bool, confidence: float) -> pd.DataFrame:
    if by_segment:
        rows = rows.sort_values(["n_1", "segment"], ascending=[False, True], kind="stable")
    parts = [_segment_rows(row, asked, by_segment, confidence) for row in rows.to_dict("records")]
    if parts:
        return pd.concat(parts, ignore_index=True)
    return _segment_rows({"segment": "(none)"}, asked, by_segment, confidence).iloc[:0]


def _segment_rows(row: dict[Any, Any], asked: Asked, by_segment: bool, confidence: float) -> pd.DataFrame:
    steps = range(1, len(asked.steps) + 1)
    counts = np.array([_number(row.get(f"n_{k}"), 0) for k in steps], dtype=np.int64)
    previous = np.array([counts[0], *counts[:-1]])
    of_first, of_previous = (
        wilson_interval(counts, counts[0], confidence),
        wilson_interval(counts, previous, confidence),
    )
    with np.errstate(invalid="ignore"):
        table = {
            "step": [step.name for step in asked.steps],
            "customers": counts,
            "of_first": counts / counts[0],
            "of_first_low": of_first[0],
            "of_first_high": of_first[1],
            "of_previous": counts / previous,
            "of_previous_low": of_previous[0],
            "of_previous_high": of_previous[1],
            **{f"{what}_seconds": [_number(row.get(f"{what}_{k}"), np.nan) for k in steps] for what in _TIMES},
            "dropped": counts - np.array([*counts[1:], counts[-1]]),
        }
    return pd.DataFrame({"segment": row["segment"], **table} if by_segment else table)


_TIMES = ("median", "mean", "p90")


def _number(value: Any, otherwise: float) -> float:
    return otherwise if value is None or pd.isna(value) else float(value)


def _removed_note(removed: int, asked: Asked) -> tuple[str, ...]:
    if not asked.exclusions:
        return ()
    rules = "; ".join(f"{each.event} between steps {each.after} and {each.before}" for each in asked.exclusions)
    return (f"Removed by exclusions: {removed:,} {asked.counted} ({rules}). They are in no count.",)
