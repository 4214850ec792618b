"""Pictures of paths state what was found, and write nothing over anything or over the edge."""

from __future__ import annotations

import itertools
import warnings

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, PathPatch
from matplotlib.text import Text

from mapkit.errors import OptionError
from mapkit.journeys.paths import measure_paths, measure_step_matrix, measure_transitions
from mapkit.plots import blank_page, describe, plot
from tests.literal import events, table_of
from tests.plots.made import NASTY, said, texts

LINES = (*(f"ann{n}: visit@1 look@2 look@3 buy@4" for n in range(30)), *(f"bob{n}: visit@1 buy@2" for n in range(10)))


def nasty_log():
    names = list(NASTY.values())
    rows = [(f"c{n}", names[(n * k + k) % len(names)], k) for n in range(40) for k in range(6)]
    frame = pd.DataFrame(rows, columns=["customer", "event", "seconds"])
    frame["time"] = (pd.Timestamp("2025-01-01") + pd.to_timedelta(frame.pop("seconds"), unit="s")).astype(
        "datetime64[us]"
    )
    return table_of(frame.assign(row=range(len(frame)), channel=[f"{names[8]} {n % 3}" for n in range(len(frame))]))


def drawn(result, **options):
    return plot(result, blank_page(), **options)


def test_the_graph_quotes_the_most_travelled_move_with_its_interval_and_n():
    ax = drawn(measure_transitions(events(*LINES)))
    assert "After look, 50% [38, 62] of 60 moves go straight to buy" in texts(ax)
    assert "n = 180 moves" in said(ax)
    assert "not what it was caused by" in said(ax)
    assert sum(isinstance(patch, FancyArrowPatch) for patch in ax.patches) == 5


def test_arrows_are_as_thick_as_moves_are_frequent_and_can_be_chosen():
    moves = measure_transitions(events(*LINES))
    widths = sorted(patch.get_linewidth() for patch in drawn(moves).patches if isinstance(patch, FancyArrowPatch))
    assert widths[0] < widths[-1]
    strong = drawn(moves, weakest=0.6)
    assert sum(isinstance(patch, FancyArrowPatch) for patch in strong.patches) == 3
    assert "no move is as strong as asked for" in said(drawn(moves, weakest=1.5))
    with pytest.raises(OptionError, match="Did you mean 'weakest'"):
        drawn(moves, weekest=0.6)


def test_the_cells_hold_the_share_at_each_step_and_say_how_sure_they_are():
    ax = drawn(measure_step_matrix(events(*LINES), steps=3))
    assert "100% [91, 100] of 40 customers begin with visit" in texts(ax)
    assert texts(ax).count("75%") == 2
    assert texts(ax).count("25%") == 2
    assert "points either way or better" in said(ax)


def test_flows_have_a_band_for_every_way_between_two_steps():
    matrix = measure_step_matrix(events(*LINES), steps=3, after="visit")
    ax = drawn(matrix, form="flows")
    bands = [patch for patch in ax.patches if isinstance(patch, PathPatch)]
    assert len(bands) == len(matrix.flows)
    assert "Right after visit comes look for 75% [60, 86] of 40" in texts(ax)
    with pytest.raises(OptionError, match="Did you mean 'flows'"):
        drawn(matrix, form="flow")


def test_ways_are_rows_of_chips_with_their_share():
    ax = drawn(measure_paths(events(*LINES)))
    assert [t for t in texts(ax) if t in ("visit", "look", "buy")] == ["visit", "look", "buy", "visit", "buy"]
    assert {"75%", "25%"} <= set(texts(ax))
    assert "n = 40" in said(ax)
    assert sum(isinstance(patch, FancyBboxPatch) for patch in ax.patches) == 10


def test_the_title_names_a_way_only_where_the_intervals_let_it_stand_out():
    assert "The most travelled way takes 75% [60, 86] of 40" in texts(drawn(measure_paths(events(*LINES))))
    tie = measure_paths(events("ann: a@1", "bob: a@1", "cid: b@1"))
    assert "No way stands out: the most travelled takes 67% [21, 94] of 3" in texts(drawn(tie))


def test_ways_of_segments_stand_under_their_names():
    log = events("ann: a@1{channel=web} b@2", "bob: a@1{channel=mail}")
    ax = drawn(measure_paths(log, by="channel"))
    assert {"web · n = 1", "mail · n = 1"} <= set(texts(ax))
    assert "web" not in said(drawn(measure_paths(log, by="channel"), segment="mail"))


def test_nothing_gives_a_page_that_says_so():
    for result in (measure_transitions(events()), measure_step_matrix(events()), measure_paths(events())):
        assert "nothing to draw" in said(drawn(result))
        assert "nothing to draw" in describe(result)


def test_sentences_for_a_screen_reader_give_the_numbers():
    assert "visit to look 75% [60, 86]" in describe(measure_transitions(events(*LINES)))
    assert "step 1 visit 100%" in describe(measure_step_matrix(events(*LINES), steps=2))
    assert "visit > look > buy 75% [60, 86] of 40" in describe(measure_paths(events(*LINES)))


PICTURES = {
    "graph": (measure_transitions, {}, {}),
    "all of the graph": (measure_transitions, {"collapse_loops": True}, {"edges": 100}),
    "cells": (measure_step_matrix, {"steps": 10}, {}),
    "flows": (measure_step_matrix, {"steps": 6}, {"form": "flows"}),
    "ways": (measure_paths, {}, {}),
    "ways that go on": (measure_paths, {"length": 3, "by": "channel"}, {}),
    "ways to": (measure_paths, {"end": "formula"}, {}),
}


@pytest.mark.parametrize("name", PICTURES)
def test_nothing_is_written_over_anything_or_over_the_edge_whatever_the_names(name):
    measure, asked, options = PICTURES[name]
    asked = {key: NASTY.get(value, value) if isinstance(value, str) else value for key, value in asked.items()}
    ax = drawn(measure(nasty_log(), **asked), **options)
    canvas = FigureCanvasAgg(ax.figure)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a letter without a glyph would warn here
        canvas.draw()
    found = [text for text in ax.findobj(Text) if text.get_text() and text.get_visible()]
    boxes = [(text.get_text(), Text.get_window_extent(text, canvas.get_renderer()).padded(-1.5)) for text in found]
    assert [(a, b) for (a, one), (b, two) in itertools.combinations(boxes, 2) if one.overlaps(two)] == []
    page = ax.figure.bbox.padded(1)
    assert [
        text for text, box in boxes if box.x0 < page.x0 or box.x1 > page.x1 or box.y0 < page.y0 or box.y1 > page.y1
    ] == []
    assert not any(text.get_parse_math() for text in found)
