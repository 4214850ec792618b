"""The arithmetic behind a verdict, against its peers and against chance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mapkit.maps.two_sources.answers import of_mean, of_median, of_name, of_order, of_share


def test_a_share_is_tested_at_the_nearer_edge_of_the_claim():
    answer = of_share(20, 100, 0.4, 0.05, 0.95)
    assert answer.p == pytest.approx(2 * stats.binom.cdf(20, 100, 0.35))
    assert answer.beyond == pytest.approx(0.35 - answer.high)
    assert of_share(42, 100, 0.4, 0.05, 0.95).p == 1.0


def test_a_claim_of_everybody_is_contradicted_by_one_when_nothing_is_tolerated():
    assert of_share(999, 1_000, 1.0, 0.0, 0.95).p == 0.0
    assert of_share(999, 1_000, 1.0, 0.05, 0.95).p == 1.0


def test_a_mean_is_students():
    scores = np.array([-2, -1, 0, 1, 1, 2, -1, 0, 0, 1] * 4, float)
    answer = of_mean(40, scores.sum(), (scores**2).sum(), 1.0, tolerance=0.0, confidence=0.95)
    peer = stats.ttest_1samp(scores, 1.0)
    assert answer.p == pytest.approx(peer.pvalue)
    assert (answer.low, answer.high) == pytest.approx(tuple(peer.confidence_interval(0.95)))


def test_a_median_is_tested_by_the_signs():
    answer = of_median((10.0, 8.0, 12.0), 100, (80, 5), 20.0, 0.0)
    assert answer.p == pytest.approx(stats.binomtest(20, 100, 0.5).pvalue)
    assert answer.beyond == pytest.approx(1 - 12 / 20)
    longer = of_median((40.0, 35.0, 45.0), 100, (5, 90), 20.0, 0.25)
    assert longer.beyond == pytest.approx(1 - 25 / 35)
    assert math.isnan(of_median((math.nan,) * 3, 0, (0, 0), 20.0, 0.25).value)


def test_looking_for_the_weakest_of_several_is_paid_for():
    assert of_order(30, 100, 0.0, 0.95, pairs=3).p == pytest.approx(3 * of_order(30, 100, 0.0, 0.95).p)


def test_the_leading_name_agrees_with_itself_also_in_a_tie():
    assert of_name({"a": 50, "b": 50}, 100, "a", 0.0, 0.95).beyond == 0.0
    assert of_name({"a": 50, "b": 50}, 100, "b", 0.0, 0.95).beyond == 0.0
    assert of_name({}, 0, "a", 0.0, 0.95).n == 0


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 400), st.data())
def test_what_was_observed_is_never_contradicted_by_itself(n: int, data: st.DataObject):
    hits = data.draw(st.integers(0, n))
    answer = of_share(hits, n, hits / n, 0.0, 0.95)
    assert (answer.beyond, answer.p) == (0.0, 1.0)
    claimed = data.draw(st.floats(0, 1))
    other = of_share(hits, n, claimed, 0.05, 0.95)
    assert 0 <= other.beyond <= 1 and 0 <= other.p <= 1
    # A wider tolerance never makes a claim worse.
    assert of_share(hits, n, claimed, 0.2, 0.95).beyond <= other.beyond


def test_a_true_claim_is_contradicted_by_chance_in_at_most_one_of_twenty():
    rng = np.random.default_rng(4)
    wrong = 0
    for hits in rng.binomial(200, 0.3, 1_000):
        answer = of_share(int(hits), 200, 0.3, 0.0, 0.95)
        wrong += answer.beyond > 0 and answer.p < 0.05
    assert wrong <= 60
