from __future__ import annotations

import pytest

import mapkit as mk
from mapkit.experience.feedback import measure_ces, measure_csat, measure_emotion, measure_nps, measure_opportunity


@pytest.fixture(scope="module")
def harbour():
    return mk.load_dataset("harbour")


def test_both_waves_are_counted_exactly_and_the_rise_is_beyond_chance(harbour):
    nps = measure_nps(harbour.feedback, by="wave")
    for wave, counted in harbour.truth["realised"]["feedback"]["nps"].items():
        row = nps.table.set_index("wave").loc[wave]
        assert [row["n"], row["promoters"], row["detractors"]] == list(counted.values())[:3]
        assert row["score"] == pytest.approx(counted["nps"])
        planted = harbour.truth["planted"]["feedback"]["waves"][wave]
        assert row["low"] - 5 < 100 * (planted["promoters"] - planted["detractors"]) < row["high"] + 5
    assert "rose by" in nps.say_change("spring", "autumn")


def test_all_satisfaction_ratings_are_counted_exactly(harbour):
    table = measure_csat(harbour.feedback, metric="satisfaction", by=["touchpoint", "rater"]).table
    table = table.set_index(["touchpoint", "rater"])
    for touchpoint, raters in harbour.truth["realised"]["feedback"]["satisfaction"].items():
        for rater, counted in raters.items():
            row = table.loc[touchpoint, rater]
            assert (row["n"], round(row["n"] * row["mean"])) == (counted["answers"], counted["total"])


def test_employees_think_better_of_the_help_desk_than_customers_and_of_nothing_else_so_much(harbour):
    csat = measure_csat(harbour.feedback, metric="satisfaction", by=["touchpoint", "rater"])
    apart = {
        name: csat.change((name, "customer"), (name, "employee")).value for name in csat.table["touchpoint"].unique()
    }
    assert max(apart, key=apart.__getitem__) == "help_desk"
    assert csat.change(("help_desk", "customer"), ("help_desk", "employee")).low > 0.3


def test_the_seven_answers_outside_their_scale_are_all_rejected(harbour):
    feedback = harbour.feedback
    rejected = measure_nps(feedback).table["rejected"].sum() + measure_csat(feedback).table["rejected"].sum()
    rejected += measure_ces(feedback).table["rejected"].sum() + measure_emotion(feedback).table["rejected"].sum()
    rejected += measure_opportunity(feedback, rater="all").table["rejected"].sum()
    assert rejected == harbour.truth["realised"]["feedback"]["out_of_scale"] == 7


def test_the_curve_of_feelings_is_found(harbour):
    emotion = measure_emotion(harbour.feedback)
    planted = harbour.truth["planted"]["feedback"]["emotion"]
    assert emotion.curve()["stage"].tolist() == list(planted)
    # Answers are rounded and end at -2 and 2, which draws means towards the middle.
    assert emotion.curve()["score"].tolist() == pytest.approx(list(planted.values()), abs=0.2)
    assert "advocacy" in emotion.peak().name
    assert emotion.disagreement("service").low > 0


def test_checkout_and_help_desk_are_underserved_and_the_decoy_only_for_students(harbour):
    whole = measure_opportunity(harbour.feedback)
    sure = whole.table[whole.table["opportunity_low"] >= 10]["touchpoint"].tolist()
    assert sorted(sure) == ["checkout", "help_desk", "payment"]
    assert whole.opportunity("tasting_video").high < 1
    assert whole.opportunity("campus_stand").high < 5
    split = measure_opportunity(harbour.feedback, segment="segment").table.set_index(["touchpoint", "segment"])
    assert (
        split.loc[("campus_stand", "students"), "importance_low"]
        > split.loc[("campus_stand", "households"), "importance_high"]
    )
