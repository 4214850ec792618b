"""With and without each touchpoint, of those who had come equally far, in shops whose counts are known by heart."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mapkit as mk
from mapkit.errors import OptionError
from mapkit.maps.touchpoints import measure_touchpoints
from mapkit.statistics import difference_interval
from tests.literal import events
from tests.maps.touchpoints.made import TOUCHPOINTS, answers, log_of, shop

COUNTS = ["customers_with", "converted_with", "customers_without", "converted_without"]


def row(result, touchpoint: str) -> pd.Series:
    return result.table.set_index("touchpoint").loc[touchpoint]


def test_only_those_who_had_come_equally_far_are_compared():
    log = log_of(shop({"": (100, 0), "view": (60, 15), "view watch": (40, 10)}))
    video = row(measure_touchpoints(TOUCHPOINTS, log, outcome="buy"), "video")
    assert list(video[COUNTS]) == [40, 10, 60, 15]  # and not 160 without it, most of whom never saw an item
    assert video["compared_among"] == "home; item"
    assert video["difference"] == 0
    low, high = difference_interval(10, 40, 15, 60)
    assert (video["difference_low"], video["difference_high"]) == (pytest.approx(low), pytest.approx(high))


def test_a_touch_after_the_outcome_or_beyond_the_span_does_not_count():
    log = events("ann: visit@1 buy@2 watch@3", "bob: visit@1 watch@40d", "cy: visit@1 watch@2 buy@3")
    video = row(measure_touchpoints(TOUCHPOINTS, log, outcome="buy", within="30d"), "video")
    assert list(video[COUNTS]) == [1, 1, 2, 1]


def test_what_says_little_is_flagged_with_the_reason():
    log = log_of(shop({"": (100, 0), "view": (60, 15), "view watch": (40, 10)}))
    flags = dict(measure_touchpoints(TOUCHPOINTS, log, outcome="buy").table[["touchpoint", "flag"]].to_numpy())
    assert flags == {
        "home": "everybody",
        "item": "structural",
        "video": "",
        "stand": "not in the log",
        "till": "structural",
    }


def test_journeys_that_begin_with_a_touchpoint_and_ones_that_come_late_are_flagged():
    begins = [f"s{k}: stop@1 visit@2 buy@3" for k in range(40)] + [f"o{k}: visit@2 buy@3" for k in range(40)]
    late = [f"l{k}: visit@1 view@9d" for k in range(40)]
    flags = measure_touchpoints(TOUCHPOINTS, events(*begins, *late), outcome="buy").table.set_index("touchpoint")[
        "flag"
    ]
    assert (flags["stand"], flags["item"], flags["till"]) == ("starts", "late", "not in the log")


def test_segments_of_different_habits_are_not_taken_for_an_effect():
    # Within each segment nothing goes with the video; the young watch more and buy less.
    young = shop({"view": (40, 4), "view watch": (120, 12)}, "young")
    old = shop({"view": (120, 60), "view watch": (40, 20)}, "old")
    result = measure_touchpoints(TOUCHPOINTS, log_of(young, old), outcome="buy", by="segment")
    assert row(result, "video")["difference"] == pytest.approx(32 / 160 - 64 / 160)
    assert result.effect("video").value == pytest.approx(0)
    assert result.effect("video", segment="old").n == 40
    assert result.share("video", segment="young").value == pytest.approx(0.1)
    with pytest.raises(OptionError, match=r"There is no segment 'yong'.*Did you mean 'young'"):
        result.effect("video", segment="yong")


def test_what_comes_after_the_first_outcome_is_compared_by_what_follows_later():
    lines = [f"w{k}: visit@1 buy@2 watch@1d buy@40d" for k in range(40)]
    lines += [f"o{k}: visit@1 buy@2" for k in range(40)]
    lines += ["last: visit@1 visit@70d"]  # the log goes on, so that all are followed through both spans
    inventory = [{**each, "customer_impact": "repeat purchase"} for each in TOUCHPOINTS]
    result = measure_touchpoints(inventory, events(*lines), outcome="buy", within="30d")
    video = result.linked[(result.linked["touchpoint"] == "video") & (result.linked["metric"] == "again")].iloc[0]
    assert list(video[COUNTS]) == [40, 40, 40, 0]
    assert video["verdict"] == "goes with it"


def test_an_impact_without_a_number_says_so():
    inventory = [{**each, "customer_impact": "other"} for each in TOUCHPOINTS]
    linked = measure_touchpoints(inventory, log_of(shop({"view": (5, 1)})), outcome="buy").linked
    assert set(linked["verdict"]) == {"no number would show it"}


def test_cost_is_divided_by_the_outcomes_that_the_chain_gives():
    log = log_of(shop({"view": (60, 15), "view watch": (40, 10)}))
    result = measure_touchpoints(TOUCHPOINTS, log, outcome="buy")
    video = row(result, "video")
    assert video["cost_per_outcome"] == pytest.approx(100 / video["outcomes_given"])
    assert result.cost_per_outcome("video").low < result.cost_per_outcome("video").value
    assert 0 < result.removal_effect("video").value < 1


def test_an_event_listed_twice_is_not_two_conversions():
    log = log_of(shop({"view": (10, 5)}))
    twice = [*TOUCHPOINTS, {"touchpoint": "again", "events": "visit; buy"}, {"touchpoint": "buying", "events": "buy"}]
    result = measure_touchpoints(twice, log, outcome="buy")
    assert result.table["outcomes_given"].sum() == pytest.approx(5)


def test_the_survey_stands_beside_the_journeys():
    result = measure_touchpoints(
        TOUCHPOINTS, log_of(shop({"view": (5, 1)})), answers({"till": (5, 2, 4)}), outcome="buy"
    )
    assert row(result, "till")["n_survey"] == 40
    assert row(result, "home")["n_survey"] == 0
    assert result.opportunity("till").value > 10
    assert result.expectation_gap("till").high < 0


def test_a_log_without_any_touchpoint_gives_a_table_without_numbers():
    result = measure_touchpoints(TOUCHPOINTS, events("ann: other@1 done@2"), outcome="done")
    assert set(result.table["flag"]) == {"not in the log"}
    assert result.table["removal_effect"].isna().all()


def test_an_unknown_outcome_is_refused_with_the_nearest():
    with pytest.raises(OptionError, match="Did you mean 'buy'"):
        measure_touchpoints(TOUCHPOINTS, log_of(shop({"view": (5, 1)})), outcome="bui")


def test_two_periods_are_compared_by_their_effects():
    one = measure_touchpoints(TOUCHPOINTS, log_of(shop({"view": (60, 15), "view watch": (40, 30)})), outcome="buy")
    other = measure_touchpoints(TOUCHPOINTS, log_of(shop({"view": (60, 15), "view watch": (40, 10)})), outcome="buy")
    compared = mk.compare(one, other).table.set_index("touchpoint")
    assert compared.loc["video", "difference"] == pytest.approx(0.5)


@settings(max_examples=4, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=2, max_size=12))
def test_both_sides_are_all_who_could_have_met_it(people):
    lines = [
        f"c{k}: visit@1 {'watch@2' if met else ''} {'buy@3' if buys else ''}" for k, (met, buys) in enumerate(people)
    ]
    if not any(buys for _, buys in people):
        lines.append("sure: visit@1 buy@2")
        people = [*people, (False, True)]
    video = row(measure_touchpoints(TOUCHPOINTS, events(*lines), outcome="buy"), "video")
    with_, without = [b for met, b in people if met], [b for met, b in people if not met]
    expected = [len(with_), sum(with_), len(without), sum(without)] if with_ else [0, 0, 0, 0]
    assert list(video[COUNTS]) == expected


def test_harbour_shows_no_effect_of_the_video_and_one_of_the_stand_among_students(harbour_touchpoints):
    video, stand = (harbour_touchpoints.effect(name) for name in ("tasting_video", "campus_stand"))
    assert video.low < 0 < video.high < 0.02
    whole = row(harbour_touchpoints, "campus_stand")
    assert whole["difference"] < 0.005  # looks dispensable before segments are looked at
    assert harbour_touchpoints.effect("campus_stand", segment="students").low > 0.02
    assert stand.low > 0
