from __future__ import annotations

import matplotlib
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure

from mapkit.errors import OptionError
from mapkit.plots import alt_text, blank_page, describe, plot
from tests.plots.made import coverage, funnel, scorecard, spread, texts, trend, waits

STEPS = {"visit": 100, "buy": 20}


@pytest.fixture
def _no_figures_left():
    pyplot.close("all")
    yield
    pyplot.close("all")


def test_what_has_no_picture_is_refused_with_what_has_one() -> None:
    with pytest.raises(OptionError, match=r"cannot draw a dict. It draws 'AARRRScorecard', 'AccountOverlap'"):
        plot({"a": 1})


def test_an_unknown_option_is_refused_with_the_nearest() -> None:
    result = waits([(1.0, 10, 0.5, 0.2, 0.8)])
    with pytest.raises(OptionError, match=r"no option 'until_second'.*Did you mean 'until_seconds'"):
        plot(result, blank_page(), until_second=3)
    with pytest.raises(OptionError, match="It has no options"):
        plot(funnel(STEPS), blank_page(), colour="red")


def test_the_alt_text_of_a_drawn_axes_is_the_sentence_of_its_result() -> None:
    ax = plot(funnel(STEPS), blank_page())
    assert alt_text(ax) == describe(funnel(STEPS))
    assert alt_text(blank_page()) == ""


@pytest.mark.usefixtures("_no_figures_left")
def test_without_an_axes_one_pyplot_figure_is_made_for_the_notebook_to_show() -> None:
    ax = plot(funnel(STEPS))
    assert pyplot.get_fignums() == [ax.figure.number]


@pytest.mark.usefixtures("_no_figures_left")
def test_drawing_on_one_axes_again_and_again_keeps_one_picture_and_no_figure() -> None:
    ax = blank_page()
    first = len(plot(funnel(STEPS), ax).get_children())
    for customers in range(12):
        plot(funnel({"visit": 100, "buy": customers}), ax)
    assert len(ax.get_children()) == first
    assert pyplot.get_fignums() == []


def test_panels_of_an_earlier_picture_are_gone_after_the_next() -> None:
    ax = plot(trend({"2025-01-06": (100, 40)}), blank_page())
    assert ax.child_axes
    assert not plot(funnel(STEPS), ax).child_axes


def test_a_picture_neither_changes_the_readers_settings_nor_follows_them() -> None:
    with matplotlib.rc_context():
        matplotlib.style.use("dark_background")
        matplotlib.rcParams["text.usetex"] = False
        before = dict(matplotlib.rcParams)
        ax = plot(funnel(STEPS), blank_page())
        assert dict(matplotlib.rcParams) == before
        assert ax.figure.get_facecolor() == (1, 1, 1, 1)
        assert all(text.get_color() != "white" for text in ax.texts)


def test_an_axes_among_others_stays_where_it_is() -> None:
    figure = Figure(figsize=(8, 9))
    above, below = figure.subplots(2)
    place = below.get_position().bounds
    assert plot(funnel(STEPS), below) is below
    assert below.get_position().bounds == place
    assert not above.texts


def test_an_axes_alone_on_a_figure_fills_it_and_the_figure_keeps_its_size() -> None:
    figure = Figure(figsize=(10, 4))
    ax = plot(funnel(STEPS), figure.subplots())
    assert tuple(figure.get_size_inches()) == (10, 4)
    assert ax.get_position().width > 0.9


@pytest.mark.parametrize(
    "result",
    [
        funnel(STEPS),
        trend({"2025-01-06": (100, 40)}),
        waits([(1.0, 10, 0.5, 0.2, 0.8)]),
        spread({("ordered", 7, "any"): (100, 20)}),
        scorecard({"awareness": 40, "purchase": 10}, 50),
        coverage([("visit", 5, "awareness", None)]),
    ],
    ids=lambda result: type(result).__name__,
)
def test_every_picture_has_a_title_its_n_and_one_sentence(result) -> None:
    found = texts(plot(result, blank_page()))
    assert max(found, key=len)
    assert any(" n = " in text or "of 100" in text for text in found)
    assert describe(result).endswith(".")
    assert "\n" not in describe(result)
