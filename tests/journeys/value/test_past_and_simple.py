"""Value so far is what was paid; simple value is arithmetic, said as such."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from mapkit import Estimate, compare
from mapkit.errors import OptionError, TableError
from mapkit.journeys.value import measure_historic_value, measure_simple_value
from tests.journeys.value.shelf import harbour, rfm_orders
from tests.literal import events

LOG = (
    "ann: purchase@1d{value=10, group=x} purchase@40d{value=30} refund@41d{value=-30}",
    "bob: purchase@2d{value=20, group=x}",
    "cid: look@3d{group=y}",
)


def test_refunds_are_taken_off_and_everybody_counts() -> None:
    row = measure_historic_value(events(*LOG), refund="refund").table.iloc[0]
    assert (row["customers"], row["purchasers"], row["orders"], row["revenue"]) == (3, 2, 3, 30.0)
    assert (row["value_per_customer"], row["value_per_purchaser"]) == (10.0, 15.0)


def test_means_carry_normal_intervals_with_those_who_never_bought_as_zeros() -> None:
    row = measure_historic_value(events(*LOG), refund="refund").table.iloc[0]
    values = np.array([10.0, 20.0, 0.0])
    reach = 1.959964 * values.std(ddof=1) / math.sqrt(3)
    assert row["value_per_customer_high"] == pytest.approx(10 + reach, abs=1e-5)


def test_value_by_segment_and_by_month() -> None:
    value = measure_historic_value(events(*LOG), refund="refund", by="group", margin=0.5)
    rows = value.table.set_index("segment")
    assert rows["value"].to_dict() == {"x": 15.0, "y": 0.0}
    assert value.per_customer("x").value == 7.5
    months = value.periods[value.periods["segment"] == "x"]
    assert months["value"].tolist() == [15.0, 0.0]
    assert months["active_customers"].tolist() == [2, 1]
    with pytest.raises(OptionError, match="no segment 'z'"):
        value.per_customer("z")


def test_the_top_tenth_of_equal_customers_brings_a_tenth() -> None:
    log = events(*(f"c{k}: purchase@{k}h{{value=5}}" for k in range(40)))
    top = measure_historic_value(log).top_decile()
    assert (top.value, top.low, top.high) == pytest.approx((0.1, 0.1, 0.1))


def test_the_top_tenths_interval_is_that_of_resamples() -> None:
    value = measure_historic_value(rfm_orders())
    top, draw = value.top_decile(), np.random.default_rng(0)
    sums = rfm_orders().groupby("customer")["value"].sum().to_numpy(float)
    shares = []
    for _ in range(400):
        again = np.sort(draw.choice(sums, len(sums)))
        shares.append(again[-99:].sum() / again.sum())
    assert top.value == pytest.approx(np.sort(sums)[-99:].sum() / sums.sum(), abs=0.002)
    assert (top.high - top.low) / 2 == pytest.approx(1.96 * np.std(shares), rel=0.12)


def test_all_that_was_paid_is_in_the_tenths() -> None:
    value = measure_historic_value(rfm_orders())
    assert value.table.loc[0, "revenue"] == 464_158
    assert value.deciles["value"].sum() == 464_158
    assert value.deciles["purchasers"].sum() == 995
    assert value.deciles["of_value"].is_monotonic_decreasing


def test_harbours_segments_are_worth_what_their_events_say() -> None:
    frame = harbour().frame("events")
    paid = frame[frame["event"].isin(["purchase", "renewal", "refund"])].groupby("segment")["value"].sum()
    value = measure_historic_value(harbour().events, purchase=["purchase", "renewal"], refund="refund", by="segment")
    assert value.table.set_index("segment")["revenue"].to_dict() == pytest.approx(paid.to_dict())
    assert value.currency == "EUR"


def test_two_periods_are_compared() -> None:
    dear = measure_historic_value(events(*(f"c{k}: purchase@{k}h{{value={50 + k}}}" for k in range(40))))
    cheap = measure_historic_value(events(*(f"c{k}: purchase@{k}h{{value={10 + k}}}" for k in range(40))))
    table = compare(dear, cheap).table.set_index("quantity")
    assert table.loc["value_per_customer", "verdict"] == "higher"
    assert table.loc["value_per_customer", "difference"] == pytest.approx(40.0)
    with pytest.raises(OptionError, match="margin"):
        compare(dear, measure_historic_value(events(*LOG), margin=0.5))


def test_a_log_without_money_has_no_value() -> None:
    with pytest.raises(TableError, match="no column 'value'"):
        measure_historic_value(events("ann: purchase@1"))


def test_one_customer_has_a_mean_and_no_interval() -> None:
    row = measure_historic_value(events("ann: purchase@1{value=9}")).table.iloc[0]
    assert row["value_per_customer"] == 9.0
    assert pd.isna(row["value_per_customer_low"]) and pd.isna(row["top_decile_of_value"])


def test_both_formulas_by_hand() -> None:
    value = measure_simple_value(arpu=20, churn=0.05, margin=0.5, discount=0.01)
    assert value.value().value == pytest.approx(10 / 0.05)
    assert value.value("retained margin").value == pytest.approx(10 * 0.95 / (1 + 0.01 - 0.95))
    assert measure_simple_value(arpu=20, retention=0.95, margin=0.5, discount=0.01).table["value"].tolist() == (
        pytest.approx(value.table["value"].tolist())
    )


def test_intervals_of_the_inputs_reach_the_value() -> None:
    churn, arpu = Estimate("churn", 0.1, 0.08, 0.125, 500), Estimate("arpu", 20.0, 19.0, 21.0, 300, "EUR")
    found = measure_simple_value(arpu=arpu, churn=churn).value()
    assert (found.value, found.n, found.unit) == (200.0, 300, "EUR")
    assert found.low == pytest.approx(200 - math.hypot(10, 200 - 160))
    assert found.high == pytest.approx(200 + math.hypot(10, 250 - 200))
    assert math.isnan(measure_simple_value(arpu=20, churn=0.1).value().low)


def test_a_churn_that_may_be_zero_has_no_upper_end() -> None:
    churn = Estimate("churn", 0.02, 0.0, 0.05, 50)
    assert measure_simple_value(arpu=20, churn=churn).value().high == math.inf


def test_simple_value_refuses_what_it_cannot_use() -> None:
    for options in ({"churn": 0.0}, {"churn": 1.2}, {}, {"churn": 0.1, "retention": 0.9}, {"churn": "a"}):
        with pytest.raises(OptionError):
            measure_simple_value(arpu=20, **options)
