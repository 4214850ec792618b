"""Stickiness as a histogram, and as a dot for each segment."""

from __future__ import annotations

from mapkit.journeys.retention import measure_stickiness
from mapkit.plots import blank_page, describe, plot
from tests.literal import events
from tests.plots.made import said, texts

LOG = events(
    *(f"c{k}: a@0{{channel=web}} {'a@1d' if k < 20 else ''} {'a@2d' if k < 5 else ''}" for k in range(50)),
    *(f"m{k}: a@0{{channel=mail}} {'a@1d' if k < 1 else ''}" for k in range(50)),
    "end: b@40d{channel=mail}",
)


def test_the_bars_are_shares_of_those_active_in_the_month() -> None:
    ax = plot(measure_stickiness(LOG, target="a"), blank_page())
    assert [bar.get_height() for bar in ax.containers[0]] == [0.79, 0.16, 0.05, 0.0]
    assert {"79%", "16%", "1", "2", "3", "4+"} <= set(texts(ax))


def test_the_title_gives_the_mean_and_stickiness_with_its_interval() -> None:
    ax = plot(measure_stickiness(LOG, target="a"), blank_page())
    assert "Active customers come on 1.26 days of a month: stickiness" in said(ax)
    assert "4.1%" in said(ax)
    assert "[3.7, 4.4]" in said(ax)
    assert "n = 100 customer-months" in said(ax)


def test_segments_are_dots_and_a_clear_difference_is_the_title() -> None:
    ax = plot(measure_stickiness(LOG, target="a", by="channel"), blank_page())
    assert any(text.startswith("Stickiness: web 4.8% [4.2, 5.4], mail 3.29%") for text in texts(ax))
    assert "Association, not cause." in said(ax)


def test_nothing_to_draw_is_said() -> None:
    assert "nothing to draw" in said(plot(measure_stickiness(events("ann: a@0")), blank_page()))
    assert "nothing to draw" in describe(measure_stickiness(events()))
