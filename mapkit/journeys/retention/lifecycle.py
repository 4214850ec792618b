"""The life of a customer base: in each period who is new, who returns, who comes back from absence, who went quiet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mapkit.errors import OptionError
from mapkit.journeys.customer_segments import of_segment
from mapkit.journeys.question import Moment
from mapkit.journeys.retention.counting import count_lives
from mapkit.journeys.retention.observing import Observed, What, name_of, observe
from mapkit.journeys.retention.periods import Period
from mapkit.journeys.retention.picking import period_of
from mapkit.journeys.retention.tallies import LifeCounts
from mapkit.statistics import Comparable, Estimate, Result, wilson_interval


@dataclass(frozen=True, eq=False)
class Lifecycle(Result):
    """New, returning, resurrecting, dormant customers; :func:`measure_lifecycle` says the columns of ``table``."""

    period: str = "week"
    target: str | None = None
    by: str | None = None
    confidence: float = 0.95

    def share(self, period: object = None, *, segment: str | None = None) -> Estimate:
        """Return the share of those active in the period before who came again.

        ``period`` is any moment in it, such as "2025-05"; the latest complete period unless given.
        """
        row, which = self._row(period, segment)
        return Estimate.of_share(f"returning{which}", int(row["returning"]), int(row["previous"]), self.confidence)

    def quick_ratio(self, period: object = None, *, segment: str | None = None) -> Estimate:
        """Return (new + resurrecting) / dormant: above 1 the active base grew. ``n`` counts those who came or went."""
        row, which = self._row(period, segment)
        n = int(row["new"] + row["resurrecting"] + row["dormant"])
        value, low, high = (float(row[name]) for name in ("quick_ratio", "quick_ratio_low", "quick_ratio_high"))
        return Estimate(f"quick ratio{which}", value, low, high, n, "")

    def comparable(self) -> Comparable:
        """Return the share of the period before that came again, by period (and segment); complete periods only."""
        keys = ["segment", "period"] if self.by is not None else ["period"]
        rows = self.table[self.table["complete"] & (self.table["previous"] > 0)]
        definition = {"period": self.period, "target": self.target}
        return Comparable.of_shares(rows, keys, {"of_previous": ("returning", "previous")}, definition)

    def _row(self, period: object, segment: str | None) -> tuple[pd.Series, str]:
        rows = of_segment(self.table, segment)
        rows = rows[rows["complete"]]
        if period is not None:
            rows = rows[rows["period"] == period_of(self.period, period)]
        if rows.empty:
            asked = "" if period is None else f" of {period!r}"
            raise OptionError(f"There is no complete {self.period}{asked}. The table says which are complete.")
        row = rows.iloc[-1]
        which = "" if segment is None else f" ({segment})"
        return row, f" in the {self.period} of {row['period']:%Y-%m-%d}{which}"


def measure_lifecycle(
    events: Any,
    *,
    period: Period = "week",
    target: What = None,
    by: str | None = None,
    end: Moment = None,
    confidence: float = 0.95,
) -> Lifecycle:
    """Return, for each period, how many active customers are new, returning or resurrecting, and how many went dormant.

    ``table`` columns:

    - ``segment`` (with ``by`` only), ``period`` (its first moment, UTC), ``complete`` (it had ended when the log did)
    - ``active``: customers with the target in the period = ``new`` + ``returning`` + ``resurrecting``
    - ``new``: active for the first time in the log; ``returning``: active in the period before as well;
      ``resurrecting``: active earlier, but not in the period before
    - ``dormant``: active in the period before and not in this one, so ``returning`` + ``dormant`` = ``previous``
    - ``previous``: active in the period before; ``of_previous``, ``of_previous_low``, ``of_previous_high``: returning /
      previous with its Wilson interval
    - ``quick_ratio``, ``quick_ratio_low``, ``quick_ratio_high``: (new + resurrecting) / dormant; above 1 the active
      base grew. NaN where nobody went dormant, and in a period that is not complete

    A customer is dormant once, in the first period of absence; later ones do not count them again. At the beginning of
    the log everybody is new, also those who had long been customers.

    Parameters
    ----------
    period
        "hour", "day", "week" (from Monday) or "month", in UTC.
    target
        What counts as active: an event, a stage, a :class:`~mapkit.journeys.Step`, or a list of which any will do. Any
        event unless given.
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

    Source for the interval of a ratio of two counts, by the share that one has of both: Przyborowski and Wilenski
    (1940), Biometrika 31, 313-323.
    """
    log = observe(events, period, by=by, target=target, end=end)
    counts = count_lives(log)
    table = _table(log, counts, confidence)
    of, split = f", of {name_of(target)}" if target else "", f", by {by}" if by else ""
    return Lifecycle(
        title=f"Customer lifecycle by {period}{of}{split}",
        table=table if by is not None else table.drop(columns="segment"),
        notes=tuple(_notes(log, counts, name_of(target), confidence)),
        period=period,
        target=name_of(target),
        by=by,
        confidence=confidence,
    )


def _table(log: Observed, counts: LifeCounts, confidence: float) -> pd.DataFrame:
    shape = counts.active.shape
    previous = np.zeros(shape, dtype=np.int64)
    previous[:, 1:] = counts.active[:, :-1]
    columns = {
        "active": counts.active,
        "new": counts.new,
        "returning": counts.returning,
        "resurrecting": counts.active - counts.new - counts.returning,
        "dormant": previous - counts.returning,
        "previous": previous,
    }
    segment, number = np.indices(shape).reshape(2, -1)
    starts = pd.DatetimeIndex([log.calendar.start(k) for k in range(shape[1])], dtype="datetime64[us]")
    table = pd.DataFrame(
        {
            "segment": np.array(counts.segments, dtype=object)[segment],
            "period": starts[number],
            "complete": number < log.complete,
            **{name: values.ravel() for name, values in columns.items()},
        }
    )
    low, high = wilson_interval(table["returning"], table["previous"], confidence)
    table["of_previous"] = table["returning"] / table["previous"].where(table["previous"] > 0)
    table["of_previous_low"], table["of_previous_high"] = low, high
    return _with_quick_ratio(table, confidence)


def _with_quick_ratio(table: pd.DataFrame, confidence: float) -> pd.DataFrame:
    came, went = table["new"] + table["resurrecting"], table["dormant"]
    low, high = wilson_interval(came, came + went, confidence)
    known = (table["complete"] & (went > 0)).to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = {"quick_ratio_low": low / (1 - low), "quick_ratio_high": high / (1 - high)}
        ratio = (came / went).to_numpy(float)
    return table.assign(
        quick_ratio=np.where(known, ratio, np.nan),
        **{name: np.where(known, values, np.nan) for name, values in ends.items()},
    )


def _notes(log: Observed, counts: LifeCounts, target: str | None, confidence: float) -> Iterator[str]:
    period = log.calendar.period
    weeks = ", from Monday" if period == "week" else ""
    yield (
        f"Active in a {period} (UTC{weeks}): with {target or 'any event'} in it. Dormant: active in the {period} before"
        f" and not in this one; each absence is counted once. {int(counts.new.sum()):,} customers in all."
    )
    yield (
        f"of_previous is of those active in the {period} before; intervals are {100 * confidence:g}% Wilson,"
        " that of the quick ratio by the share that comers have of comers and goers."
    )
    yield log.end_note() + f" Where complete is false, the {period} had not ended: its dormant may still come."
    if log.periods:
        yield f"The log begins on {log.begin:%Y-%m-%d}: at first, customers from before it look new."
    yield from log.decided
    if not counts.active.sum():
        yield from log.check_names()
