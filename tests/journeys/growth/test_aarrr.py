"""The AARRR scorecard: every stage by itself, with what it rests on."""

from __future__ import annotations

import math
from typing import Any

import ibis
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mapkit as mk
from mapkit.errors import OptionError, TableError
from mapkit.journeys.growth import AARRRScorecard, measure_aarrr
from mapkit.statistics import wilson_interval
from mapkit.tables import EVENTS, Table
from tests.literal import events

NAMES = {"acquisition": "visit", "activation": "look", "revenue": "buy"}


def measured(*customers: str, **options: Any) -> AARRRScorecard:
    return measure_aarrr(events(*customers), **{**NAMES, **options})


def value(card: AARRRScorecard, metric: str, period: str = "all", segment: str | None = None) -> float:
    return card.estimate(metric, segment, period=period).value


def test_a_customer_is_new_in_the_period_of_the_first_acquisition():
    card = measured("ann: visit@1d visit@40d", "bob: visit@35d", "cid: look@2d visit@36d", "dan: look@1d")
    assert card.trend("new_customers")["value"].tolist() == [1, 2]
    assert value(card, "new_customers") == 3


def test_the_count_of_new_customers_has_garwoods_interval():
    row = measured(*(f"c{k}: visit@1" for k in range(10))).estimate("new_customers")
    assert (row.low, row.high) == pytest.approx((4.7954, 18.3904), abs=1e-4)


def test_activation_counts_what_comes_within_the_window_of_the_first_acquisition():
    card = measured("ann: visit@1d look@8d", "bob: visit@1d look@8.1d", "cid: look@0 visit@1d", "end: visit@20d")
    assert card.estimate("activated").value == 1 / 3
    assert card.estimate("activated").n == 3
    assert any("1 of 4 new customers came too late for activation" in note for note in card.notes)


def test_activation_at_the_moment_of_acquisition_counts():
    assert value(measured("ann: visit@1d look@1d", "bob: visit@1d end@20d"), "activated") == 0.5


def test_who_is_seen_in_their_own_second_week_is_retained():
    card = measured(
        "ann: visit@0 a@7d", "bob: visit@0 a@13.9d", "cid: visit@0 a@14d", "dan: visit@0 a@6.9d", "eve: visit@1d z@14d",
        retention_period="week",
    )  # fmt: skip
    row = card.estimate("retained")
    assert (row.value, row.n) == (0.5, 4)
    assert value(card, "not_retained") == 0.5
    low, high = wilson_interval(2, 4)
    assert (row.low, row.high) == (float(low), float(high))


def test_retention_may_be_asked_of_certain_events_alone():
    lines = ("ann: visit@0 mail@8d", "bob: visit@0 login@8d", "cid: visit@20d")
    assert value(measured(*lines, retention_period="week"), "retained") == 1.0
    assert value(measured(*lines, retention_period="week", retention="login"), "retained") == 0.5


def test_churn_is_of_the_active_of_a_period_who_are_not_seen_in_the_next():
    card = measured("ann: visit@1d a@32d a@60d", "bob: visit@1d", "cid: visit@2d a@33d", "dan: visit@61d z@95d")
    assert card.trend("churn")["value"].round(3).tolist()[:2] == [0.333, 0.5]
    assert value(card, "churn") == 2 / 5


def test_revenue_is_per_customer_active_in_the_period():
    card = measured(
        "ann: visit@1d buy@2d{value=30} buy@3d{value=10}",
        "bob: visit@4d",
        "cid: visit@5d buy@32d{value=20}",
        "z: x@60d",
    )
    assert value(card, "arpu", "2025-01-01") == pytest.approx(40 / 3)
    assert value(card, "arppu", "2025-01-01") == 40
    assert value(card, "paying", "2025-01-01") == pytest.approx(1 / 3)
    assert value(card, "arpu") == pytest.approx(60 / 4)


def test_a_refund_lowers_revenue_and_is_no_payment():
    card = measured(
        "ann: visit@1d buy@2d{value=30} refund@3d{value=-10}", "bob: visit@1d refund@2d{value=-5}", "z: visit@40d",
        revenue=["buy", "refund"],
    )  # fmt: skip
    assert value(card, "arpu", "2025-01-01") == 15 / 2
    assert value(card, "paying", "2025-01-01") == 0.5


def test_what_was_bought_before_the_acquisition_is_not_the_customers_revenue():
    card = measured("ann: buy@1d{value=99} visit@2d buy@3d{value=1}", "z: visit@40d")
    assert value(card, "arpu", "2025-01-01") == 1


def test_the_interval_of_revenue_is_the_spread_between_people():
    lines = [f"c{k}: visit@1d buy@2d{{value={10 + 10 * (k % 2)}}}" for k in range(50)]
    row = measured(*lines, "z: visit@40d").estimate("arpu", period="2025-01-01")
    error = 5 * math.sqrt(50 / 49) / math.sqrt(50)
    assert (row.low, row.high) == pytest.approx(
        (15 * math.exp(-1.959964 * error / 15), 15 * math.exp(1.959964 * error / 15)), rel=1e-6
    )


def test_cost_is_spend_by_new_customers_of_the_same_periods():
    lines = ["ann: visit@1d buy@2d{value=5}", "bob: visit@3d", "cid: visit@32d buy@40d{value=5}", "z: x@70d"]
    spend = [{"month": "2025-01-01", "spend": 30.0}, {"month": "2025-02-01", "spend": 50.0}]
    card = measured(*lines, spend=spend)
    assert card.trend("cac")["value"].tolist()[:2] == [15, 50]
    assert value(card, "cac") == pytest.approx(80 / 3)
    assert value(card, "cost_per_first_payer") == 40
    assert value(measured(*lines, spend=spend[:1]), "cac") == 15


def test_spend_by_the_month_says_nothing_of_weeks():
    card = measured("ann: visit@1d", "bob: visit@30d", spend=[{"month": "2025-01-01", "spend": 30.0}], period="week")
    assert card.trend("cac")["value"].isna().all()
    assert value(card, "cac") == 15


def test_lifetime_value_and_payback_follow_from_their_parts():
    lines = [f"c{k}: visit@1d buy@2d{{value=10}} " + ("a@32d" if k % 2 else "") for k in range(20)]
    card = measured(*lines, "z: visit@65d", spend=[{"month": "2025-01-01", "spend": 100.0}], margin=0.5)
    arpu, churn, cac = (value(card, metric) for metric in ("arpu", "churn", "cac"))
    assert value(card, "ltv") == pytest.approx(0.5 * arpu / churn)
    assert value(card, "ltv_to_cac") == pytest.approx(0.5 * arpu / churn / cac)
    assert value(card, "payback_months") == pytest.approx(cac / (0.5 * arpu))


def test_what_is_missing_is_unknown_and_said():
    card = measured("ann: visit@1d buy@2d", "bob: visit@40d")
    for metric in ("cac", "k", "arpu", "ltv", "ltv_to_cac", "payback_months"):
        assert math.isnan(value(card, metric)), metric
    said = " ".join(card.notes)
    assert all(part in said for part in ("No spend was given", "No invites were given", "no column 'value'"))


def test_stages_say_which_events_are_meant_where_no_names_are_given():
    card = measure_aarrr(events("ann: first_visit@1d sign_up@2d purchase@3d{value=8}", "bob: page_view@1d z@70d"))
    assert value(card, "new_customers") == 2
    assert value(card, "activated") == 0.5
    assert value(card, "signed_up") == 0.5
    assert value(card, "arppu") == 8


def test_a_log_without_acquisition_events_takes_the_first_event_of_any_kind():
    card = measure_aarrr(events("ann: a@1d b@2d", "bob: c@3d"))
    assert value(card, "new_customers") == 2
    assert any("first event of any kind counts" in note for note in card.notes)


def test_a_customer_is_in_one_segment_and_segments_have_their_own_spend():
    lines = [
        "ann: visit@1d{channel=web} a@2d{channel=mail}",
        "bob: visit@1d{channel=mail}",
        "cid: visit@2d{channel=web}",
    ]
    spend = [{"channel": "web", "month": "2025-01-01", "spend": 10.0}]
    card = measured(*lines, spend=spend, by="channel")
    assert card.segments == ("web", "mail")
    assert value(card, "cac", segment="web") == 5
    assert math.isnan(value(card, "cac", segment="mail"))
    assert any("No spend is known for mail" in note for note in card.notes)
    assert card.tiles["segment"].tolist() == ["web"] * 5 + ["mail"] * 5


def test_a_column_named_segment_splits_nothing_unasked():
    card = measured("ann: visit@1d{segment=a}", "bob: visit@1d{segment=b}")
    assert card.segments == ()
    assert value(card, "new_customers") == 2


def test_a_tile_has_the_latest_complete_period_and_its_change():
    lines = [f"j{k}: visit@1d" for k in range(40)] + [f"f{k}: visit@35d" for k in range(90)] + ["m: visit@60d"]
    tile = measured(*lines).tiles.set_index("stage").loc["acquisition"]
    assert (tile["period"], tile["value"], tile["before"]) == ("2025-02-01", 90, 40)
    assert tile["verdict"] == "higher"
    assert tile["difference_low"] > 0
    unfinished = measured(*lines[:130]).tiles.set_index("stage").loc["acquisition"]
    assert (unfinished["period"], unfinished["verdict"]) == ("2025-01-01", "")


def test_a_tile_that_rests_on_few_does_not_judge():
    lines = [f"j{k}: visit@1d" for k in range(9)] + [f"f{k}: visit@33d look@34d" for k in range(9)] + ["m: visit@80d"]
    tile = measured(*lines).tiles.set_index("stage").loc["activation"]
    assert (tile["value"], tile["before"], tile["verdict"]) == (1.0, 0.0, "too few")


def test_the_end_of_the_log_may_be_said():
    lines = ["ann: visit@1d", "bob: visit@30d"]
    assert not measured(*lines).trend("new_customers")["complete"].all()
    assert measured(*lines, until="2025-02-01").trend("new_customers")["complete"].all()
    with pytest.raises(OptionError, match="before the last event"):
        measured(*lines, until="2025-01-15")


def test_two_scorecards_are_compared_metric_by_metric():
    shop = [f"c{k}: visit@1d look@2d a@35d" for k in range(60)]
    other = [f"c{k}: visit@1d {'look@2d' if k % 3 == 0 else ''} a@35d" for k in range(60)]
    compared = mk.compare(measured(*shop, "z: x@90d"), measured(*other, "z: x@90d"), names=("shop", "other"))
    row = compared.table.set_index("quantity").loc["activated"]
    assert (row["difference"], row["verdict"]) == (pytest.approx(2 / 3), "higher")
    assert "new_customers" not in set(compared.table["quantity"])
    with pytest.raises(OptionError, match="measured differently: within"):
        mk.compare(measured(*shop), measured(*shop, within="3d"))


def test_errors_name_what_there_is():
    lines = ["ann: visit@1d look@2d"]
    with pytest.raises(OptionError, match="Did you mean 'visit'"):
        measured(*lines, acquisition="vist")
    with pytest.raises(TableError, match=r"no column 'spend'.*Did you mean 'spent'"):
        measured(*lines, spend=[{"spent": 3}])
    with pytest.raises(TableError, match="not negative"):
        measured(*lines, spend=[{"spend": -3}])
    with pytest.raises(OptionError, match="margin"):
        measured(*lines, margin=0)
    with pytest.raises(OptionError, match="several currencies"):
        measured("ann: visit@1d{currency=EUR} buy@2d{currency=USD}")
    with pytest.raises(OptionError, match="Did you mean 'arpu'"):
        measured(*lines).estimate("arpuu")


def test_an_empty_log_claims_nothing():
    card = measure_aarrr(events())
    assert value(card, "new_customers") == 0
    assert card.table.loc[card.table["unit"] == "share", "value"].isna().all()


@settings(max_examples=5, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.lists(st.integers(0, 90), max_size=4)), min_size=1, max_size=12))
def test_shares_agree_with_a_count_by_hand(people):
    lines = [
        f"c{k}: visit@{start}d " + " ".join(f"look@{start + later}d" for later in laters)
        for k, (start, laters) in enumerate(people)
    ]
    card = measured(*lines)
    end = max(max([start, *(start + later for later in laters)]) for start, laters in people)
    had = [laters for start, laters in people if start + 7 <= end]
    back = [laters for start, laters in people if start + 60 <= end]
    for metric, those, low, high in (("activated", had, 0, 8), ("retained", back, 30, 60)):
        found = card.estimate(metric)
        assert found.n == len(those)
        hits = sum(any(low <= later < high for later in laters) for laters in those)
        assert math.isnan(found.value) if not those else found.value == pytest.approx(hits / len(those))


def test_harbours_cost_of_a_new_buyer_is_what_was_spent_on_them(harbour):
    options = {"spend": harbour.spend, "acquisition": "first_visit", "revenue": "purchase"}
    split = measure_aarrr(harbour.events, **options, customers=harbour.customers, by="first_channel")
    for channel, truth in harbour.r["acquisition"]["cost"].items():
        assert round(value(split, "cost_per_first_payer", segment=channel), 4) == truth["cac"], channel
        planted = harbour.p["spend_per_entry"][channel]
        assert value(split, "cac", segment=channel) == pytest.approx(planted, abs=0.001)
    assert math.isnan(value(split, "cac", segment="organic"))


def test_harbours_customers_and_entries_are_all_counted(harbour):
    card = measure_aarrr(
        harbour.events, invites=harbour.invites, acquisition="first_visit", until="2026-01-01", referral_within=None
    )
    assert value(card, "new_customers") == harbour.r["customers"]["all"]
    months = [sum(channels.values()) for _, channels in sorted(harbour.r["acquisition"]["entries"].items())]
    assert card.trend("new_customers")["value"].tolist() == months
    assert card.trend("new_customers")["complete"].all()
    assert value(card, "k") == harbour.r["referral"]["k"]


@pytest.mark.postgres
def test_a_warehouse_gives_the_same_scorecard(postgres_url: str):
    lines = [
        f"c{k}: visit@{k % 40}d look@{k % 40 + k % 9}d buy@{k % 40 + 3}d{{value={k}}} a@{k % 40 + 33}d"
        for k in range(60)
    ]
    here = events(*lines)
    warehouse = ibis.connect(postgres_url)
    there = Table(EVENTS, warehouse.create_table("growth_events", ibis.memtable(here.to_pandas()), temp=True))
    invites = pd.DataFrame({"inviter": ["c1", "c2"], "invitee": ["c3", None], "time_sent": ["2025-01-09"] * 2})
    try:
        cards = [measure_aarrr(log, **NAMES, invites=invites) for log in (here, there)]
        pd.testing.assert_frame_equal(cards[0].table, cards[1].table)
    finally:
        warehouse.disconnect()
