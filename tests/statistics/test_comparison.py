"""Two results of one kind, number by number."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, false_discovery_control, fisher_exact
from statsmodels.stats.multitest import multipletests

from mapkit.errors import OptionError
from mapkit.journeys import measure_funnel
from mapkit.statistics import Comparable, Comparison, Estimate, Result, adjust_p_values, compare
from mapkit.statistics.two_shares import share_p_values
from tests.literal import events


@dataclass(frozen=True, eq=False)
class Shares(Result):
    """Buyers of visitors, by page."""

    definition: dict[str, Any] = field(default_factory=dict)

    def comparable(self) -> Comparable:
        return Comparable.of_shares(self.table, ["page"], {"of_visitors": ("buyers", "visitors")}, self.definition)


@dataclass(frozen=True, eq=False)
class Means(Result):
    """Numbers that are no shares, with intervals of their own."""

    confidence: float = 0.95

    def comparable(self) -> Comparable:
        return Comparable(self.table.assign(quantity="mean_euros", unit="euros"), ("page",))


def shares(pages: dict[Any, tuple[int, int]], **definition: Any) -> Shares:
    rows = [(page, hits, n) for page, (hits, n) in pages.items()]
    return Shares("Buyers", pd.DataFrame(rows, columns=["page", "buyers", "visitors"]), (), definition)


def means(pages: dict[str, tuple[float, float, float]], n: int = 100, confidence: float = 0.95) -> Means:
    rows = [(page, *numbers, n) for page, numbers in pages.items()]
    return Means("Means", pd.DataFrame(rows, columns=["page", "value", "low", "high", "n"]), (), confidence)


def verdicts(comparison: Comparison) -> dict[Any, str]:
    return dict(zip(comparison.table["page"], comparison.table["verdict"], strict=True))


def test_the_difference_of_two_shares_has_newcombes_published_interval() -> None:
    row = compare(shares({"home": (56, 70)}), shares({"home": (48, 80)})).table.iloc[0]
    assert (round(row["difference"], 4), round(row["low"], 4), round(row["high"], 4)) == (0.2, 0.0524, 0.3339)
    assert row["p"] == pytest.approx(chi2_contingency([[56, 14], [48, 32]], correction=False).pvalue)
    assert (row["value_a"], row["value_b"], row["n_a"], row["n_b"]) == (0.8, 0.6, 70, 80)
    assert row["verdict"] == "higher"


def test_exchanging_the_two_exchanges_the_signs() -> None:
    a, b = shares({"home": (56, 70), "shop": (3, 90)}), shares({"home": (48, 80), "shop": (30, 85)})
    there, back = compare(a, b).table, compare(b, a).table
    assert np.allclose(there["difference"], -back["difference"])
    assert np.allclose(there["low"], -back["high"])
    assert np.allclose(there["p"], back["p"])
    assert there["verdict"].tolist() == ["higher", "lower"]


def test_one_buyer_among_few_is_not_certain_news() -> None:
    # The normal approximation calls this 1 in 10**15; counted out, it is 1 in 63.
    row = compare(shares({"home": (1, 30)}), shares({"home": (15, 30_000)})).table.iloc[0]
    assert row["p"] == pytest.approx(fisher_exact([[1, 29], [15, 29_985]]).pvalue)
    assert row["p"] == pytest.approx(0.0159, abs=1e-4)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_p_values_of_shares_are_those_of_the_peers(n_a: int, n_b: int, data: st.DataObject) -> None:
    a, b = data.draw(st.integers(0, n_a)), data.draw(st.integers(0, n_b))
    table = np.array([[a, n_a - a], [b, n_b - b]])
    if (table.sum(axis=0) == 0).any():
        expected = 1.0
    elif chi2_contingency(table, correction=False).expected_freq.min() < 5:
        expected = fisher_exact(table).pvalue
    else:
        expected = chi2_contingency(table, correction=False).pvalue
    assert share_p_values(a, n_a, b, n_b) == pytest.approx(expected)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusted_p_values_are_those_of_statsmodels_and_scipy(p: list[float]) -> None:
    assert adjust_p_values(p) == pytest.approx(multipletests(p, method="fdr_bh")[1])
    assert adjust_p_values(p) == pytest.approx(false_discovery_control(p))


def test_an_unknown_p_value_stays_unknown_and_counts_for_nothing() -> None:
    assert adjust_p_values([0.01, math.nan, 0.04])[[0, 2]].tolist() == adjust_p_values([0.01, 0.04]).tolist()
    assert math.isnan(adjust_p_values([0.01, math.nan])[1])
    assert adjust_p_values([]).tolist() == []


def test_what_one_comparison_would_call_a_difference_many_do_not() -> None:
    page = {"home": (60, 100)}
    rest = {f"p{k}": (50, 100) for k in range(19)}
    alone = compare(shares(page), shares({"home": (45, 100)}))
    among = compare(shares(page | rest), shares({"home": (45, 100)} | rest))
    assert verdicts(alone)["home"] == "higher"
    assert verdicts(among)["home"] == "cannot tell"
    assert among.table["p_adjusted"].iloc[0] == pytest.approx(20 * alone.table["p"].iloc[0])


def test_numbers_with_intervals_combine_as_independent_estimates_do() -> None:
    a, b = means({"home": (10, 8, 12)}), means({"home": (5, 4, 7)})
    row = compare(a, b).table.iloc[0]
    expected = Estimate("a", 10, 8, 12, 100, "euros") - Estimate("b", 5, 4, 7, 100, "euros")
    assert (row["difference"], row["low"], row["high"]) == (expected.value, expected.low, expected.high)
    assert row["verdict"] == "higher"
    assert compare(a, b).estimate("mean_euros", page="home").unit == "euros"


def test_intervals_made_at_another_confidence_are_brought_to_the_one_asked_for() -> None:
    wide = means({"home": (10, 10 - 2.5758, 10 + 2.5758)}, confidence=0.99)
    row = compare(wide, means({"home": (10, 10, 10)}, confidence=0.99)).table.iloc[0]
    assert (row["low"], row["high"]) == pytest.approx((-1.96, 1.96), abs=1e-3)


def test_rows_of_one_side_alone_are_named_and_not_judged() -> None:
    comparison = compare(shares({"home": (50, 100), "new": (9, 90)}), shares({"old": (8, 80), "home": (50, 100)}))
    assert comparison.table["page"].tolist() == ["home", "new", "old"]
    assert verdicts(comparison) == {"home": "cannot tell", "new": "only in a", "old": "only in b"}
    assert comparison.table["difference"].isna().tolist() == [False, True, True]


def test_fewer_than_thirty_are_not_judged_and_do_not_dilute_the_others() -> None:
    pages = {"home": (60, 100), **{f"p{k}": (10, 29) for k in range(50)}}
    other = {"home": (40, 100), **{f"p{k}": (10, 29) for k in range(50)}}
    comparison = compare(shares(pages), shares(other))
    assert set(verdicts(comparison).values()) == {"higher", "too few"}
    assert comparison.table["p_adjusted"].iloc[0] == comparison.table["p"].iloc[0]
    assert "Rows that rest on fewer than 30 are not judged: 50." in comparison.notes


@pytest.mark.parametrize("key", ["place", "found"])
def test_a_key_may_have_any_name(key: str) -> None:
    @dataclass(frozen=True, eq=False)
    class Keyed(Result):
        def comparable(self) -> Comparable:
            return Comparable.of_shares(self.table, [key], {"of_visitors": ("buyers", "visitors")})

    rows = pd.DataFrame({key: ["quay", "hill"], "buyers": [50, 20], "visitors": [100, 100]})
    assert compare(Keyed("Buyers", rows), Keyed("Buyers", rows)).table[key].tolist() == ["quay", "hill"]


def test_how_many_are_enough_is_asked_and_said() -> None:
    comparison = compare(shares({"home": (20, 24)}), shares({"home": (10, 60)}), minimum=20)
    assert verdicts(comparison) == {"home": "higher"}
    assert verdicts(compare(shares({"home": (20, 24)}), shares({"home": (10, 60)}))) == {"home": "too few"}


def test_nobody_and_nothing() -> None:
    here, there = {"a": (0, 0), "b": (0, 100), "c": (100, 100)}, {"a": (5, 50), "b": (0, 90), "c": (90, 90)}
    comparison = compare(shares(here), shares(there))
    assert verdicts(comparison) == {"a": "too few", "b": "cannot tell", "c": "cannot tell"}
    assert comparison.table["p"].tolist()[1:] == [1.0, 1.0]
    empty = compare(shares({}), shares({}))
    assert empty.table.empty and "verdict" in empty.table
    assert verdicts(compare(shares({}), shares({"a": (5, 50)}))) == {"a": "only in b"}


def test_unknown_values_are_never_a_difference() -> None:
    unknown = means({"home": (math.nan, math.nan, math.nan), "shop": (5, math.nan, math.nan)})
    comparison = compare(unknown, means({"home": (5, 4, 6), "shop": (9, 8, 10)}))
    assert set(verdicts(comparison).values()) == {"cannot tell"}


def test_keys_that_are_missing_or_hostile_are_keys_all_the_same() -> None:
    names = [None, "<script>", "'; DROP", "a\nb", "x" * 10_000, "\u202eabc"]
    a, b = (shares({name: (10 * k, 100) for k, name in enumerate(names, start=start)}) for start in (1, 3))
    comparison = compare(a, b)
    assert len(comparison.table) == 6
    assert (comparison.table["difference"].round(2) == -0.2).all()


def test_measured_by_different_definitions_they_are_not_compared() -> None:
    with pytest.raises(OptionError, match="window is '7d' in the first and '14d' in the second"):
        compare(shares({}, window="7d"), shares({}, window="14d"))
    with pytest.raises(OptionError, match="window is '7d' in the first and None"):
        compare(shares({}, window="7d"), shares({}))
    assert compare(shares({}, window=math.nan), shares({}, window=math.nan)).table.empty
    with pytest.raises(OptionError, match="A Shares cannot be compared with a Means"):
        compare(shares({}), means({}))
    with pytest.raises(OptionError, match="has no numbers that can be compared"):
        compare(Result("x", pd.DataFrame()), Result("x", pd.DataFrame()))


def test_two_rows_of_one_name_are_refused() -> None:
    twice = Shares("Buyers", pd.DataFrame({"page": ["a", "a"], "buyers": 1, "visitors": 50}))
    with pytest.raises(OptionError, match=r"several rows are \{'page': 'a'"):
        compare(twice, twice)


def test_one_row_is_an_estimate_that_a_claim_can_hold() -> None:
    comparison = compare(shares({"home": (56, 70)}), shares({"home": (48, 80)}), names=("May", "April"))
    estimate = comparison.estimate("of_visitors", page="home")
    assert str(estimate) == "+20.0 points [+5.2 points, +33.4 points] of 70"
    assert estimate.name == "of_visitors home: May minus April"
    with pytest.raises(OptionError, match="0 rows of the comparison are page='shop'"):
        comparison.estimate(page="shop")
    with pytest.raises(OptionError, match=r"has no key 'pag'.*Did you mean 'page'"):
        comparison.estimate(pag="home")


def test_two_funnels_are_compared_step_by_step() -> None:
    here = events(*(f"a{n}: visit@1 {'buy@2' if n < 40 else ''}" for n in range(80)))
    there = events(*(f"b{n}: visit@1 {'buy@2' if n < 10 else ''}" for n in range(80)))
    a, b = (measure_funnel(log, ["visit", "buy"]) for log in (here, there))
    comparison = compare(a, b, names=("here", "there"))
    assert comparison.estimate("of_first", step="buy").value == pytest.approx(0.375)
    assert comparison.differing["quantity"].tolist() == ["of_first", "of_previous"]
    with pytest.raises(OptionError, match="steps is"):
        compare(a, measure_funnel(there, ["visit", "visit"]))
