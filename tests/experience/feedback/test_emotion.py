from __future__ import annotations

import pandas as pd
import pytest
from scipy import stats

import mapkit as mk
from mapkit.errors import OptionError
from mapkit.experience.feedback import measure_emotion

WAY = pd.DataFrame(
    [(stage, rater, score) for stage, rater, scores in [
        ("awareness", "customer", [1, 0, 1, 0]), ("service", "customer", [-2, -1, -2, -2]),
        ("advocacy", "customer", [1, 1, 2, 0]), ("service", "employee", [1, 1, 0, 2]),
    ] for score in scores],
    columns=["stage", "rater", "score"],
).assign(metric="emotion")  # fmt: skip


def test_each_step_has_its_mean_its_spread_and_its_interval_in_the_order_of_the_stages():
    table = measure_emotion(WAY).curve()
    assert table["stage"].tolist() == ["awareness", "service", "advocacy"]
    assert table["score"].tolist() == [0.5, -1.75, 1.0]
    assert table["of_answers_negative"].tolist() == [0, 1, 0]
    row = table.iloc[0]
    assert row["sd"] == pytest.approx(pd.Series([1, 0, 1, 0]).std())
    low, high = stats.t.interval(0.95, 3, loc=0.5, scale=row["se"])
    assert (row["low"], row["high"]) == pytest.approx((low, high))
    # The scale ends at -2, and so does what is claimed.
    assert table["low"].iloc[1] == -2


def test_peak_end_and_their_average():
    emotion = measure_emotion(WAY)
    assert (emotion.peak().value, emotion.end().value, emotion.peak_end().value) == (-1.75, 1.0, -0.375)
    assert "service" in emotion.peak().name
    assert emotion.peak_end("employee").value == emotion.peak("employee").value == 1.0


def test_the_end_follows_the_order_given():
    assert measure_emotion(WAY, order=["advocacy", "awareness", "service"]).end().value == -1.75


def test_customers_and_employees_stand_apart_with_their_difference():
    emotion = measure_emotion(WAY)
    assert emotion.raters == ("customer", "employee")
    row = emotion.curve("employee").iloc[0]
    assert row["minus_customers"] == pytest.approx(2.75)
    difference = emotion.disagreement("service")
    ends = (row["minus_customers_low"], row["minus_customers_high"])
    assert ends == pytest.approx((difference.low, difference.high))
    assert ends[0] > 0
    assert emotion.curve()["minus_customers"].isna().all()


def test_a_plain_list_and_tables_without_stage_or_rater_work_too():
    assert measure_emotion([1, -1, 2.5, 0.5]).score("customer").n == 3
    by_place = measure_emotion(pd.DataFrame({"metric": "emotion", "score": [1, 2], "touchpoint": ["a", "b"]}))
    assert by_place.keys == ("touchpoint", "rater")
    empty = measure_emotion([])
    assert empty.table.empty
    with pytest.raises(OptionError, match="did not answer"):
        empty.peak()


def test_an_unknown_rater_is_answered_with_the_nearest():
    with pytest.raises(OptionError, match="Did you mean 'employee'"):
        measure_emotion(WAY).curve("employe")


def test_compare_sets_two_curves_side_by_side():
    many = pd.concat([WAY] * 10)
    found = mk.compare(measure_emotion(many), measure_emotion(many.assign(score=-many["score"].abs())))
    assert found.estimate("valence", stage="advocacy", rater="customer").value == pytest.approx(2)
    assert "higher" in set(found.table["verdict"])
