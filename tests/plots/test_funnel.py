from __future__ import annotations

import pytest
from matplotlib.colors import to_rgba
from matplotlib.patches import Polygon, Rectangle

from mapkit.journeys import measure_funnel
from mapkit.plots import blank_page, describe, plot
from mapkit.plots.style import BAD
from tests.literal import events
from tests.plots.made import funnel, funnel_by, said, texts

CLEAR = {"visit": 1000, "basket": 900, "checkout": 300, "buy": 280}
CLOSE = {"visit": 100, "basket": 50, "buy": 26}


def bars(ax) -> list[Rectangle]:
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def wedges(ax) -> list[Polygon]:
    return [patch for patch in ax.patches if isinstance(patch, Polygon)]


def test_a_bar_is_as_long_as_the_share_that_reached_its_step() -> None:
    ax = plot(funnel(CLEAR), blank_page())
    assert [bar.get_width() for bar in bars(ax)] == [1.0, 0.9, 0.3, 0.28]


def test_the_share_its_interval_and_the_count_stand_at_the_bars_end() -> None:
    found = texts(plot(funnel(CLEAR), blank_page()))
    at = found.index("30.0%") if "30.0%" in found else found.index("30%")
    assert found[at + 1].split() == ["[27,", "33]", "300"]


def test_the_loss_between_two_bars_is_a_wedge_with_its_count() -> None:
    ax = plot(funnel(CLEAR), blank_page())
    assert len(wedges(ax)) == 3
    assert "−600" in said(ax)
    assert wedges(ax)[1].get_xy()[:3, 0].tolist() == [0.3, 0.9, 0.3]


def test_the_title_names_the_weakest_step_when_the_intervals_allow_it() -> None:
    ax = plot(funnel(CLEAR), blank_page())
    assert "checkout loses most: 67% [64, 70] of 900" in texts(ax)
    assert [to_rgba(wedge.get_facecolor())[:3] == to_rgba(BAD)[:3] for wedge in wedges(ax)] == [False, True, False]


def test_the_title_names_no_step_when_it_cannot_tell() -> None:
    ax = plot(funnel(CLOSE), blank_page())
    assert "26% [18, 35] of 100 reach buy" in texts(ax)
    assert "loses most:" not in said(ax)
    assert "Cannot tell" in said(ax)
    assert all(to_rgba(wedge.get_facecolor())[:3] != to_rgba(BAD)[:3] for wedge in wedges(ax))


def test_the_subtitle_says_unit_order_window_and_n() -> None:
    shown = said(plot(funnel(CLEAR, unit="session", order="strict", removed=7), blank_page()))
    assert "sessions, steps in order, nothing between · within 14 days · n = 1,000 · 95% intervals · 7 removed" in shown
    assert "no window" in said(plot(funnel(CLEAR, window_seconds=None), blank_page()))
    assert "90% intervals" in said(plot(funnel(CLEAR, confidence=0.9), blank_page()))


def test_the_median_time_stands_between_the_steps() -> None:
    assert texts(plot(funnel(CLEAR, median_seconds=9000), blank_page())).count("↓ median 2.5 h") == 3


def test_nobody_at_the_first_step_gives_a_page_that_says_so() -> None:
    ax = plot(funnel({"visit": 0, "buy": 0}), blank_page())
    assert "nothing to draw: no customer did the first step (visit) in this log" in said(ax)
    assert not bars(ax)
    assert "nothing to draw" in describe(funnel({"visit": 0, "buy": 0}))


def test_a_step_that_nobody_reached_is_a_bar_of_no_length() -> None:
    ax = plot(funnel({"visit": 50, "basket": 0, "buy": 0}), blank_page())
    assert [bar.get_width() for bar in bars(ax)] == [1.0, 0.0, 0.0]


def test_the_sentence_for_a_screen_reader_holds_every_step_and_its_share() -> None:
    sentence = describe(funnel(CLEAR))
    for part in ("checkout loses most: 67% [64, 70] of 900", "visit 1,000", "buy 280 (28% [25, 31])"):
        assert part in sentence


def test_segments_are_dots_with_whiskers_and_their_own_n() -> None:
    ax = plot(funnel_by({"email": [200, 100, 60], "search": [400, 90, 20]}, ("visit", "basket", "buy")), blank_page())
    found = said(ax)
    assert "reached basket" in found
    assert "reached buy" in found
    assert found.count("of 400") == 2
    assert "Reached buy: 30% [24, 37] (email), 5.0% [3.3, 7.6] (search)" in found


def test_segments_whose_intervals_overlap_are_not_set_against_each_other_in_the_title() -> None:
    ax = plot(funnel_by({"email": [200, 60], "search": [200, 64]}, ("visit", "buy")), blank_page())
    assert "From visit to buy by channel" in texts(ax)


def test_segments_beyond_the_eighth_are_pooled_with_their_numbers_added_up() -> None:
    many = {f"channel {k}": [1000 - k, 100] for k in range(11)}
    ax = plot(funnel_by(many, ("visit", "buy")), blank_page())
    found = texts(ax)
    assert [name for name in found if name.startswith("channel ")] == [f"channel {k}" for k in range(7)]
    assert "other" in found
    assert f"of {sum(1000 - k for k in range(7, 11)):,}" in found
    assert "The 4 smallest segments are pooled as other." in said(ax)


def test_a_segment_with_few_customers_fades_and_the_note_says_so() -> None:
    ax = plot(funnel_by({"email": [500, 200], "kiosk": [9, 4]}, ("visit", "buy")), blank_page())
    faded = [line for line in ax.lines if line.get_alpha() is not None and line.get_alpha() < 1]
    assert len(faded) == 2
    assert "Faded: fewer than 30 entered." in said(ax)


def test_a_segment_without_anybody_has_a_row_and_no_dot() -> None:
    assert "unknown" in texts(plot(funnel_by({"email": [50, 20], "fax": [0, 0]}, ("visit", "buy")), blank_page()))


@pytest.mark.parametrize("breakdown", [None, "channel"])
def test_a_measured_funnel_is_drawn(breakdown) -> None:
    log = events("ann: visit@1{channel=a} buy@2d{channel=a}", "bob: visit@5{channel=b}")
    result = measure_funnel(log, ["visit", "buy"], window="7d", breakdown=breakdown)
    assert "n = 2" in said(result.plot(ax=blank_page()))
