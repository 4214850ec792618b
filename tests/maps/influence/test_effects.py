"""Pooled differences and ratios against statsmodels, against the house's own, and where nothing can be said."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from mapkit.journeys.drivers_effects import COUNTS, within_strata
from mapkit.maps.influence.counts import KEYS
from mapkit.maps.influence.effects import crude, exact_p, pooled
from mapkit.statistics import adjust_p_values


def cells(rows: list[tuple[int, int, int, int]], influencer: str = "k1") -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(COUNTS))
    return frame.assign(kind="influencer", influencer=influencer, step=1, stratum=range(len(rows)), others=0)


def random_cells(seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(rng.integers(1, 6)):
        n1, n0 = rng.integers(0, 40, 2)
        rows.append((n1, rng.integers(0, n1 + 1), n0, rng.integers(0, n0 + 1)))
    return cells(rows)


@pytest.mark.parametrize("seed", range(30))
def test_the_difference_within_is_mantel_and_haenszels(seed) -> None:
    table = random_cells(seed)
    ours, theirs = pooled(table, 0.95).iloc[0], within_strata(table, "influencer", 0.95)
    for name in ("difference_within", "difference_within_low", "difference_within_high"):
        assert ours[name] == pytest.approx(float(theirs[name].iloc[0]), nan_ok=True)
    many = pooled(table.assign(**{name: 40 * table[name] for name in COUNTS}), 0.95).iloc[0]
    theirs = within_strata(table.assign(**{name: 40 * table[name] for name in COUNTS}), "influencer", 0.95)
    assert many["p_within"] == pytest.approx(float(theirs["p_within"].iloc[0]), nan_ok=True, abs=1e-12)
    assert ours["strata"] == int(theirs["strata"].iloc[0])


@pytest.mark.parametrize("seed", range(30))
def test_the_ratio_within_is_that_of_statsmodels(seed) -> None:
    from statsmodels.stats.contingency_tables import StratifiedTable

    table = random_cells(seed).query("customers_with > 0 and customers_without > 0")
    if table.empty or table["converted_without"].sum() == 0 or table["converted_with"].sum() == 0:
        return
    tables = [np.array([[a, n - a], [c, m - c]], float) for n, a, m, c in table[list(COUNTS)].to_numpy()]
    assert pooled(table, 0.95).iloc[0]["ratio_within"] == pytest.approx(StratifiedTable(tables).riskratio_pooled)


def test_one_stratum_is_the_crude_difference_and_ratio() -> None:
    table = cells([(70, 56, 80, 48)])
    one, plain = pooled(table, 0.95).iloc[0], crude(table, 0.95).iloc[0]
    assert one["difference_within"] == pytest.approx(0.2) == plain["difference"]
    assert one["ratio_within"] == pytest.approx(plain["ratio"])
    assert (round(plain["difference_low"], 4), round(plain["difference_high"], 4)) == (0.0524, 0.3339)
    # Greenland and Robins's variance is Katz's where there is one stratum.
    assert one["ratio_within_low"] == pytest.approx(plain["ratio_low"])


def test_the_interval_of_the_ratio_covers_as_often_as_it_says() -> None:
    rng, logs = np.random.default_rng(1), 1_000
    n1, n0, base = np.array([60, 200, 40]), np.array([200, 100, 300]), np.array([0.2, 0.4, 0.5])
    made = [
        cells(list(zip(n1, rng.binomial(n1, base * 1.3), n0, rng.binomial(n0, base), strict=True)), f"k{k}")
        for k in range(logs)
    ]
    found = pooled(pd.concat(made, ignore_index=True), 0.95)
    covered = (found["ratio_within_low"] <= 1.3) & (found["ratio_within_high"] >= 1.3)
    assert 0.935 <= covered.mean() <= 0.965


def test_the_exact_p_of_one_stratum_is_fishers_and_of_several_that_of_their_sum() -> None:
    from itertools import product

    from scipy.stats import fisher_exact, hypergeom

    one = tuple(np.array([each]) for each in (12, 8, 30, 9))
    assert exact_p(*one) == pytest.approx(fisher_exact([[8, 4], [9, 21]]).pvalue)
    n1, a, n0, c = np.array([4, 3]), np.array([3, 2]), np.array([6, 5]), np.array([1, 2])
    pmf = [hypergeom.pmf(range(n + 1), n + m, k + r, n) for n, k, m, r in zip(n1, a, n0, c, strict=True)]
    sums = np.zeros(8)
    for i, j in product(range(5), range(4)):
        sums[i + j] += pmf[0][i] * pmf[1][j]
    assert exact_p(n1, a, n0, c) == pytest.approx(sums[sums <= sums[5] * (1 + 1e-9)].sum())


@pytest.mark.parametrize("base", [0.05, 0.13, 0.45])
def test_among_influencers_who_do_nothing_hardly_any_is_praised_or_blamed(base) -> None:
    rng, campaigns = np.random.default_rng(0), 150
    n1 = rng.integers(30, 60, 25 * campaigns)
    table = cells(list(zip(n1, rng.binomial(n1, base), 2_500 - n1, rng.binomial(2_500 - n1, base), strict=True)))
    table = table.assign(influencer=[f"k{k:05d}" for k in range(len(table))], stratum="")
    found = pooled(table, 0.95)
    adjusted = [adjust_p_values(each) for each in np.split(found["p_within"].to_numpy(), campaigns)]
    judged = [bool((each < 0.05).any()) for each in adjusted]
    assert np.mean(judged) < 0.09


def test_where_nobody_is_on_one_side_nothing_is_said() -> None:
    found = pooled(cells([(10, 5, 0, 0), (0, 0, 12, 3)]), 0.95).iloc[0]
    assert found["strata"] == 0
    assert math.isnan(found["difference_within"]) and math.isnan(found["p_within"])


def test_rows_of_several_influencers_do_not_mix() -> None:
    both = pd.concat([cells([(10, 5, 20, 5)], "a"), cells([(30, 3, 10, 5)], "b")], ignore_index=True)
    found = pooled(both, 0.95)
    assert found[list(KEYS)]["influencer"].tolist() == ["a", "b"]
    assert found["difference_within"].round(6).tolist() == [0.25, -0.4]
