"""Conversion by the period of entry."""

from __future__ import annotations

import pandas as pd
import pytest

from mapkit.errors import OptionError
from mapkit.journeys import measure_funnel_trend
from tests.literal import events

# 2025-01-01 is a Wednesday: its week starts on Monday 2024-12-30.


def test_a_customer_counts_in_the_period_in_which_they_entered():
    log = events("ann: visit@0 buy@1d", "bob: visit@8d buy@9d", "cat: visit@8d", "dan: visit@40d")
    table = measure_funnel_trend(log, ["visit", "buy"], period="week").table
    assert table["period"].dt.strftime("%d %b").tolist() == ["30 Dec", "06 Jan", "10 Feb"]
    assert table["entered"].tolist() == [1, 2, 1]
    assert table["converted"].tolist() == [1, 1, 0]


def test_a_customer_who_enters_in_two_periods_counts_in_both():
    log = events("ann: visit@0 visit@1d buy@1d visit@2d", "end: other@9d")
    table = measure_funnel_trend(log, ["visit", "buy"], period="day", window="1h").table
    assert table["entered"].tolist() == [1, 1, 1]
    assert table["converted"].tolist() == [0, 1, 0]


def test_a_period_is_complete_when_the_window_of_its_last_entry_has_passed():
    log = events("ann: visit@0 visit@3d", "end: other@5d")
    trend = measure_funnel_trend(log, ["visit", "other"], period="day", window="2d")
    assert trend.table["complete"].tolist() == [True, False]
    assert any("1 periods are not complete" in note for note in trend.notes)


def test_months_and_segments():
    log = events("ann: visit@0{channel=email} buy@1d", "bob: visit@31d{channel=web}", "end: other@70d")
    table = measure_funnel_trend(log, ["visit", "buy"], period="month", breakdown="channel").table
    assert list(zip(table["period"].dt.month, table["segment"], table["converted"], strict=True)) == [
        (1, "email", 1),
        (2, "web", 0),
    ]
    assert table["of_entered_high"].between(0, 1).all()


def test_a_week_that_stands_apart_is_named_and_chance_is_not():
    usual = [f"c{w}x{n}: visit@{w * 7}d {f'buy@{w * 7}d' if n < 60 else ''}" for w in range(4) for n in range(100)]
    broken = [f"b{n}: visit@28d {'buy@28d' if n < 15 else ''}" for n in range(100)]
    apart = measure_funnel_trend(events(*usual, *broken, "end: other@60d"), ["visit", "buy"]).standout()
    assert apart.period == pd.Timestamp("2025-01-27")
    assert (str(apart.estimate), str(apart.elsewhere)) == ("15.0% [9.3%, 23.3%] of 100", "60.0% [55.1%, 64.7%] of 400")
    assert measure_funnel_trend(events(*usual, "end: other@60d"), ["visit", "buy"]).standout() is None


def test_an_empty_log_has_no_periods():
    table = measure_funnel_trend(events("a: visit@1").data.limit(0).to_pandas(), ["visit", "visit"]).table
    assert len(table) == 0 and "of_entered_low" in table.columns


def test_a_period_that_is_not_known_is_answered_with_those_that_are():
    with pytest.raises(OptionError, match="Did you mean 'month'"):
        measure_funnel_trend(events("a: visit@1"), ["visit", "visit"], period="mont")
    assert pd.Timestamp("2024-12-30").day_name() == "Monday"
