"""Retention counts who came back, and says nothing of a period that is not over."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import mapkit as mk
from mapkit.errors import OptionError, TableError
from mapkit.journeys import Step
from mapkit.journeys.retention import Retention, measure_retention
from mapkit.stages import StageModel, map_stages
from tests.literal import events

# 2025-01-01, where the literal logs begin, is a Wednesday; its week runs from 30 December to 5 January.
LOG = events("ann: visit@0 buy@1d visit@8d", "bob: visit@8d buy@9d", "cat: visit@8d", "end: visit@26d")


def row(retention: Retention, cohort: str) -> list[float]:
    """The customers of a cohort by period, None where the period is not over."""
    return [None if math.isnan(each) else int(each) for each in retention.matrix.loc[cohort]]


def test_a_cohort_are_those_whose_first_event_lies_in_the_week():
    retention = measure_retention(LOG)
    assert retention.table.drop_duplicates("cohort")["size"].tolist() == [1, 2, 0, 0, 1]
    assert row(retention, "2024-12-30") == [1, 1, 0, 0, None]
    assert row(retention, "2025-01-06") == [2, 0, 0, None, None]


def test_a_period_that_is_not_over_is_unknown_and_not_zero():
    retention = measure_retention(LOG)
    assert row(retention, "2025-01-27") == [None] * 5
    unfinished = retention.table[retention.table["customers"].isna()]
    assert unfinished[["of_cohort", "of_cohort_low", "of_cohort_high"]].isna().all(axis=None)
    assert any(f"{len(unfinished)} cells had not ended by then" in note for note in retention.notes)


def test_a_period_is_over_when_the_log_reaches_its_very_end():
    over = measure_retention(LOG, end="2025-02-03")
    assert row(over, "2025-01-27")[0] == 1
    almost = measure_retention(LOG, end="2025-02-02T23:59:59.999999")
    assert row(almost, "2025-01-27")[0] is None


def test_events_after_the_given_end_are_left_out():
    retention = measure_retention(LOG, end="2025-01-09")
    assert retention.table.drop_duplicates("cohort")["size"].tolist() == [1]
    # The visit of the 9th is at midnight, and the end itself does not count.
    assert row(retention, "2024-12-30") == [1, None]


def test_a_week_without_new_customers_is_a_row_of_size_0_without_shares():
    retention = measure_retention(LOG)
    assert retention.shares.loc["2025-01-13"].isna().all()
    assert row(retention, "2025-01-13")[:2] == [0, 0]
    assert any("2 weeks in which nobody began" in note for note in retention.notes)


def test_unbounded_counts_who_came_in_the_period_or_later():
    log = events("ann: a@0 a@15d", "bob: a@0 a@8d", "end: a@0 a@40d")
    assert row(measure_retention(log), "2024-12-30") == [3, 1, 1, 0, 0, 0, None]
    unbounded = measure_retention(log, kind="unbounded")
    assert row(unbounded, "2024-12-30") == [3, 3, 2, 1, 1, 1, None]
    assert any("may still rise" in note for note in unbounded.notes)


def test_a_bracket_counts_who_came_in_any_of_its_periods_once_all_are_over():
    # The log ends on 21 January, in the third week after the first, which is over on the 27th.
    log = events("ann: a@0 a@15d", "bob: a@0 a@8d", "end: a@0 a@20d")
    asked = [(1, 1), (2, 3), (4, 9)]
    early = measure_retention(log, kind="bracket", brackets=asked)
    assert early.table["to_period"].unique().tolist() == [1, 3, 9]
    assert row(early, "2024-12-30") == [1, None, None]
    later = measure_retention(log, kind="bracket", brackets=asked, end="2025-01-27")
    assert row(later, "2024-12-30") == [1, 2, None]
    assert list(later.matrix.columns) == ["1", "2–3", "4–9"]
    assert later.share(3).name == "retained in weeks 2 to 3"


def test_brackets_double_unless_given():
    log = events("ann: a@0 a@70d")
    assert measure_retention(log, kind="bracket").brackets == ((0, 0), (1, 1), (2, 3), (4, 7), (8, 15))


def test_coming_back_can_be_a_certain_event_and_period_0_is_then_no_longer_everybody():
    retention = measure_retention(LOG, first="visit", target="buy")
    assert row(retention, "2025-01-06")[:2] == [1, 0]
    assert retention.shares.loc["2025-01-06", 0] == 0.5
    assert any("Period 0 counts those with buy at or after their first visit" in note for note in retention.notes)


def test_a_target_before_the_first_event_of_a_cohort_does_not_count():
    log = events("ann: buy@1h visit@2h", "bob: visit@1h buy@2h", "cat: buy@1h visit@1h", "end: other@8d")
    # Those at the very moment do: cat bought when the visit was logged.
    assert row(measure_retention(log, first="visit", target="buy"), "2024-12-30")[0] == 2


def test_the_first_event_is_itself_a_return_where_it_is_a_target():
    log = events("ann: buy@0 buy@8d", "bob: visit@0 buy@9d", "end: visit@20d")
    retention = measure_retention(log, first="buy", target="buy")
    assert row(retention, "2024-12-30")[:2] == [1, 1]
    assert row(retention, "2025-01-06")[:1] == [1]


def test_stages_lists_and_conditions_can_open_a_cohort():
    log = events("ann: visit@0 buy@8d{value=5}", "bob: look@0 buy@8d{value=50}", "end: other@20d")
    staged = map_stages(log, StageModel("m", {"see": ["visit", "look"], "pay": ["buy"]}), unmapped="keep")
    assert row(measure_retention(staged, first="see", target="pay"), "2024-12-30")[:2] == [0, 2]
    assert row(measure_retention(log, first=["visit", "look"], target="buy"), "2024-12-30")[:2] == [0, 2]
    large = Step("large", event="buy", where={"value": {">=": 10}})
    assert row(measure_retention(log, first="look", target=large), "2024-12-30")[:2] == [0, 1]
    assert measure_retention(log, first=["visit", "look"]).first == "visit or look"


def test_periods_of_the_customers_own_begin_at_their_first_event():
    # 2 January, 23:00 and three hours later: the next calendar day, but the same first day of hers.
    log = events("ann: a@47h a@50h a@71.5h", "end: a@9d")
    assert row(measure_retention(log, period="day"), "2025-01-02")[:3] == [1, 1, 0]
    own = measure_retention(log, period="day", anchor="customer")
    assert row(own, "2025-01-02")[:3] == [1, 1, 0]
    nearly = events("ann: a@47h a@50h a@70.999h", "end: a@9d")
    assert row(measure_retention(nearly, period="day", anchor="customer"), "2025-01-02")[:3] == [1, 0, 0]
    assert any("24 hours after each customer's own first event" in note for note in own.notes)


def test_a_cell_of_own_periods_waits_for_the_last_who_could_have_begun():
    log = events("ann: a@0", "end: a@72h")
    # A customer of the first day began by the end of it, so their second day ends with the third at the latest.
    assert row(measure_retention(log, period="day", anchor="customer"), "2025-01-01") == [1, 0, None, None]


def test_months_are_those_of_the_calendar():
    log = events("ann: a@30d a@31d", "end: a@62d")
    retention = measure_retention(log, period="month")
    assert row(retention, "2025-01-01") == [1, 1, None]


def test_microseconds_before_midnight_are_the_day_before():
    frame = pd.DataFrame(
        {
            "customer": ["ann", "ann", "end"],
            "event": "a",
            "time": pd.to_datetime(
                ["2025-01-01 23:59:59.999999", "2025-01-02 00:00:00", "2025-01-09"], format="ISO8601"
            ),
        }
    )
    assert row(measure_retention(frame, period="day"), "2025-01-01")[:2] == [1, 1]


def test_fewer_periods_can_be_shown():
    retention = measure_retention(LOG, periods=1)
    assert list(retention.matrix.columns) == [0, 1]
    with pytest.raises(OptionError, match="periods=-1"):
        measure_retention(LOG, periods=-1)


def test_intervals_are_wilsons():
    log = events(*(f"c{k}: a@0{' a@8d' if k < 15 else ''}" for k in range(50)), "end: a@0 a@20d")
    low, high = measure_retention(log, first="a").table.loc[1, ["of_cohort_low", "of_cohort_high"]]
    assert 0.18 < low < 15 / 51 < high < 0.43
    fifty = measure_retention(
        events(*(f"c{k}: a@0{' a@8d' if k < 15 else ''}" for k in range(50)), "end: b@20d"), first="a"
    )
    row_1 = fifty.table[fifty.table["period"] == 1].iloc[0]
    assert (row_1["of_cohort_low"], row_1["of_cohort_high"]) == pytest.approx((0.1910, 0.4375), abs=5e-5)


def test_the_curve_pools_the_cohorts_whose_period_is_over():
    retention = measure_retention(LOG)
    curve = retention.curve.set_index("period")
    assert curve["size"].tolist() == [3, 3, 3, 1]
    assert curve["customers"].tolist() == [3, 1, 0, 0]
    assert curve["cohorts"].tolist() == [2, 2, 2, 1]
    assert curve.loc[3, "last_cohort"] == pd.Timestamp("2024-12-30")


def test_a_share_can_be_quoted_with_its_denominator_and_churn_is_the_rest():
    retention = measure_retention(LOG)
    assert str(retention.share(1)) == "33.3% [6.1%, 79.2%] of 3"
    assert retention.share(1, "2024-12-30").value == 1.0
    assert retention.share(1, "2025-01-10").value == 0.0
    assert retention.churn(1).value == pytest.approx(2 / 3)
    assert retention.churn(1).name == "not retained in week 1"
    assert math.isnan(retention.share(0, "2025-01-27").value)


def test_a_share_that_is_not_there_is_answered_with_what_is():
    retention = measure_retention(LOG)
    with pytest.raises(OptionError, match="periods 0 to 4"):
        retention.share(9)
    with pytest.raises(OptionError, match="is not a cohort"):
        retention.share(1, "2024-01-01")
    with pytest.raises(OptionError, match="is not a date"):
        retention.share(1, "soon")
    with pytest.raises(OptionError, match="there are no segments"):
        retention.share(1, segment="web")


def test_each_customer_is_in_the_segment_of_their_first_value():
    log = events(
        "ann: a@0{channel=web} a@8d{channel=mail}", "bob: a@0{channel=mail}", "cat: a@1d", "end: a@20d{channel=web}"
    )
    retention = measure_retention(log, by="channel")
    assert retention.table.columns[0] == "segment"
    assert retention.share(1, segment="web").value == 1.0
    assert retention.share(1, segment="mail").value == 0.0
    assert retention.share(1).n == 3
    assert set(retention.table["segment"]) == {"web", "mail", "(none)"}
    assert retention.matrix.loc[("web", "2024-12-30"), 1] == 1
    with pytest.raises(OptionError, match="Did you mean 'web'"):
        retention.share(1, segment="wbe")
    with pytest.raises(TableError, match="Did you mean 'channel'"):
        measure_retention(log, by="chanel")


def test_two_segments_are_compared_on_their_curves():
    early = events(*(f"c{k}: a@0{' a@8d' if k < 80 else ''}" for k in range(100)), "end: b@20d")
    late = events(*(f"c{k}: a@0{' a@8d' if k < 20 else ''}" for k in range(100)), "end: b@20d")
    compared = mk.compare(measure_retention(early, first="a"), measure_retention(late, first="a"))
    assert compared.estimate(period=1).value == pytest.approx(0.6)
    assert compared.table.set_index("period").loc[1, "verdict"] == "higher"
    assert 0 not in set(compared.table["period"])
    with pytest.raises(OptionError, match="measured differently"):
        mk.compare(measure_retention(early), measure_retention(late, kind="unbounded"))


def test_an_empty_log_and_a_single_event_claim_nothing():
    assert measure_retention(events()).table.empty
    assert measure_retention(events(), by="event").table.empty
    one = measure_retention(events("ann: a@0"))
    assert one.table["customers"].isna().all()
    assert one.curve.empty
    assert measure_retention(LOG, end="2020-01-01").table.empty


def test_rows_without_a_customer_are_nobody():
    frame = LOG.to_pandas()
    frame.loc[frame["customer"] == "cat", "customer"] = None
    assert measure_retention(frame).table.drop_duplicates("cohort")["size"].tolist() == [1, 1, 0, 0, 1]


def test_a_name_that_no_event_bears_is_answered_with_the_nearest():
    with pytest.raises(OptionError, match="Did you mean 'visit'"):
        measure_retention(LOG, first="vist")
    with pytest.raises(OptionError, match="No event is named 'zzz'"):
        measure_retention(LOG, target="zzz")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"period": "year"}, "period='year' is not known"),
        ({"kind": "rolling"}, "kind='rolling' is not known"),
        ({"anchor": "calender"}, "Did you mean 'calendar'"),
        ({"kind": "bracket", "brackets": [(1, 3), (2, 4)]}, "overlap"),
        ({"kind": "bracket", "brackets": []}, "names no bracket"),
        ({"brackets": [(1, 3)]}, "belong to kind='bracket'"),
        ({"first": []}, "names no event"),
        ({"end": "tomorrow"}, "is not a date"),
        ({"confidence": 95}, "is not a share"),
    ],
)
def test_an_option_that_cannot_be_used_is_refused_in_words(options, said):
    with pytest.raises(OptionError, match=said):
        measure_retention(LOG, **options)


def test_more_periods_than_can_be_read_are_refused():
    with pytest.raises(OptionError, match="Choose a longer period"):
        measure_retention(events("ann: a@0 a@60d"), period="hour")


def test_hostile_names_are_shown_escaped():
    log = events("ann: a@0{channel=<script>} a@8d", "bob: <b>@0{channel='';drop} <b>@9d", "end: a@20d")
    retention = measure_retention(log, by="channel", target="<b>")
    assert retention.share(1, segment="'';drop").value == 1.0
    assert "<script>" not in retention._repr_html_()


def test_the_numbers_are_floats_and_the_sizes_whole():
    table = measure_retention(LOG).table
    assert table["size"].dtype == np.int64
    assert table["customers"].dtype == float
