"""Harbour's log is a log, and its funnel is the one its generator counted."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from scipy import stats

from tests.datasets.harbour import STEPS, Harbour, within


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
