from __future__ import annotations

from matplotlib.colors import to_hex

from mapkit.plots import blank_page, describe, plot
from mapkit.plots.style import BAD
from mapkit.stages import StageModel, measure_coverage
from tests.literal import events
from tests.plots.made import coverage, said, texts

ROWS = [
    ("mystery", 300, None, None),
    ("basket_opened", 100, None, "consideration"),
    ("page_view", 500, "awareness", None),
    ("ad_click", 50, "awareness", None),
    ("order", 50, "purchase", None),
]


def test_events_are_summed_by_stage_and_unmapped_names_stand_alone_in_vermilion() -> None:
    bars = plot(coverage(ROWS), blank_page()).patches
    assert [bar.get_width() for bar in bars] == [550, 50, 300, 100]
    assert [to_hex(bar.get_facecolor()).upper() == BAD for bar in bars] == [False, False, True, True]


def test_a_proposal_stands_beside_its_event_with_the_reason() -> None:
    found = texts(plot(coverage(ROWS), blank_page()))
    assert "→ consideration? (named alike)" in found
    assert "no proposal" in found


def test_the_title_says_what_share_of_events_has_a_stage() -> None:
    assert "60% of 1,000 events have a stage; 2 event names have none" in texts(plot(coverage(ROWS), blank_page()))
    assert "Every one of 50 events has a stage" in texts(plot(coverage(ROWS[-1:]), blank_page()))


def test_beyond_ten_unmapped_names_the_rest_is_one_bar_and_counted() -> None:
    many = coverage([(f"name {k}", 100 - k, None, None) for k in range(25)])
    ax = plot(many, blank_page())
    assert len(ax.patches) == 11
    assert "15 more names" in texts(ax)


def test_a_log_without_events_gives_a_page_that_says_so() -> None:
    assert "nothing to draw: the log has no events" in said(plot(coverage([]), blank_page()))


def test_the_sentence_for_a_screen_reader_names_what_is_missing() -> None:
    assert "Without one: mystery 300, basket_opened 100." in describe(coverage(ROWS))


def test_a_measured_coverage_is_drawn() -> None:
    model = StageModel("shop", {"awareness": ["ad"], "purchase": ["order"]})
    result = measure_coverage(events("ann: ad@1 order@2 zzz@3"), model)
    assert {"awareness", "purchase", "zzz"} <= set(texts(plot(result, blank_page())))
