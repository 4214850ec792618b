from __future__ import annotations

import itertools

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapkit.ecosystems.influencers import measure_audience_overlap
from mapkit.errors import OptionError, TableError

THREE = {"a": "1234", "b": "3456", "c": "12"}


def test_two_audiences_are_compared_as_sets():
    found = measure_audience_overlap(THREE)
    ab = found.table[(found.table["a"] == "a") & (found.table["b"] == "b")].iloc[0]
    assert ab[["audience_a", "audience_b", "shared", "in_either", "a_beyond_b", "b_beyond_a"]].tolist() == [
        4,
        4,
        2,
        6,
        2,
        2,
    ]
    assert ab["jaccard"] == pytest.approx(1 / 3) and ab["lift"] == pytest.approx(2 * 6 / 16)
    assert found.jaccard("b", "a").n == 6


def test_the_order_takes_whom_adds_most_and_then_only_the_new():
    order = measure_audience_overlap(THREE).order
    assert order[["actor", "adds", "cumulative"]].values.tolist() == [["a", 4, 4], ["b", 2, 6], ["c", 0, 6]]
    assert str(measure_audience_overlap(THREE).of_all(1)).startswith("66.7%")


def test_with_costs_the_order_is_by_people_per_cost():
    order = measure_audience_overlap(THREE, costs={"a": 100, "b": 100, "c": 10}).order
    assert order["actor"].tolist() == ["c", "b", "a"]
    assert order["cost_per_added"].iloc[:2].tolist() == [5, 25] and order["cost_per_added"].isna().iloc[2]


def test_lift_is_against_the_population_given():
    table = measure_audience_overlap({"a": "12", "b": "23"}, population=100).table
    assert table["lift"].iloc[0] == pytest.approx(1 * 100 / 4)


def test_a_member_named_twice_counts_once():
    frame = pd.DataFrame({"actor": ["a", "a", "b", None], "member": [1, 1, 1, 2]})
    assert measure_audience_overlap(frame).table["jaccard"].tolist() == [1.0]


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from("abcd"), st.sets(st.integers(0, 9), min_size=1), min_size=2))
def test_any_audiences_agree_with_sets(audiences):
    found = measure_audience_overlap(audiences)
    for row in found.table.itertuples():
        a, b = audiences[row.a], audiences[row.b]
        assert (row.shared, row.in_either, row.a_beyond_b) == (len(a & b), len(a | b), len(a - b))
    everybody = set.union(*audiences.values())
    assert found.order["cumulative"].iloc[-1] == len(everybody)
    two = max(len(a | b) for a, b in itertools.combinations(audiences.values(), 2))
    assert found.order["cumulative"].iloc[1] >= (1 - 1 / 4) * two  # greedy, two places


def test_many_audiences_name_only_those_who_share_somebody():
    audiences = {f"x{k:03d}": [k, k + 1] for k in range(0, 420, 2)} | {"y": [0, 2]}
    table = measure_audience_overlap(audiences).table
    assert len(table) == 2 and set(table["b"]) == {"y"}


@pytest.mark.parametrize(
    ("audiences", "options", "kind", "words"),
    [
        (pd.DataFrame({"actor": [1], "follower": [2]}), {}, TableError, "no column 'member'"),
        ({}, {}, TableError, "no row"),
        (THREE, {"population": 3}, OptionError, "smaller than the 6 people"),
        (THREE, {"costs": {"a": 1, "b": 0}}, OptionError, "no positive cost for 'b', 'c'"),
    ],
)
def test_what_cannot_be_measured_is_said(audiences, options, kind, words):
    with pytest.raises(kind, match=words):
        measure_audience_overlap(audiences, **options)
