"""Pictures of growth: what they say, by their artists and texts."""

from __future__ import annotations

import functools
import itertools
import warnings

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from mapkit.journeys.growth import measure_cascades, measure_downline, simulate_growth
from mapkit.plots import blank_page, describe, plot
from tests.plots.growth.odd import results
from tests.plots.made import said

NAMES = (
    "aarrr", "aarrr unknown", "aarrr one customer", "aarrr by week", "aarrr empty", "aarrr by segment",
    "aarrr odd segments", "aarrr many segments", "activation", "activation long name", "activation empty", "referral",
    "referral by segment", "referral one", "referral empty", "growth", "growth below one", "growth limited", "cascades",
    "cascades large", "cascades one", "cascades empty", "downline", "downline tiny", "downline deep", "downline empty",
)  # fmt: skip


@functools.cache
def drawn(name: str) -> tuple[FigureCanvasAgg, list[Text], str]:
    ax = plot(results()[name], blank_page())
    canvas = FigureCanvasAgg(ax.figure)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a letter without a glyph would warn here
        canvas.draw()
    return canvas, [text for text in ax.findobj(Text) if text.get_text() and text.get_visible()], said(ax)


def test_every_odd_result_is_looked_at() -> None:
    assert set(NAMES) == set(results())


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_written_over_another_or_over_the_edge(name: str) -> None:
    canvas, found, _ = drawn(name)
    page = canvas.figure.bbox
    boxes = [(text.get_text(), text.get_window_extent(canvas.get_renderer())) for text in found]
    over = [
        (a, b)
        for (a, first), (b, second) in itertools.combinations(boxes, 2)
        if first.padded(-1.5).overlaps(second.padded(-1.5))
    ]
    assert over == []
    outside = [a for a, box in boxes if box.x0 < -1 or box.x1 > page.x1 + 1 or box.y0 < -1 or box.y1 > page.y1 + 1]
    assert outside == []
    assert not any(text.get_parse_math() for text in found)


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_has_a_sentence_for_those_who_cannot_see_it(name: str) -> None:
    sentence = describe(results()[name])
    assert sentence.endswith(".")
    assert "nan" not in sentence


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("empty")])
def test_without_data_the_page_says_so(name: str) -> None:
    assert "nothing to draw" in drawn(name)[2]


def test_the_five_tiles_have_a_number_an_interval_and_what_changed() -> None:
    text = drawn("aarrr")[2]
    assert all(stage in text for stage in ("Acquisition", "Activation", "Retention", "Referral", "Revenue"))
    tiles = results()["aarrr"].tiles
    assert f"{tiles['value'][0]:,.0f}" in text
    assert ("▼" in text) == ("lower" in set(tiles["verdict"]))
    assert "Association, not cause" in text
    assert "95% intervals" in text


def test_the_title_of_the_tiles_claims_a_change_only_where_it_is_clear() -> None:
    assert "Acquisition fell" in drawn("aarrr")[2]
    assert "no month to compare with yet" in drawn("aarrr one customer")[2]


def test_a_tile_whose_number_is_unknown_says_so() -> None:
    text = drawn("aarrr unknown")[2]
    assert "unknown" in text
    assert "Unknown: referral" in text


def test_each_segment_has_a_row_and_each_stage_a_column() -> None:
    text = drawn("aarrr many segments")[2]
    assert text.count("channel_") >= 12
    assert "other" in text


def test_the_winner_is_shown_as_it_was_checked() -> None:
    found = results()["activation long name"]
    text = drawn("activation long name")[2]
    assert found.winner is not None
    assert "on the other half" in text
    assert "No early event goes clearly" in drawn("activation")[2]
    assert "not cause" in text


def test_the_band_of_growth_is_drawn_where_inputs_are_uncertain() -> None:
    assert plot(results()["growth below one"], blank_page()).collections
    assert not plot(results()["growth"], blank_page()).collections
    assert "market 5,000" in drawn("growth limited")[2]
    ends = simulate_growth(start=100, invites=0.5, cycle="1d", duration="9d")
    assert "never more than 200" in said(plot(ends, blank_page()))


def test_a_tree_too_large_to_be_drawn_says_how_many_are_missing() -> None:
    assert "3,001 people, 2,601 not drawn" in drawn("cascades large")[2]
    small = measure_cascades([{"source": "a", "target": "b"}, {"source": "b", "target": "c"}])
    assert "the largest: 3 people" in said(plot(small, blank_page()))


def test_levels_that_are_not_drawn_are_counted() -> None:
    assert "Not drawn: 27 deeper levels" in drawn("downline deep")[2]
    one = measure_downline([{"recruiter": "a", "recruit": "b"}], [{"seller": "a", "value": 1}], rates=(0.1,), cost=5)
    assert "have not recouped their entry cost" in said(plot(one, blank_page()))
