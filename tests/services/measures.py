"""Every measure on events, asked of one small sample of Harbour: the same questions of every database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

import mapkit as mk
from mapkit.stages import AARRR
from mapkit.statistics import Result
from mapkit.tables import Table

STEPS = ["first_visit", "view_item", "add_to_cart", "begin_checkout", "purchase"]
CUSTOMERS = 250
Ask = Callable[[Table], Any]


@cache
def sample() -> pd.DataFrame:
    """All events of Harbour's first customers to arrive, and of nobody else."""
    events = mk.load_dataset("harbour").events.to_pandas()
    first = events["customer"].drop_duplicates().head(CUSTOMERS)
    columns = ["customer", "event", "time", "channel", "session", "segment", "influencer", "value", "row"]
    return events[events["customer"].isin(first)][columns].reset_index(drop=True)


def _staged(events: Table) -> Table:
    return mk.map_stages(events, AARRR, unmapped="keep")


def _frame(name: str) -> pd.DataFrame:
    return mk.load_dataset("harbour").frame(name)


def _arms() -> pd.DataFrame:
    """Every other customer treated, from the first of the sample's events on."""
    customers = sample()["customer"].unique()
    arms = np.where(np.arange(len(customers)) % 2, "treatment", "control")
    return pd.DataFrame({"customer": customers, "arm": arms, "time": pd.Timestamp("2025-01-01")})


# A measure by its name, and what is asked of it.
MEASURES: Mapping[str, tuple[Ask, ...]] = {
    "map_stages": (_staged,),
    "map_sessions": (lambda events: mk.map_sessions(events, gap="30min", replace=True),),
    "measure_coverage": (lambda events: mk.measure_coverage(events, AARRR),),
    "measure_stages": (
        lambda events: mk.measure_stages(_staged(events)),
        lambda events: mk.measure_stages(_staged(events), by="channel"),
    ),
    "measure_funnel": (
        lambda events: mk.measure_funnel(events, STEPS, window="14d"),
        lambda events: mk.measure_funnel(events, STEPS[:3], order="any", breakdown="segment"),
    ),
    "measure_funnel_trend": (lambda events: mk.measure_funnel_trend(events, STEPS, window="14d"),),
    "measure_funnel_spread": (lambda events: mk.measure_funnel_spread(events, STEPS[:3], windows=("1d",)),),
    "measure_time_to_convert": (lambda events: mk.measure_time_to_convert(events, STEPS),),
    "measure_transitions": (
        lambda events: mk.measure_transitions(events),
        lambda events: mk.measure_transitions(events, per="session", collapse_loops=True, by="segment"),
    ),
    "measure_step_matrix": (lambda events: mk.measure_step_matrix(events, steps=5),),
    "measure_paths": (lambda events: mk.measure_paths(events, end="purchase", length=4),),
    "measure_sessions": (
        lambda events: mk.measure_sessions(events),
        lambda events: mk.measure_sessions(events, gap="1h"),
    ),
    "measure_retention": (
        lambda events: mk.measure_retention(events, period="week"),
        lambda events: mk.measure_retention(events, period="month", kind="unbounded", by="segment"),
    ),
    "measure_lifecycle": (lambda events: mk.measure_lifecycle(events, period="month"),),
    "measure_stickiness": (lambda events: mk.measure_stickiness(events),),
    "measure_attribution": (
        lambda events: mk.measure_attribution(events, conversion="purchase", models=["first", "last", "markov"]),
    ),
    "measure_aarrr": (lambda events: mk.measure_aarrr(events),),
    "measure_referral": (lambda events: mk.measure_referral(events, _frame("invites")),),
    "find_activation": (lambda events: mk.find_activation(events),),
    "measure_drivers": (lambda events: mk.measure_drivers(events, outcome="purchase"),),
    "measure_demand": (lambda events: mk.measure_demand(events, contact="page_view"),),
    "summarise_purchases": (lambda events: mk.summarise_purchases(events),),
    "measure_historic_value": (lambda events: mk.measure_historic_value(events),),
    "measure_customer_value": (lambda events: mk.measure_customer_value(events),),
    "measure_value_calibration": (
        lambda events: mk.measure_value_calibration(events, split="2025-07-01", purchase="page_view"),
    ),
    "measure_rfm": (lambda events: mk.measure_rfm(events),),
    "map_segments": (lambda events: mk.map_segments(events, mk.measure_rfm(events), column="group"),),
    "find_clusters": (lambda events: mk.find_clusters(events, k=3),),
    "measure_forecast": (lambda events: mk.measure_forecast(events, event="page_view", period="week", horizon=4),),
    "check_integrity": (lambda events: mk.check_integrity(events),),
    "measure_influence_by_stage": (
        lambda events: mk.measure_influence_by_stage(events, _frame("exposures"), stages=STEPS),
        lambda events: mk.measure_influence_by_stage(events, stages=STEPS[:3]),
    ),
    "measure_channel_feed": (lambda events: mk.measure_channel_feed(events, STEPS, _frame("spend")),),
    "measure_experiment": (lambda events: mk.measure_experiment(_arms(), events, outcome="purchase"),),
}


# The jackknife deals customers into groups by their hash, and every database has a hash of its own.
_OWN_TO_A_DATABASE = {"measure_attribution": ["low", "high", "value_low", "value_high", "removal_low", "removal_high"]}


def numbers(name: str, answer: Any) -> pd.DataFrame:
    """Return what a measure answered as one frame; the rows of a table of events have no order of their own."""
    if isinstance(answer, Result):
        return answer.table.drop(columns=_OWN_TO_A_DATABASE.get(name, []))
    frame = answer.to_pandas()
    # A session's name may be numbered differently; which events share one may not.
    return frame.sort_values("row", ignore_index=True)[sorted(set(frame.columns) - {"session"})]
