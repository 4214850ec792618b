from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.colors import rgb_to_hsv, to_rgb

from mapkit.journeys.stages import StageScorecard, measure_stages
from mapkit.plots import blank_page, describe, plot
from mapkit.plots.style import ramp
from mapkit.stages import StageModel, map_stages
from tests.literal import events
from tests.plots.made import said, scorecard, texts

STAGES = {"acquisition": 500, "activation": 300, "retention": 120, "revenue": 60}


def test_a_bar_is_as_long_as_the_share_of_all_customers() -> None:
    widths = [patch.get_width() for patch in plot(scorecard(STAGES, 1000), blank_page()).patches]
    assert widths[:4] == [0.5, 0.3, 0.12, 0.06]


def test_stages_go_from_light_to_dark_so_that_their_order_is_seen() -> None:
    brightness = [rgb_to_hsv(to_rgb(colour))[2] for colour in ramp(6)]
    assert brightness == sorted(brightness, reverse=True)


def test_skips_re_entries_and_loops_are_shown_for_every_stage() -> None:
    found = texts(plot(scorecard(STAGES, 1000, skips=7, re_entries=8, loops=9), blank_page()))
    assert [found.count(number) for number in ("7", "8", "9")] == [4, 4, 4]


def test_the_title_gives_the_last_stage_with_interval_and_denominator() -> None:
    assert "6.0% [4.7, 7.6] of 1,000 customers reach revenue" in texts(plot(scorecard(STAGES, 1000), blank_page()))


def test_segments_are_compared_stage_by_stage_with_their_own_n() -> None:
    parts = [scorecard(STAGES, n).table.assign(segment=name) for name, n in (("email", 1000), ("search", 800))]
    ax = plot(StageScorecard("Stages by channel", pd.concat(parts)), blank_page())
    assert said(ax).count("of 1,000") == 4
    assert said(ax).count("of 800") == 4


def test_no_customer_in_any_stage_gives_a_page_that_says_so() -> None:
    empty = scorecard(dict.fromkeys(STAGES, 0), 0)
    assert "nothing to draw: no customer reached any stage" in said(plot(empty, blank_page()))
    assert "nothing to draw" in describe(empty)


@pytest.mark.parametrize("by", [None, "channel"])
def test_a_measured_scorecard_is_drawn(by) -> None:
    log = events("ann: ad@1{channel=a} order@2d{channel=a}", "bob: ad@5{channel=b}")
    staged = map_stages(log, StageModel("shop", {"awareness": ["ad"], "purchase": ["order"]}))
    result = measure_stages(staged, by=by)
    assert "purchase" in said(plot(result, blank_page()))
    assert "awareness 100%" in describe(result)
