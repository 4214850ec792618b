"""What is planted in Harbour is in its tables, as often as the generator says, and only there."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import networkx as nx
import numpy as np
import pandas as pd
import pytest
import yaml
from scipy import special, stats

SOURCE = Path(__file__).parents[2] / "datasets" / "harbour"
STEPS = ["first_visit", "view_item", "add_to_cart", "begin_checkout", "purchase"]


class Harbour:
    """A made dataset: its folder, what was planted (p) and what was realised (r)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        self.p, self.r = truth["planted"], truth["realised"]

    def query(self, sql: str) -> pd.DataFrame:
        with duckdb.connect() as connection:
            connection.execute(f"SET TimeZone = 'UTC'; SET file_search_path = '{self.folder}'")
            return connection.sql(sql).to_arrow_table().to_pandas()

    def csv(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.folder / f"{name}.csv")


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "harbour_under_test", SOURCE / "__init__.py", submodule_search_locations=[str(SOURCE)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def harbour(maker: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Harbour:
    return Harbour(maker.make(tmp_path_factory.mktemp("harbour")))


@pytest.fixture(scope="module")
def attempts(harbour: Harbour) -> pd.DataFrame:
    """One row per customer: the time of each step in order (t1 .. t5), and who the customer is."""
    walk = "t1 AS (SELECT customer, min(time) t1 FROM log WHERE event = 'first_visit' GROUP BY ALL)"
    for number, event in enumerate(STEPS[1:], start=2):
        before = number - 1
        walk += f""", t{number} AS (
            SELECT t{before}.*, (SELECT min(time) FROM log WHERE log.customer = t{before}.customer
                AND event = '{event}' AND time >= t{before}.t{before}) t{number} FROM t{before})"""
    found = harbour.query(
        f"WITH log AS (FROM 'events.parquet'), {walk} FROM t5 JOIN 'customers.parquet' USING (customer)"
    )
    assert len(found) == 20_000
    return found


def bounds(rate: float, size: int) -> tuple[int, int]:
    """Counts between which 99.9% of binomial draws fall."""
    low, high = stats.binom.ppf([0.0005, 0.9995], size, rate)
    return int(low), int(high)


def within(amount: int, rate: float, size: int) -> bool:
    low, high = bounds(rate, size)
    return low <= amount <= high


# --- the log as a log -------------------------------------------------------------------------------------------


def test_the_log_is_in_time_order_and_has_the_canonical_columns(harbour: Harbour) -> None:
    log = pd.read_parquet(harbour.folder / "events.parquet")
    assert log.columns.tolist() == [
        *["customer", "event", "time", "channel", "campaign", "source", "medium", "session", "account", "touchpoint"],
        *["segment", "influencer", "value", "currency"],
    ]
    assert str(log["time"].dtype) == "datetime64[us, UTC]"
    assert log["time"].is_monotonic_increasing
    assert log["time"].dt.year.eq(2025).all()
    assert log["value"].notna().equals(log["event"].isin(["purchase", "renewal", "refund"]))
    assert log["value"].notna().equals(log["currency"].eq("EUR"))
    assert not log[["customer", "event", "time"]].isna().any().any()
    assert not log.duplicated().any()


def test_the_counts_of_events_are_those_the_generator_kept(harbour: Harbour) -> None:
    counted = harbour.query("SELECT event, count(*) n FROM 'events.parquet' GROUP BY ALL").set_index("event")["n"]
    assert counted.to_dict() == harbour.r["events"]["by_name"]
    assert counted.sum() == harbour.r["events"]["all"]
    assert 25 <= len(counted) <= 35
    assert 13 <= counted.sum() / 20_000 <= 17
    value = harbour.query("SELECT sum(value) v FROM 'events.parquet'")["v"].item()
    assert value == pytest.approx(harbour.r["events"]["value"], abs=0.01)


def test_some_events_of_a_customer_share_their_moment(harbour: Harbour) -> None:
    log = pd.read_parquet(harbour.folder / "events.parquet", columns=["customer", "time"])
    ties = int(log.duplicated().sum())
    assert ties == harbour.r["events"]["ties_within_customer"]
    assert 0.003 <= ties / len(log) <= 0.01


def test_steps_at_the_same_moment_are_in_the_order_in_which_they_happened(harbour: Harbour) -> None:
    log = pd.read_parquet(harbour.folder / "events.parquet", columns=["customer", "event", "time"]).reset_index()
    first = log[log["event"].isin(STEPS)].drop_duplicates(["customer", "event"]).sort_values(["customer", "index"])
    place = first["event"].map(STEPS.index)
    same = first["customer"].eq(first["customer"].shift())
    assert (place.diff()[same] == 1).all()
    assert (same & first["time"].eq(first["time"].shift())).sum() > 50


def test_customer_ids_are_unique_and_say_nothing_about_time(harbour: Harbour) -> None:
    customers = pd.read_parquet(harbour.folder / "customers.parquet")
    assert customers["customer"].is_unique
    assert customers["customer"].str.fullmatch(r"c\d{7}").all()
    order = customers["customer"].str[1:].astype(int)
    assert abs(stats.spearmanr(order, customers["joined"].astype("int64")).statistic) < 0.03
    assert customers["account"].notna().equals(customers["segment"].eq("offices"))


def test_nothing_looks_like_a_person_or_an_address(harbour: Harbour) -> None:
    for path in harbour.folder.rglob("*.csv"):
        text = path.read_text(encoding="utf-8")
        assert "@" not in text, path.name
        assert not re.search(r"\b(Mr|Mrs|Ms|Dr)\b", text), path.name
        # A cell that a spreadsheet would take for a formula.
        assert not re.search(r"(^|[,;\n])\"?[=+@\t]", text), path.name


# --- the funnel -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "days"), [("no_window", 10_000), ("window_14d", 14)])
def test_a_plain_query_finds_the_funnel_that_the_generator_counted(
    harbour: Harbour, attempts: pd.DataFrame, name: str, days: int
) -> None:
    told = harbour.r["funnel"][name]
    for number, step in enumerate(STEPS, start=1):
        reached = attempts[attempts[f"t{number}"] - attempts["t1"] <= pd.Timedelta(days=days)]
        assert len(reached) == told["all"][step]
        for column, key in (("segment", "by_segment"), ("first_channel", "by_first_channel")):
            counted = reached[column].value_counts().to_dict()
            assert counted == {group: steps[step] for group, steps in told[key].items() if steps[step]}


@pytest.mark.parametrize("segment", ["households", "students", "offices"])
def test_rates_are_the_planted_ones(harbour: Harbour, attempts: pd.DataFrame, segment: str) -> None:
    """Organic entries (factor 1), early enough to finish, apart from campaign, incident and treatment."""
    treated = harbour.csv("experiment").query("arm == 'treatment'")["customer"]
    rows = attempts[(attempts["segment"] == segment) & (attempts["t1"] < "2025-10-01")]
    rows = rows[rows["first_channel"].eq("organic")]
    kept = {
        "view_item": rows["t1"] < "2025-10-01",
        "add_to_cart": rows["t1"] < "2025-09-01",
        "begin_checkout": rows["t1"] < "2025-10-01",
        "purchase": ~rows["customer"].isin(treated) & ~rows["t4"].between("2025-05-12", "2025-05-19"),
    }
    for number, step in enumerate(STEPS[1:], start=2):
        group = rows[kept[step] & rows[f"t{number - 1}"].notna()]
        rate = harbour.p["funnel"]["rates"][segment][step]
        assert len(group) > 40
        assert within(int(group[f"t{number}"].notna().sum()), rate, len(group)), step


def test_channels_act_as_planted(harbour: Harbour, attempts: pd.DataFrame) -> None:
    rows = attempts[attempts["t1"] < "2025-11-15"]
    rates = harbour.p["funnel"]["rates"]
    for channel, factor in harbour.p["channels"]["browse"].items():
        group = rows[rows["first_channel"] == channel]
        expected = group["segment"].map(lambda name: rates[name]["view_item"]).mean() * factor
        assert within(int(group["t2"].notna().sum()), expected, len(group)), channel


def test_late_steps_are_later_than_the_window_and_others_are_not(attempts: pd.DataFrame) -> None:
    for number in range(2, 6):
        gap = (attempts[f"t{number}"] - attempts[f"t{number - 1}"]).dropna() / pd.Timedelta(days=1)
        assert not gap.between(3.01, 14.99).any()
        assert within(
            int((gap[attempts["t1"] < "2025-11-01"] > 14).sum()),
            0.03,
            int((attempts["t1"] < "2025-11-01")[gap.index].sum()),
        )


# --- what happened in the year ----------------------------------------------------------------------------------


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


# --- after the first purchase -----------------------------------------------------------------------------------


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


# --- what the company knows of itself and its world -------------------------------------------------------------


def test_inventory_and_log_differ_in_the_planted_places(harbour: Harbour) -> None:
    rows, facts = harbour.csv("touchpoints"), harbour.p["touchpoint_facts"]
    in_log = set(harbour.r["events"]["by_name"])
    listed = {event for cell in rows["events"].dropna() for event in cell.split(";")}
    assert in_log - listed == {facts["unlisted_event"]}
    assert listed - in_log == set()
    assert rows.loc[rows["events"].isna(), "touchpoint"].tolist() == [facts["unwitnessed"]]
    assert rows.loc[rows["owner"].isna(), "touchpoint"].tolist() == [facts["orphan"]]
    assert len(rows) == 25
    assert not rows.set_index("touchpoint").loc[[facts["superfluous"], facts["decoy"]], "mandated"].any()


def test_the_superfluous_touchpoint_does_nothing_and_the_decoy_carries_the_students(
    harbour: Harbour, attempts: pd.DataFrame
) -> None:
    def by_touch(event: str, rows: pd.DataFrame, reached: str, before: str) -> tuple[float, float]:
        touched = harbour.query(f"SELECT DISTINCT customer FROM 'events.parquet' WHERE event = '{event}'")["customer"]
        group = rows[rows[before].notna() & (rows["t1"] < "2025-11-15")]
        met = group["customer"].isin(touched)
        share = group[reached].notna().groupby(met).agg(["mean", "size"])
        error = np.sqrt((share["mean"] * (1 - share["mean"]) / share["size"]).sum())
        return share.loc[True, "mean"] - share.loc[False, "mean"], error

    difference, error = by_touch("video_start", attempts, "t5", "t1")
    assert abs(difference) < 3.3 * error
    difference, error = by_touch("stand_visit", attempts[attempts["segment"] == "students"], "t4", "t3")
    assert difference > 5 * error
    difference, error = by_touch("stand_visit", attempts[attempts["segment"] != "students"], "t4", "t3")
    assert abs(difference) < 3.3 * error


def test_feedback_has_its_change_its_disagreement_and_its_mistakes(harbour: Harbour) -> None:
    rows, told, part = harbour.csv("feedback"), harbour.r["feedback"], harbour.p["feedback"]
    valid = rows[rows["score"].between(rows["scale_min"], rows["scale_max"])]
    assert len(rows) - len(valid) == told["out_of_scale"] == part["out_of_scale"]
    for wave, group in valid[valid["metric"] == "nps"].groupby("wave"):
        promoters, detractors = (group["score"] >= 9).sum(), (group["score"] <= 6).sum()
        assert told["nps"][wave]["nps"] == pytest.approx(100 * (promoters - detractors) / len(group))
        assert within(promoters, part["waves"][wave]["promoters"], len(group))
        assert within(detractors, part["waves"][wave]["detractors"], len(group))
    mean = valid[valid["metric"] == "satisfaction"].groupby(["touchpoint", "rater"])["score"].mean().unstack()
    gap = (mean["employee"] - mean["customer"]).abs()
    assert gap.idxmax() == part["disagreement"]["touchpoint"]
    assert gap.max() > 2 * gap.drop(gap.idxmax()).max()
    joined = pd.read_parquet(harbour.folder / "customers.parquet").set_index("customer")["joined"]
    nps = rows[rows["metric"] == "nps"]
    assert (nps["customer"].map(joined) < pd.to_datetime(nps["time"])).all()


def test_posts_are_engaged_with_as_planted(harbour: Harbour) -> None:
    posts, actors = harbour.csv("posts"), harbour.csv("actors").query("type == 'kol'").set_index("actor")
    assert len(actors) == harbour.p["influencers"]["number"]
    assert posts["actor"].value_counts().to_dict() == actors["posts"].astype(int).to_dict()
    engaged = posts[["likes", "comments", "shares", "saves"]].sum(axis=1)
    assert engaged.sum() == harbour.r["posts"]["engagements"]
    rate = engaged.groupby(posts["actor"]).mean() / actors["followers"]
    planted = pd.Series(harbour.r["posts"]["engagement_planted"])
    often = actors["posts"] >= 10
    assert ((rate / planted)[often] - 1).abs().max() < 0.6
    assert (actors["followers"] < 2_000).sum() >= 5
    assert (actors["posts"] < 10).sum() == 4
    assert (posts["reach"] >= engaged).all()


def test_the_network_has_its_broker_its_gap_and_its_missing_tie(harbour: Harbour) -> None:
    actors, ties, part = harbour.csv("actors"), harbour.csv("ties"), harbour.p["network"]
    assert actors["actor"].is_unique
    assert len(ties) == part["ties"]
    assert set(ties["source"]) | set(ties["target"]) <= set(actors["actor"])
    repeated = actors[actors["name"].duplicated(keep=False)]
    assert repeated["actor"].tolist() == part["shared_label"]["actors"]
    assert repeated["name"].unique().tolist() == [part["shared_label"]["label"]]
    graph = nx.Graph()
    graph.add_nodes_from(actors["actor"])
    graph.add_edges_from(ties.loc[ties["source"] != ties["target"], ["source", "target"]].itertuples(index=False))
    between = pd.Series(nx.betweenness_centrality(graph)).sort_values(ascending=False)
    assert between.index[0] == part["broker"]
    assert between.iloc[0] > 1.5 * between.iloc[1]
    partners = actors.loc[actors["type"] == "partner", "actor"]
    unlinked = list(nx.non_edges(graph.subgraph(partners)))
    best = max(nx.adamic_adar_index(graph, unlinked), key=lambda found: found[2])
    assert set(best[:2]) == set(part["unlinked_pair"])


def test_one_account_has_nobody_to_approve(harbour: Harbour) -> None:
    actors, part = harbour.csv("actors"), harbour.p["network"]
    roles = actors[actors["type"] == "decision_maker"].groupby("account")["role"].agg(set)
    assert len(roles) == part["accounts"]
    lacking = roles[roles != set(part["roles"])]
    assert lacking.index.tolist() == [harbour.r["network"]["account_without_approver"]]
    assert set(part["roles"]) - lacking.iloc[0] == {"approver"}
    known = harbour.query("SELECT DISTINCT account FROM 'events.parquet' WHERE account IS NOT NULL")["account"]
    assert set(roles.index) <= set(known)


def test_the_hand_drawn_map_is_wrong_where_it_is_said_to_be(harbour: Harbour) -> None:
    document = yaml.safe_load((harbour.folder / "hand_map.yaml").read_text(encoding="utf-8"))
    cells = {(cell["stage"], cell["step"]): cell for lane in document["lanes"] for cell in lane["cells"]}
    told = harbour.r["hand_map"]["disagreements"]
    assert [row["kind"] for row in told] == ["content", "sequence", "timing", "rate", "emotion"]
    for row in told:
        assert cells[row["stage"], row["cell"]]["claimed"] == row["claimed"] != row["planted"]
    assert len(cells) == len(told) + 1


# --- the damaged log and the raw export -------------------------------------------------------------------------


def test_the_trapped_log_has_every_trap(harbour: Harbour) -> None:
    log, told = pd.read_parquet(harbour.folder / "events_trapped.parquet"), harbour.r["trapped"]
    assert len(log) == told["rows"]
    assert log["time"].is_monotonic_increasing
    bot = log[log["customer"] == told["bot"]["customer"]]
    assert len(bot) == told["bot"]["events"]
    assert bot["time"].max() - bot["time"].min() < pd.Timedelta(hours=told["bot"]["hours"])
    assert log["customer"].isna().sum() == told["null_customers"]
    assert (log["time"] == pd.Timestamp(0, tz="UTC")).sum() == told["epoch_times"]
    assert (log["time"].dt.year == 2031).sum() == told["future_times"]
    assert log["time"].dt.year.isin([1970, 2025, 2031]).all()
    repeated = log[log["customer"].notna()].duplicated()
    assert repeated.sum() == told["duplicates"]
    assert (log["event"] == "cart_add").sum() == told["renamed_rows"] > 0
    assert log.loc[log["event"] == "cart_add", "time"].min() >= pd.Timestamp("2025-07-01", tz="UTC")
    assert log.loc[log["event"] == "add_to_cart", "time"].max() < pd.Timestamp("2025-07-01", tz="UTC")
    paid = set(log.loc[log["order_state"] == "paid", "customer"].dropna())
    assert paid == set(log.loc[log["event"] == "purchase", "customer"])
    assert len(paid) == told["leak_customers"]


def test_bold_pages_win_in_every_segment_and_lose_over_all(harbour: Harbour) -> None:
    log = pd.read_parquet(harbour.folder / "events_trapped.parquet").dropna(subset=["customer", "segment"])
    who = log.drop_duplicates("customer").set_index("customer")[["segment", "layout"]]
    who["bought"] = who.index.isin(log.loc[log["event"] == "purchase", "customer"])
    for (segment, layout), group in who.groupby(["segment", "layout"]):
        told = harbour.r["trapped"]["simpson"][segment][layout]
        assert told == {"customers": len(group), "buyers": group["bought"].sum()}
    by_segment = who.groupby(["segment", "layout"])["bought"].mean().unstack()
    assert (by_segment["bold"] > by_segment["calm"]).all()
    overall = who.groupby("layout")["bought"].mean()
    assert overall["bold"] < overall["calm"]


def test_the_raw_export_has_the_rows_it_is_said_to_have(harbour: Harbour) -> None:
    rows = pd.read_csv(harbour.folder / "raw" / "shop_export.csv", sep=";", dtype=str)
    told = harbour.r["raw"]
    assert rows.columns.tolist() == ["Buyer", "Kind", "At", "Channel", "Amount"]
    assert len(rows) == told["rows"] == 2_000
    times = pd.to_datetime(rows["At"], format="%d.%m.%Y %H:%M", errors="coerce")
    assert rows["Buyer"].isna().sum() == told["bad_rows"]["missing_buyer"] == 9
    assert times.isna().sum() == told["bad_rows"]["unreadable_time"] == 5
    good = rows[rows["Buyer"].notna() & times.notna()].assign(At=times)
    assert len(good) == told["good_rows"] == 1_986
    assert good.groupby("Kind")["Buyer"].nunique().to_dict() == told["customers_by_kind"]
    log = pd.read_parquet(harbour.folder / "events.parquet")
    orders = log[(log["event"] == "purchase") & log["customer"].isin(good["Buyer"])]
    utc = good[good["Kind"] == "order"]
    utc = utc.assign(time=utc["At"].dt.tz_localize("Europe/Berlin").dt.tz_convert("UTC"))
    known = set(zip(orders["customer"], orders["time"].dt.floor("min"), orders["value"], strict=True))
    assert set(zip(utc["Buyer"], utc["time"], utc["Amount"].astype(float), strict=True)) <= known


# --- the maker --------------------------------------------------------------------------------------------------


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(maker: ModuleType, tmp_path: Path) -> None:
    first = contents(maker.make(tmp_path / "a", customers=500))
    assert first == contents(maker.make(tmp_path / "b", customers=500, seed=2025))
    other = contents(maker.make(tmp_path / "c", customers=500, seed=7))
    assert {name for name in first if first[name] == other[name]} <= {"touchpoints.csv", "hand_map.yaml"}


def test_a_larger_company_begins_with_the_customers_of_a_smaller_one(
    maker: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maker, "COHORT", 300)
    small, large = (
        pd.read_parquet(maker.make(tmp_path / str(size), customers=size) / "events.parquet") for size in (600, 900)
    )
    of_small = large[large["customer"].isin(set(small["customer"]))].reset_index(drop=True)
    pd.testing.assert_frame_equal(of_small, small)
    assert large["time"].is_monotonic_increasing


@pytest.mark.parametrize("customers", [100, 333])
def test_a_small_company_is_whole(maker: ModuleType, tmp_path: Path, customers: int) -> None:
    shares: list[float] = []
    made = Harbour(maker.make(tmp_path, customers=customers, progress=shares.append))
    assert made.r["customers"]["all"] == customers
    assert set(contents(tmp_path)) == {Path(name).name for name in [*maker.TABLES.values(), *maker.DOCUMENTS.values()]}
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_fewer_than_a_hundred_customers_are_refused(maker: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 100"):
        maker.make(tmp_path, customers=99)


def edited(tmp_path: Path, **changes: Any) -> Path:
    """A copy of the planted truth in which the parameters at dotted paths (double underscores) are changed."""
    document = yaml.safe_load((SOURCE / "truth.yaml").read_text(encoding="utf-8"))
    for path, value in changes.items():
        *branches, leaf = path.split("__")
        at = document
        for branch in branches:
            at = at[branch]
        at[leaf] = value
    (tmp_path / "truth.yaml").write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return tmp_path / "truth.yaml"


def test_an_edited_truth_moves_what_it_says_and_nothing_before_it(maker: ModuleType, tmp_path: Path) -> None:
    truth = edited(tmp_path, funnel__rates__households__purchase=0.30)
    before = Harbour(maker.make(tmp_path / "a", customers=3_000)).r["funnel"]["no_window"]["by_segment"]
    after = Harbour(maker.make(tmp_path / "b", customers=3_000, truth=truth)).r["funnel"]["no_window"]["by_segment"]
    assert after["households"]["purchase"] < 0.6 * before["households"]["purchase"]
    # Fewer buyers invite; the customers who come uninvited do what they did.
    uninvited = 1 - 0.12
    assert after["households"]["view_item"] > uninvited * before["households"]["view_item"]
    assert before["offices"]["purchase"] == pytest.approx(after["offices"]["purchase"], rel=0.2)


def test_a_truth_that_contradicts_itself_is_refused(maker: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"people.segments add up to 1.3800, not 1"):
        maker.make(tmp_path / "x", customers=100, truth=edited(tmp_path, people__segments__households=1.0))
    with pytest.raises(ValueError, match="the probability of purchase becomes"):
        maker.make(tmp_path / "y", customers=5_000, truth=edited(tmp_path, funnel__rates__offices__purchase=0.99))
