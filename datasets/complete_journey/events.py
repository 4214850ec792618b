"""Campaigns received, coupons redeemed and baskets bought, as one log in time order."""

from __future__ import annotations

from typing import Any

import pandas as pd

from .source import Source

# The package's times carry no zone. Read as UTC and shown in this zone, every redemption falls on a day on
# which the household bought something, and the source's weeks begin at midnight; in no other zone of the
# United States' mainland is that so. A test holds it.
ZONE = "America/New_York"

_COLUMNS = ["customer", "event", "time", "campaign", "campaign_type", "session", "store", "value", "currency"]


def make_events(source: Source) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the events table, and how many rows of the source became how many events.

    Of events at the same moment, a campaign comes before a coupon and a coupon before the basket it paid for.
    """
    baskets = make_baskets(source.transactions)
    types = source.campaign_descriptions.set_index("campaign_id")
    received = _received(source.campaigns, types)
    redeemed, unmatched = _redeemed(source.coupon_redemptions, types, baskets)
    bought = baskets.assign(event="purchase", currency="USD").rename(columns={"household_id": "customer"})
    log = pd.concat([received, redeemed, bought], ignore_index=True).sort_values("time", kind="stable")
    log["customer"] = log["customer"].astype(str)
    log["campaign"] = "campaign_" + log["campaign"].astype("Int64").astype("string").str.zfill(2)
    for column in ("session", "store"):
        log[column] = log[column].astype("Int64").astype("string")
    counts = {
        "transaction_lines": len(source.transactions),
        "events": {"campaign_received": len(received), "coupon_redeemed": len(redeemed), "purchase": len(bought)},
        "baskets_without_value": int((baskets["value"] <= 0).sum()),
        "redemptions_without_basket": unmatched,
        "value": round(float(source.transactions["sales_value"].sum()), 2),
        "customers_by_event": log.groupby("event")["customer"].nunique().to_dict(),
    }
    return log[_COLUMNS].reset_index(drop=True), counts


def make_baskets(transactions: pd.DataFrame) -> pd.DataFrame:
    """Return one row per basket: household_id, session, store, time, value (USD) and coupon (was one used), by time."""
    baskets = transactions.groupby("basket_id", as_index=False).agg(
        household_id=("household_id", "first"),
        store=("store_id", "first"),
        time=("transaction_timestamp", "first"),
        value=("sales_value", "sum"),
        coupon=("coupon_disc", "max"),
    )
    baskets["time"] = baskets["time"].astype("datetime64[us]").dt.tz_localize("UTC")
    baskets["value"] = baskets["value"].round(2)
    baskets["coupon"] = baskets["coupon"] > 0
    return baskets.rename(columns={"basket_id": "session"}).sort_values(["time", "session"], ignore_index=True)


def _received(campaigns: pd.DataFrame, types: pd.DataFrame) -> pd.DataFrame:
    """Return one event per campaign and household, at the local midnight on which the campaign starts."""
    starts = campaigns["campaign_id"].map(types["start_date"]).astype("datetime64[us]")
    return pd.DataFrame(
        {
            "customer": campaigns["household_id"],
            "event": "campaign_received",
            "time": starts.dt.tz_localize(ZONE).dt.tz_convert("UTC"),
            "campaign": campaigns["campaign_id"],
            "campaign_type": campaigns["campaign_id"].map(types["campaign_type"]),
        }
    )


def _redeemed(redemptions: pd.DataFrame, types: pd.DataFrame, baskets: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return one event per redemption, and how many had no basket on their day (placed at noon).

    The source knows the day alone. The event takes the time of the household's first basket of that day with a
    coupon discount, or else of its first basket.
    """
    days = baskets["time"].dt.tz_convert(ZONE).dt.tz_localize(None).dt.normalize()
    paid = baskets.assign(day=days).sort_values(["coupon", "time"], ascending=[False, True])
    paid = paid.drop_duplicates(["household_id", "day"])[["household_id", "day", "time", "session", "store"]]
    given = redemptions.assign(day=redemptions["redemption_date"].astype("datetime64[us]"))
    matched = given.merge(paid, on=["household_id", "day"], how="left", validate="many_to_one")
    noon = (matched["day"] + pd.Timedelta(hours=12)).dt.tz_localize(ZONE).dt.tz_convert("UTC")
    events = pd.DataFrame(
        {
            "customer": matched["household_id"],
            "event": "coupon_redeemed",
            "time": matched["time"].fillna(noon),
            "campaign": matched["campaign_id"],
            "campaign_type": matched["campaign_id"].map(types["campaign_type"]),
            "session": matched["session"],
            "store": matched["store"],
        }
    )
    return events, int(matched["time"].isna().sum())
