"""On how many days active customers come, and the ratio that DAU / MAU stands for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import mapkit as mk
from mapkit.errors import OptionError
from mapkit.journeys.retention import measure_stickiness
from tests.literal import events

# January 2025 as a whole: from its first day to an event of February.
LOG = events("ann: a@0 a@1h a@5d a@6d", "bob: a@3d", "cat: a@4d a@20d", "end: a@40d")


def test_days_are_counted_once_and_shares_are_of_those_active_in_the_month():
    table = measure_stickiness(LOG).table.set_index("units")
    assert table["customers"].tolist()[:4] == [1, 1, 1, 0]
    assert len(table) == 31
    assert table.loc[1, "of_customers"] == pytest.approx(1 / 3)


def test_the_ratio_is_daily_active_over_monthly_active():
    ratios = measure_stickiness(LOG).ratios.iloc[0]
    assert (ratios["customers"], ratios["units"]) == (3, 31)
    assert ratios["mean_active"] == pytest.approx(6 / 31)
    assert ratios["of_units"] == pytest.approx(6 / 31 / 3)


def test_its_interval_is_that_of_a_mean_over_customers():
    days = [3, 1, 2]
    ratio = measure_stickiness(LOG).ratio()
    error = stats.sem(days) / 31
    assert ratio.value == pytest.approx(np.mean(days) / 31)
    assert ratio.high - ratio.value == pytest.approx(stats.norm.ppf(0.975) * error)
    assert ratio.n == 3


def test_customers_who_are_all_alike_give_no_interval():
    ratio = measure_stickiness(events("ann: a@0", "bob: a@3d", "end: a@40d")).ratio()
    assert ratio.value == pytest.approx(1 / 31)
    assert np.isnan(ratio.low)
    assert np.isnan(ratio.high)


def test_months_that_the_log_cuts_off_are_not_pooled():
    stickiness = measure_stickiness(events("ann: a@10d", "bob: a@35d", "cat: a@60d a@61d"))
    assert stickiness.ratios["complete"].tolist() == [False, True, False]
    assert stickiness.table["customers"].sum() == 1
    assert stickiness.ratios["units"].tolist() == [31, 28, 31]


def test_who_came_often_can_be_asked_for():
    stickiness = measure_stickiness(LOG)
    assert stickiness.share_at_least(2).value == pytest.approx(2 / 3)
    assert stickiness.share_at_least(2).n == 3


def test_hours_of_a_day_and_days_of_a_week():
    log = events("ann: a@0 a@10m a@3h a@30h", "end: a@14d")
    assert measure_stickiness(log, period="day", within="hour").table["customers"].tolist()[:2] == [1, 1]
    # The log begins on a Wednesday, so its first week is cut off.
    weekly = measure_stickiness(log, period="week")
    assert weekly.ratios["complete"].tolist() == [False, False]
    with pytest.raises(OptionError, match="No week of this log is complete"):
        weekly.ratio()


def test_segments_have_a_ratio_each_and_can_be_compared():
    log = events("ann: a@0{channel=web} a@5d", "bob: a@3d{channel=mail}", "end: a@40d{channel=web}")
    stickiness = measure_stickiness(log, by="channel")
    assert stickiness.ratio(segment="web").value == pytest.approx(2 / 31)
    assert stickiness.pooled["segment"].tolist() == ["mail", "web"]
    with pytest.raises(OptionError, match="Did you mean 'web'"):
        stickiness.ratio(segment="webb")


def test_two_logs_are_compared_on_their_ratio():
    often = events(*(f"c{k}: a@0 a@1d a@2d {'a@3d' if k % 2 else ''}" for k in range(40)), "end: b@40d")
    rarely = events(*(f"c{k}: a@0 {'a@3d' if k % 2 else ''}" for k in range(40)), "end: b@40d")
    compared = mk.compare(measure_stickiness(often, target="a"), measure_stickiness(rarely, target="a"))
    assert compared.table["verdict"].tolist() == ["higher"]
    assert compared.table["difference"].iloc[0] == pytest.approx(2 / 31)


@pytest.mark.parametrize(("period", "within"), [("day", "day"), ("day", "week"), ("hour", "day")])
def test_the_short_period_must_be_shorter(period, within):
    with pytest.raises(OptionError, match="is not shorter"):
        measure_stickiness(LOG, period=period, within=within)


def test_an_empty_log_sticks_to_nobody():
    stickiness = measure_stickiness(events())
    assert stickiness.table.empty
    assert stickiness.ratios.empty
    assert measure_stickiness(events(), by="event").pooled.empty
