"""The activation finder: association of early events with later retention, and a check of the winner."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2_contingency

import mapkit as mk
from mapkit.errors import OptionError
from mapkit.journeys.growth import find_activation
from tests.literal import START, events, table_of


def log_of(people: int, *, helps: float, seed: int = 1) -> pd.DataFrame:
    """A log in which `tutorial` goes with retention by `helps`, and a dozen other events with nothing."""
    rng = np.random.default_rng(seed)
    rows = []
    for k in range(people):
        start = START + pd.Timedelta(hours=k)
        did = rng.random() < 0.4
        rows.append((f"c{k}", "visit", start))
        if did:
            rows.append((f"c{k}", "tutorial", start + pd.Timedelta(days=1)))
        rows += [(f"c{k}", f"e{j}", start + pd.Timedelta(days=2)) for j in range(12) if rng.random() < 0.5]
        if rng.random() < 0.3 + helps * did:
            rows.append((f"c{k}", "login", start + pd.Timedelta(days=35)))
    last = START + pd.Timedelta(hours=people, days=70)
    frame = pd.DataFrame([*rows, ("last", "visit", last)], columns=["customer", "event", "time"])
    return frame.assign(time=frame["time"].astype("datetime64[us]"), row=range(len(frame)))


def test_with_and_without_are_counted_over_those_whose_time_is_over():
    log = events(
        "ann: visit@0 look@1d x@31d", "bob: visit@0 look@6d", "cid: visit@0 x@45d", "dan: visit@0 look@8d x@59d",
        "late: visit@20d look@21d", "end: z@61d",
    )  # fmt: skip
    found = find_activation(log, acquisition="visit", minimum=1)
    row = found.table[(found.table["event"] == "look") & (found.table["times"] == 1)].iloc[0]
    assert found.eligible == 4
    assert (row["customers"], row["retained"], row["others_retained"]) == (2, 1, 2)
    assert row["difference"] == 0.5 - 1.0
    assert any("1 customers came too late" in note for note in found.notes)


def test_thresholds_count_how_often_it_was_done():
    log = events("ann: v@0 look@1 look@2 look@3 x@31d", "bob: v@0 look@1", "end: v@90d")
    table = find_activation(log, acquisition="v", minimum=1, times=(1, 2, 3, 4)).table
    looks = table[table["event"] == "look"].set_index("times")["customers"]
    assert looks.to_dict() == {1: 2, 2: 1, 3: 1}


def test_what_is_structural_is_flagged_and_not_judged():
    frame = log_of(300, helps=0.4)
    table = find_activation(table_of(frame), acquisition="visit", retained_by="login", minimum=20).table
    flags = table[table["times"] == 1].set_index("event")["flag"]
    assert flags["visit"] == "is the start"
    assert flags["tutorial"] == ""
    everybody = pd.concat([frame, frame[frame["event"] == "visit"].assign(event="banner")], ignore_index=True)
    found = find_activation(table_of(everybody.assign(row=range(len(everybody)))), acquisition="visit", minimum=20)
    assert found.table.set_index(["event", "times"]).loc[("banner", 1), "flag"] == "nearly all"
    early = events(*(f"c{k}: v@0 login@1d login@40d" for k in range(9)), "end: v@90d")
    flags = find_activation(early, acquisition="v", retained_by="login", minimum=1).table.set_index("event")["flag"]
    assert flags["login"] == "defines retention"


def test_the_event_that_was_planted_wins_and_is_confirmed_on_the_other_half():
    found = find_activation(table_of(log_of(900, helps=0.4)), acquisition="visit", minimum=50)
    assert found.winner == ("tutorial", 1)
    assert found.checked.low < 0.4 < found.checked.high
    assert found.checked.low > 0
    assert found.found.n + found.checked.n == found.estimate("tutorial").n
    judged = found.table[found.table["flag"] == ""]
    assert (judged.loc[judged["event"] != "tutorial", "p_adjusted"] > 0.05).all()


def test_where_nothing_helps_nothing_is_confirmed():
    found = find_activation(table_of(log_of(600, helps=0.0, seed=5)), acquisition="visit", minimum=50)
    assert found.checked is None or found.checked.low < 0
    assert (found.table.loc[found.table["flag"] == "", "p_adjusted"] > 0.05).all()


def test_p_is_that_of_chi_squared():
    found = find_activation(table_of(log_of(300, helps=0.2)), acquisition="visit", minimum=20)
    row = found.table[found.table["event"] == "tutorial"].iloc[0]
    others = found.eligible - row["customers"]
    counts = [
        [row["retained"], row["customers"] - row["retained"]],
        [row["others_retained"], others - row["others_retained"]],
    ]
    assert row["p"] == pytest.approx(chi2_contingency(counts, correction=False).pvalue, rel=1e-9)
    assert row["odds_ratio"] == pytest.approx(counts[0][0] * counts[1][1] / (counts[0][1] * counts[1][0]))


def test_two_periods_are_compared_candidate_by_candidate():
    logs = [find_activation(table_of(log_of(300, helps=h)), acquisition="visit", minimum=20) for h in (0.6, 0.0)]
    compared = mk.compare(*logs)
    assert compared.estimate("of_customers", event="tutorial", times=1).low > 0


def test_early_must_be_over_before_late_begins():
    with pytest.raises(OptionError, match="within <= retained_after"):
        find_activation(events("ann: a@1"), within="40d")
    with pytest.raises(OptionError, match="Did you mean 'visit'"):
        find_activation(events("ann: visit@1"), acquisition="vist")


def test_an_empty_log_claims_nothing():
    found = find_activation(events())
    assert found.table.empty
    assert found.winner is None


def test_harbours_early_buyers_are_retained_more_often_on_both_halves(harbour):
    found = find_activation(harbour.events, acquisition="first_visit")
    assert found.winner == ("purchase", 1)
    assert found.checked.low > 0.25
    videos = found.estimate("video_start")
    assert videos.low < 0 < videos.high
