"""Staffing follows Erlang's formulas: exactly where they can be added up, and as a simulated queue behaves."""

from __future__ import annotations

import heapq
from fractions import Fraction
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mapkit as mk
from mapkit.errors import OptionError
from mapkit.journeys.demand import measure_demand, measure_staffing
from mapkit.journeys.demand.erlang import (
    agents_needed,
    impatient_agents_needed,
    impatient_queue,
    patient_queue,
    waiting_share,
)


def added_up(load: Fraction, agents: int) -> Fraction:
    """Erlang C as the sum in its definition, without rounding."""
    last = load**agents / factorial(agents) * agents / (agents - load)
    return last / (sum((load**k / factorial(k) for k in range(agents)), Fraction(0)) + last)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 400), st.integers(1, 12))
def test_the_waiting_share_is_the_sum_in_its_definition(tenths: int, spare: int):
    load = Fraction(tenths, 10)
    agents = int(load) + spare
    assert float(waiting_share(float(load), agents)) == pytest.approx(float(added_up(load, agents)), rel=1e-9)


def test_ten_erlangs_and_eleven_agents():
    assert float(waiting_share(10, 11)) == pytest.approx(0.6821, abs=5e-5)
    assert float(waiting_share(10, 10)) == 1.0
    assert float(waiting_share(0, 1)) == 0.0


def test_thousands_of_agents_do_not_overflow():
    assert 0 < float(waiting_share(50_000, 50_100)) < 1
    assert agents_needed(np.array([50_000.0]), 180, 20, 0.8)[0] > 50_000


def simulated(agents: int, patience: float, calls: int = 60_000) -> tuple[float, float, float]:
    """A queue, caller by caller: the shares answered within 20 s and given up, and the mean wait."""
    rng = np.random.default_rng(11)
    arrivals = np.cumsum(rng.exponential(18.0, calls))  # 200 an hour
    handling, limits = rng.exponential(180.0, calls), rng.exponential(patience, calls)
    free = [0.0] * agents
    in_time = gone = waited = 0.0
    for at, length, limit in zip(arrivals, handling, limits, strict=True):
        wait = max(free[0] - at, 0.0)
        if wait > limit:
            gone, waited = gone + 1, waited + limit
            continue
        heapq.heapreplace(free, max(free[0], at) + length)
        in_time, waited = in_time + (wait <= 20), waited + wait
    return in_time / calls, gone / calls, waited / calls


def test_a_simulated_desk_meets_what_the_formula_says():
    met = patient_queue(10, 13, 180, 20)
    in_time, _, wait = simulated(13, float("inf"))
    assert float(met.answered_within) == pytest.approx(in_time, abs=0.02)
    assert float(met.mean_wait_seconds) == pytest.approx(wait, rel=0.15)


def test_a_simulated_desk_with_impatient_callers_meets_what_the_formula_says():
    met = impatient_queue(10, 10, 180, 20, 120)
    in_time, gone, wait = simulated(10, 120.0)
    assert float(met.answered_within) == pytest.approx(in_time, abs=0.015)
    assert float(met.abandoning) == pytest.approx(gone, abs=0.01)
    assert float(met.mean_wait_seconds) == pytest.approx(wait, rel=0.1)


def test_endless_patience_is_erlang_c():
    patient, endless = patient_queue(10, 13, 180, 20), impatient_queue(10, 13, 180, 20, 1e8)
    assert float(endless.answered_within) == pytest.approx(float(patient.answered_within), abs=1e-5)
    assert impatient_agents_needed(10, 180, 20, 0.8, 1e8) == agents_needed(10, 180, 20, 0.8)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.01, 300), st.floats(0.5, 0.99), st.floats(0, 120))
def test_one_agent_fewer_would_not_do(load: float, level: float, within: float):
    agents = float(agents_needed(load, 240, within, level))
    assert float(patient_queue(load, agents, 240, within).answered_within) >= level
    if agents > 1:
        assert float(patient_queue(load, agents - 1, 240, within).answered_within) < level


def test_shrinkage_adds_people_to_the_roster():
    table = measure_staffing([200, 0], handle_seconds=180, shrinkage=0.3).table
    assert table["agents"].tolist() == [14, 0]
    assert table["scheduled"].tolist() == [20, 0]
    assert table["occupancy"].iloc[0] == pytest.approx(10 / 14)
    assert table["answered_within"].isna().tolist() == [False, True]


def test_a_demand_becomes_a_roster_and_its_high_end_needs_no_fewer():
    demand = measure_demand(mk.load_dataset("harbour").events)
    by_mean = measure_staffing(demand, handle_seconds=1500)
    by_high = measure_staffing(demand, handle_seconds=1500, plan_for="high")
    assert len(by_mean.table) == 168
    assert (by_high.table["agents"] >= by_mean.table["agents"]).all()
    assert by_high.table["agents"].tolist() == by_mean.table["agents_high"].tolist()
    assert (by_mean.table.loc[demand.table["all_contacts"] == 0, "agents"] == 0).all()
    monday = by_mean.agents(weekday="Monday", hour=10)
    assert monday.low <= monday.value <= monday.high
    assert monday.n == demand.weeks
    assert by_mean.paid_hours == by_mean.table["scheduled"].sum()


@pytest.mark.parametrize(
    ("calls", "options", "said"),
    [
        (-1, {}, "below 0"),
        ("many", {}, "neither numbers nor a demand"),
        ([], {}, "one or more numbers"),
        (10, {"handle_seconds": 0}, "handle_seconds=0"),
        (10, {"service_level": 1.0}, "nobody can promise"),
        (10, {"shrinkage": 1.0}, "shrinkage=1.0"),
        (10, {"patience_seconds": -5}, "patience_seconds=-5"),
        (10, {"plan_for": "high"}, "needs a demand"),
        (1e9, {}, "Check the units"),
    ],
)
def test_what_cannot_be_staffed_is_refused_in_words(calls, options, said):
    with pytest.raises(OptionError, match=said):
        measure_staffing(calls, **{"handle_seconds": 180, **options})
