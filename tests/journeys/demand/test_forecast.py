"""A forecast goes on with what was, after a trial against the last season repeated."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mapkit as mk
from mapkit.errors import OptionError, TableError
from mapkit.journeys.demand import measure_forecast
from mapkit.journeys.demand.forecast import NAIVE, SMOOTHED
from mapkit.journeys.demand.models import repeat_season
from tests.literal import table_of


def daily(values, start: str = "2025-01-06", name: str = "calls") -> pd.Series:
    return pd.Series(np.asarray(values, float), index=pd.date_range(start, periods=len(values)), name=name)


def weekly_pattern(days: int, seed: int = 3) -> np.ndarray:
    week = np.array([30, 25, 24, 22, 20, 8, 3])
    return np.random.default_rng(seed).poisson(np.resize(week, days) * np.linspace(1, 1.5, days)).astype(float)


def ahead(forecast) -> pd.DataFrame:
    return forecast.table[forecast.table["part"] == "forecast"]


def test_a_repeating_week_is_repeated():
    week = [4, 9, 16, 25, 36, 1, 0]
    forecast = measure_forecast(daily(week * 10), horizon=14)
    assert ahead(forecast)["forecast"].tolist() == pytest.approx(week * 2, abs=0.01)


def test_repeating_the_last_season_is_what_it_says():
    path = repeat_season(np.array([1.0, 4, 9, 1, 4, 16]), 4, 3, 0.95)
    assert path.mean.tolist() == [1, 4, 16, 1]
    error = np.sqrt(1 / 3)  # root changes are 0, 0 and 1
    assert path.high[0] == pytest.approx((1 + 1.959964 * error) ** 2)
    assert path.high[3] == pytest.approx((1 + 1.959964 * error * 2**0.5) ** 2)


def test_the_better_way_in_the_trial_is_used_and_both_errors_are_told():
    forecast = measure_forecast(daily(weekly_pattern(112)))
    assert forecast.method == SMOOTHED
    assert forecast.smoothed_error < forecast.naive_error
    assert forecast.trial_error == forecast.smoothed_error
    trial = forecast.table[forecast.table["part"] == "trial"]
    assert len(trial) == forecast.holdout == 28
    assert (trial["forecast"] - trial["observed"]).abs().mean() == pytest.approx(forecast.smoothed_error)
    assert forecast.coverage.value == trial["observed"].between(trial["low"], trial["high"]).mean()


def test_where_repeating_is_better_it_is_said_and_used():
    jumps = np.repeat(np.random.default_rng(8).integers(1, 60, 12), 7).astype(float)
    jumps[-14:] = jumps[-15]
    forecast = measure_forecast(daily(jumps), horizon=7)
    assert forecast.method == NAIVE
    assert any("Nothing better than repeating" in note for note in forecast.notes)
    assert ahead(forecast)["forecast"].tolist() == jumps[-7:].tolist()


def test_intervals_hold_about_as_many_days_as_they_promise():
    inside = []
    for seed in range(4):
        values = weekly_pattern(112, seed)
        path = ahead(measure_forecast(daily(values[:84])))
        inside.append(((path["low"] <= values[84:]) & (values[84:] <= path["high"])).mean())
    assert 0.88 <= np.mean(inside) <= 0.99


@settings(max_examples=4, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=40, max_size=60), st.integers(1, 20))
def test_a_forecast_is_never_below_0_and_lies_in_its_interval(values: list[int], horizon: int):
    rows = ahead(measure_forecast(daily(values), horizon=horizon))
    assert len(rows) == horizon
    assert (rows["low"] >= 0).all()
    assert ((rows["low"] <= rows["forecast"]) & (rows["forecast"] <= rows["high"])).all()


def test_a_log_is_counted_by_whole_days_with_zeros_between():
    days = [f"2025-01-{day:02d} 10:00" for day in range(2, 31, 2)]
    times = pd.to_datetime(["2025-01-01 12:00", *days, "2025-01-31 12:00"]).astype("datetime64[us]")
    frame = pd.DataFrame({"customer": "ann", "event": "call", "time": times}).assign(row=range(len(times)))
    forecast = measure_forecast(table_of(frame), event="call", horizon=2, season=2, holdout=4)
    history = forecast.table["observed"].dropna()
    assert history.tolist() == [1.0, 0.0] * 14 + [1.0]
    assert any("2 in begun days" in note for note in forecast.notes)
    assert any("14 days of the history are 0" in note for note in forecast.notes)


def test_a_day_ahead_is_an_estimate():
    forecast = measure_forecast(daily(weekly_pattern(70)), horizon=3)
    day = ahead(forecast)["period"].iloc[0]
    assert forecast.at(day).n == 70
    with pytest.raises(OptionError, match="is no day of the forecast"):
        forecast.at("2020-01-01")


@pytest.mark.parametrize(
    ("series", "error", "said"),
    [
        (daily([1.0] * 60).drop(pd.Timestamp("2025-01-20")), TableError, "no value for 1 days, the first 2025-01-20"),
        (daily([1.0] * 59 + [np.nan]), TableError, "no value for 1 days"),
        (daily([1.0] * 59 + [-1]), TableError, "below 0"),
        (pd.Series([1.0] * 60), TableError, "not times"),
        (pd.concat([daily([1.0] * 40), daily([1.0] * 3)]), TableError, "more than one value"),
        (daily([1.0] * 12), OptionError, "need at least"),
        (daily([]), TableError, "empty"),
    ],
)
def test_a_history_that_cannot_be_used_is_refused_in_words(series, error, said):
    with pytest.raises(error, match=said):
        measure_forecast(series)


def test_options_out_of_range_are_refused():
    for options in ({"horizon": 0}, {"season": 1.5}, {"holdout": -1}, {"period": "dya"}, {"event": "call"}):
        with pytest.raises(OptionError):
            measure_forecast(daily(weekly_pattern(70)), **options)


def test_harbours_contacts_are_forecast_better_than_by_repeating_the_last_week():
    forecast = measure_forecast(mk.load_dataset("harbour").events, event="support_contact")
    assert forecast.method == SMOOTHED
    assert forecast.coverage.value > 0.85
