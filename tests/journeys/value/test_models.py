"""BG/NBD and Gamma-Gamma, against what their authors and others have published, and against slow definitions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from mapkit.journeys.value.buying import (
    Histories,
    _integrated,
    chance_alive,
    discounted_purchases,
    expected_purchases,
    fit_buying,
)
from mapkit.journeys.value.buying import _Likelihood as BuyingLikelihood
from mapkit.journeys.value.spending import _Likelihood as SpendingLikelihood
from mapkit.journeys.value.spending import expected_value, fit_spending
from tests.journeys.value.shelf import cdnow

PUBLISHED = np.log([0.2425945, 4.4136019, 0.7929199, 2.4258881])


def one(x: float, recency: float, age: float) -> Histories:
    return Histories(np.array([float(x)]), np.array([recency]), np.array([age]), np.ones(1), np.zeros(1, dtype=int))


def test_cdnow_has_the_published_parameters_and_likelihood() -> None:
    fit = fit_buying(Histories.of(cdnow()))
    assert fit.values == pytest.approx([0.2426, 4.4136, 0.7929, 2.4259], abs=2e-4)
    assert fit.log_likelihood == pytest.approx(-9582.43, abs=0.01)


def test_the_expectations_that_are_published() -> None:
    assert expected_purchases(PUBLISHED, one(2, 30.43, 38.86), 39)[0] == pytest.approx(1.226, abs=5e-4)
    assert chance_alive(PUBLISHED, one(2, 30.43, 38.86))[0] == pytest.approx(0.7266, abs=5e-5)
    often = one(26, 30.857143, 31.0)
    # These three are printed for parameters known to more digits than were printed with them.
    assert expected_purchases(PUBLISHED, often, 52)[0] == pytest.approx(25.75659, rel=4e-5)
    assert chance_alive(PUBLISHED, often)[0] == pytest.approx(0.9688523, abs=3e-6)
    assert expected_purchases(PUBLISHED, one(0, 0.0, 0.0), 52)[0] == pytest.approx(1.444004, abs=1e-5)


def test_cdnows_spending_has_the_published_parameters() -> None:
    again = cdnow().query("frequency > 0")
    fit = fit_spending(again["frequency"].to_numpy(float), again["monetary_value"].to_numpy(float))
    assert fit.rows == 946
    assert fit.values == pytest.approx([6.25, 3.74, 15.44], abs=0.02)
    assert fit.log_likelihood == pytest.approx(-4055.92, abs=0.01)
    published = np.log([6.25, 3.74, 15.44])
    means = expected_value(published, np.array([0.0, 1.0, 2.0]), np.array([np.nan, 22.35, 50.0]))
    assert means == pytest.approx([35.219, 26.272, 47.343], abs=0.001)


@settings(max_examples=15, deadline=None)
@given(
    r=st.floats(0.2, 3), alpha=st.floats(0.5, 30), a=st.floats(0.3, 4), b=st.floats(0.5, 6), x=st.integers(0, 400),
    age=st.floats(1, 60), late=st.floats(0.3, 1), time=st.floats(0.5, 100),
)  # fmt: skip
def test_expected_purchases_are_the_mean_over_all_that_a_customer_may_be(r, alpha, a, b, x, age, late, time) -> None:
    logs = np.log([r, alpha, a, b])
    history = one(x, age * late if x else 0.0, age)

    def given_leaving(p: float) -> float:
        """Purchases of a customer who is alive and leaves after each with probability p; the rate is integrated out."""
        kept = (alpha + age) / (alpha + age + p * time)
        return (1 - kept ** (r + x)) / p * stats.beta.pdf(p, a, b + x)

    middle = a / (a + b + x)
    points = [middle / 10, middle, min(3 * middle, 0.9)]
    slow, _ = integrate.quad(given_leaving, 0, 1, points=points, limit=400)
    assert expected_purchases(logs, history, time)[0] == pytest.approx(slow * chance_alive(logs, history)[0], rel=1e-4)


def test_a_leaving_parameter_of_exactly_one_is_no_hole() -> None:
    near, at = (expected_purchases(np.log([0.5, 4.0, a, 2.0]), one(3, 20.0, 30.0), 52.0)[0] for a in (1.0 + 1e-5, 1.0))
    assert at == pytest.approx(near, rel=1e-4)


def test_a_thousand_purchases_do_not_overflow() -> None:
    assert 0 < expected_purchases(PUBLISHED, one(1_000, 31.0, 31.0), 52)[0] < 52 / 31 * 1_000
    assert chance_alive(PUBLISHED, one(1_000, 31.0, 31.0))[0] > 0.99


def test_without_a_repeat_purchase_the_model_knows_no_leaving() -> None:
    assert chance_alive(PUBLISHED, one(0, 0.0, 500.0))[0] == 1.0


def test_parameters_that_ran_off_to_an_end_still_answer() -> None:
    draw = np.random.default_rng(3)
    age = draw.uniform(50, 360, 240)
    x = draw.poisson(age / 60)
    summary = pd.DataFrame({"frequency": x, "recency": np.where(x > 0, age * 0.9, 0), "T": age})
    fit = fit_buying(Histories.of(summary))
    assert "r" in fit.vague
    expected = expected_purchases(fit.logs, Histories.of(summary), 60.0)
    assert ((expected > 0) & (expected < 2)).all()


def test_both_ways_to_expect_purchases_agree() -> None:
    x, age = np.array([0.0, 3.0, 40.0]), np.array([5.0, 30.0, 30.0])
    histories = Histories(x, np.array([0.0, 30.0, 30.0]), age, np.ones(3), np.arange(3))
    quick = expected_purchases(PUBLISHED, histories, 52) / chance_alive(PUBLISHED, histories)
    assert _integrated(tuple(np.exp(PUBLISHED)), x, age, 52) == pytest.approx(quick, rel=5e-3)


def test_discounting_takes_each_purchase_from_its_own_moment() -> None:
    history, force = one(2, 30.43, 38.86), 0.01
    edges = np.linspace(0, 52, 2_001)
    sums = np.array([expected_purchases(PUBLISHED, history, t)[0] for t in edges])
    slow = (np.diff(sums) * np.exp(-force * (edges[1:] + edges[:-1]) / 2)).sum()
    assert discounted_purchases(PUBLISHED, history, 52, force)[0] == pytest.approx(slow, rel=1e-6)
    assert discounted_purchases(PUBLISHED, history, 52, 0.0)[0] == pytest.approx(sums[-1])


def test_the_gradients_are_those_of_the_likelihoods() -> None:
    draw = np.random.default_rng(4)
    x = draw.poisson(2, 300).astype(float)
    age = draw.uniform(10, 40, 300)
    recency = np.where(x > 0, age * draw.uniform(0.1, 1, 300), 0)
    histories = Histories(x, recency, age, draw.integers(1, 4, 300).astype(float), np.arange(300))
    again = x > 0
    for likelihood, at in (
        (BuyingLikelihood(histories), np.log([0.4, 5.0, 0.8, 2.0])),
        (SpendingLikelihood(x[again], draw.gamma(3, 10, again.sum())), np.log([5.0, 3.0, 12.0])),
    ):
        moves = np.eye(len(at)) * 1e-6
        slow = [(likelihood(at + move)[0] - likelihood(at - move)[0]) / 2e-6 for move in moves]
        assert likelihood(at)[1] == pytest.approx(slow, rel=1e-5, abs=1e-3)


def test_the_likelihood_of_a_history_is_that_of_its_story() -> None:
    """One repeat purchase at 3 of 10: rate and leaving integrated out by numbers, not by formulas."""
    r, alpha, a, b = 0.7, 4.0, 0.9, 2.0

    def story(rate: np.ndarray, p: np.ndarray) -> np.ndarray:
        """Bought at 3 and then silent until 10, or gone from 3 on."""
        return (1 - p) * rate * np.exp(-rate * 10) + p * rate * np.exp(-rate * 3)

    # A million points in equal shares of both distributions.
    shares = (np.arange(1_000) + 0.5) / 1_000
    rate, p = np.meshgrid(stats.gamma.ppf(shares, r, scale=1 / alpha), stats.beta.ppf(shares, a, b))
    slow = story(rate, p).mean()
    quick = BuyingLikelihood(one(1, 3.0, 10.0))(np.log([r, alpha, a, b]))[0]
    assert quick == pytest.approx(np.log(slow), abs=1e-3)


def test_the_unit_of_time_changes_alpha_and_nothing_else() -> None:
    weeks = Histories.of(cdnow())
    days = Histories(weeks.x, weeks.recency * 7, weeks.age * 7, weeks.weight, weeks.of_customer)
    one_fit, other = fit_buying(weeks), fit_buying(days)
    assert other.values == pytest.approx(one_fit.values * [1, 7, 1, 1], rel=1e-3)
    repeats = (weeks.weight * weeks.x).sum()
    assert other.log_likelihood == pytest.approx(one_fit.log_likelihood - repeats * np.log(7), abs=1e-3)


def test_customers_with_one_history_share_its_work() -> None:
    summary = pd.DataFrame({"frequency": [0, 1, 0], "recency": [0.0, 2.0, 0.0], "T": [5.0, 5.0, 5.0]})
    histories = Histories.of(summary)
    assert histories.weight.tolist() == [2.0, 1.0]
    assert histories.of_customer.tolist() == [0, 1, 0]


def test_spending_that_does_not_vary_between_customers_leaves_q_and_v_unsettled() -> None:
    draw = np.random.default_rng(1)
    x = draw.integers(1, 6, 400).astype(float)
    fit = fit_spending(x, np.array([draw.gamma(5, 4, int(k)).mean() for k in x]))
    assert "q" in fit.vague
    assert np.isfinite(fit.covariance).all()
    assert expected_value(fit.logs, np.array([0.0]), np.array([np.nan]))[0] == pytest.approx(20, rel=0.05)
