"""What a FeedbackExplorer answers when its settings change, said with small tables and without a browser."""

from __future__ import annotations

import pandas as pd
import pytest

import mapkit as mk
from mapkit.errors import OptionError
from mapkit.experience.feedback import measure_nps
from mapkit.widgets import FeedbackExplorer

DAYS = {"spring": pd.Timestamp("2025-03-01"), "autumn": pd.Timestamp("2025-10-01")}
MANY = [("spring", "old", 20), ("spring", "new", 20), ("autumn", "old", 58), ("autumn", "new", 20)]
ASKED = pd.DataFrame(
    [
        {"metric": metric, "score": score, "wave": wave, "segment": segment, "time": DAYS[wave], "touchpoint": "till"}
        for wave, segment, many in MANY
        for metric, high, low in (("nps", 9, 3), ("emotion", 2, -1), ("importance", 5, 2), ("satisfaction", 5, 2))
        for score in [high] * many + [low] * (60 - many)
    ]
)


def test_the_answer_follows_the_settings():
    explorer = FeedbackExplorer(ASKED)
    assert explorer.metrics == ["nps", "satisfaction", "emotion", "opportunity"]
    assert explorer.waves == ["spring", "autumn"]
    before = explorer.picture
    explorer.first = "spring"
    assert explorer.result.score().n == 120
    explorer.by = "segment"
    assert explorer.result.keys == ("segment",)
    assert explorer.picture != before
    assert explorer.verdict == ""


def test_two_waves_get_a_verdict():
    explorer = FeedbackExplorer(ASKED, first="spring", second="autumn")
    assert explorer.verdict.startswith("NPS rose by 63.3 points")
    explorer.by = "segment"
    assert explorer.result.keys == ("segment", "wave")
    assert explorer.verdict == "From spring to autumn: old higher, beyond chance (1 of 2 comparisons)."
    explorer.metric = "emotion"
    assert type(explorer.result).__name__ == "Comparison"
    assert "old" in explorer.verdict


def test_the_smallest_group_is_a_setting():
    explorer = FeedbackExplorer(ASKED, by="segment", minimum_n=121)
    assert explorer.result.table["score"].isna().all()
    assert "minimum_n=121" in explorer.code


def test_several_settings_in_one_message_are_answered_once():
    explorer = FeedbackExplorer(ASKED)
    explorer.set_state({"metric": "emotion", "by": "segment"})
    assert explorer.shown == explorer.options
    assert explorer.result.keys == ("segment", "rater")


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("metric", "npss", "Did you mean 'nps'"),
        ("by", "segmnt", "Did you mean 'segment'"),
        ("second", "autumn", "Choose a wave to compare with"),
        ("minimum_n", 0, "minimum_n=0"),
    ],
)
def test_a_slip_is_answered_in_the_place_of_the_picture(setting, value, said):
    explorer = FeedbackExplorer(ASKED)
    before = getattr(explorer, setting)
    setattr(explorer, setting, value)
    assert said in explorer.message
    assert (explorer.picture, explorer.alt, explorer.verdict) == (b"", "", "")
    with pytest.raises(mk.MapkitError):
        _ = explorer.result
    setattr(explorer, setting, before)
    assert explorer.message == ""


def test_a_misspelt_keyword_is_refused_with_the_nearest():
    with pytest.raises(OptionError, match=r"no option 'metrik'.*Did you mean 'metric'"):
        FeedbackExplorer(ASKED, metrik="nps")


def test_feedback_without_waves_or_rows_is_no_error():
    assert FeedbackExplorer(ASKED.drop(columns=["wave", "time"])).waves == []
    empty = FeedbackExplorer(ASKED.head(0))
    assert empty.metrics == []
    assert empty.picture


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"first": "spring", "second": "autumn", "by": "segment", "rater": "all"},
        {"metric": "emotion", "first": "spring", "second": "autumn"},
        {"metric": "satisfaction", "by": "touchpoint", "minimum_n": 3},
    ],
)
def test_the_code_that_is_shown_measures_the_same(options):
    explorer = FeedbackExplorer(ASKED, **options)
    there = {"feedback": ASKED}
    exec(explorer.code, there)
    pd.testing.assert_frame_equal(there[explorer.metric].table, explorer.result.table)


def test_the_still_twin_is_the_picture():
    explorer = FeedbackExplorer(ASKED, by="wave")
    bundle = explorer._repr_mimebundle_()
    still = bundle[0] if isinstance(bundle, tuple) else bundle
    assert still["image/png"]
    assert explorer.result.table.equals(measure_nps(ASKED, by="wave").table)
