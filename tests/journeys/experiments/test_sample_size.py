"""A sample size is what the formula says, and what a simulation of the experiment bears out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import NormalIndPower, tt_ind_solve_power
from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

from mapkit.errors import OptionError
from mapkit.journeys.experiments import find_sample_size


def test_shares_follow_the_formula():
    z = stats.norm.ppf(0.975) + stats.norm.ppf(0.8)
    by_hand = np.ceil(z**2 * (0.1 * 0.9 + 0.12 * 0.88) / 0.02**2)
    table = find_sample_size(baseline=0.10, difference=0.02).table
    assert table["control_customers"].tolist() == [by_hand]
    assert table["customers"].tolist() == [2 * by_hand]
    assert table["lift"].tolist() == pytest.approx([0.2])


def test_peers_agree_within_their_approximations():
    ours = find_sample_size(baseline=0.10, difference=0.02).table["control_customers"].iloc[0]
    pooled = samplesize_proportions_2indep_onetail(0.02, 0.10, 0.8, alpha=0.05)
    arcsine = NormalIndPower().solve_power(2 * (np.arcsin(0.12**0.5) - np.arcsin(0.10**0.5)), power=0.8, alpha=0.05)
    assert ours == pytest.approx(pooled, rel=0.01)
    assert ours == pytest.approx(arcsine, rel=0.01)
    mean = find_sample_size(baseline=27, difference=4, kind="mean", sd=40).table["control_customers"].iloc[0]
    assert mean == pytest.approx(tt_ind_solve_power(effect_size=0.1, power=0.8, alpha=0.05), rel=0.005)


def test_an_experiment_of_that_size_sees_the_effect_as_often_as_planned():
    n = int(find_sample_size(baseline=0.3, difference=0.08).table["control_customers"].iloc[0])
    rng = np.random.default_rng(2)
    a, b = rng.binomial(n, 0.3, 20_000), rng.binomial(n, 0.38, 20_000)
    pooled = (a + b) / (2 * n)
    z = (b - a) / n / np.sqrt(2 * pooled * (1 - pooled) / n)
    assert (np.abs(z) > 1.96).mean() == pytest.approx(0.8, abs=0.015)


def test_unequal_arms_take_more_customers_in_all():
    even = find_sample_size(baseline=0.1, difference=0.02).table.iloc[0]
    uneven = find_sample_size(baseline=0.1, difference=0.02, allocation=4).table.iloc[0]
    assert uneven["control_customers"] < even["control_customers"]
    assert uneven["customers"] > even["customers"]
    assert uneven["arm_customers"] == pytest.approx(4 * uneven["control_customers"], abs=4)


def test_more_arms_split_the_error():
    two = find_sample_size(baseline=0.1, difference=0.02, confidence=0.975).table.iloc[0]
    three = find_sample_size(baseline=0.1, difference=0.02, arms=3).table.iloc[0]
    assert three["control_customers"] == two["control_customers"]
    assert three["customers"] == 3 * three["control_customers"]


def test_days_are_whole_days_of_traffic():
    table = find_sample_size(baseline=0.1, difference=0.02, customers_per_day=100).table
    assert table["days"].tolist() == [77]


@settings(max_examples=25, deadline=None)
@given(st.floats(0.02, 0.9), st.floats(0.005, 0.09), st.floats(0.5, 0.95))
def test_power_and_smallest_difference_undo_the_size(baseline: float, difference: float, power: float):
    size = find_sample_size(baseline=baseline, difference=difference, power=power)
    n = float(size.table["control_customers"].iloc[0])
    assert power - 1e-6 <= size.power_of(difference, n)
    assert size.smallest_difference(n) <= difference + 1e-9
    assert size.smallest_difference(n - 1) >= difference - 1e-9 or n == 1


def test_power_at_a_fixed_size_rises_with_the_effect():
    table = find_sample_size(baseline=0.1, customers_per_arm=2000).table
    assert table["power"].is_monotonic_increasing
    assert find_sample_size(baseline=0.1).customers(lift=0.1).unit == "customers"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"baseline": 10}, "baseline=10 is not a share"),
        ({"baseline": 0.9, "lift": 0.2}, "Shares lie between 0 and 1"),
        ({"baseline": 0.1, "lift": 0.0}, "can never be seen"),
        ({"baseline": 0.1, "lift": 0.1, "difference": 0.1}, "not both"),
        ({"baseline": 5.0, "kind": "mean"}, "sd="),
        ({"baseline": 0.1, "arms": 1}, "at least two arms"),
        ({"baseline": 0.1, "power": 80}, "power=80"),
        ({"baseline": 0.1, "allocation": 0}, "allocation=0"),
        ({"baseline": 0.1, "customers_per_day": -1}, "customers_per_day=-1"),
    ],
)
def test_what_cannot_be_planned_is_refused_in_words(options, said):
    with pytest.raises(OptionError, match=said):
        find_sample_size(**options)
