"""What Harbour knows of itself and its world has the planted gaps; so have the damaged log and the raw export."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import yaml

from tests.datasets.harbour import Harbour, within


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
