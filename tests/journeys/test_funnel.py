"""What a funnel counts, said with small logs."""

from __future__ import annotations

import math
from datetime import timedelta

import pandas as pd
import pytest

from mapkit.errors import OptionError, TableError
from mapkit.journeys import Exclusion, Step, measure_funnel
from tests.literal import events

STEPS = ["visit", "sign_up", "buy"]


def counts(log, steps=STEPS, **options):
    return measure_funnel(log, steps, **options).counts


def test_a_customer_who_skips_a_step_stops_there():
    log = events("ann: visit@1 buy@3", "bob: visit@1 sign_up@2 buy@3")
    assert counts(log) == [2, 1, 1]


def test_other_events_between_are_allowed_unless_the_order_is_strict():
    log = events("ann: visit@1 search@2 sign_up@3 buy@4", "bob: visit@1 sign_up@2 buy@3")
    assert counts(log, order="ordered") == [2, 2, 2]
    assert counts(log, order="strict") == [2, 1, 1]


def test_in_any_order_the_steps_count_as_a_set():
    log = events("ann: buy@1 sign_up@2 visit@3", "bob: buy@1 visit@2", "cat: buy@1")
    assert counts(log, order="any") == [2, 1, 1]
    assert counts(log, order="ordered") == [2, 0, 0]


def test_the_whole_chain_lies_within_the_window_and_its_end_counts():
    log = events("ann: visit@0 sign_up@1h buy@2h", "bob: visit@0 sign_up@1h buy@7201")
    assert counts(log, window="2h") == [2, 2, 1]
    assert counts(log, window=timedelta(seconds=7201)) == [2, 2, 2]


def test_every_visit_may_open_a_chain_and_the_best_counts():
    log = events("ann: visit@0 visit@5d sign_up@6d buy@7d")
    assert counts(log, window="3d") == [1, 1, 1]


def test_among_equal_chains_the_earliest_gives_the_times():
    funnel = measure_funnel(events("ann: visit@0 visit@10 sign_up@30 buy@100"), STEPS)
    assert funnel.table["median_seconds"].tolist()[1:] == [30, 70]


def test_an_event_listed_twice_is_needed_twice():
    log = events("ann: visit@1 buy@2", "bob: visit@1 buy@2 buy@3")
    funnel = measure_funnel(log, ["visit", "buy", "buy"])
    assert funnel.counts == [2, 2, 1]
    assert funnel.steps == ("visit", "buy", "buy (2)")


def test_equal_times_follow_one_another_in_the_order_of_rows():
    assert counts(events("ann: visit@1 sign_up@1 buy@1")) == [1, 1, 1]
    assert counts(events("ann: buy@1 sign_up@1 visit@1")) == [1, 0, 0]


def test_rows_out_of_time_order_are_put_in_order():
    assert counts(events("ann: buy@3 visit@1 sign_up@2")) == [1, 1, 1]


def test_an_exclusion_between_two_steps_removes_the_customer():
    log = events(
        "ann: visit@1 cancel@2 sign_up@3",
        "bob: visit@1 sign_up@2 cancel@3",
        "cat: cancel@1 visit@2 sign_up@3",
        "dan: visit@1 cancel@2",
        "eve: visit@1 cancel@2 visit@3 sign_up@4",
    )
    funnel = measure_funnel(log, ["visit", "sign_up"], exclusions=[Exclusion("cancel", after=1, before=2)])
    assert funnel.counts == [3, 3]
    assert funnel.removed == 2
    assert any("Removed by exclusions: 2" in note for note in funnel.notes)


def test_an_exclusion_after_the_window_has_closed_removes_nobody():
    log = events("ann: visit@0 cancel@2d")
    rule = [Exclusion("cancel", after=1, before=2)]
    assert measure_funnel(log, ["visit", "cancel"], exclusions=[], window="1d").counts == [1, 0]
    assert measure_funnel(log, ["visit", "sign_up"], exclusions=rule, window="1d").removed == 0
    assert measure_funnel(log, ["visit", "sign_up"], exclusions=rule).removed == 1


def test_sessions_are_counted_one_by_one_and_a_chain_stays_within_one():
    log = events("ann: visit@1{session=s1} sign_up@2{session=s2} visit@3{session=s2} sign_up@4{session=s2} buy@5")
    assert counts(log, unit="session") == [2, 1, 0]
    assert counts(log, unit="customer") == [1, 1, 1]


def test_counting_events_takes_every_visit_as_an_entry():
    log = events("ann: visit@0 visit@1d sign_up@2d", "bob: visit@0")
    assert counts(log, unit="event") == [3, 2, 0]


def test_shares_name_their_denominator_and_carry_wilson_intervals():
    log = events(*(f"c{n}: visit@1 {'buy@2' if n < 15 else ''}" for n in range(50)))
    row = measure_funnel(log, ["visit", "buy"]).table.iloc[1]
    assert (row["of_first"], row["of_previous"], row["dropped"]) == (0.3, 0.3, 0)
    assert (round(row["of_first_low"], 4), round(row["of_first_high"], 4)) == (0.1910, 0.4375)


def test_the_table_has_the_columns_it_promises():
    table = measure_funnel(events("ann: visit@1 sign_up@61"), STEPS).table
    assert list(table.columns) == [
        "step", "customers", "of_first", "of_first_low", "of_first_high", "of_previous", "of_previous_low",
        "of_previous_high", "median_seconds", "mean_seconds", "p90_seconds", "dropped",
    ]  # fmt: skip
    assert table["dropped"].tolist() == [0, 1, 0]
    assert table["mean_seconds"].tolist()[1] == 60 and math.isnan(table["mean_seconds"].tolist()[2])


def test_segments_add_up_to_the_whole():
    log = events("ann: visit@1{channel=email} buy@2{channel=web}", "bob: visit@1{channel=web}", "cat: visit@1 buy@3")
    whole = measure_funnel(log, ["visit", "buy"])
    split = measure_funnel(log, ["visit", "buy"], breakdown="channel")
    assert split.counts == whole.counts == [3, 2]
    assert split.share("buy", segment="email").value == 1
    assert split.share("buy", segment="(none)").n == 1


@pytest.mark.parametrize(
    ("taken", "segment"), [("first", "email"), ("last", "shop"), ("step:1", "ads"), ("step:2", "web")]
)
def test_a_customers_segment_is_that_of_the_touch_that_was_asked_for(taken, segment):
    log = events("ann: search@1{channel=email} visit@2{channel=ads} buy@3{channel=web} call@4{channel=shop}")
    table = measure_funnel(log, ["visit", "buy"], breakdown="channel", breakdown_from=taken).table
    assert table["segment"].unique().tolist() == [segment]


def test_rare_segments_are_put_together_and_said_so():
    log = events(*(f"c{n}: visit@{n}{{channel=k{n}}}" for n in range(20)), "x: visit@1{channel=k0}")
    funnel = measure_funnel(log, ["visit", "visit"], breakdown="channel")
    assert funnel.table["segment"].nunique() == 13
    assert funnel.table.query("segment == 'other'")["customers"].iloc[0] == 8
    assert any("8 rare values" in note for note in funnel.notes)


def test_the_period_is_that_of_the_first_step_and_later_steps_may_follow_after_it():
    log = events("ann: visit@0 buy@9d", "bob: visit@5d buy@6d", "cat: visit@2d buy@3d")
    assert counts(log, ["visit", "buy"], start="2025-01-01", end="2025-01-05") == [2, 2]
    assert counts(log, ["visit", "buy"], start="2025-01-02T00:00+00:00") == [2, 2]


def test_the_people_behind_a_number_can_be_named():
    log = events("ann: visit@1 sign_up@2", "bob: visit@1", "cat: visit@1 sign_up@2 buy@3")
    funnel = measure_funnel(log, STEPS)
    assert funnel.customers("sign_up")["customer"].tolist() == ["ann", "cat"]
    assert funnel.dropped("sign_up")["customer"].tolist() == ["ann"]
    assert funnel.dropped("visit")["customer"].tolist() == ["bob"]


def test_each_customer_is_named_once_however_many_sessions_they_had():
    log = events("ann: visit@1{session=s1} sign_up@2{session=s2} sign_up@9{session=s3}")
    assert len(measure_funnel(log, STEPS).customers("sign_up")) == 1
    by_session = measure_funnel(log, ["sign_up", "buy"], unit="session")
    assert by_session.customers("sign_up")["session"].tolist() == ["s2", "s3"]


def test_the_weakest_step_is_named_only_when_the_intervals_allow_it():
    clear = events(*(f"c{n}: visit@1 {'sign_up@2' if n < 90 else ''} {'buy@3' if n < 9 else ''}" for n in range(100)))
    close = events(*(f"c{n}: visit@1 {'sign_up@2' if n < 6 else ''} {'buy@3' if n < 3 else ''}" for n in range(10)))
    assert measure_funnel(clear, STEPS).weakest_step().step == "buy"
    told = measure_funnel(close, STEPS).weakest_step()
    assert told.step is None and told.text.startswith("Cannot tell")


def test_a_step_may_ask_for_conditions_on_columns():
    log = events("ann: visit@1 buy@2{value=20}", "bob: visit@1 buy@2{value=200}")
    large = Step("large order", event="buy", where={"value": {">=": 100}})
    assert counts(log, ["visit", large]) == [2, 1]
    either = Step("anything", event=["buy", "rent"])
    assert counts(log, ["visit", either]) == [2, 2]


def test_a_name_that_is_a_slip_is_answered_with_the_nearest():
    with pytest.raises(OptionError, match="Did you mean 'sign_up'"):
        measure_funnel(events("ann: visit@1 sign_up@2"), ["visit", "signup"])


def test_a_step_that_nobody_did_is_counted_as_nobody_and_said():
    funnel = measure_funnel(events("ann: visit@1"), ["visit", "purchase"])
    assert funnel.counts == [1, 0]
    assert any("No event in this log is named 'purchase'" in note for note in funnel.notes)


def test_an_empty_log_gives_an_empty_funnel():
    empty = events("ann: visit@1").data.limit(0).to_pandas()
    funnel = measure_funnel(empty, STEPS)
    assert funnel.counts == [0, 0, 0]
    assert funnel.table["of_first"].isna().all() and funnel.weakest_step().step is None


def test_a_column_that_is_missing_is_named_with_the_nearest():
    frame = pd.DataFrame({"customer": ["a"], "event": ["visit"], "time": ["2025-01-01"], "chanel": ["x"]})
    with pytest.raises(TableError, match="Did you mean 'chanel'"):
        measure_funnel(frame, ["visit", "visit"], breakdown="channel")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"order": "orderd"}, "Did you mean 'ordered'"),
        ({"window": "7 fortnights"}, "not a span of time"),
        ({"window": "-1d"}, "not a span of time"),
        ({"breakdown": "event", "breakdown_from": "step:9"}, "step:3"),
        ({"exclusions": [Exclusion("buy", after=2, before=2)]}, "after < before"),
        ({"order": "any", "unit": "event"}, "one after the other"),
        ({"confidence": 95}, "between 0 and 1"),
        ({"start": "12.05.2025"}, "is not a date"),
    ],
)
def test_an_option_that_cannot_be_used_says_what_can(options, said):
    with pytest.raises(OptionError, match=said):
        measure_funnel(events("ann: visit@1 sign_up@2 buy@3"), STEPS, **options)


def test_names_from_the_data_are_shown_as_text():
    funnel = measure_funnel(events("ann: <script>@1 buy@2"), ["<script>", "buy"])
    assert "&lt;script&gt;" in funnel._repr_html_() and "<script>" not in funnel._repr_html_()
