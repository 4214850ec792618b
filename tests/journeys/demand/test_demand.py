"""Demand is contacts in each hour of the week, over the weeks that the log covers whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mapkit as mk
from mapkit.errors import OptionError, TableError
from mapkit.journeys.demand import measure_demand
from mapkit.journeys.demand.rates import dispersion, rates
from tests.literal import events, table_of

MONDAY = pd.Timestamp("2025-01-06")


def log(*times: str, until: str = "2025-01-27 01:00", event: str = "call", **columns: list) -> object:
    """A log of contacts, that begins on Sunday 2025-01-05 and ends with ``until``."""
    every = ["2025-01-05 12:00", *times, until]
    frame = pd.DataFrame({"customer": "ann", "event": ["open", *[event] * len(times), "close"]})
    frame["time"] = pd.to_datetime(every, format="ISO8601").astype("datetime64[us]")
    frame["row"] = range(len(frame))
    for name, values in columns.items():
        frame[name] = ["", *values, ""]
    return table_of(frame)


def cell(demand, weekday: str, hour: int) -> pd.Series:
    rows = demand.table
    return rows[(rows["weekday"] == weekday) & (rows["hour"] == hour)].iloc[0]


def test_means_are_over_whole_weeks_and_begun_ones_are_told():
    demand = measure_demand(log("2025-01-06 09:59:59.999999", "2025-01-13 09:00", "2025-01-27 00:30"), contact="call")
    assert demand.weeks == 3
    assert len(demand.table) == 168
    assert cell(demand, "Monday", 9)["per_hour"] == pytest.approx(2 / 3)
    assert cell(demand, "Monday", 0)[["contacts", "all_contacts"]].tolist() == [0, 1]
    assert any("1 in begun weeks" in note for note in demand.notes)


def test_the_clock_is_that_of_the_zone_asked_for():
    table = log("2025-01-06 23:30", "2025-01-13 23:30")
    assert cell(measure_demand(table, contact="call", timezone="Europe/Berlin"), "Tuesday", 0)["all_contacts"] == 2
    in_india = measure_demand(table, contact="call", timezone="Asia/Kolkata")
    assert cell(in_india, "Tuesday", 5)["all_contacts"] == 2


def test_an_hour_that_the_clock_skips_or_repeats_counts_as_often_as_it_passed():
    frame = pd.DataFrame(
        {"customer": "ann", "event": "call"}, index=pd.date_range("2025-03-17", "2025-04-08", freq="h")
    )
    frame = frame.rename_axis("time").reset_index().assign(row=range(len(frame)))
    frame["time"] = frame["time"].astype("datetime64[us]")
    demand = measure_demand(table_of(frame), contact="call", timezone="Europe/Berlin")
    assert cell(demand, "Sunday", 2)["contacts"] == demand.weeks - 1
    assert (demand.table["per_hour"] - 1).abs().max() < 1e-12


def test_margins_add_up_to_the_grid():
    table = log(*[f"2025-01-{6 + k % 20:02d} {k % 24:02d}:15" for k in range(200)])
    demand = measure_demand(table, contact="call")
    assert demand.days["all_contacts"].sum() == demand.hours["all_contacts"].sum() == demand.table["all_contacts"].sum()
    assert demand.days["per_day"].sum() == pytest.approx(demand.table["per_hour"].sum())
    assert demand.hours["per_hour"].mean() == pytest.approx(demand.table["per_hour"].mean())


def test_months_are_indexed_on_whole_months():
    table = log(
        "2025-02-03 10:00", "2025-02-04 10:00", "2025-03-04 10:00", "2025-04-02 10:00", until="2025-04-08 01:00"
    )
    months = measure_demand(table, contact="call").months
    assert months["complete"].tolist() == [False, True, True, False]
    assert months["contacts"].tolist() == [0, 2, 1, 1]
    assert months["index"].iloc[1] == pytest.approx((2 / 28) / (3 / 59))


def test_segments_are_customers_and_add_up():
    frame = events("ann: call@5d{plan=pro} call@12d", "bob: call@6d{plan=free} x@40d")
    demand = measure_demand(frame, contact="call", by="plan")
    assert demand.table.groupby("segment")["all_contacts"].sum().to_dict() == {"free": 1, "pro": 2}
    assert demand.rate("Monday", 0, segment="pro").n == demand.weeks
    with pytest.raises(OptionError, match="Did you mean 'free'"):
        demand.rate("Monday", 0, segment="fre")


def test_counts_that_vary_by_chance_alone_get_poissons_interval():
    counts = np.random.default_rng(1).poisson(2.0, (200, 50)).astype(float)
    assert dispersion(counts, np.ones_like(counts)) < 0.05
    mean, low, high = rates(np.array([[2.0], [1.0]]), np.ones((2, 1)), 0.95)
    from scipy.stats import chi2

    assert mean[0] == 1.5
    assert low[0] == pytest.approx(chi2.ppf(0.025, 6) / 4)
    assert high[0] == pytest.approx(chi2.ppf(0.975, 8) / 4)


@pytest.mark.parametrize("scale", [0.3, 2.0, 20.0])
def test_intervals_hold_the_true_rate_as_often_as_they_say_when_weeks_differ(scale: float):
    rng = np.random.default_rng(4)
    inside = []
    for _ in range(60):
        counts = rng.negative_binomial(3, 3 / (3 + scale), (30, 40)).astype(float)
        _, low, high = rates(counts, np.ones_like(counts), 0.95)
        inside.append(((low <= scale) & (scale <= high)).mean())
    assert 0.93 <= np.mean(inside) <= 0.985


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=2, max_size=8))
def test_an_interval_holds_its_mean_and_never_falls_below_0(weeks: list[list[int]]):
    mean, low, high = rates(np.array(weeks, float), np.ones((len(weeks), 3)), 0.9)
    assert ((low >= 0) & (low <= mean) & (mean <= high)).all()


def test_one_week_claims_no_interval():
    demand = measure_demand(log("2025-01-06 09:00", until="2025-01-13 01:00"), contact="call")
    assert demand.table["per_hour_low"].isna().all()


def test_two_demands_are_compared_hour_by_hour_and_by_their_margins():
    few = log(*[f"2025-01-{day:02d} 10:{minute:02d}" for day in range(6, 27) for minute in range(4)])
    many = log(*[f"2025-01-{day:02d} 10:{minute:02d}" for day in range(6, 27) for minute in range(12)])
    compared = mk.compare(measure_demand(many, contact="call"), measure_demand(few, contact="call"))
    assert compared.estimate(weekday="all", hour="10").value == pytest.approx(8)
    assert set(compared.differing["hour"]) == {"10"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"contact": "cal"}, "Did you mean 'call'"),
        ({"contact": "call", "timezone": "Europe/Berln"}, "timezone='Europe/Berln'"),
        ({"contact": []}, "names no event"),
        ({"contact": "call", "confidence": 95}, "confidence=95"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(options, said):
    with pytest.raises(OptionError, match=said):
        measure_demand(log("2025-01-06 09:00"), **options)


def test_a_log_without_a_whole_week_or_without_events_is_an_error():
    with pytest.raises(OptionError, match="no whole week"):
        measure_demand(log("2025-01-06 09:00", until="2025-01-08"), contact="call")
    with pytest.raises(TableError, match="empty"):
        measure_demand(events(), contact="call")


def test_harbours_contacts_are_recovered():
    harbour = mk.load_dataset("harbour")
    demand = measure_demand(harbour.events)
    told = harbour.truth["realised"]["contacts"]
    assert demand.hours["all_contacts"].tolist() == list(told["by_hour"].values())
    assert demand.days["all_contacts"].tolist() == list(told["by_weekday"].values())
    planted = harbour.truth["planted"]["seasons"]
    margins = ((demand.days, "per_day", "contact_weekday"), (demand.hours, "per_hour", "contact_hour"))
    for rows, name, weights in margins:
        weight = np.array(planted[weights], float)
        expected = weight / weight.sum() * rows[name].sum()
        inside = (rows[f"{name}_low"] <= expected) & (expected <= rows[f"{name}_high"])
        assert inside.all()
