"""What goes with an outcome: events and attributes of those who reach it, against those who do not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Literal

import numpy as np
import pandas as pd

from mapkit.errors import OptionError, listed, nearest, one_of
from mapkit.journeys.customer_segments import NONE
from mapkit.journeys.drivers_counts import USUAL, Followed, follow
from mapkit.journeys.drivers_effects import COUNTS, decides, with_effects, within_strata
from mapkit.journeys.drivers_result import Drivers
from mapkit.journeys.steps import Step
from mapkit.loaders import read_events
from mapkit.statistics import adjust_p_values
from mapkit.statistics.estimates import written
from mapkit.tables.beside import frame_of


def measure_drivers(
    events: Any,
    *,
    outcome: str | Step | Any,
    within: str | timedelta | None = None,
    timing: Literal["before", "landmark"] = "before",
    column: str = "event",
    candidates: Sequence[str] | None = None,
    attributes: Sequence[str] = (),
    customers: Any = None,
    within_strata: str | None = None,
    minimum: int = 30,
    confidence: float = 0.95,
) -> Drivers:
    """Return which events and attributes go with an outcome: association, not cause.

    A customer has a candidate when a row of it lies before the customer's first outcome and within a span of the
    customer's first event. The span is the same for all, because those who never convert have the rest of the log to do
    everything in, and would otherwise seem to be kept from converting by whatever they go on to do.

    ``table`` columns, a row a candidate, those with most customers first:

    - ``kind`` ("event", or another ``column``, or "attribute"), ``candidate`` (the event, or "column = value")
    - ``customers_with``, ``converted_with``, ``customers_without``, ``converted_without``
    - ``of_with``, ``of_without``: the shares converting, with Wilson intervals (``_low``, ``_high``)
    - ``difference`` (Newcombe), ``lift`` (ratio of the shares; Katz), ``odds_ratio`` (Woolf), with ``_low``, ``_high``;
      where one of the four cells is 0, lift and odds ratio are computed with 0.5 added to each (Haldane)
    - with ``within_strata``: ``difference_within``, ``odds_ratio_within`` (Mantel-Haenszel) with ``_low``, ``_high``,
      ``p_within``, and ``strata``: how many have customers on both sides
    - ``p``, ``p_adjusted`` (Benjamini-Hochberg over all that are judged), ``verdict``: "more" or "less" often with it,
      "cannot tell", "too few" (``minimum``), or no judgement because of ``flag``
    - ``flag``: "structural" (nobody converts without ever having had it, as the step before the outcome; or everybody
      or nobody has it), "leak" (it all but decides the outcome: look whether it is written with or after it), or empty

    Parameters
    ----------
    events
        An events table, or anything ``read_events`` takes.
    outcome
        An event, a :class:`Step`, or a frame with ``customer`` and ``outcome`` (0 or 1; ``time`` if known), whose
        customers are then the only ones counted.
    within
        The span from a customer's first event in which candidates count. None takes the span in which nine in ten of
        those who convert have done so (all of the log where outcomes have no time), and says which it is.
    timing
        "before": rows before the outcome count. Those who convert within the span have had less time than the others,
        which makes what takes time look worse. "landmark": only customers who have not converted at the end of the span
        are followed, and only later outcomes count; all had the same time, and early converters are not told of.
    column, candidates
        The column of the events whose values are candidates, and which of them; None takes all but the outcome.
    attributes, within_strata
        Columns of the events (a customer's first value that counts) or of ``customers``: as candidates, and as the
        strata within which customers are compared. More than 12 numbers are cut into quarters, rare values are "other".
    customers
        A frame with ``customer`` and attributes, one row each.
    minimum
        Candidates with fewer customers on either side are not judged.
    confidence
        Of the intervals; 1 - ``confidence`` is the false discovery rate of the verdicts.

    Raises
    ------
    OptionError
        The outcome, a candidate or a span is not known.
    TableError
        A column is missing, or a frame has not one row a customer.

    Source: the estimators' are named in ``drivers_effects``; the bias of unequal time: Suissa (2008), American Journal
    of Epidemiology 167, 492-499; landmarks: Anderson, Cain and Gelber (1983), Journal of Clinical Oncology 1, 710-719.
    """
    one_of(timing, ("before", "landmark"), "timing")
    table = read_events(events)
    table.need("customer", "event", "time", column, for_what="measure_drivers")
    given = outcome if isinstance(outcome, str | Step) else frame_of(outcome, "the outcome", "customer", "outcome")
    people = None if customers is None else _one_row_each(customers)
    followed = follow(
        table,
        given,
        within=USUAL if within is None else within,
        landmark=timing == "landmark",
        attributes=attributes,
        stratum=within_strata,
        customers=people,
    )
    name = given if isinstance(given, str) else given.name if isinstance(given, Step) else "the outcome"
    counts = _counts(followed, table, column, candidates, attributes, name)
    numbers = _judged(_numbers(counts, within_strata, confidence), minimum, confidence)
    totals = followed.totals[["customers", "converted"]].sum()
    return Drivers(
        f"What goes with {name}",
        numbers,
        tuple(_notes(followed, numbers, name, timing, within, within_strata, minimum, confidence)),
        name,
        int(totals["customers"]),
        int(totals["converted"]),
        None if followed.span is None else followed.span / 1_000_000,
        within_strata,
        confidence,
    )


def _one_row_each(customers: Any) -> pd.DataFrame:
    frame = frame_of(customers, "the frame of customers", "customer")
    if frame["customer"].duplicated().any():
        again = frame.loc[frame["customer"].duplicated(), "customer"].iloc[0]
        raise OptionError(f"the frame of customers has {again!r} more than once. Give one row a customer.")
    return frame


def _counts(
    followed: Followed,
    events: Any,
    column: str,
    candidates: Sequence[str] | None,
    attributes: Sequence[str],
    outcome: str,
) -> pd.DataFrame:
    """Return kind, candidate, stratum and the four counts."""
    found = followed.having(column)
    if column == "event" and candidates is None:
        found = found[found["value"] != outcome]
    if candidates is not None:
        _check_candidates(candidates, events, column)
        none = pd.DataFrame({"value": [name for name in candidates if name not in set(found["value"])]})
        none = none.assign(stratum=followed.totals["stratum"].iloc[0] if len(followed.totals) else "")
        found = pd.concat([found[found["value"].isin(list(candidates))], none], ignore_index=True)
    parts = [found.assign(kind=column, candidate=found["value"])]
    for place, name in enumerate(attributes):
        each = followed.being(place)
        each = each[each["value"] != NONE]
        # Yes and no are one thing said twice.
        each = each[each["value"] != "False"] if set(each["value"]) <= {"True", "False"} else each
        parts.append(each.assign(kind="attribute", candidate=[f"{name} = {value}" for value in each["value"]]))
    rows = pd.concat(parts, ignore_index=True)
    keys = rows[["kind", "candidate"]].drop_duplicates()
    every = keys.merge(followed.totals, how="cross").merge(
        rows[["kind", "candidate", "stratum", *COUNTS[:2]]], on=["kind", "candidate", "stratum"], how="left"
    )
    every = every.fillna(dict.fromkeys(COUNTS[:2], 0)).astype(dict.fromkeys(COUNTS[:2], "int64"))
    return every.assign(
        customers_without=every["customers"] - every["customers_with"],
        converted_without=every["converted"] - every["converted_with"],
        needed=(every["kind"] == column) & every["candidate"].isin(followed.needed(column)),
    )


def _check_candidates(candidates: Sequence[str], events: Any, column: str) -> None:
    if isinstance(candidates, str):
        raise OptionError(f"candidates={candidates!r} is one name. Give a list: candidates=[{candidates!r}].")
    for name in candidates:
        if column == "event" and name not in events.event_names:
            raise OptionError(
                f"The log has no event {name!r}. It has {listed(events.event_names)}."
                f"{nearest(name, events.event_names)}"
            )


def _numbers(counts: pd.DataFrame, strata: str | None, confidence: float) -> pd.DataFrame:
    keys = ["kind", "candidate"]
    grouped = counts.groupby(keys, sort=False, as_index=False)
    whole = grouped[list(COUNTS)].sum().assign(needed=grouped["needed"].any()["needed"])
    table = with_effects(whole, confidence)
    if strata:
        numbered = counts.assign(key=counts.groupby(keys, sort=False).ngroup())
        inside = within_strata(numbered, "key", confidence).drop(columns="key")
        table = pd.concat([table, inside], axis=1)
    return table.sort_values("customers_with", ascending=False, kind="stable", ignore_index=True)


def _judged(table: pd.DataFrame, minimum: int, confidence: float) -> pd.DataFrame:
    flag = _flags(table, minimum)
    few = (table[["customers_with", "customers_without"]].min(axis=1) < minimum).to_numpy()
    decisive = "p_within" if "p_within" in table else "p"
    effect = "difference_within" if decisive == "p_within" else "difference"
    # What the log's own logic forces is no discovery, and would make room for false ones among the rest.
    adjusted = adjust_p_values(table[decisive].where(~few & (flag == "")))
    low, high = table[f"{effect}_low"].to_numpy(), table[f"{effect}_high"].to_numpy()
    sure = (adjusted < 1 - confidence) & ~((low <= 0) & (high >= 0))
    above = table[effect].to_numpy() > 0
    verdict = np.select([flag != "", few, sure & above, sure], [flag, "too few", "more", "less"], "cannot tell")
    return table.drop(columns="needed").assign(p_adjusted=adjusted, flag=flag, verdict=verdict)


def _flags(table: pd.DataFrame, minimum: int) -> Any:
    nobody_apart = (table["customers_with"] == 0) | (table["customers_without"] == 0)
    return np.select([decides(table, minimum), nobody_apart | table["needed"]], ["leak", "structural"], "")


def _notes(
    followed: Followed,
    table: pd.DataFrame,
    outcome: str,
    timing: str,
    within: Any,
    strata: str | None,
    minimum: int,
    confidence: float,
) -> list[str]:
    totals = followed.totals[["customers", "converted"]].sum()
    notes = [
        "Association, not cause: who has a candidate was not decided by chance.",
        f"Of {int(totals['customers']):,} customers {int(totals['converted']):,} reached {outcome}.",
    ]
    if followed.span is None:
        notes.append(
            "Candidates count in all of the log before the outcome, so those without it had more time for them."
        )
    else:
        span = written(followed.span / 1_000_000, "seconds")
        usual = " (by then nine in ten of those who convert had done so)" if within is None else ""
        notes.append(f"Candidates count within {span} of a customer's first event{usual} and before the outcome.")
    if timing == "landmark":
        notes.append("Landmark: only who had not converted when that span was over is counted, with later outcomes.")
    if strata:
        notes.append(f"Verdicts are from comparisons within {strata} (Mantel-Haenszel), not from the crude numbers.")
    tested = int(table["p_adjusted"].notna().sum())
    notes.append(
        f"Verdicts hold together over {tested} candidates (Benjamini-Hochberg at {100 * (1 - confidence):.3g}%); those"
        f" with fewer than {minimum} customers on a side, and those with a flag, are not judged."
    )
    if _has_zero(table):
        notes.append("Where one of the four cells is 0, 0.5 is added to each for lift and odds ratio (Haldane).")
    return notes


def _has_zero(table: pd.DataFrame) -> bool:
    n, hits, n_without, hits_without = (table[name] for name in COUNTS)
    zero = (hits == 0) | (hits == n) | (hits_without == 0) | (hits_without == n_without)
    return bool(((n > 0) & (n_without > 0) & zero).any())
