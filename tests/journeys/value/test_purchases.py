"""A purchase summary says how often, since when and for how much; nothing else."""

from __future__ import annotations

import ibis
import pandas as pd
import pytest

from mapkit.errors import OptionError, TableError
from mapkit.journeys.value import summarise_purchases
from mapkit.journeys.value.purchases import as_summary
from mapkit.tables import EVENTS, Table
from tests.journeys.value.shelf import cdnow, cdnow_orders, harbour
from tests.literal import events

LOG = (
    "ann: purchase@1h{value=10} purchase@2d{value=20} purchase@4d{value=30} look@10d",
    "bob: purchase@3d{value=7}",
    "cid: look@1d",
)


def row(summary, customer: str) -> pd.Series:
    return summary.table.set_index("customer").loc[customer]


def test_the_first_purchase_is_no_repeat_and_its_value_no_part_of_the_mean() -> None:
    ann = row(summarise_purchases(events(*LOG)), "ann")
    assert (ann["frequency"], ann["recency"], ann["T"], ann["monetary_value"]) == (2, 4.0, 10.0, 25.0)
    assert ann["first_value"] == 10.0


def test_a_customer_who_bought_once_has_no_recency_and_no_mean() -> None:
    bob = row(summarise_purchases(events(*LOG)), "bob")
    assert (bob["frequency"], bob["recency"], bob["T"]) == (0, 0.0, 7.0)
    assert pd.isna(bob["monetary_value"])


def test_who_never_bought_is_not_in_it() -> None:
    assert summarise_purchases(events(*LOG)).table["customer"].tolist() == ["ann", "bob"]


def test_purchases_of_one_day_are_one_unless_every_event_counts() -> None:
    log = events("ann: purchase@1h{value=10} purchase@5h{value=5} purchase@30h{value=20} purchase@30h{value=2}")
    by_day, by_event = (row(summarise_purchases(log, granularity=g), "ann") for g in ("day", "event"))
    assert (by_day["frequency"], by_day["recency"], by_day["monetary_value"]) == (1, 1.0, 22.0)
    assert (by_event["frequency"], by_event["monetary_value"]) == (3, 9.0)
    assert by_event["recency"] == pytest.approx(29 / 24, abs=1e-12)


def test_of_purchases_in_one_moment_the_first_row_is_the_first_purchase() -> None:
    log = events("ann: purchase@1{value=10} purchase@1{value=3}")
    ann = row(summarise_purchases(log, granularity="event"), "ann")
    assert (ann["first_value"], ann["monetary_value"], ann["recency"]) == (10.0, 3.0, 0.0)


def test_a_refund_is_no_purchase_and_is_told_apart() -> None:
    log = events("ann: purchase@1d{value=10} purchase@2d{value=20} refund@3d{value=-20} purchase@4d{value=-5}")
    summary = summarise_purchases(log, refund="refund")
    ann = row(summary, "ann")
    assert (ann["frequency"], ann["monetary_value"], ann["refunded"]) == (1, 20.0, 25.0)
    assert any("25.00 was given back" in note for note in summary.notes)


def test_what_comes_after_the_end_is_left_out() -> None:
    ann = row(summarise_purchases(events(*LOG), end="2025-01-03"), "ann")
    assert (ann["frequency"], ann["recency"], ann["T"]) == (1, 2.0, 2.0)


def test_weeks_may_be_broken() -> None:
    ann = row(summarise_purchases(events(*LOG), unit="week"), "ann")
    assert (ann["recency"], ann["T"]) == pytest.approx((4 / 7, 10 / 7))


def test_without_money_purchases_are_counted() -> None:
    summary = summarise_purchases(events("ann: purchase@1d purchase@2d"))
    assert summary.table["monetary_value"].isna().all()
    assert any("no column of money" in note for note in summary.notes)


def test_money_in_two_currencies_is_not_added() -> None:
    log = events("ann: purchase@1{value=1, currency=EUR}", "bob: purchase@2{value=1, currency=USD}")
    with pytest.raises(OptionError, match="2 currencies: 'EUR', 'USD'"):
        summarise_purchases(log)


def test_a_name_that_no_event_bears_is_answered_with_the_nearest() -> None:
    with pytest.raises(OptionError, match="Did you mean 'purchase'"):
        summarise_purchases(events(*LOG), purchase="purchse")
    with pytest.raises(TableError, match="no column 'price'"):
        summarise_purchases(events(*LOG), value="price")


def test_an_empty_log_has_no_end() -> None:
    with pytest.raises(TableError, match="no events"):
        summarise_purchases(events())


def test_customers_with_hostile_names_stay_apart() -> None:
    long = "x" * 10_000
    frame = pd.DataFrame({"customer": ["<script>", "it's", long, long], "event": "purchase"})
    log = frame.assign(time=pd.to_datetime(["2025-01-01", "2025-01-02", "2025-01-03", "2025-01-05"]), value=1.0)
    table = summarise_purchases(log).table.set_index("customer")
    assert table["frequency"].to_dict() == {"<script>": 0, "it's": 0, long: 1}


def test_the_published_summary_of_cdnow_comes_out_of_its_transactions() -> None:
    summary = summarise_purchases(cdnow_orders(), unit="week", end="1997-09-30").table
    there = cdnow()
    assert len(summary) == 2_357
    assert summary["frequency"].tolist() == there["frequency"].tolist()
    for name in ("recency", "T"):
        assert summary[name].to_numpy() == pytest.approx(there[name].to_numpy(), abs=0.0051)
    again = there["frequency"] > 0
    assert summary["monetary_value"][again].to_numpy() == pytest.approx(there["monetary_value"][again], abs=0.0051)


def test_harbours_repeat_purchases_are_those_that_were_made() -> None:
    summary = summarise_purchases(harbour().events, granularity="event", end="2026-01-01", by="segment").table
    truth = harbour().truth["realised"]["repeat"]
    found = summary.groupby("segment")["frequency"]
    assert found.size().to_dict() == truth["first_purchases"]
    assert found.sum().to_dict() == truth["repeat_purchases"]
    assert found.apply(lambda x: int((x > 0).sum())).to_dict() == truth["customers_who_repeat"]


def test_a_given_summary_must_be_possible() -> None:
    frame = pd.DataFrame({"customer": ["a"], "frequency": [2], "recency": [5.0], "T": [3.0]})
    with pytest.raises(TableError, match="0 <= recency <= T"):
        as_summary(frame)


@pytest.mark.postgres
def test_a_warehouse_gives_the_same_summary(postgres_url: str) -> None:
    here = events(*LOG, "dan: purchase@1h{value=10} purchase@1h{value=5} purchase@30h{value=-20}")
    warehouse = ibis.connect(postgres_url)
    there = Table(EVENTS, warehouse.create_table("value_events", ibis.memtable(here.to_pandas()), temp=True))
    try:
        for granularity in ("day", "event"):
            one, other = (summarise_purchases(log, granularity=granularity).table for log in (here, there))
            pd.testing.assert_frame_equal(one, other)
    finally:
        warehouse.disconnect()
