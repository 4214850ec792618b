"""Recency, frequency and money: scores against the other customers, names by rules."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapkit import compare
from mapkit.errors import OptionError, TableError
from mapkit.journeys.segmenting import SegmentRules, measure_rfm, usual_segments
from mapkit.journeys.segmenting.rfm import _scores
from tests.journeys.value.shelf import harbour, rfm_orders
from tests.literal import events

PUBLISHED = {
    "Champions": (35, 316, 31646), "Potential Loyalist": (342, 2211, 204856), "Loyal": (170, 799, 76562),
    "Promising": (9, 28, 4249), "New": (104, 329, 28837), "Can't Lose": (47, 274, 32446), "At Risk": (28, 216, 22227),
    "Need Attention": (10, 57, 4562), "About To Sleep": (102, 283, 23449), "Lost": (148, 393, 35324),
}  # fmt: skip
LARGE = SegmentRules("size", {"large": {"revenue": {">=": 50}}, "small": {}})


def test_the_published_segments_come_out_exactly() -> None:
    segments = measure_rfm(rfm_orders(), at="2006-12-31").segments.set_index("segment")
    found = {
        name: tuple(int(each) for each in segments.loc[name, ["customers", "orders", "revenue"]]) for name in PUBLISHED
    }
    assert found == PUBLISHED
    assert segments["customers"].sum() == 995 and segments["orders"].sum() == 4_906


def test_a_published_customer() -> None:
    table = measure_rfm(rfm_orders(), at="2006-12-31").table.set_index("customer")
    assert table.loc["Abbey O'Reilly", ["recency_days", "orders", "revenue"]].tolist() == [205, 6, 472.0]


def test_recency_orders_and_revenue_of_literal_customers() -> None:
    log = events(
        "ann: purchase@1h{value=10} purchase@2d{value=90} refund@3d{value=-40}",
        "bob: purchase@1d{value=20}",
        "cid: look@9d",
        "dan: refund@9d{value=-5}",
    )
    table = measure_rfm(log, refund="refund", rules=LARGE).table
    assert table["customer"].tolist() == ["ann", "bob"]
    assert table["recency_days"].tolist() == [7, 8]
    assert table["orders"].tolist() == [2, 1]
    assert table["revenue"].tolist() == [60.0, 20.0]
    assert table["segment"].tolist() == ["large", "small"]


def test_events_after_the_day_are_left_out_and_the_day_itself_is_in() -> None:
    log = events("ann: purchase@1d{value=10} purchase@50h{value=10} purchase@3d{value=1}", "bob: purchase@4d{value=1}")
    table = measure_rfm(log, at="2025-01-03", rules=LARGE).table
    assert table[["customer", "orders", "recency_days"]].to_numpy().tolist() == [["ann", 2, 0]]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=60), st.sampled_from(["quantiles", "ranks"]), st.booleans())
def test_higher_is_never_scored_lower(values: list[int], method, highest_first: bool) -> None:
    numbers = np.array(values, dtype=float)
    scores = _scores(numbers, 5, method, highest_first=highest_first)
    assert scores.min() >= 1 and scores.max() <= 5
    order = np.argsort(-numbers if highest_first else numbers, kind="stable")
    if method == "quantiles":
        assert (np.diff(scores[order]) >= 0).all()
        assert all(len(set(scores[numbers == value])) == 1 for value in set(values))
    else:
        assert np.bincount(scores, minlength=6)[1:].max() <= -(-len(values) // 5)


def test_ties_share_a_score_and_the_unequal_bins_are_told() -> None:
    log = events(*(f"c{k}: purchase@{k}d{{value={k + 1}}}" for k in range(20)))
    rfm = measure_rfm(log)
    assert rfm.table["f"].nunique() == 1
    assert any("share a value of orders" in note for note in rfm.notes)
    assert measure_rfm(log, method="ranks").table["f"].value_counts().tolist() == [4] * 5


def test_shares_and_their_denominator() -> None:
    rfm = measure_rfm(rfm_orders(), at="2006-12-31")
    share = rfm.share("Champions")
    assert (share.value, share.n) == (35 / 995, 995)
    assert rfm.segments["of_customers"].sum() == pytest.approx(1)
    assert rfm.grid["customers"].sum() == 995
    with pytest.raises(OptionError, match="Did you mean 'Champions'"):
        rfm.share("Champion")


def test_two_days_are_compared_by_shares_of_segments() -> None:
    one, other = (measure_rfm(harbour().events, at=at) for at in ("2025-06-30", "2025-12-31"))
    table = compare(one, other).table
    assert set(table["quantity"]) == {"of_customers"}
    assert table.loc[table["segment"] == "Champions", "n_b"].iloc[0] == 2_455
    with pytest.raises(OptionError, match="method"):
        compare(one, measure_rfm(harbour().events, method="ranks"))


def test_harbours_orders_are_the_purchases_that_were_made() -> None:
    truth = harbour().truth["realised"]["repeat"]
    segments = measure_rfm(harbour().events).segments
    assert segments["customers"].sum() == sum(truth["first_purchases"].values())
    assert segments["orders"].sum() == sum(truth["first_purchases"].values()) + sum(truth["repeat_purchases"].values())


def test_what_cannot_be_scored_is_refused() -> None:
    log = events("ann: purchase@1{value=1}")
    with pytest.raises(OptionError, match="for 5 bins"):
        measure_rfm(log, bins=4)
    with pytest.raises(TableError, match="no column 'value'"):
        measure_rfm(events("ann: purchase@1"))
    with pytest.raises(TableError, match="Nobody bought until"):
        measure_rfm(log, at="2020-01-01")


def test_one_customer_is_scored_against_nobody() -> None:
    row = measure_rfm(events("ann: purchase@1{value=1}")).table.iloc[0]
    assert (row["r"], row["f"], row["m"]) == (5, 1, 1)
    assert row["segment"] == "New"


def test_the_usual_names_leave_few_scores_without_one() -> None:
    scores = pd.DataFrame(
        [(r, f, m) for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)], columns=list("rfm")
    )
    without = scores[usual_segments().assign(scores) == "(none)"]
    assert len(without) == 10
