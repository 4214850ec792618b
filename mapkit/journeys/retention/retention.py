"""Who comes back: of the customers who began in one period, the share that came again in each period since."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, one_of
from mapkit.journeys.question import Moment
from mapkit.journeys.retention.cohorts import Retention
from mapkit.journeys.retention.counting import count_cohorts
from mapkit.journeys.retention.observing import Observed, What, name_of, observe
from mapkit.journeys.retention.periods import SPANS, Period
from mapkit.journeys.retention.since_start import Anchor
from mapkit.journeys.retention.tallies import Bracket, CohortCounts
from mapkit.statistics import wilson_interval

Kind = Literal["classic", "unbounded", "bracket"]
# Three years of days: a table of cohorts x periods beyond that is nobody's reading.
MOST_PERIODS = 1_100


def measure_retention(
    events: Any,
    *,
    period: Period = "week",
    first: What = None,
    target: What = None,
    kind: Kind = "classic",
    periods: int | None = None,
    brackets: Sequence[Bracket] | None = None,
    anchor: Anchor = "calendar",
    by: str | None = None,
    end: Moment = None,
    confidence: float = 0.95,
) -> Retention:
    """Return, for the customers who began in each period, the share that came back in each period since.

    A cohort are those whose first event (or first ``first`` event) lies in one calendar period. Only events at or after
    that moment count as coming; the first event itself does where it is a target. Without a ``target`` period 0 is
    therefore 100% by definition; with one it is the share that did the target in the period of their first event.

    ``table`` columns:

    - ``segment`` (with ``by`` only), ``cohort`` (the period's first moment, UTC), ``size`` (customers who began in it)
    - ``period``: periods since the cohort's own, from 0; with brackets the first of the bracket, and ``to_period``
    - ``customers``: of the cohort, those who came in that period (classic), in that period or any later one
      (unbounded), or in any period of the bracket
    - ``of_cohort``, ``of_cohort_low``, ``of_cohort_high``: customers / size, 0..1, with its Wilson interval

    A period that had not ended when the log ended is NaN, never 0. Unbounded retention of a finished period can still
    rise, for who stayed away so far may come yet, and recent periods have had the least time. The first cohort of a log
    also holds all who were customers before the log began.

    Parameters
    ----------
    period
        "hour", "day", "week" (from Monday) or "month", in UTC.
    first
        What opens a cohort: an event, a stage, a :class:`~mapkit.journeys.Step`, or a list of which any will do. Any
        event unless given. Customers without it are in no cohort.
    target
        What counts as coming back, likewise.
    kind
        What coming back in period k means; see ``customers`` above.
    periods
        How many periods after period 0 to show; all unless given.
    brackets
        For kind="bracket": pairs of first and last period, such as ``[(1, 1), (2, 4), (5, 9)]``; doubling unless given.
    anchor
        "calendar": period k is the k-th calendar period after the cohort's, so the day of a visitor of late evening
        ends at midnight. "customer": period k begins k whole periods after the customer's own first event (a month is
        30 days).
    by
        A column of the events: each customer is in the segment of their first value.
    end
        Up to when the log is known to reach; its last event unless given. Later events are left out.
    confidence
        Of the intervals, 0 to 1.

    Raises
    ------
    OptionError
        An option has a value that cannot be used, or no event bears a name that was asked for.
    TableError
        There is no column ``by``.

    Examples
    --------
    >>> log = [("ann", "visit", "2025-01-06"), ("ann", "visit", "2025-01-14"), ("bob", "visit", "2025-01-07")]
    >>> events = [dict(zip(("customer", "event", "time"), row)) for row in log]
    >>> measure_retention(events, end="2025-01-20").matrix.loc["2025-01-06"].tolist()
    [2.0, 1.0]
    """
    one_of(kind, ("classic", "unbounded", "bracket"), "kind")
    one_of(anchor, ("calendar", "customer"), "anchor")
    log = observe(events, period, by=by, first=first, target=target, end=end)
    if log.periods > MOST_PERIODS:
        raise OptionError(
            f"period={period!r} makes {log.periods:,} periods of this log, and at most {MOST_PERIODS:,} are followed."
            " Choose a longer period, or read fewer rows with where=..."
        )
    asked = _brackets(kind, periods, brackets, log.periods)
    counts = count_cohorts(log, anchor, asked, onwards=kind == "unbounded")
    table = _table(log, counts, asked, anchor, confidence)
    table = table if kind == "bracket" else table.drop(columns="to_period")
    table = table if by is not None else table.drop(columns="segment")
    result = Retention(
        title=_title(period, kind, name_of(first), name_of(target), by),
        table=table,
        period=period,
        kind=kind,
        anchor=anchor,
        first=name_of(first),
        target=name_of(target),
        brackets=tuple(asked) if kind == "bracket" else (),
        by=by,
        confidence=confidence,
    )
    return replace(result, notes=tuple(_notes(result, log, counts)))


def _brackets(kind: Kind, periods: int | None, brackets: Sequence[Bracket] | None, there: int) -> list[Bracket]:
    if periods is not None and (not isinstance(periods, int) or periods < 0):
        raise OptionError(f"periods={periods!r} is not a number of periods. Use 0 or more, or None for all.")
    if brackets is not None and kind != "bracket":
        raise OptionError(f"brackets={brackets!r} belong to kind='bracket', and kind is {kind!r}.")
    last = there - 1 if periods is None else min(periods, max(there - 1, 0))
    if kind != "bracket":
        return [(k, k) for k in range(last + 1)]
    if brackets is None:
        doubling = [(0, 0), *((2**k, 2 ** (k + 1) - 1) for k in range(max(last, 0).bit_length()))]
        return [each for each in doubling if each[0] <= last]
    pairs = [(int(low), int(high)) for low, high in brackets]
    before = -1
    for low, high in pairs:
        if not before < low <= high:
            raise OptionError(
                f"brackets={brackets!r} overlap or run backwards at ({low}, {high}). Write first and last period of"
                " each, in order, such as [(1, 1), (2, 4), (5, 9)]."
            )
        before = high
    if not pairs:
        raise OptionError("brackets=[] names no bracket. Write pairs of periods, such as [(1, 1), (2, 4)].")
    return pairs


def _table(
    log: Observed, counts: CohortCounts, brackets: Sequence[Bracket], anchor: Anchor, confidence: float
) -> pd.DataFrame:
    there = [int(cohort) for cohort in np.flatnonzero(counts.sizes.sum(axis=0))]
    cohorts = list(range(there[0], there[-1] + 1)) if there else []
    finished = np.asarray([[_is_finished(log, c, high, anchor) for _, high in brackets] for c in cohorts])
    shape = (len(counts.segments), len(cohorts), len(brackets))
    size = np.broadcast_to(counts.sizes[:, cohorts, None], shape).ravel()
    shown = np.where(finished.reshape(shape[1:]) > 0, counts.active[:, cohorts], np.nan).ravel()
    starts = pd.DatetimeIndex([log.calendar.start(c) for c in cohorts], dtype="datetime64[us]")
    with np.errstate(invalid="ignore"):
        share = np.where(size > 0, shown / np.maximum(size, 1), np.nan)
    low, high = wilson_interval(shown, size, confidence)
    each = np.indices(shape).reshape(3, -1)
    return pd.DataFrame(
        {
            "segment": np.array(counts.segments, dtype=object)[each[0]],
            "cohort": starts[each[1]],
            "size": size,
            "period": np.array([low for low, _ in brackets], dtype=np.int64)[each[2]],
            "to_period": np.array([high for _, high in brackets], dtype=np.int64)[each[2]],
            "customers": shown,
            "of_cohort": share,
            "of_cohort_low": low,
            "of_cohort_high": high,
        }
    )


def _is_finished(log: Observed, cohort: int, k: int, anchor: Anchor) -> bool:
    if anchor == "calendar":
        return cohort + k < log.complete
    # The last of the cohort may have begun at the very end of its period.
    return bool(log.calendar.start(cohort + 1) + (k + 1) * SPANS[log.calendar.period] <= log.end)


def _title(period: str, kind: str, first: str | None, target: str | None, by: str | None) -> str:
    of = f" of customers who began with {first}" if first else ""
    to = f", to {target}" if target else ""
    split = f", by {by}" if by else ""
    return f"{kind.capitalize()} retention by {period}{of}{to}{split}"


def _notes(result: Retention, log: Observed, counts: CohortCounts) -> Iterator[str]:
    period, first, target = result.period, result.first or "event", result.target or "event"
    weeks = ", weeks from Monday" if period == "week" else ""
    customers, cohorts = int(counts.sizes.sum()), result.table["cohort"].nunique()
    yield (
        f"Cohorts: {customers:,} customers in {cohorts:,} {period}s of their first {first} (UTC{weeks});"
        f" shares are of all customers in the cohort, each with its own {100 * result.confidence:g}% Wilson interval."
    )
    yield _KINDS[result.kind].format(period=period, target=target)
    if result.anchor == "calendar":
        yield f"Period k is the k-th calendar {period} after that of the first {first}."
    else:
        yield f"Period k begins k times {_SAID[period]} after each customer's own first {first}."
    if result.target is None:
        yield "Period 0 is 100% by definition: everybody came in it."
    else:
        yield f"Period 0 counts those with {target} at or after their first {first}, in its {period}."
    unfinished = int(result.table["customers"].isna().sum())
    yield log.end_note() + (
        f" {unfinished:,} cells had not ended by then; they are empty, not 0." if unfinished else ""
    )
    if customers:
        yield f"The log begins on {log.begin:%Y-%m-%d}: its first cohort also holds customers from before."
    empty = int((result.table.groupby("cohort")["size"].sum() == 0).sum())
    if empty:
        yield f"{empty:,} {period}s in which nobody began are shown as cohorts of size 0, without shares."
    if result.kind == "unbounded" and customers:
        yield "Coming back is counted up to the end of the log; recent periods have had least time and may still rise."
    yield from log.decided
    if not customers or (result.target and not counts.active.sum()):
        yield from log.check_names()


_KINDS = {
    "classic": "Classic: a customer is retained in a {period} with any {target} in that {period}.",
    "unbounded": "Unbounded: a customer is retained in a {period} with any {target} in that {period} or later.",
    "bracket": "Bracket: a customer is retained in a bracket with any {target} in one of its {period}s.",
}
_SAID = {"hour": "one hour", "day": "24 hours", "week": "7 days", "month": "30 days"}
