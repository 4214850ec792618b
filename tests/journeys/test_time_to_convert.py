"""The time from the first step to the last, with those who are still on their way."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf

from mapkit.journeys import measure_time_to_convert
from tests.literal import events


def test_the_kaplan_meier_curve_is_that_of_the_textbook():
    # Two convert after 10 and 30 seconds, one is censored at 20 (the log ends): S = 2/3, then 2/3 * 0/1.
    log = events("ann: visit@0 buy@10", "bob: visit@20 buy@50", "cat: visit@30", "end: other@50")
    table = measure_time_to_convert(log, ["visit", "buy"]).table
    assert table["seconds"].tolist() == [10, 20, 30]
    assert table["at_risk"].tolist() == [3, 2, 1]
    assert table["share_converted"].round(4).tolist() == [0.3333, 0.3333, 1.0]


def test_the_wait_is_counted_from_the_first_visit_though_a_later_one_led_to_the_purchase():
    log = events("ann: visit@0 visit@50 buy@60")
    assert measure_time_to_convert(log, ["visit", "buy"]).median_seconds == 60


def test_a_median_that_fewer_than_half_reach_is_not_made_up():
    log = events("ann: visit@0 buy@10", "bob: visit@0", "cat: visit@0", "end: other@100")
    told = measure_time_to_convert(log, ["visit", "buy"])
    assert math.isnan(told.median_seconds)
    assert (told.entered, told.converted) == (3, 1)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.one_of(st.none(), st.integers(1, 40))), min_size=1, max_size=30))
def test_curve_and_interval_equal_those_of_scipy(waits):
    lines = [f"c{n}: visit@{v} " + (f"buy@{v + took}" if took else "") for n, (v, took) in enumerate(waits)]
    table = measure_time_to_convert(events(*lines, "end: other@100"), ["visit", "buy"]).table
    converted = [took for _, took in waits if took]
    censored = [100 - visit for visit, took in waits if not took]
    peer = ecdf(CensoredData(uncensored=converted, right=censored)).sf
    at = table["seconds"].to_numpy()
    assert np.allclose(1 - table["share_converted"], peer.evaluate(at))
    if converted:
        interval = peer.confidence_interval(method="log-log")
        high = interval.low.evaluate(at)
        inside = (table["share_converted"] > 0) & (table["share_converted"] < 1)
        assert np.allclose((1 - table["share_converted_high"])[inside], high[inside])


def test_the_histogram_holds_everybody_who_converted():
    log = events(*(f"c{n}: visit@0 buy@{n + 1}" for n in range(200)))
    told = measure_time_to_convert(log, ["visit", "buy"])
    assert told.histogram["customers"].sum() == told.converted == 200
    assert (told.histogram["high_seconds"].iloc[-1], told.histogram["low_seconds"].iloc[0]) == (200, 0)


def test_a_long_curve_is_thinned_without_losing_anybody():
    log = events(*(f"c{n}: visit@0 buy@{n + 1}" for n in range(3_000)))
    told = measure_time_to_convert(log, ["visit", "buy"])
    assert len(told.table) <= 1_000
    assert told.table["converted"].sum() == 3_000
    assert told.median_seconds == 1_500
