from __future__ import annotations

import math

import pytest

from mapkit.journeys import measure_drivers
from mapkit.plots import blank_page, describe, plot
from mapkit.plots.style import BAD, GOOD, OTHER
from tests.journeys.test_drivers import shop
from tests.plots.made import said, texts


@pytest.fixture(scope="module")
def drivers():
    log = shop({"cart look": (100, 60), "cart": (100, 30), "look": (100, 0), "help": (80, 0), "cart help": (60, 5)})
    return measure_drivers(log, outcome="buy")


def test_a_dot_stands_at_the_logarithm_of_the_odds_ratio_in_the_colour_of_its_verdict(drivers) -> None:
    ax = plot(drivers, blank_page())
    drawn = {round(float(line.get_xdata()[0]), 6): line.get_color() for line in ax.lines if line.get_marker() == "o"}
    colours = {"more": GOOD, "less": BAD}
    rows = drivers.table[drivers.table["flag"] == ""]
    expected = {round(math.log(r["odds_ratio"]), 6): colours.get(r["verdict"], OTHER) for _, r in rows.iterrows()}
    assert drawn == expected


def test_what_the_outcome_needs_is_named_and_not_drawn(drivers) -> None:
    ax = plot(drivers, blank_page())
    assert "Left out because the outcome needs them: visit, cart." in said(ax)
    assert "cart" not in texts(ax)
    assert "Association, not cause." in said(ax)


def test_the_title_and_the_sentence_say_what_goes_with_the_outcome(drivers) -> None:
    assert "2 of 2 go with buy; furthest: help, odds × " in said(plot(drivers, blank_page()))
    assert describe(drivers).startswith("Forest of odds ratios for buy of 440 customers: ")


def test_nothing_to_set_apart_is_said() -> None:
    drivers = measure_drivers(shop({"": (20, 5)}), outcome="buy")
    assert "nothing to draw: no candidate was had by some" in said(plot(drivers, blank_page()))
