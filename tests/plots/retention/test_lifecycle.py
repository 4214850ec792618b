"""The lifecycle picture: comers above the line, goers below it."""

from __future__ import annotations

from mapkit.journeys.retention import measure_lifecycle
from mapkit.plots import blank_page, describe, plot
from tests.literal import events
from tests.plots.made import said, texts

LOG = events(
    *(f"old{k}: a@0 {'a@8d' if k < 10 else ''} {'a@15d' if k < 5 else ''}" for k in range(40)),
    *(f"new{k}: a@8d" for k in range(60)),
    "end: a@23d",
)


def heights(ax) -> list[list[float]]:
    return [[bar.get_height() for bar in group] for group in ax.containers]


def test_comers_are_stacked_above_the_line_and_the_dormant_hang_below_it() -> None:
    ax = plot(measure_lifecycle(LOG), blank_page())
    returning, resurrecting, new, dormant = heights(ax)
    assert returning == [0, 10, 5, 0]
    assert resurrecting == [0, 0, 0, 0]
    assert new == [40, 60, 0, 1]
    assert dormant == [0, -30, -65, -5]


def test_the_title_says_that_the_base_shrank_only_where_the_interval_is_clear() -> None:
    shrank = plot(measure_lifecycle(LOG), blank_page())
    assert "The active base shrank in the week of 13 Jan 2025: 0.00" in said(shrank)
    even = events(*(f"a{k}: a@0" for k in range(20)), *(f"b{k}: a@8d" for k in range(21)), "end: b@15d")
    title = texts(plot(measure_lifecycle(even, target="a", end="2025-01-15"), blank_page()))
    assert any(text.startswith("The week of 6 Jan 2025: 1.05 [0.57, 1.9") for text in title)


def test_the_period_that_is_running_is_hatched_and_said() -> None:
    ax = plot(measure_lifecycle(LOG), blank_page())
    assert [patch.get_hatch() for patch in ax.patches if patch.get_hatch()] == ["////"]
    assert "Hatched: not over." in said(ax)
    assert "Hatched" not in said(plot(measure_lifecycle(LOG, end="2025-01-27"), blank_page()))


def test_the_latest_numbers_stand_beside_the_bars() -> None:
    assert {"returning 5", "resurrecting 0", "new 0", "dormant 65"} <= set(
        texts(plot(measure_lifecycle(LOG), blank_page()))
    )


def test_each_segment_has_its_panel() -> None:
    log = events("ann: a@0{channel=web} a@8d", "bob: a@0{channel=mail}", "end: b@15d{channel=web}")
    ax = plot(measure_lifecycle(log, by="channel"), blank_page())
    assert len(ax.child_axes) == 2
    assert "web" in texts(ax.child_axes[0])


def test_nobody_and_the_sentence() -> None:
    assert "nothing to draw: nobody was active" in said(plot(measure_lifecycle(events()), blank_page()))
    assert "in the week of 13 Jan 2025: 0 new, 5 returning, 0 resurrecting, 65 dormant; 7% [3, 16] of the" in describe(
        measure_lifecycle(LOG)
    )
