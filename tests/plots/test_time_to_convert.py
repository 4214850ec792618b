from __future__ import annotations

import pytest

from mapkit.plots import blank_page, describe, plot
from tests.plots.made import DAY, said, texts, waits

CURVE = [
    (1.0, 200, 0.20, 0.15, 0.26),
    (2.0, 150, 0.45, 0.38, 0.52),
    (3.0, 90, 0.60, 0.53, 0.67),
    (9.0, 20, 0.70, 0.62, 0.78),
]
MEDIAN = {"median_seconds": 3 * DAY, "median_low_seconds": 2 * DAY, "median_high_seconds": 3 * DAY, "converted": 120}


def test_the_curve_rises_in_steps_from_nothing() -> None:
    ax = plot(waits(CURVE, **MEDIAN), blank_page())
    curve = next(line for line in ax.lines if line.get_drawstyle() == "steps-post")
    assert curve.get_xdata().tolist() == [0, 1, 2, 3, 9, 9]
    assert curve.get_ydata().tolist() == [0, 0.2, 0.45, 0.6, 0.7, 0.7]


def test_the_median_and_its_interval_are_marked_and_titled() -> None:
    ax = plot(waits(CURVE, **MEDIAN), blank_page())
    assert "Half reach buy within 3 days [2.0, 3.0]" in texts(ax)
    assert any(
        line.get_xdata().tolist() == [2, 3] and line.get_ydata().tolist() == [0.5, 0.5]
        for line in map(_plain, ax.lines)
    )


def _plain(line):
    import numpy as np

    line.set_data(np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float))
    return line


def test_a_median_that_is_not_reached_is_not_claimed() -> None:
    ax = plot(waits(CURVE[:2], converted=60), blank_page())
    assert "45% [38, 52] reach buy within 2 days" in texts(ax)
    assert "half by" not in said(ax)


def test_who_is_still_open_stands_under_the_axis() -> None:
    found = texts(plot(waits(CURVE, **MEDIAN), blank_page(), until_seconds=4 * DAY))
    under = found[found.index("0") :]
    assert [under[k] for k in range(1, 10, 2)] == ["200", "200", "150", "90", "20"]


def test_a_curve_that_is_cut_says_how_it_goes_on() -> None:
    ax = plot(waits(CURVE, **MEDIAN), blank_page(), until_seconds=4 * DAY)
    assert "The curve goes on to 9 days, where it stands at 70% [62, 78]." in said(ax)


@pytest.mark.parametrize("rows", [[], [(1.0, 0, 0.0, 0.0, 0.0)]])
def test_nobody_to_time_gives_a_page_that_says_so(rows) -> None:
    assert "nothing to draw: nobody entered the funnel" in said(plot(waits(rows), blank_page()))


def test_nobody_converting_is_a_flat_line_at_nothing() -> None:
    ax = plot(waits([(30.0, 40, 0.0, 0.0, 0.0)]), blank_page())
    curve = next(line for line in ax.lines if line.get_drawstyle() == "steps-post")
    assert set(curve.get_ydata()) == {0}


def test_the_sentence_for_a_screen_reader_says_n_and_the_median() -> None:
    assert "of 200 who entered 120 converted; half by 3 days [2.0, 3.0]" in describe(waits(CURVE, **MEDIAN))
