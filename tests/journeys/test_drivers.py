"""What goes with an outcome, and what only seems to."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import StratifiedTable, Table2x2

from mapkit.errors import OptionError, TableError
from mapkit.journeys import Step, measure_drivers, measure_funnel
from mapkit.journeys.drivers_effects import COUNTS, with_effects, within_strata
from mapkit.statistics import compare, difference_interval
from mapkit.tables import Table
from mapkit.workbench import load_dataset
from tests.literal import events


@pytest.fixture(scope="module")
def harbour():
    return load_dataset("harbour")


def shop(groups: dict[str, tuple[int, int]]) -> Table:
    """Customers as {"events before": (how many, how many of them buy)}."""
    lines = []
    for before, (customers, buyers) in groups.items():
        names = before.split()
        for n in range(customers):
            done = " ".join(f"{name}@{k + 1}" for k, name in enumerate(["visit", *names]))
            lines.append(f"{'-'.join(names) or 'bare'}{n}: {done} {'buy@1h' if n < buyers else ''}")
    return events(*lines)


def row(result, candidate: str) -> pd.Series:
    return result.table.set_index("candidate").loc[candidate]


def test_customers_with_and_without_are_counted_with_their_shares() -> None:
    drivers = measure_drivers(shop({"look": (50, 20), "": (60, 6)}), outcome="buy")
    found = row(drivers, "look")
    assert found[list(COUNTS)].tolist() == [50, 20, 60, 6]
    assert (drivers.customers, drivers.converted) == (110, 26)
    assert str(drivers.share("look")) == "40.0% [27.6%, 53.8%] of 50"
    assert str(drivers.share("look", having=False)) == "10.0% [4.7%, 20.1%] of 60"
    low, high = difference_interval(20, 50, 6, 60)
    estimate = drivers.difference("look")
    assert (estimate.value, estimate.low, estimate.high, estimate.n) == pytest.approx((0.3, low, high, 50))
    assert found["verdict"] == "more"


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 80), min_size=4, max_size=4))
def test_lift_and_odds_ratio_are_those_of_statsmodels(cells: list[int]) -> None:
    a, b, c, d = cells
    if not (a + b and c + d):
        return
    counts = pd.DataFrame([[a + b, a, c + d, c]], columns=list(COUNTS))
    added = 0.5 * (0 in cells)
    ours, peer = with_effects(counts, 0.95).iloc[0], Table2x2(np.array([[a, b], [c, d]]) + added)
    assert (ours["odds_ratio"], ours["odds_ratio_low"], ours["odds_ratio_high"]) == pytest.approx(
        (peer.oddsratio, *peer.oddsratio_confint())
    )
    assert (ours["lift"], ours["lift_low"], ours["lift_high"]) == pytest.approx(
        (peer.riskratio, *peer.riskratio_confint())
    )


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.integers(1, 60), min_size=4, max_size=4), min_size=1, max_size=5))
def test_effects_within_strata_are_those_of_statsmodels(strata: list[list[int]]) -> None:
    tables = [np.array([[a, b], [c, d]]) for a, b, c, d in strata]
    rows = [(0, t[0].sum(), t[0, 0], t[1].sum(), t[1, 0]) for t in tables]
    counts = pd.DataFrame(rows, columns=["key", *COUNTS])
    ours, peer = within_strata(counts, "key", 0.95).iloc[0], StratifiedTable(tables)
    assert ours["odds_ratio_within"] == pytest.approx(peer.oddsratio_pooled)
    assert (ours["odds_ratio_within_low"], ours["odds_ratio_within_high"]) == pytest.approx(
        peer.oddsratio_pooled_confint()
    )
    assert ours["p_within"] == pytest.approx(peer.test_null_odds(correction=False).pvalue, rel=1e-6, abs=1e-12)
    weights = [t[0].sum() * t[1].sum() / t.sum() for t in tables]
    differences = [t[0, 0] / t[0].sum() - t[1, 0] / t[1].sum() for t in tables]
    assert ours["difference_within"] == pytest.approx(np.average(differences, weights=weights))


def test_only_what_comes_before_the_outcome_counts() -> None:
    log = events("ann: visit@1 buy@2 look@3", "bob: visit@1 look@2 buy@3", "cat: look@1 visit@2", "dan: visit@9")
    found = row(measure_drivers(log, outcome="buy", within="1h"), "look")
    assert (found["customers_with"], found["converted_with"]) == (2, 1)


def test_events_of_the_same_moment_are_before_or_after_by_their_row() -> None:
    log = events("ann: visit@1 look@2 buy@2", "bob: visit@1 buy@2 look@2", "cat: visit@1")
    assert row(measure_drivers(log, outcome="buy"), "look")["customers_with"] == 1


def test_what_those_who_never_convert_do_later_does_not_count_against_it() -> None:
    buyers = [f"b{n}: visit@0 buy@1d" for n in range(40)]
    stayers = [f"s{n}: visit@0 help@100d" for n in range(60)]
    drivers = measure_drivers(events(*buyers, *stayers), outcome="buy")
    assert row(drivers, "visit")["flag"] == "structural"
    assert "help" not in drivers.table["candidate"].tolist()
    assert any("within 24 hours" in note and "nine in ten" in note for note in drivers.notes)
    ever = measure_drivers(events(*buyers, *stayers), outcome="buy", within="200d")
    assert row(ever, "help")["customers_with"] == 60


def test_a_landmark_follows_only_those_who_had_not_converted() -> None:
    log = events(
        "early: visit@0 look@1h buy@1d", "late: visit@0 look@1d buy@9d", "never: visit@0 look@8d", "end: visit@30d"
    )
    drivers = measure_drivers(log, outcome="buy", within="7d", timing="landmark")
    assert (drivers.customers, drivers.converted) == (2, 1)
    assert row(drivers, "look")[["customers_with", "converted_with"]].tolist() == [1, 1]
    with pytest.raises(OptionError, match="needs the span"):
        measure_drivers(events("a: x@1"), outcome=pd.DataFrame({"customer": ["a"], "outcome": [1]}), timing="landmark")


def test_the_step_before_the_outcome_is_structural_and_not_a_discovery() -> None:
    drivers = measure_drivers(shop({"checkout": (60, 40), "": (100, 0)}), outcome="buy")
    assert row(drivers, "checkout")[["flag", "verdict"]].tolist() == ["structural", "structural"]
    assert math.isnan(row(drivers, "checkout")["p_adjusted"])


def test_what_all_but_decides_the_outcome_is_a_leak() -> None:
    log = shop({"thanks": (60, 60), "": (100, 0), "look": (50, 0)})
    assert row(measure_drivers(log, outcome="buy"), "thanks")["flag"] == "leak"
    people = log.to_pandas().groupby("customer").agg(state=("event", lambda e: "paid" if "buy" in set(e) else "open"))
    states = measure_drivers(log, outcome="buy", customers=people.reset_index(), attributes=["state"])
    assert row(states, "state = paid")["flag"] == row(states, "state = open")["flag"] == "leak"


def test_few_customers_are_not_judged() -> None:
    drivers = measure_drivers(shop({"look": (20, 20), "": (200, 20), "search": (40, 5)}), outcome="buy")
    assert row(drivers, "look")["verdict"] == "too few"
    asked = measure_drivers(shop({"look": (20, 12), "": (200, 20)}), outcome="buy", minimum=5)
    assert row(asked, "look")["verdict"] == "more"


def test_a_confounder_vanishes_within_its_strata() -> None:
    # Within those who drink daily, and within the others, an advertisement changes nothing.
    log = shop({"ad daily": (80, 40), "daily": (40, 20), "ad": (40, 4), "": (160, 16)})
    taste = log.to_pandas().groupby("customer")["event"].agg(lambda e: "daily" in set(e)).rename("daily").reset_index()
    crude = measure_drivers(log, outcome="buy", candidates=["ad"])
    inside = measure_drivers(log, outcome="buy", candidates=["ad"], customers=taste, within_strata="daily")
    assert crude.odds_ratio("ad").value == pytest.approx((44 / 76) / (36 / 164))
    assert row(crude, "ad")["verdict"] == "more"
    assert inside.odds_ratio("ad", within=True).value == pytest.approx(1)
    assert inside.difference("ad", within=True).value == pytest.approx(0)
    assert row(inside, "ad")[["verdict", "strata"]].tolist() == ["cannot tell", 2]


def test_attributes_are_a_customers_first_value_or_come_from_a_frame() -> None:
    log = events("ann: visit@1{channel=email} visit@2{channel=web} buy@3", "bob: visit@1 visit@2{channel=web}")
    table = measure_drivers(log, outcome="buy", attributes=["channel"], candidates=[]).table
    assert table["candidate"].tolist() == ["channel = email", "channel = web"]
    many = shop({"": (200, 50)})
    people = pd.DataFrame({"customer": [f"bare{n}" for n in range(200)], "age": range(200), "vip": [True, False] * 100})
    drivers = measure_drivers(many, outcome="buy", attributes=["age", "vip"], customers=people, candidates=[])
    assert drivers.table["candidate"].str.startswith("age = ").sum() == 4
    assert "vip = True" in set(drivers.table["candidate"]) and "vip = False" not in set(drivers.table["candidate"])


def test_outcomes_may_come_from_a_frame_and_then_decide_who_is_counted() -> None:
    outcome = pd.DataFrame({"customer": ["ann", "bob", "gone"], "outcome": [1, 0, 1]})
    log = events("ann: visit@1 look@2", "bob: visit@1", "cat: look@1")
    drivers = measure_drivers(log, outcome=outcome)
    assert (drivers.customers, drivers.converted) == (2, 1)
    assert row(drivers, "look")[["customers_with", "converted_with"]].tolist() == [1, 1]
    with pytest.raises(TableError, match="holds '2' in 'outcome'"):
        measure_drivers(log, outcome=outcome.assign(outcome=[0, 1, 2]))
    with pytest.raises(TableError, match="one row a customer"):
        measure_drivers(log, outcome=pd.concat([outcome, outcome]))


def test_slips_are_answered_with_what_there_is() -> None:
    log = shop({"look": (3, 1)})
    with pytest.raises(OptionError, match="Did you mean 'buy'"):
        measure_drivers(log, outcome="buuy")
    with pytest.raises(OptionError, match=r"no event 'lok'.*Did you mean 'look'"):
        measure_drivers(log, outcome="buy", candidates=["lok"])
    with pytest.raises(OptionError, match="Give a list"):
        measure_drivers(log, outcome="buy", candidates="look")
    with pytest.raises(TableError, match="no column 'chanel' in the events or the customers"):
        measure_drivers(log, outcome="buy", attributes=["chanel"])
    with pytest.raises(OptionError, match="more than once"):
        measure_drivers(log, outcome="buy", customers=pd.DataFrame({"customer": ["a", "a"]}))
    with pytest.raises(OptionError, match="There are no strata"):
        measure_drivers(log, outcome="buy").difference("look", within=True)
    with pytest.raises(OptionError, match="Did you mean 'look'"):
        measure_drivers(log, outcome="buy").lift("loook")


def test_hostile_names_are_names() -> None:
    names = ["<script>", "'; DROP TABLE x; --", "x" * 10_000, "\u202eabc", "50%"]
    rows = [(f"c{n}", name, "2025-01-01") for n, name in enumerate(names)] + [("c0", "buy", "2025-01-02")]
    log = pd.DataFrame(rows, columns=["customer", "event", "time"])
    assert set(measure_drivers(log, outcome="buy").table["candidate"]) == set(names)


def test_nobody_who_converts_and_nothing_to_go_with_it_are_answers_too() -> None:
    alone = measure_drivers(events("ann: buy@1"), outcome="buy")
    assert alone.table.empty and (alone.customers, alone.converted) == (1, 1)
    large = Step("large", event="buy", where={"customer": "x"})
    none = measure_drivers(events("ann: look@1", "bob: buy@1"), outcome=large)
    assert none.converted == 0 and set(none.table["verdict"]) == {"too few"}


def test_two_logs_are_compared_by_their_differences() -> None:
    a = measure_drivers(shop({"look": (500, 250), "": (500, 50)}), outcome="buy", within="1d")
    b = measure_drivers(shop({"look": (500, 60), "": (500, 50)}), outcome="buy", within="1d")
    comparison = compare(a, b)
    assert comparison.estimate("difference", candidate="look").value == pytest.approx(0.4 - 0.02)
    assert comparison.differing["candidate"].tolist() == ["look"]
    with pytest.raises(OptionError, match="measured differently"):
        compare(a, measure_drivers(shop({"look": (50, 20)}), outcome="look", within="1d"))


def test_harbours_banner_has_the_counts_it_was_made_with_and_no_effect_within_taste(harbour) -> None:
    truth = harbour.truth["realised"]["display"]
    drivers = measure_drivers(
        harbour.events,
        outcome="purchase",
        within="366d",
        candidates=["ad_view"],
        customers=harbour.frame("customers"),
        within_strata="daily_drinker",
    )
    found = row(drivers, "ad_view")
    assert found["customers_with"] == sum(truth["exposed"]["first_visit"].values())
    assert found["converted_with"] == sum(truth["exposed"]["purchase"].values())
    assert found["customers_without"] == sum(truth["unexposed"]["first_visit"].values())
    assert found["converted_without"] == sum(truth["unexposed"]["purchase"].values())
    inside = drivers.odds_ratio("ad_view", within=True)
    assert inside.low < 1 < inside.high
    tables = [
        [[truth["exposed"]["purchase"][k], truth["exposed"]["first_visit"][k] - truth["exposed"]["purchase"][k]],
         [truth["unexposed"]["purchase"][k], truth["unexposed"]["first_visit"][k] - truth["unexposed"]["purchase"][k]]]
        for k in ("daily", "ordinary")
    ]  # fmt: skip
    assert inside.value == pytest.approx(StratifiedTable([np.array(t) for t in tables]).oddsratio_pooled)


def test_harbours_steps_are_structural_and_its_taste_goes_with_buying(harbour) -> None:
    drivers = measure_drivers(
        harbour.events, outcome="purchase", customers=harbour.frame("customers"), attributes=["daily_drinker"]
    )
    steps = ["first_visit", "view_item", "add_to_cart", "begin_checkout", "add_payment_info"]
    assert drivers.table.set_index("candidate").loc[steps, "flag"].tolist() == ["structural"] * 5
    assert row(drivers, "daily_drinker = True")["verdict"] == "more"
    funnel = measure_funnel(harbour.events, ["view_item", "purchase"])
    assert funnel.counts[1] == drivers.converted


@pytest.mark.postgres
def test_a_remote_database_gives_the_numbers_of_the_embedded_one(postgres_url) -> None:
    import psycopg

    from mapkit.loaders import read_events

    log = shop({"look": (50, 20), "": (60, 6), "thanks": (30, 30)})
    frame = log.to_pandas().assign(channel=lambda f: f["customer"].str[:4])
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS mapkit_drivers")
        columns = "customer text, event text, time timestamp, row bigint, channel text"
        connection.execute(f"CREATE TABLE mapkit_drivers ({columns})")
        with connection.cursor().copy("COPY mapkit_drivers (customer, event, time, row, channel) FROM STDIN") as copy:
            for values in frame[["customer", "event", "time", "row", "channel"]].itertuples(index=False):
                copy.write_row(list(values))
        remote = read_events(postgres_url, table="mapkit_drivers")
        people = frame[["customer"]].drop_duplicates().assign(half=lambda f: f["customer"].str[-1] > "5")
        options = {"outcome": "buy", "attributes": ["channel", "half"], "customers": people, "within_strata": "half"}
        here, there = (measure_drivers(log, **options).table for log in (frame, remote))
        connection.execute("DROP TABLE IF EXISTS mapkit_drivers CASCADE")
    pd.testing.assert_frame_equal(here, there, check_dtype=False, rtol=1e-9)
