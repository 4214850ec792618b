"""Coverage counts what has no stage, and proposes one with its reason."""

from __future__ import annotations

import pytest

from mapkit.errors import StageError
from mapkit.stages import AARRR, JOURNEY, StageModel, map_stages, measure_coverage
from mapkit.stages.proposals import propose_stages, words
from tests.literal import events, table_of

WEB = StageModel("web", {"see": ["page_view", "visit_*"], "do": ["purchase"], "later": []})
LOG = ("ann: page_view@1 page_view@2 purchase@3 Purchase!@4", "bob: visit_shop@1 xyz@2 xyz@3 xyz@4")


def row(coverage, event: str) -> dict:
    return coverage.table.set_index("event").loc[event].to_dict()


def test_every_event_name_is_listed_with_its_rows_and_customers():
    coverage = measure_coverage(events(*LOG), WEB)
    assert coverage.table[["event", "events", "customers"]].to_numpy().tolist() == [
        ["xyz", 3, 1],
        ["Purchase!", 1, 1],
        ["page_view", 2, 1],
        ["purchase", 1, 1],
        ["visit_shop", 1, 1],
    ]


def test_the_rule_behind_a_stage_is_told():
    coverage = measure_coverage(events(*LOG), WEB)
    assert row(coverage, "visit_shop")["stage"] == "see"
    assert row(coverage, "visit_shop")["rule"] == "'visit_*'"


def test_the_share_mapped_is_of_events_with_its_denominator():
    share = measure_coverage(events(*LOG), WEB).share_mapped
    assert (share.value, share.n) == (0.5, 8)
    assert share.low < 0.5 < share.high


def test_rows_that_conditions_leave_out_are_counted_apart():
    model = StageModel("m", {"large": [{"event": "buy", "where": {"value": {">=": 50}}}]})
    log = events("ann: buy@1{value=80} buy@2{value=8}", "bob: buy@1{value=90}")
    coverage = measure_coverage(log, model)
    assert coverage.table[["events", "customers"]].to_numpy().tolist() == [[1, 1], [2, 2]]
    assert coverage.table["stage"].isna().tolist() == [True, False]
    assert coverage.table["proposal"].isna().all()
    assert coverage.share_mapped.value == pytest.approx(2 / 3)


def test_stages_that_no_rule_fills_and_rules_that_fit_nothing_are_said():
    notes = " ".join(measure_coverage(events(*LOG), WEB).notes)
    assert "2 event names have no stage, or none for some of their rows (4 of 8 events)" in notes
    assert "No rule fills 'later'" in notes
    assert "rules fit no event" not in notes
    assert "1 of 4 rules fit no event" in " ".join(measure_coverage(events(*LOG), WEB.with_rule("later", "no")).notes)


@pytest.mark.parametrize(
    ("event", "model", "stage", "reason"),
    [
        ("Page-View", WEB, "see", "it is 'page_view' but for case and separators"),
        ("PageView", WEB, "see", "it is 'page_view' but for case and separators"),
        ("ORDER COMPLETED", JOURNEY, "purchase", "it is 'Order Completed' but for case and separators"),
        ("Order Completed", StageModel("m", {"referral": [], "revenue": []}), "revenue", "AARRR has it in 'revenue'"),
        ("order_completed", WEB, "do", "the built-in models put it beside 'purchase', which is in 'do' here"),
        ("pages_viewed_twice", WEB, "see", "it shares words with 'page_view' (pages, viewed)"),
        ("purchsae", WEB, "do", "it is spelt much like 'purchase'"),
        ("visits_store", WEB, "see", "it shares words with 'visit_shop' (visits)"),
    ],
)
def test_a_name_leads_to_a_stage(event: str, model: StageModel, stage: str, reason: str):
    proposal = propose_stages([event], model, {"visit_shop": 1})[event]
    assert (proposal.stage, proposal.reason) == (stage, reason)


def test_a_name_that_says_nothing_leads_nowhere():
    assert propose_stages(["xyz", "🎉", "!!!"], WEB, {}) == {}


def test_words_are_split_at_capitals_and_separators():
    assert (
        words("checkoutStarted") == words("Checkout Started") == words("$checkout__started") == ("checkout", "started")
    )
    assert words("🎉") == ("🎉",)


def test_an_event_is_proposed_by_where_it_stands_when_its_name_says_nothing():
    line = "page_view@1 page_view@2 qqq@3 purchase@4 zzz@5 purchase@6"
    coverage = measure_coverage(events(*(f"c{number}: {line}" for number in range(6))), WEB)
    assert row(coverage, "zzz")["proposal"] == "do"
    assert row(coverage, "zzz")["reason"] == (
        "it stands 80% of the way through its customers' events on average, nearest to 'do' (80%)"
    )
    assert row(coverage, "qqq")["proposal"] == "see"


def test_too_few_rows_make_no_position():
    assert measure_coverage(events("ann: page_view@1 zzz@2 purchase@3"), WEB).unmapped["proposal"].isna().all()


def test_the_same_log_gets_the_same_proposals_in_any_order_of_rows():
    frame = events(*LOG, "cid: order_done@1 pay@2 pageview@3").to_pandas()
    turned = table_of(frame.iloc[::-1].reset_index(drop=True))
    first, second = (measure_coverage(log, AARRR).table for log in (table_of(frame), turned))
    assert first.equals(second)


def test_proposals_are_taken_by_name_only():
    coverage = measure_coverage(events(*LOG), WEB)
    model = coverage.accept(WEB, ["Purchase!"])
    assert map_stages(events("ann: Purchase!@1"), model).to_pandas()["stage"].tolist() == ["do"]
    with pytest.raises(StageError, match=r"There is no proposal for 'xyz'\. There is one for 'Purchase!'"):
        coverage.accept(WEB, ["xyz"])


def test_an_empty_log_is_covered_by_nothing():
    coverage = measure_coverage(events(), WEB)
    assert coverage.table.empty
    assert coverage.share_mapped.n == 0
    assert list(coverage.table.columns) == ["event", "events", "customers", "stage", "rule", "proposal", "reason"]


def test_names_are_escaped_where_coverage_is_shown():
    shown = measure_coverage(events("ann: <script>@1"), WEB)._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
