"""The AARRR scorecard: acquisition, activation, retention, referral and revenue, each with its interval and trend."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, one_of
from mapkit.journeys.growth.aarrr_counts import count_activity, count_cohorts, count_first_payers
from mapkit.journeys.growth.aarrr_metrics import Counted, Manner, covered, every_count, metrics_of
from mapkit.journeys.growth.aarrr_question import Names, Question, ask, choices
from mapkit.journeys.growth.periods import ALL, OWN_DAYS, UNITS, Period, step
from mapkit.journeys.growth.referral import referral_rows
from mapkit.journeys.growth.referral_counts import count_referral, read_invites
from mapkit.journeys.growth.scorecard import STAGES, AARRRScorecard
from mapkit.journeys.growth.spend import Spend, read_spend
from mapkit.journeys.growth.starts import first_times
from mapkit.journeys.question import Moment
from mapkit.stages import StageModel

_COLUMNS = ["stage", "metric", "value", "low", "high", "n", "unit", "period", "complete"]


def measure_aarrr(
    events: Any,
    *,
    spend: Any = None,
    invites: Any = None,
    customers: Any = None,
    acquisition: Names = None,
    activation: Names = None,
    retention: Names = None,
    revenue: Names = None,
    sign_up: Names = None,
    within: str | timedelta = "7d",
    retention_period: Period = "month",
    at: int = 1,
    referral_within: str | timedelta | None = "30d",
    margin: float = 1.0,
    period: Period = "month",
    by: str | None = None,
    model: StageModel | None = None,
    until: Moment = None,
    confidence: float = 0.95,
) -> AARRRScorecard:
    """Return the five stages' metrics over all and by period, each with its interval and what it rests on.

    ``table`` columns: (``segment``,) ``stage``, ``metric``, ``value``, ``low``, ``high``, ``n``, ``unit`` ("share" is
    0..1), ``period`` ("all", or a period's first day), ``complete``. Metrics:

    - acquisition: ``new_customers`` (Poisson interval), ``cac`` (spend / new customers), ``cost_per_first_payer``
      (spend / customers who paid for the first time), ``signed_up`` (share of new customers, where there is such an
      event)
    - activation: ``activated``, the share of new customers who did it within ``within``
    - retention: ``retained``, the share of new customers seen in their own period ``at``, and ``not_retained``;
      ``churn``, the share of a period's active customers who are not seen in the next
    - referral: ``inviting`` (share of new customers who invite), ``invites_per_customer``, ``acceptance``, ``k``
    - revenue, of customers active in a calendar period: ``paying``, ``arpu`` (revenue per active customer), ``arppu``
      (per paying customer), ``ltv`` = arpu x margin / churn, ``ltv_to_cac``, ``payback_months`` = cac / (arpu x margin)

    Shares of new customers are of those whose time was over; the others are left out and counted in the notes. What
    cannot be computed is NaN, and a note says what is missing. Rows over all of revenue and churn are of complete
    periods; their intervals take a customer's periods together, for they are not independent.

    LTV by this formula takes churn and revenue as the same in every period of a life. Early churn is usually higher,
    and those who come back count as new arrivals nowhere: read it as an order of magnitude.

    Parameters
    ----------
    events
        An events table, or anything ``read_events`` takes.
    spend
        A frame of ``spend``, of a date (``month``, ``week``, ``date``) and, for ``by``, of that column or ``channel``.
    invites
        A frame of ``inviter``, ``invitee``, ``time_sent``, ``time_accepted``; see :func:`measure_referral`.
    customers
        A frame of ``customer`` and the column ``by``, where the events do not have it.
    acquisition, activation, retention, revenue, sign_up
        Event names. None takes the stage's events (for ``retention`` any event; for ``sign_up`` the usual names).
    within
        The time a new customer has for activation (and sign-up).
    retention_period, at
        Which of a customer's own periods is asked: days, weeks of 7 or months of 30 days after the first event; 1 is
        the first after the one they came in.
    referral_within
        The time a new customer has to invite, and the invitee to accept; None counts all so far.
    margin
        The share of revenue that is left of a sale.
    period
        Of the trend, in the calendar (UTC).
    by
        A column to split customers by, such as "channel": each is in the segment of their first value.
    model
        The stage model that says which events are which; AARRR unless given, or the events' own stages.
    until
        Up to when the log is complete; None: its last event. A log that ends with the year needs
        ``until="2026-01-01"`` for its December to count as complete.
    confidence
        Of every interval.

    Raises
    ------
    OptionError
        An event name that is not in the log, values in several currencies, an impossible window.
    TableError
        A frame or the log lacks a column.

    Source: McClure, "Startup Metrics for Pirates" (2007); Garwood (1936) for counts, Wilson (1927) for shares, Cochran
    (1977) for ratios, Zou and Donner (2008) for products.
    """
    _check(period, retention_period, margin)
    meant = {
        "acquisition": acquisition,
        "activation": activation,
        "retention": retention,
        "revenue": revenue,
        "sign_up": sign_up,
    }
    asked = ask(
        events, meant, model=model, by=by, customers=customers, until=until, within=within, at=at, period=period,
        retention_period=retention_period, referral_within=referral_within,
    )  # fmt: skip
    cost = read_spend(spend, period=period, by=by)
    cohorts = count_cohorts(asked)
    cohorts = cohorts.merge(count_first_payers(asked), on=["segment", "period"], how="outer").fillna(0.0)
    activity, totals = count_activity(asked)
    referral, why_none = _referral(asked, invites, confidence)
    manner = _manner(asked, margin, confidence)
    parts = [
        {"segment": segment, **row}
        for segment in _segments(cohorts)
        for row in _of_segment(segment, cohorts, activity, totals, referral, cost, asked, manner)
    ]
    table = pd.DataFrame(parts, columns=["segment", *_COLUMNS])
    total = int(cohorts["new"].sum())
    notes = (*choices(asked), *_notes(asked, cohorts, cost, manner, why_none), *asked.decided)
    return AARRRScorecard(
        f"AARRR scorecard, {total:,} new customers" + (f" by {by}" if by else ""),
        table if by else table.drop(columns="segment"),
        notes,
        period=period,
        definition=_definition(asked, margin),
        confidence=confidence,
    )


def _check(period: str, own: str, margin: float) -> None:
    one_of(period, UNITS, "period")
    one_of(own, OWN_DAYS, "retention_period")
    if not 0 < margin <= 1:
        raise OptionError(f"margin={margin!r} is not a share of revenue. Use a number above 0 and up to 1.")


def _of_segment(
    segment: str,
    cohorts: pd.DataFrame,
    activity: pd.DataFrame,
    totals: pd.DataFrame,
    referral: pd.DataFrame | None,
    cost: Spend,
    asked: Question,
    manner: Manner,
) -> Iterator[dict[str, Any]]:
    here, active, total, spent = (
        frame[frame["segment"] == segment].drop(columns="segment") for frame in (cohorts, activity, totals, cost.rows)
    )
    referred = None if referral is None else referral[referral["segment"] == segment]
    for period, cohort, sums, row in every_count(here, active, total, referred):
        if period == ALL:
            money = covered(spent, here, by_period=cost.by_period)
        else:
            now = spent[spent["period"] == period] if cost.by_period else spent.iloc[:0]
            known = now["spend"].sum() if len(now) else np.nan
            money = (known, cohort["new"], cohort["first_payers"])
        complete = _complete(period, here["period"], asked)
        yield from metrics_of(Counted(period, cohort, sums, row, *money, complete), manner)


def _complete(period: str, starts: pd.Series, asked: Question) -> dict[str, bool]:
    """Return which stages have all of a period (or of all periods) behind them."""
    until = asked.until or pd.Timestamp(0)
    last = starts.max() if period == ALL else pd.Timestamp(period)
    if pd.isna(last):
        return dict.fromkeys(STAGES, True)
    waits = {
        "acquisition": None,
        "activation": asked.within,
        "retention": asked.returned_before,
        "referral": asked.referral_within,
        "revenue": None,
    }
    end = last + step(asked.period)
    return {stage: bool(end + (wait or pd.Timedelta(0)) <= until) for stage, wait in waits.items()}


def _segments(cohorts: pd.DataFrame) -> list[str]:
    sizes = cohorts.groupby("segment")["new"].sum().reset_index()
    ranked = sizes.sort_values(["new", "segment"], ascending=[False, True])["segment"]
    return list(ranked) or [""]


def _referral(asked: Question, invites: Any, confidence: float) -> tuple[pd.DataFrame | None, str]:
    if invites is None:
        why = "No invites were given (invites=...): referral is unknown."
        if asked.there["is_invite_sent"]:
            why += " The log's own invite_sent does not say who accepted whose."
        return None, why
    if asked.until is None:
        return None, "The log is empty."
    counts = count_referral(
        first_times(asked.rows),
        read_invites(invites),
        period=asked.period,
        within=asked.referral_within,
        until=asked.until,
    )
    rows = referral_rows(
        counts, period=asked.period, within=asked.referral_within, until=asked.until, confidence=confidence
    )
    return rows, ""


def _manner(asked: Question, margin: float, confidence: float) -> Manner:
    return Manner(
        money=asked.money,
        margin=margin,
        period=asked.period,
        has_sign_up=asked.there["is_sign_up"] > 0,
        has_revenue=asked.there["is_revenue"] > 0,
        has_value=asked.has_value,
        confidence=confidence,
    )


def _definition(asked: Question, margin: float) -> dict[str, Any]:
    return {
        **{role: names for role, names in asked.meant.items() if role != "sign_up"},
        "within": asked.within,
        "retained": (asked.own_period, asked.at),
        "referral_within": asked.referral_within,
        "period": asked.period,
        "margin": margin,
    }


def _notes(asked: Question, cohorts: pd.DataFrame, cost: Spend, manner: Manner, why_no_referral: str) -> Iterator[str]:
    new, waiting = cohorts["new"].sum(), cohorts["new"].sum() - cohorts["activated_n"].sum()
    if waiting:
        yield f"{waiting:,.0f} of {new:,.0f} new customers came too late for activation: left out of its share."
    young = new - cohorts["retained_n"].sum()
    if young:
        yield f"{young:,.0f} of {new:,.0f} new customers came too late for retention: left out of its share."
    yield (
        f"LTV = ARPU x {manner.margin:g} (margin) / churn per {asked.period}, as if both stayed the same for life; ARPU"
        f" and churn are of customers active in a {asked.period}."
    )
    if asked.referral_within is not None and not why_no_referral:
        days = asked.referral_within / pd.Timedelta(days=1)
        yield f"Referral: invites sent and accepted within {days:g} days of the inviter's first event."
    if cost.why_not:
        yield cost.why_not
    else:
        yield from _spend_notes(cost, cohorts, asked)
    if why_no_referral:
        yield why_no_referral
    if not manner.has_revenue:
        yield "No event of the log is a payment: revenue is unknown. Name it: measure_aarrr(..., revenue='purchase')."
    elif not manner.has_value:
        yield "The log has no column 'value': revenue, LTV and payback are unknown."
    yield "Association, not cause: what differs between periods or segments may differ for other reasons."


def _spend_notes(cost: Spend, cohorts: pd.DataFrame, asked: Question) -> Iterator[str]:
    if not asked.split:
        yield "CAC is blended: all spend / all new customers, also those whom no spend brought."
    else:
        without = sorted(set(cohorts["segment"]) - set(cost.rows["segment"]))
        if without:
            names = ", ".join(without[:6]) + (", ..." if len(without) > 6 else "")
            yield f"No spend is known for {names}: their costs are unknown, not zero."
        unmatched = cost.rows[~cost.rows["segment"].isin(cohorts["segment"])]
        if len(unmatched):
            yield f"Spend of {unmatched['spend'].sum():,.0f} is of segments without customers: in no cost."
    if not cost.by_period:
        yield f"The spend is not known by {asked.period}: costs are given over all only."
