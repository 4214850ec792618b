from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mapkit as mk
from mapkit.errors import MapkitError, TableError
from mapkit.experience.feedback import measure_opportunity


def rated(touchpoint: str = "checkout", **scores: list[float]) -> pd.DataFrame:
    """Ratings of one touchpoint, the k-th of each metric by the k-th respondent."""
    rows = [
        {"metric": metric, "score": score, "touchpoint": touchpoint, "respondent": f"r{k}"}
        for metric, each in scores.items()
        for k, score in enumerate(each)
    ]
    return pd.DataFrame(rows)


def shares(importance: int, satisfaction: int) -> pd.DataFrame:
    """Ten respondents, so many of whom find it important, and so many of whom are satisfied."""
    return rated(
        importance=[5] * importance + [1] * (10 - importance),
        satisfaction=[4] * satisfaction + [3] * (10 - satisfaction),
    )


@pytest.mark.parametrize(("importance", "satisfaction", "expected"), [(8, 4, 12), (4, 8, 4), (5, 5, 5), (10, 0, 20)])
def test_the_published_examples(importance, satisfaction, expected):
    result = measure_opportunity(shares(importance, satisfaction))
    assert result.opportunity("checkout").value == pytest.approx(expected)
    row = result.table.iloc[0]
    assert (row["importance"], row["importance_share"]) == pytest.approx((importance, importance / 10))
    assert row["opportunity_low"] <= expected <= row["opportunity_high"]


def test_means_are_stretched_to_ten_and_the_gap_is_negative_below_expectation():
    frame = rated(importance=[3, 3], satisfaction=[1, 3], expectation=[5, 5])
    row = measure_opportunity(frame).table.iloc[0]
    assert (row["satisfaction_mean"], row["expectation_mean"], row["expectation_gap"]) == (2.5, 10, -7.5)


def test_the_same_respondents_answers_make_the_gap_surer_when_they_go_together():
    scores = [1, 2, 3, 4, 5] * 8
    together = rated(importance=scores, satisfaction=scores, expectation=scores)
    apart = together.drop(columns="respondent")
    wide = [
        np.ptp(measure_opportunity(f).table[["expectation_gap_low", "expectation_gap_high"]]) for f in (together, apart)
    ]
    assert wide[0] == pytest.approx(0, abs=1e-6)
    assert wide[1] > 1


def test_expectation_may_be_missing_but_not_satisfaction():
    row = measure_opportunity(shares(8, 4)).table.iloc[0]
    assert row["expectation_n"] == 0
    assert np.isnan(row["expectation_gap"])
    with pytest.raises(TableError, match="no answers to 'satisfaction'"):
        measure_opportunity(rated(importance=[5]))


def test_employees_and_answers_outside_the_scale_are_left_out():
    frame = pd.concat([shares(8, 4), rated(importance=[9, 4.5]), rated(satisfaction=[5] * 9).assign(rater="employee")])
    result = measure_opportunity(frame)
    assert result.table[["n", "rejected"]].values.tolist() == [[10, 2]]
    assert result.opportunity("checkout").value == pytest.approx(12)


def test_a_segment_that_is_badly_served_is_seen_only_when_it_is_split():
    frame = pd.concat([shares(1, 9).assign(segment="many"), shares(10, 1).assign(segment="few")])
    assert measure_opportunity(frame).opportunity("checkout").value < 10
    split = measure_opportunity(frame, segment="segment")
    assert split.opportunity("checkout", "few").value == pytest.approx(19)
    assert split.underserved["segment"].tolist() == ["few"]
    assert list(split.table.columns[:3]) == ["touchpoint", "segment", "n"]


def test_thin_groups_can_be_kept_out_and_wrong_groups_are_named():
    result = measure_opportunity(shares(8, 4), minimum_n=11)
    assert result.table["opportunity"].isna().all()
    with pytest.raises(MapkitError, match="Did you mean 'checkout'"):
        result.opportunity("chekout")


def test_compare_sets_two_surveys_side_by_side():
    found = mk.compare(*(measure_opportunity(pd.concat([shares(*s)] * 5)) for s in ((9, 2), (3, 8))))
    assert found.estimate("opportunity", touchpoint="checkout").value == pytest.approx(13)
    assert "higher" in set(found.table["verdict"])


def test_the_interval_holds_the_truth_in_about_95_of_100_surveys():
    rng = np.random.default_rng(11)
    for important, content in ((0.8, 0.4), (0.6, 0.6), (0.3, 0.8)):
        surveys = []
        for survey in range(200):
            tops = rng.random((2, 40)) < np.array([[important], [content]])
            scores = {
                name: np.where(top, 5, 2).tolist()
                for name, top in zip(("importance", "satisfaction"), tops, strict=True)
            }
            surveys.append(rated(f"s{survey}", **scores))
        table = measure_opportunity(pd.concat(surveys)).table
        truth = 10 * max(important, 2 * important - content)
        held = table["opportunity_low"].le(truth) & table["opportunity_high"].ge(truth)
        assert 0.90 <= held.mean() <= 1.0


@settings(max_examples=3, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=20, max_size=40, unique=True))
def test_the_opportunity_is_importance_and_what_satisfaction_lacks_of_it(pairs):
    frame = pd.concat([shares(i, s).assign(touchpoint=f"{i} {s}") for i, s in pairs])
    for row in measure_opportunity(frame).table.to_dict("records"):
        importance, satisfaction = (int(part) for part in row["touchpoint"].split())
        assert row["opportunity"] == pytest.approx(importance + max(importance - satisfaction, 0))
        assert 0 <= row["opportunity_low"] <= row["opportunity"] + 1e-9
        assert row["opportunity"] - 1e-9 <= row["opportunity_high"] <= 20
