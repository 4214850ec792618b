"""What happened in Harbour's year, and what came after a first purchase, is there as often as planted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

from tests.datasets.harbour import Harbour, bounds, within


def test_the_incident_is_seen_in_its_week_and_in_no_other(harbour: Harbour, attempts: pd.DataFrame) -> None:
    began = attempts[attempts["t4"].notna() & (attempts["t4"] < "2025-12-01")]
    week = began["t4"].dt.tz_localize(None).dt.to_period("W").dt.start_time
    rate = began["t5"].notna().groupby(week).agg(["mean", "size"])
    rate = rate[rate["size"] >= 30]
    assert rate["mean"].idxmin() == pd.Timestamp("2025-05-12")
    assert rate["mean"].min() < 0.4
    assert rate["mean"].drop(pd.Timestamp("2025-05-12")).min() > 0.45
    down = began[began["t4"].between("2025-05-12", "2025-05-19", inclusive="left")]
    told = harbour.r["incident"]["during"]
    assert told == {"begin_checkout": len(down), "purchase": int(down["t5"].notna().sum())}


def test_the_experiment_shows_its_lift(harbour: Harbour, attempts: pd.DataFrame) -> None:
    rows = harbour.csv("experiment").merge(attempts, on="customer", validate="one_to_one")
    assert pd.to_datetime(rows["time"]).equals(rows["t4"].astype(pd.to_datetime(rows["time"]).dtype))
    told = harbour.r["experiment"]
    for arm, group in rows.groupby("arm"):
        assert told[arm] == {"customers": len(group), "purchase": int(group["t5"].notna().sum())}
    treatment, control = told["treatment"], told["control"]
    lift = treatment["purchase"] / treatment["customers"] / (control["purchase"] / control["customers"])
    error = np.sqrt(sum((1 - a["purchase"] / a["customers"]) / a["purchase"] for a in (treatment, control)))
    assert abs(np.log(lift / harbour.p["experiment"]["purchase_factor"])) < 3.3 * error
    assert np.log(lift) > 1.96 * error


@pytest.mark.parametrize("name", ["display", "spring_letter"])
def test_what_only_looks_good_does_nothing_among_people_of_one_habit(harbour: Harbour, name: str) -> None:
    told = harbour.r[name]

    def rate(exposed: str, habits: list[str]) -> tuple[float, float]:
        size = sum(told[exposed]["first_visit"][habit] for habit in habits)
        share = sum(told[exposed]["purchase"][habit] for habit in habits) / size
        return share, share * (1 - share) / size

    for habit in ("daily", "ordinary"):
        (met, its), (unmet, theirs) = rate("exposed", [habit]), rate("unexposed", [habit])
        assert abs(met - unmet) < 3.3 * np.sqrt(its + theirs)
    daily = {exposed: told[exposed]["first_visit"]["daily"] for exposed in told}
    ordinary = {exposed: told[exposed]["first_visit"]["ordinary"] for exposed in told}
    assert daily["exposed"] / ordinary["exposed"] > 3 * daily["unexposed"] / ordinary["unexposed"]


def test_banners_in_the_log_are_those_counted(harbour: Harbour) -> None:
    seen = harbour.query("""
        SELECT daily_drinker, count(DISTINCT customer) n FROM 'events.parquet' JOIN 'customers.parquet' USING (customer)
        WHERE event = 'ad_view' GROUP BY ALL""").set_index("daily_drinker")["n"]
    told = harbour.r["display"]["exposed"]["first_visit"]
    assert {"daily": seen[True], "ordinary": seen[False]} == told


def test_influencers_met_at_random_fill_baskets(harbour: Harbour, attempts: pd.DataFrame) -> None:
    exposures, part = harbour.csv("exposures"), harbour.p["influencers"]
    rows = attempts[attempts["t1"].between(part["start"], part["end"], inclusive="left")]
    by_chance = rows["customer"].isin(exposures.query("assignment == 'random'")["customer"])
    told = harbour.r["influencers"]["randomised"]
    for name, group in (("exposed", rows[by_chance]), ("unexposed", rows[~by_chance])):
        assert told[name] == {"view_item": group["t2"].count(), "add_to_cart": group["t3"].count()}
    rates = {name: counts["add_to_cart"] / counts["view_item"] for name, counts in told.items()}
    error = np.sqrt(sum((1 - rates[name]) / counts["add_to_cart"] for name, counts in told.items()))
    assert abs(np.log(rates["exposed"] / rates["unexposed"] / part["cart_factor"])) < 3.3 * error
    assert set(exposures.query("assignment == 'audience'")["influencer"]) == {part["confounded"]}
    assert part["confounded"] not in set(exposures.query("assignment == 'random'")["influencer"])


def test_entries_follow_the_seasons(harbour: Harbour, attempts: pd.DataFrame) -> None:
    month = attempts["t1"].dt.month.value_counts()
    assert month.idxmax() == 12
    assert month[[7, 8]].max() < month[[4, 5, 6, 9, 10, 11]].min()
    contacts = harbour.query("SELECT time FROM 'events.parquet' WHERE event = 'support_contact'")["time"]
    by_hour = contacts.dt.hour.value_counts()
    assert {f"{hour:02d}": by_hour.get(hour, 0) for hour in range(24)} == harbour.r["contacts"]["by_hour"]
    planted = np.array(harbour.p["seasons"]["contact_hour"], float)
    open_hours = np.flatnonzero(planted)
    observed = by_hour.reindex(open_hours, fill_value=0).to_numpy()
    expected = planted[open_hours] / planted.sum() * observed.sum()
    assert observed.sum() == len(contacts)
    assert stats.chisquare(observed, expected).pvalue > 0.001


def test_the_referral_programme_has_its_k_and_its_cycle(harbour: Harbour, attempts: pd.DataFrame) -> None:
    invites, told = harbour.csv("invites"), harbour.r["referral"]
    accepted = invites.dropna(subset="invitee")
    assert (len(invites), len(accepted)) == (told["invites"], told["accepted"])
    assert len(accepted) / 20_000 == pytest.approx(harbour.p["referral"]["k"], abs=0.001)
    assert within(len(accepted), harbour.p["referral"]["acceptance"], len(invites))
    visits = attempts.set_index("customer")
    came = accepted["invitee"].map(visits["t1"])
    assert (came == pd.to_datetime(accepted["time_accepted"])).all()
    assert accepted["invitee"].map(visits["first_channel"]).eq("referral").all()
    assert accepted["invitee"].is_unique
    assert len(accepted) == visits["first_channel"].eq("referral").sum()
    assert (invites["inviter"].map(visits["t5"]) < pd.to_datetime(invites["time_sent"])).all()
    days = (came - accepted["inviter"].map(visits["t1"])) / pd.Timedelta(days=1)
    assert days.mean() == pytest.approx(told["cycle_days"])


def bg_nbd(x: np.ndarray, t_x: np.ndarray, age: np.ndarray, r: float, alpha: float, a: float, b: float) -> float:
    """The log-likelihood of Fader, Hardie and Lee (2005)."""
    common = special.betaln(a, b + x) - special.betaln(a, b)
    common += special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha)
    alive = -(r + x) * np.log(alpha + age)
    gone = np.where(x > 0, np.log(a / (b + np.maximum(x, 1) - 1)) - (r + x) * np.log(alpha + t_x), -np.inf)
    return float((common + np.logaddexp(alive, gone)).sum())


@pytest.mark.parametrize("segment", ["households", "students", "offices"])
def test_repeat_purchases_follow_bg_nbd_with_the_planted_parameters(harbour: Harbour, segment: str) -> None:
    rows = harbour.query(f"""
        SELECT count(*) - 1 x, epoch(max(time) - min(time)) / 86400 t_x,
            epoch(TIMESTAMPTZ '2026-01-01 00:00:00+00' - min(time)) / 86400 age
        FROM 'events.parquet' WHERE event = 'purchase' AND segment = '{segment}' GROUP BY customer""")
    assert len(rows) == harbour.r["repeat"]["first_purchases"][segment]
    assert rows["x"].sum() == harbour.r["repeat"]["repeat_purchases"][segment]
    assert (rows["x"] > 0).sum() == harbour.r["repeat"]["customers_who_repeat"][segment]
    planted = {name: harbour.p["repeat"][segment][name] for name in ("r", "alpha", "a", "b")}
    arrays = [rows[name].to_numpy(float) for name in ("x", "t_x", "age")]
    truth = bg_nbd(*arrays, **planted)
    for name, factor in [("alpha", 1.6), ("alpha", 0.6), ("r", 1.6), ("r", 0.6), ("a", 2.5), ("b", 0.35)]:
        assert bg_nbd(*arrays, **(planted | {name: planted[name] * factor})) < truth, name


def test_subscriptions_churn_as_planted(harbour: Harbour) -> None:
    told, part = harbour.r["subscription"], harbour.p["subscription"]
    for segment in ("households", "students", "offices"):
        due = told["renewals"][segment] + told["cancelled"][segment]
        assert within(told["cancelled"][segment], part[segment]["churn"], due)
        bought = harbour.r["repeat"]["first_purchases"][segment]
        assert told["subscribed"][segment] <= bounds(part[segment]["share"], bought)[1]
    counted = harbour.r["events"]["by_name"]
    assert counted["renewal"] == sum(told["renewals"].values())
    assert counted["cancel_subscription"] == sum(told["cancelled"].values())


def test_spend_gives_the_cost_of_a_new_buyer(harbour: Harbour, attempts: pd.DataFrame) -> None:
    spend = harbour.csv("spend").groupby("channel")["spend"].sum()
    buyers = attempts[attempts["t5"].notna()]["first_channel"].value_counts()
    for channel, told in harbour.r["acquisition"]["cost"].items():
        assert told["new_buyers"] == buyers[channel]
        assert told["cac"] == pytest.approx(spend[channel] / buyers[channel], abs=1e-3)
        entries = attempts["first_channel"].eq(channel).sum()
        assert spend[channel] == pytest.approx(entries * harbour.p["spend_per_entry"][channel])
