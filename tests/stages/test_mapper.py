"""Every event gets the stage of its closest rule, and none is lost in silence."""

from __future__ import annotations

import pandas as pd
import pytest

from mapkit.errors import StageError, TableError
from mapkit.stages import StageModel, map_stages
from mapkit.stages.order import with_row
from tests.literal import START, events, table_of


def stages(log, model: StageModel, **options) -> list[str | None]:
    """The stage of each row, in the rows' own order."""
    frame = map_stages(log, model, **{"unmapped": "keep", **options}).to_pandas().sort_values("row")
    return [None if pd.isna(stage) else stage for stage in frame["stage"]]


def test_an_event_gets_the_stage_that_names_it():
    staged = map_stages(events("ann: visit@1 buy@2"), StageModel("web", {"see": ["visit"], "do": ["buy"]}))
    assert staged.to_pandas()["stage"].tolist() == ["see", "do"]
    assert staged.stages == ("see", "do")


def test_the_log_itself_is_not_changed():
    log = events("ann: visit@1")
    map_stages(log, StageModel("web", {"see": ["visit"]}))
    assert "stage" not in log.columns
    assert log.stages == ()


PRECEDENCE = StageModel(
    "precedence",
    {
        "name and condition": [{"event": "checkout_paid", "where": {"channel": "email"}}],
        "name": ["checkout_paid"],
        "pattern and condition": [{"event": "checkout_*", "where": {"channel": "email"}}],
        "pattern": ["check*"],
        "condition": [{"where": {"channel": ["email", "sms"]}}],
    },
)


def test_the_closest_rule_wins():
    log = events(
        "ann: checkout_paid@1{channel=email} checkout_paid@2{channel=web} checkout_seen@3{channel=email}",
        "bob: checkout_seen@1{channel=web} visit@2{channel=email} visit@3{channel=web}",
    )
    assert stages(log, PRECEDENCE) == [*list(PRECEDENCE.stages), None]


def test_the_order_of_rules_does_not_matter():
    turned = PRECEDENCE.reordered(reversed(PRECEDENCE.stages))
    log = events("ann: checkout_paid@1{channel=email} checkout_seen@2{channel=web} visit@3{channel=sms}")
    assert stages(log, turned) == stages(log, PRECEDENCE) == ["name and condition", "pattern", "condition"]


def test_two_patterns_that_claim_an_event_are_an_error_that_names_both():
    model = StageModel("web", {"see": ["check*"], "do": ["*_paid"]})
    with pytest.raises(StageError) as caught:
        map_stages(events("ann: checkout_paid@1"), model)
    assert "'checkout_paid' is claimed by stage 'see' ('check*') and by stage 'do' ('*_paid'), equally" in str(
        caught.value
    )


def test_two_patterns_may_overlap_where_no_event_shows_it():
    model = StageModel("web", {"see": ["check*"], "do": ["*_paid"]})
    assert stages(events("ann: checkout@1 deposit_paid@2"), model) == ["see", "do"]


def test_an_exact_name_settles_what_patterns_leave_open():
    model = StageModel("web", {"see": ["check*"], "do": ["*_paid", "checkout_paid"]})
    assert stages(events("ann: checkout_paid@1"), model) == ["do"]


OVERLAPPING = StageModel(
    "value",
    {
        "large": [{"event": "buy", "where": {"value": {">=": 50}}}],
        "mail": [{"event": "buy", "where": {"channel": "email"}}],
    },
)


def test_conditions_that_rows_meet_together_are_an_error_with_their_number():
    log = events("ann: buy@1{channel=email, value=80} buy@2{channel=web, value=90} buy@3{channel=email, value=60}")
    with pytest.raises(StageError, match=r"'buy' is claimed by stage 'large' .* \(2 of its rows meet both\)"):
        map_stages(log, OVERLAPPING, unmapped="keep")


def test_conditions_that_no_row_meets_together_are_fine():
    log = events("ann: buy@1{channel=email, value=20} buy@2{channel=web, value=90} buy@3{channel=web, value=1}")
    assert stages(log, OVERLAPPING) == ["mail", "large", None]


@pytest.mark.parametrize(
    ("condition", "stage_of"),
    [
        ({"value": 20}, [None, "x", None, None]),
        ({"value": {"!=": 20}}, ["x", None, "x", None]),
        ({"value": {">": 10, "<=": 20}}, [None, "x", None, None]),
        ({"value": {"<": 20}}, ["x", None, None, None]),
        ({"value": None}, [None, None, None, "x"]),
        ({"value": {"!=": None}}, ["x", "x", "x", None]),
        ({"channel": ["web", "sms"]}, [None, "x", None, "x"]),
        ({"channel": "web", "value": {">=": 1}}, [None, "x", None, None]),
        ({"time": {">=": "2025-01-01 00:00:03"}}, [None, None, "x", "x"]),
    ],
)
def test_a_condition_takes_the_rows_that_meet_it(condition, stage_of):
    log = events(
        "ann: e@1{channel=email, value=10} e@2{channel=web, value=20} e@3{channel=email, value=30} e@4{channel=sms}"
    )
    assert stages(log, StageModel("m", {"x": [{"event": "e", "where": condition}]})) == stage_of


def test_the_nth_event_is_counted_within_each_customer_by_time():
    model = StageModel("m", {"first": [{"event": "buy", "nth": 1}], "again": [{"event": "buy", "nth": {">=": 2}}]})
    log = events("ann: buy@9 visit@1 buy@2 buy@3", "bob: buy@5")
    assert stages(log, model) == ["again", None, "first", "again", "first"]


def test_the_nth_event_is_counted_among_those_that_meet_the_rule():
    model = StageModel(
        "m", {"first by mail": [{"event": "b*", "where": {"channel": "email"}, "nth": 1}], "else": ["buy"]}
    )
    log = events("ann: buy@1{channel=web} bid@2{channel=email} buy@3{channel=email}")
    assert stages(log, model) == ["else", "first by mail", "else"]


def test_equal_times_are_numbered_in_the_order_of_the_rows():
    model = StageModel("m", {"first": [{"event": "buy", "nth": 1}]})
    log = events("ann: buy@1{channel=c} buy@1{channel=a} buy@1{channel=b}")
    assert stages(log, model) == ["first", None, None]
    without_row = log.with_data(log.data.drop("row"))
    staged = map_stages(without_row, model, unmapped="keep").to_pandas()
    assert staged.loc[staged["stage"] == "first", "channel"].tolist() == ["c"]


def test_rows_are_numbered_as_they_stand():
    log = events("ann: b@3 a@2", "bob: c@1")
    numbered = with_row(log.with_data(log.data.drop("row"))).to_pandas()
    assert numbered.sort_values("row")["event"].tolist() == ["b", "a", "c"]


WEB = StageModel("web", {"see": ["page_view"], "do": ["purchase"]})
STRANGE = ("ann: page_view@1 Page-View@2 zzz@3", "bob: Page-View@1", "cid: zzz@1 zzz@2")


def test_events_without_a_stage_are_an_error_with_counts_and_proposals():
    with pytest.raises(StageError) as caught:
        map_stages(events(*STRANGE), WEB)
    message = str(caught.value)
    assert "no stage to 2 of 3 event names (5 of 6 events)" in message
    assert "'zzz' (3 events)" in message
    assert "'Page-View' (2 events; perhaps 'see': it is 'page_view' but for case and separators)" in message


def test_an_event_whose_conditions_leave_rows_out_is_named_too():
    model = StageModel("m", {"large": [{"event": "buy", "where": {"value": {">=": 50}}}]})
    with pytest.raises(StageError, match=r"\(1 of 2 events\):\n  'buy' \(1 event\)\n"):
        map_stages(events("ann: buy@1{value=80} buy@2{value=8}"), model)


def test_unmapped_events_may_be_kept_without_a_stage():
    assert stages(events(*STRANGE), WEB) == ["see", None, None, None, None, None]


def test_unmapped_events_may_be_left_out():
    assert map_stages(events(*STRANGE), WEB, unmapped="drop").count() == 1


def test_a_condition_on_a_column_that_is_not_there_is_answered_with_the_nearest():
    model = StageModel("m", {"x": [{"where": {"chanel": "email"}}]})
    with pytest.raises(
        TableError, match=r"no column 'chanel', which the rule any event where .*Did you mean 'channel'"
    ):
        map_stages(events("ann: e@1{channel=email}"), model)


@pytest.mark.parametrize("condition", [{"channel": 3}, {"value": "high"}, {"channel": {">": 1}}])
def test_a_number_is_not_compared_with_text(condition):
    with pytest.raises(StageError, match=r"compares (a number|text) with the column"):
        map_stages(
            events("ann: e@1{channel=email, value=1}"), StageModel("m", {"x": [{"event": "e", "where": condition}]})
        )


def test_an_empty_log_stays_empty():
    staged = map_stages(events(), WEB)
    assert staged.count() == 0
    assert "stage" in staged.columns


def test_a_model_without_rules_maps_nothing():
    assert stages(events("ann: e@1"), StageModel("m", ["a", "b"])) == [None]


def test_names_are_data_whatever_they_hold():
    names = ["<script>alert(1)</script>", "it's", '"; drop table events; --', "购买 🎉", "عرض", " ", "a\nb", "50%_off"]
    frame = pd.DataFrame({"customer": "ann", "event": names, "time": START, "row": range(len(names))})
    model = StageModel("m", {f"{name} stage": [name] for name in names})
    assert stages(table_of(frame), model) == [f"{name} stage" for name in names]


def test_a_row_without_an_event_name_has_no_stage():
    frame = pd.DataFrame({"customer": "ann", "event": ["e", None], "time": START, "row": [0, 1]})
    assert stages(table_of(frame), StageModel("m", {"x": ["e*"]})) == ["x", None]
    with pytest.raises(StageError, match=r"None \(1 event\)"):
        map_stages(table_of(frame), StageModel("m", {"x": ["e*"]}))


def test_ten_thousand_event_names_are_mapped():
    names = [f"event {number}" for number in range(10_000)]
    frame = pd.DataFrame({"customer": "ann", "event": names, "time": START, "row": range(len(names))})
    model = StageModel("m", {"even": [name for name in names if name[-1] in "02468"], "rest": ["event *"]})
    assert stages(table_of(frame), model)[:4] == ["even", "rest", "even", "rest"]


def test_ten_thousand_unmapped_names_are_told_briefly():
    frame = pd.DataFrame({"customer": "ann", "event": [f"n{i:05}" for i in range(10_000)], "time": START})
    with pytest.raises(StageError) as caught:
        map_stages(table_of(frame), WEB)
    assert "and 9,992 more" in str(caught.value)
    assert len(str(caught.value)) < 1_500


def test_a_stage_column_that_was_there_is_replaced():
    assert stages(events("ann: page_view@1{stage=old}"), WEB) == ["see"]
