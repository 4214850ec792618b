"""How effective touchpoints are, three ways side by side: what customers do, what they say, what an outcome costs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from mapkit.experience.touchpoints.listed import read_inventory
from mapkit.experience.touchpoints.witnessing import listed_events, with_touchpoints
from mapkit.journeys.attribution import measure_attribution
from mapkit.journeys.drivers_effects import COUNTS, with_effects, within_strata
from mapkit.journeys.steps import Step
from mapkit.loaders import read_events, read_feedback
from mapkit.maps.touchpoints.comparing import (
    Comparing,
    comparing,
    led_to,
    median_seconds_to_outcome,
    meetings,
    with_and_without,
)
from mapkit.maps.touchpoints.effectiveness_result import Touchpoints
from mapkit.maps.touchpoints.later import again_and_still
from mapkit.maps.touchpoints.linked_metrics import linked
from mapkit.maps.touchpoints.surveyed import importance_by_segment, survey_of
from mapkit.statistics import adjust_p_values
from mapkit.statistics.estimates import written
from mapkit.statistics.intervals import normal_quantile

_FACTS = ("touchpoint", "name", "channel", "stage", "business_reason", "customer_impact", "owner", "mandated", "cost")
# A touchpoint that all but nobody converts without is part of the outcome, where enough are without it to tell.
_HARDLY, _ENOUGH = 0.1, 30
_COST = ("cost_per_outcome", "cost_per_outcome_low", "cost_per_outcome_high")
_ATTRIBUTED = ("removal_effect", "removal_low", "removal_high", "outcomes_given", *_COST)


def measure_touchpoints(
    touchpoints: Any,
    events: Any,
    feedback: Any = None,
    *,
    outcome: str | Step,
    within: str | timedelta | None = "30d",
    by: str | None = None,
    confidence: float = 0.95,
) -> Touchpoints:
    """Return how effective each touchpoint is, three ways: journeys, survey, cost. Association, not cause.

    Journeys: customers with a touchpoint are compared with those without it who had come equally far, that is who had
    met every touchpoint that nearly all (98%) of its customers had met before it. It counts when it comes within the
    span of the customer's first event and before the first outcome.

    ``table`` columns, a row a touchpoint in the inventory's order:

    - ``touchpoint``, ``name``, ``channel``, ``stage``, ``business_reason``, ``customer_impact``, ``owner``,
      ``mandated``, ``cost``: as listed
    - ``customers_with``, ``converted_with``, ``customers_without``, ``converted_without``; ``of_with``, ``of_without``
      (Wilson), ``difference`` (Newcombe), each with ``_low``, ``_high``; with ``by`` also ``difference_within`` (Mantel
      and Haenszel) with its interval
    - ``compared_among``: what all compared had met, between ;
    - ``flag``: why the difference says little: "not in the log", "after" (nobody meets it before the first outcome),
      "everybody" (nobody is without it), "structural"
      (hardly anybody reaches the outcome without it), "starts" (journeys begin with it, and whom it would have brought
      is not in the log), "late" (it usually comes when most outcomes have happened already, so that early ones had no
      time for it), or empty
    - ``removal_effect`` (share of outcomes that a Markov chain loses without it), ``removal_low``, ``removal_high``
    - ``n_survey``, ``importance``, ``importance_mean``, ``satisfaction_mean``, ``expectation_mean``,
      ``expectation_gap``, ``opportunity``: see ``measure_opportunity``; all of 0..10, the last of 0..20
    - ``outcomes_given`` (by the Markov model), ``cost_per_outcome`` with ``_low``, ``_high``

    ``segments``: the same counts and ``difference`` by ``touchpoint`` and ``segment``, with ``p_adjusted``
    (Benjamini-Hochberg over all of them), ``n_survey`` and ``importance_mean``. ``linked``: for each touchpoint's
    business reason and customer impact the ``metric`` that would show it ("outcome"; "again": another outcome; "still
    there": any event, both in the span after the one that follows the first outcome), with and without, and a
    ``verdict``: "goes with it", "goes against it", "cannot tell", "measured" (payments have no without), "too few"
    (fewer than 30 customers on a side), "no number would show it".

    Parameters
    ----------
    touchpoints, events, feedback
        An inventory, a log, and answers to importance, satisfaction and expectation; anything their readers take.
    outcome
        The event, or a :class:`Step`, that customers are to reach.
    within
        The span; None is no limit, and then nothing is said of what comes after the first outcome.
    by
        A column of the events that splits customers; feedback's own segments are in its column ``segment``.

    Raises
    ------
    OptionError
        The outcome is no event of the log, or a span is none.
    TableError
        A touchpoint is listed twice, or a column is missing.

    Source: Mantel and Haenszel (1959), Journal of the National Cancer Institute 22, 719-748; landmarks: Anderson, Cain
    and Gelber (1983), Journal of Clinical Oncology 1, 710-719; the others are named where they are computed.
    """
    normal_quantile(confidence)
    inventory, log = read_inventory(touchpoints), read_events(events)
    said = None if feedback is None else read_feedback(feedback)
    name = outcome if isinstance(outcome, str) else outcome.name
    asked = comparing(log, inventory, outcome, within, by)
    table, segments = _compared(asked, inventory, by, confidence)
    table = table.merge(survey_of(said, inventory["touchpoint"], confidence), on="touchpoint", how="left")
    table = _with_attribution(table, asked, inventory, outcome, confidence)
    segments = _with_importance(segments, importance_by_segment(said, confidence), by)
    later = _later_counts(again_and_still(asked))
    totals = asked.followed.totals[["customers", "converted"]].sum()
    return Touchpoints(
        f"Touchpoints and {name}, three ways",
        table,
        _notes(asked, table, name, within, by, said is not None),
        segments,
        linked(inventory, table[["touchpoint", "flag", *COUNTS]], later, confidence),
        name,
        by,
        int(totals["customers"]),
        int(totals["converted"]),
        confidence,
        {"outcome": str(outcome), "within": str(within), "by": by},
    )


def _compared(
    asked: Comparing, inventory: pd.DataFrame, by: str | None, confidence: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    met = meetings(asked)
    needed = led_to(asked, met)
    counts = _wide(with_and_without(asked, needed), "converted")
    whole = counts.groupby("touchpoint", as_index=False)[list(COUNTS)].sum()
    table = inventory[list(_FACTS)].merge(whole, on="touchpoint", how="left").fillna(dict.fromkeys(COUNTS, 0))
    table = with_effects(table.astype(dict.fromkeys(COUNTS, "int64")), confidence)
    table = table.drop(
        columns=[name for name in map(str, table) if name == "p" or name.startswith(("lift", "odds_ratio"))]
    )
    if by is not None and len(counts):
        inside = within_strata(counts, "touchpoint", confidence)
        inside = inside[["touchpoint", *(name for name in map(str, inside) if name.startswith("difference_within"))]]
        table = table.merge(inside, on="touchpoint", how="left")
    table["compared_among"] = ["; ".join(needed.get(each, ())) for each in table["touchpoint"]]
    table["flag"] = _flags(table, met, asked)
    segments = with_effects(counts, confidence)
    few = segments[["customers_with", "customers_without"]].min(axis=1) < _ENOUGH
    segments["p_adjusted"] = adjust_p_values(segments["p"].where(~few))
    columns = [name for name in map(str, segments) if name != "p" and not name.startswith(("lift", "odds_ratio"))]
    return table, segments[columns] if by is not None else segments[columns].head(0)


def _wide(counted: pd.DataFrame, reached: str) -> pd.DataFrame:
    """Return the four counts of ``COUNTS`` by touchpoint and segment."""
    keys = ["touchpoint", "segment"]
    hits = counted["customers"].where(counted[reached] == 1, 0)
    parts = {}
    for had, side in ((1, "with"), (0, "without")):
        here = counted["had"] == had
        parts[f"customers_{side}"] = counted["customers"].where(here, 0)
        parts[f"converted_{side}"] = hits.where(here, 0)
    wide = counted[keys].assign(**parts).groupby(keys, as_index=False, sort=True).sum()
    return wide[[*keys, *COUNTS]].astype(dict.fromkeys(COUNTS, "int64"))


def _flags(table: pd.DataFrame, met: pd.DataFrame, asked: Comparing) -> list[str]:
    each = met.set_index("touchpoint").reindex(table["touchpoint"])
    starts = (each["starts"] > each["customers"] / 2).to_numpy()
    late = (each["median_seconds"] > median_seconds_to_outcome(asked)).to_numpy()
    structural = (
        (table["of_without"] <= _HARDLY * table["of_with"]) & (table[["customers_without"]].min(axis=1) >= _ENOUGH)
    ).to_numpy()
    absent = ~table["touchpoint"].isin(asked.seen).to_numpy()
    nobody, everybody = (table["customers_with"] == 0).to_numpy(), (table["customers_without"] == 0).to_numpy()
    choices = {"not in the log": absent, "after": nobody, "everybody": everybody, "structural": structural}
    choices |= {"starts": starts, "late": late}
    return list(np.select(list(choices.values()), list(choices), ""))


def _with_attribution(
    table: pd.DataFrame, asked: Comparing, inventory: pd.DataFrame, outcome: str | Step, confidence: float
) -> pd.DataFrame:
    if not asked.seen:
        return table.assign(**dict.fromkeys(_ATTRIBUTED, np.nan))
    # A row that counts for several touchpoints would be several conversions: the first that lists an event has it.
    first = listed_events(inventory).drop_duplicates("event").groupby("touchpoint")["event"].agg(tuple)
    once = inventory.assign(events=[first.get(name, ()) for name in inventory["touchpoint"]])
    shared = any(len(each) != len(all_) for each, all_ in zip(once["events"], inventory["events"], strict=True))
    tagged = asked.events.with_data(with_touchpoints(asked.events, once)) if shared else asked.tagged
    span = asked.followed.span
    found = measure_attribution(
        tagged,
        conversion=outcome,
        touch="touchpoint",
        models=["markov"],
        window=None if span is None else timedelta(microseconds=span),
        confidence=confidence,
    ).table.rename(columns={"channel": "touchpoint"})
    given = found[["touchpoint", "removal_effect", "removal_low", "removal_high"]].assign(
        outcomes_given=found["conversions"],
        given_low=found["low"] * found["n"],
        given_high=found["high"] * found["n"],
    )
    table = table.merge(given, on="touchpoint", how="left")
    for name, column in zip(_COST, ("outcomes_given", "given_high", "given_low"), strict=True):
        table[name] = table["cost"] / table[column].where(table[column] > 0)
    return table.drop(columns=["given_low", "given_high"])


def _with_importance(segments: pd.DataFrame, asked: pd.DataFrame, by: str | None) -> pd.DataFrame:
    if by is None:
        return segments
    return segments.merge(asked, on=["touchpoint", "segment"], how="left").assign(
        n_survey=lambda t: t["n_survey"].fillna(0).astype(int)
    )


def _later_counts(counted: pd.DataFrame) -> pd.DataFrame:
    parts = [
        _wide(counted, reached).assign(metric=metric)
        for reached, metric in (("again", "again"), ("still", "still there"))
    ]
    every = pd.concat(parts, ignore_index=True)
    return every.groupby(["touchpoint", "metric"], as_index=False)[list(COUNTS)].sum()


def _notes(
    asked: Comparing, table: pd.DataFrame, outcome: str, within: Any, by: str | None, surveyed: bool
) -> tuple[str, ...]:
    totals = asked.followed.totals[["customers", "converted"]].sum()
    span = asked.followed.span
    limit = "in all of the log" if span is None else f"within {written(span / 1e6, 'seconds')} of the first event"
    notes = [
        "Association, not cause: who met a touchpoint was not decided by chance. An experiment can tell.",
        f"Of {int(totals['customers']):,} customers {int(totals['converted']):,} reached {outcome}. A touchpoint counts"
        f" {limit} and before the first {outcome}.",
        "Compared are customers who had met every touchpoint that 98% of its customers had met before it"
        " (compared_among).",
        *asked.notes,
    ]
    if by is not None:
        notes.append(f"difference_within compares within {by}; the effect of the whole is that.")
    flagged = [f"{name}: {', '.join(rows['touchpoint'])}" for name, rows in table[table["flag"] != ""].groupby("flag")]
    if flagged:
        notes.append(f"Differences that say little, and why: {'; '.join(flagged)}.")
    notes.append(
        "cost_per_outcome is the cost over the outcomes that the Markov model gives; the cost must cover the period of"
        " the log. Its interval is that of the credit."
    )
    if span is not None:
        notes.append(
            f"again and still there: of customers followed for two spans after their first {outcome}, who met a"
            " touchpoint in the first span, against others, by what they did in the second."
        )
    if not surveyed:
        notes.append("No feedback was given, so importance, satisfaction and opportunity are empty.")
    return tuple(notes)
