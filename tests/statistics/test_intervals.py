"""Intervals with published values, and estimates that carry them."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from mapkit.errors import OptionError
from mapkit.statistics import Estimate, Result, difference_interval, wilson_interval


def rounded(interval):
    return tuple(round(float(end), 4) for end in interval)


def test_wilsons_interval_has_its_published_values():
    assert rounded(wilson_interval(15, 50)) == (0.1910, 0.4375)
    assert rounded(wilson_interval(0, 10)) == (0.0, 0.2775)


def test_newcombes_interval_has_its_published_values():
    assert rounded(difference_interval(56, 70, 48, 80)) == (0.0524, 0.3339)


@given(st.integers(1, 2_000), st.data(), st.sampled_from([0.8, 0.95, 0.99]))
def test_wilsons_interval_is_that_of_scipy(n, data, confidence):
    hits = data.draw(st.integers(0, n))
    peer = binomtest(hits, n).proportion_ci(confidence, method="wilson")
    low, high = wilson_interval(hits, n, confidence)
    assert (float(low), float(high)) == pytest.approx((peer.low, peer.high), abs=1e-12)


def test_of_nobody_nothing_is_claimed():
    low, high = wilson_interval([0, 1], [0, 2])
    assert math.isnan(low[0]) and math.isnan(high[0]) and low[1] < 0.5 < high[1]
    assert str(Estimate.of_share("x", 0, 0)) == "unknown of 0"


def test_a_confidence_that_is_no_share_is_refused():
    with pytest.raises(OptionError, match="between 0 and 1"):
        wilson_interval(1, 2, 95)


def test_an_estimate_compared_with_a_number_is_a_condition_and_no_truth_value():
    condition = Estimate.of_share("buy of visit", 15, 50) < 0.25
    assert str(condition) == "buy of visit < 25.0%" and not condition.is_met
    with pytest.raises(TypeError, match="not true or false by itself"):
        bool(condition)


def test_a_result_shows_its_numbers_and_hides_no_markup():
    table = pd.DataFrame({"step": ["<b>"], "customers": [12_345], "of_first": [0.123456]})
    shown = Result("A <title>", table, ("a & b",))._repr_html_()
    assert "12,345" in shown and "0.1235" in shown
    assert "&lt;b&gt;" in shown and "A &lt;title&gt;" in shown and "a &amp; b" in shown
