from __future__ import annotations

import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

import mapkit as mk
from mapkit.errors import OptionError, TableError
from mapkit.experience.feedback import measure_ces, measure_csat
from tests.experience.feedback.said import answered, times


def test_satisfied_are_the_top_two_boxes_of_each_answers_own_scale():
    frame = pd.DataFrame({"score": [4, 5, 3, 6, 7, 5], "scale_min": 1, "scale_max": [5, 5, 5, 7, 7, 7]})
    row = measure_csat(frame).table.iloc[0]
    assert (row["n"], row["satisfied"], row["rejected"]) == (6, 4, 0)
    assert measure_csat(frame, top=1).table["satisfied"].tolist() == [2]


def test_a_share_has_wilsons_interval_and_a_mean_students():
    scores = [5, 4, 4, 3, 1, 2, 5, 4]
    row = measure_csat(scores).table.iloc[0]
    assert (row["low"], row["high"]) == pytest.approx(proportion_confint(5, 8, method="wilson"))
    expected = stats.t.interval(0.95, 7, loc=row["mean"], scale=stats.sem(scores))
    assert (row["mean_low"], row["mean_high"]) == pytest.approx(expected)


def test_answers_without_a_scale_are_taken_to_be_on_the_scale_given():
    result = measure_csat([7, 6, 5])
    assert result.table[["n", "rejected"]].values.tolist() == [[1, 2]]
    assert any("name no scale" in note and "1 to 5" in note for note in result.notes)
    assert measure_csat([7, 6, 5], scale=(1, 7)).score().value == pytest.approx(2 / 3)
    with pytest.raises(OptionError, match="is not a scale"):
        measure_csat([3], scale=(5, 1))


def test_effort_is_a_mean_on_seven_points_and_a_share_of_five_and_more():
    row = measure_ces([7, 6, 5, 2, 8, 4.5]).table.iloc[0]
    assert (row["n"], row["easy"], row["score"], row["of_answers_easy"], row["rejected"]) == (4, 3, 5.0, 0.75, 2)
    with pytest.raises(TableError, match="1 to 7"):
        measure_ces(pd.DataFrame({"score": [3], "scale_min": 1, "scale_max": 5}))


def test_answers_that_are_all_alike_still_have_an_interval():
    estimate = measure_ces([7, 7, 7]).score()
    assert estimate.high == 7
    assert estimate.low < 5
    assert measure_ces([7] * 300).score().low > 6.9


def test_changes_and_comparisons():
    frame = answered("csat", a=times(_5=20, _2=80), b=times(_5=60, _2=40))
    result = measure_csat(frame, by="wave")
    assert result.say_change("a", "b").startswith("CSAT rose by 40.0 percentage points [26.")
    parts = [measure_csat(frame[frame["wave"] == wave]) for wave in "ba"]
    assert mk.compare(*parts).table["verdict"].tolist() == ["higher"]
    with pytest.raises(OptionError, match="measured differently: top"):
        mk.compare(parts[0], measure_csat([4], top=1))
    easy = measure_ces(answered("ces", a=times(_7=60, _2=40)))
    hard = measure_ces(answered("ces", a=times(_7=20, _2=80)))
    assert mk.compare(easy, hard).table["verdict"].tolist() == ["higher", "higher"]


def test_kinds_of_people_are_higher_or_lower_and_do_not_rise():
    frame = pd.DataFrame({"score": [5] * 40 + [1] * 40, "rater": ["customer"] * 40 + ["employee"] * 40})
    said = measure_csat(frame, by="rater").say_change("customer", "employee")
    assert said.startswith("CSAT is lower by 100.0 percentage points")


def test_an_option_that_is_not_there_is_named():
    with pytest.raises(OptionError, match="no option 'split'"):
        measure_ces([5], split="wave")
