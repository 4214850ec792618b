from __future__ import annotations

import numpy as np

from mapkit.plots import blank_page, describe, plot
from tests.plots.made import said, texts, trend, trend_by

WEEKS = {"2025-01-06": (100, 40), "2025-01-13": (120, 30), "2025-01-20": (110, 33), "2025-01-27": (80, 4)}


def lines(ax) -> list[np.ndarray]:
    return [line.get_ydata() for line in ax.lines if len(line.get_ydata()) > 2 and line.get_linestyle() == "-"]


def test_the_line_runs_through_the_share_of_each_period_inside_its_band() -> None:
    ax = plot(trend(WEEKS), blank_page())
    line = next(each for each in lines(ax) if len(each) == 4)
    assert line.tolist() == [0.4, 0.25, 0.3, 0.05]
    band = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert band.min() < 0.05
    assert band.max() > 0.4


def test_the_title_quotes_the_latest_complete_period_with_its_interval_and_n() -> None:
    assert "Latest complete week: 30% [22, 39] of 110 reached buy" in texts(
        plot(trend(WEEKS, unfinished=1), blank_page())
    )


def test_unfinished_periods_are_hatched_and_said() -> None:
    ax = plot(trend(WEEKS, unfinished=1), blank_page())
    strip = ax.child_axes[0]
    assert [patch.get_hatch() for patch in ax.patches] == ["////"]
    assert [bar.get_hatch() for bar in strip.patches] == [None, None, None, "////"]
    assert "Hatched: unfinished; some who entered then may still convert." in said(ax)
    assert "Hatched" not in said(plot(trend(WEEKS), blank_page()))


def test_how_many_entered_stands_below_each_period() -> None:
    strip = plot(trend(WEEKS), blank_page()).child_axes[0]
    assert [bar.get_height() for bar in strip.patches] == [100, 120, 110, 80]


def test_the_line_does_not_bridge_a_week_in_which_nobody_entered() -> None:
    with_gap = {week: numbers for week, numbers in WEEKS.items() if week != "2025-01-13"}
    line = next(each for each in lines(plot(trend(with_gap), blank_page())) if len(each) == 4)
    assert np.isnan(line).tolist() == [False, True, False, False]


def test_a_period_that_stands_alone_shows_its_interval_too() -> None:
    (interval,) = plot(trend({"2025-01-06": (100, 40)}), blank_page()).collections[1].get_segments()
    assert [round(share, 2) for share in interval[:, 1]] == [0.31, 0.5]


def test_each_segment_has_a_panel_with_the_others_in_grey() -> None:
    result = trend_by({"email": WEEKS, "search": dict.fromkeys(WEEKS, (90, 9))}, unfinished=1)
    ax = plot(result, blank_page())
    panels = ax.child_axes[:2]
    assert len(ax.child_axes) == 3
    assert all(sum(len(line.get_ydata()) == 4 for line in panel.lines) == 2 for panel in panels)
    assert "email" in texts(panels[0])
    assert panels[0].get_ylim() == panels[1].get_ylim()


def test_nobody_in_any_period_gives_a_page_that_says_so() -> None:
    assert "nothing to draw: nobody entered" in said(plot(trend({}), blank_page()))
    assert "nothing to draw" in describe(trend({}))


def test_the_sentence_for_a_screen_reader_gives_the_range_and_the_latest() -> None:
    assert "over 3 complete weeks: 25% to 40%, 30% [22, 39] of 110 in the latest" in describe(
        trend(WEEKS, unfinished=1)
    )
