"""How many new customers each customer brings (K), how willing invites are accepted, and how long a cycle takes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, listed, nearest, one_of
from mapkit.journeys.growth.periods import ALL, UNITS, Period, is_over, named
from mapkit.journeys.growth.ratios import UNKNOWN, Number, of_ratio, sums
from mapkit.journeys.growth.referral_counts import Invites, count_referral, place_invites, read_invites
from mapkit.journeys.growth.starts import first_times, segmented
from mapkit.journeys.steps import microseconds
from mapkit.loaders import read_events
from mapkit.statistics import Comparable, Estimate, Result, wilson_interval
from mapkit.tables import Table

_SHARE_OF_TOP = 0.1


@dataclass(frozen=True, eq=False)
class Referral(Result):
    """Invites by the period in which their senders came. See :func:`measure_referral` for the columns of ``table``.

    ``median_cycle_seconds`` and ``mean_cycle_seconds`` run from an inviter's start to the invitee's, over accepted
    invites; ``median_answer_seconds`` from sending to acceptance. ``top_share`` is the share of accepted invites that
    the busiest tenth of successful inviters brought.
    """

    period: str = "month"
    within_seconds: float | None = None
    median_cycle_seconds: float = math.nan
    median_cycle_low_seconds: float = math.nan
    median_cycle_high_seconds: float = math.nan
    mean_cycle_seconds: float = math.nan
    median_answer_seconds: float = math.nan
    top_share: float = math.nan
    top_inviters: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    confidence: float = 0.95

    def k(self, segment: str | None = None, *, period: str = ALL) -> Estimate:
        """Return accepted invites per customer."""
        return self._estimate("k", "customers", "per customer", segment, period)

    def acceptance(self, segment: str | None = None, *, period: str = ALL) -> Estimate:
        """Return the share of invites that were accepted."""
        return self._estimate("of_invites", "invites", "share", segment, period)

    def invites_per_customer(self, segment: str | None = None, *, period: str = ALL) -> Estimate:
        """Return invites sent per customer."""
        return self._estimate("invites_per_customer", "customers", "per customer", segment, period)

    def inviting(self, segment: str | None = None, *, period: str = ALL) -> Estimate:
        """Return the share of customers who sent at least one invite."""
        return self._estimate("of_customers", "customers", "share", segment, period)

    def cycle(self) -> Estimate:
        """Return the median seconds from an inviter's start to the invitee's."""
        low, high = self.median_cycle_low_seconds, self.median_cycle_high_seconds
        accepted = self.table.loc[self.table["period"] == ALL, "accepted"].sum()
        return Estimate("median cycle", self.median_cycle_seconds, low, high, int(accepted), "seconds")

    def comparable(self) -> Comparable:
        """Return K, invites per customer, acceptance and the share who invite, over all (by segment)."""
        rows = self.table[self.table["period"] == ALL]
        keys = [name for name in ("segment",) if name in rows]
        parts = []
        for quantity, n, unit in _QUANTITIES:
            low, high = rows[f"{quantity}_low"], rows[f"{quantity}_high"]
            part = rows[keys].assign(quantity=quantity, unit=unit, value=rows[quantity], low=low, high=high)
            hits = rows["inviters"].astype(float) if quantity == "of_customers" else np.nan
            parts.append(part.assign(n=rows[n].astype(float), hits=hits))
        return Comparable(pd.concat(parts, ignore_index=True), tuple(keys), {"within": self.within_seconds})

    def _estimate(self, column: str, n: str, unit: str, segment: str | None, period: str) -> Estimate:
        rows = self.table
        for name, asked in (("segment", segment), ("period", period)):
            if name not in rows:
                if asked is not None:
                    raise OptionError(f"segment={asked!r}: there are no segments. Measure again with by='channel'.")
                continue
            known = list(dict.fromkeys(rows[name]))
            if asked not in known:
                raise OptionError(f"{name}={asked!r} is not one of {listed(known, 30)}.{nearest(str(asked), known)}")
            rows = rows[rows[name] == asked]
        row = rows.iloc[0]
        name = _CALLED[column] + (f" ({segment})" if segment else "") + ("" if period == ALL else f" {period}")
        return Estimate(name, row[column], row[f"{column}_low"], row[f"{column}_high"], int(row[n]), unit)


_QUANTITIES = (
    ("k", "customers", "per customer"),
    ("invites_per_customer", "customers", "per customer"),
    ("of_invites", "invites", "share"),
    ("of_customers", "customers", "share"),
)
_CALLED = {
    "k": "K",
    "of_invites": "invites accepted",
    "invites_per_customer": "invites per customer",
    "of_customers": "customers who invite",
}


def measure_referral(
    events: Any,
    invites: Any,
    *,
    acquisition: str | None = None,
    within: str | timedelta | None = None,
    period: Period = "month",
    by: str | None = None,
    customers: Any = None,
    confidence: float = 0.95,
) -> Referral:
    """Return K = accepted invites per customer, with what it is made of, over all and by the period inviters came in.

    ``table`` columns: (``segment``,) ``period`` ("all", or the first day of the period in which the customers came),
    ``complete``, ``customers``, ``inviters``, ``of_customers`` (share who invited), ``invites``,
    ``invites_per_customer``, ``accepted``, ``of_invites`` (share accepted), ``k``; each share and mean with ``_low``
    and ``_high``. K is a mean over customers and its interval is the spread between them: one busy inviter is one
    person. So is the acceptance's. The invites of one customer are not independent.

    K below 1 does not grow by itself: each customer brings K others, these K more, and all together 1 / (1 - K).
    Customers who came late have had less time to invite. Without ``within`` everything seen so far counts, and later
    cohorts look worse than they are; with it every customer has the same time.

    Parameters
    ----------
    events
        An events table, or anything ``read_events`` takes: it says who is a customer and since when.
    invites
        A frame of ``inviter``, ``invitee``, ``time_sent``, ``time_accepted`` (empty where nobody accepted).
    acquisition
        The event that makes a customer; None: a customer's first event of any kind.
    within
        Invites count that were sent and accepted within this time of the inviter's start; customers without that time
        are left out.
    by, customers
        A column of the events (or of the frame ``customers``) to split the inviters by.
    confidence
        Of every interval.

    Raises
    ------
    TableError
        The invites lack a column, or a time cannot be read.
    OptionError
        No event is named as ``acquisition`` says.

    Source: K as used by Skok, "Lessons Learned - Viral Marketing" (2009); Cochran (1977), Sampling Techniques, for the
    intervals.
    """
    one_of(period, UNITS, "period")
    table, given = read_events(events), read_invites(invites)
    span = None if within is None else pd.Timedelta(microseconds=microseconds(within) or 0)
    data, notes = segmented(table, by, customers)
    until = data["time"].max().to_pandas()
    starts = first_times(data.mutate(is_acquisition=_is_start(table, data, acquisition)))
    until = pd.Timestamp(0) if until is None or pd.isna(until) else pd.Timestamp(until)
    counts = count_referral(starts, given, period=period, within=span, until=until)
    rows = referral_rows(counts, period=period, within=span, until=until, confidence=confidence)
    cycles = place_invites(starts, given)
    total = rows[rows["period"] == ALL]
    said = _notes(given, cycles, total, acquisition, within)
    return Referral(
        f"Referral: K of {int(total['customers'].sum()):,} customers",
        rows if by else rows.drop(columns="segment"),
        (*said, *notes),
        period=period,
        within_seconds=None if span is None else span.total_seconds(),
        **_cycle(cycles, confidence),
        confidence=confidence,
    )


def referral_rows(
    counts: pd.DataFrame, *, period: str, within: pd.Timedelta | None, until: pd.Timestamp, confidence: float
) -> pd.DataFrame:
    """Return the table of :func:`measure_referral` from its counts, with a row "all" a segment before its periods."""
    parts = []
    numbers = [name for name in counts.columns if name not in ("segment", "period")]
    for segment, rows in counts.groupby("segment", sort=False):
        done = is_over(rows["period"], period, until, within)
        every = [(ALL, bool(done.all()), rows[numbers].sum())]
        every += [
            (named(row["period"]), over, row[numbers]) for (_, row), over in zip(rows.iterrows(), done, strict=True)
        ]
        parts += [
            {"segment": segment, "period": name, "complete": over, **_row(row, confidence)} for name, over, row in every
        ]
    empty = pd.Series(0.0, index=numbers)
    parts = parts or [{"segment": "", "period": ALL, "complete": True, **_row(empty, confidence)}]
    return pd.DataFrame(parts)


def _row(row: pd.Series, confidence: float) -> dict[str, Any]:
    low, high = wilson_interval(row["inviters"], row["here"], confidence)
    share = row["inviters"] / row["here"] if row["here"] else math.nan
    per_customer = {"clusters": row["here"], "confidence": confidence}
    return {
        "customers": int(row["here"]),
        "inviters": int(row["inviters"]),
        **_three("of_customers", (share, float(low), float(high))),
        "invites": int(row["sent"]),
        **_three("invites_per_customer", of_ratio(*row[sums(["sent", "here"])], **per_customer)),
        "accepted": int(row["accepted"]),
        **_three("of_invites", _share(row, confidence)),
        **_three("k", of_ratio(*row[sums(["accepted", "here"])], **per_customer)),
    }


def _share(row: pd.Series, confidence: float) -> Number:
    """Return the share accepted: its spread is that between inviters, and Wilson's where all or none are accepted."""
    if not row["sent"]:
        return UNKNOWN
    if row["accepted"] in (0, row["sent"]):
        low, high = wilson_interval(row["accepted"], row["sent"], confidence)
        return row["accepted"] / row["sent"], float(low), float(high)
    value, low_end, high_end = of_ratio(
        *row[sums(["accepted", "sent"])], clusters=row["inviters"], confidence=confidence
    )
    return value, low_end, min(high_end, 1.0)


def _three(name: str, number: Number) -> dict[str, float]:
    return {name: number[0], f"{name}_low": number[1], f"{name}_high": number[2]}


def _is_start(table: Table, data: Any, acquisition: str | None) -> Any:
    import ibis

    if acquisition is None:
        return ibis.literal(1)
    known = table.event_names
    if known and acquisition not in known:
        raise OptionError(f"acquisition={acquisition!r}: the log has {listed(known)}.{nearest(acquisition, known)}")
    return (data["event"] == acquisition).ifelse(1, 0)


def _cycle(cycles: pd.DataFrame, confidence: float) -> dict[str, Any]:
    seconds = np.sort(cycles["cycle_seconds"].dropna().to_numpy())
    brought = cycles.groupby(cycles["inviter"].astype(str)).size().sort_values(ascending=False, kind="stable")
    top = math.ceil(_SHARE_OF_TOP * len(brought))
    low, high = _median_interval(seconds, confidence)
    return {
        "median_cycle_seconds": float(np.median(seconds)) if len(seconds) else math.nan,
        "median_cycle_low_seconds": low,
        "median_cycle_high_seconds": high,
        "mean_cycle_seconds": float(seconds.mean()) if len(seconds) else math.nan,
        "median_answer_seconds": float(cycles["answer_seconds"].median()),
        "top_share": float(brought.head(top).sum() / brought.sum()) if len(brought) else math.nan,
        "top_inviters": brought.head(20).rename_axis("inviter").rename("accepted").reset_index(),
    }


def _median_interval(ordered: np.ndarray, confidence: float) -> tuple[float, float]:
    """Return the interval of a median between two of the observations: exact, from the binomial."""
    from scipy.stats import binom

    n = len(ordered)
    place = int(binom.ppf((1 - confidence) / 2, n, 0.5)) if n else 0
    if place < 1:
        return math.nan, math.nan
    return float(ordered[place - 1]), float(ordered[n - place])


def _notes(
    given: Invites, cycles: pd.DataFrame, total: pd.DataFrame, acquisition: str | None, within: Any
) -> Iterator[str]:
    first = f"the first {acquisition}" if acquisition else "the first event of any kind"
    yield f"Customers count from {first}. K = accepted invites / customers, also those who never invited."
    if within is None:
        yield "All invites so far count. Customers who came late have had less time to invite: their cohorts look low."
    else:
        yield f"Invites sent and accepted within {within} of the inviter's start; who had not that long is left out."
    yield "Cycle times are of accepted invites; those still to be accepted would make them longer."
    inside = int(total["invites"].sum())
    if within is None and inside < len(given.frame):
        yield f"{len(given.frame) - inside:,} invites come from people who are not customers in this log: not counted."
    unknown = int(cycles["cycle_seconds"].isna().sum())
    if unknown:
        yield f"{unknown:,} accepted invites have no cycle time: their inviter or invitee is not in the log."
    if given.self_invites:
        yield f"{given.self_invites:,} invites to oneself are set apart."
    if given.repeated:
        yield f"{given.repeated:,} acceptances are of invitees who had accepted before: they count for the first."
