"""Nothing is written over anything else, or over the edge, whatever the names are."""

from __future__ import annotations

import functools
import itertools
import warnings

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from mapkit.plots import blank_page, plot
from tests.plots.made import DAY, NASTY, coverage, funnel, funnel_by, scorecard, spread, trend, trend_by, waits

WEEKS = {
    f"2025-{month:02}-{day:02}": (100 + day, 20 + month) for month, day in [(1, 6), (1, 13), (1, 20), (2, 3), (2, 10)]
}
LONG = NASTY["endless"]
RESULTS = {
    "funnel": funnel({"visit": 7612, "view": 5310, "basket": 3120, "checkout": 1841, "buy": 1712}, removed=14),
    "tiny shares": funnel({"open": 1_204_331, "search": 310_222, "book": 8_110, "pay": 1_204, "review": 3}),
    "nasty names": funnel({name: 1000 - 90 * k for k, name in enumerate(NASTY.values())}, median_seconds=200 * DAY),
    "one step": funnel({"visit": 55}),
    "twelve segments": funnel_by({f"{LONG} {k}": [900 - k, 300, 20 * k] for k in range(12)}, ("a", LONG, "c")),
    "trend": trend(WEEKS, unfinished=2),
    "one week": trend({"2025-01-06": (100, 40)}),
    "trend by segment": trend_by(dict.fromkeys(list(NASTY.values())[:6], WEEKS), unfinished=1),
    "waits": waits(
        [(day, 900 - 20 * day, day / 40, day / 50, day / 30) for day in range(1, 29)],
        median_seconds=20 * DAY,
        median_low_seconds=16 * DAY,
        median_high_seconds=24 * DAY,
        converted=600,
        steps=(LONG, LONG),
    ),
    "quick waits": waits(
        [(day / 10, 9_000 - 20 * day, 0.9, 0.88, 0.92) for day in range(1, 29)],
        median_seconds=DAY / 10,
        median_low_seconds=DAY / 10,
        median_high_seconds=DAY / 10,
    ),
    "spread": spread(
        {
            (order, days, c): (7000, 100 * days)
            for order in ("ordered", "any")
            for days in (1, 7, 30)
            for c in ("any", "first")
        }
    ),
    "stages": scorecard(
        {"acquisition": 76_000, "activation": 41_200, "retention": 310, "referral": 3, LONG: 0}, 76_000, skips=123_456
    ),
    "coverage": coverage(
        [("page_view", 21_000, "acquisition", None), (LONG, 9_000, LONG, None)]
        + [(name, 900 - k, None, LONG if k % 2 else None) for k, name in enumerate(NASTY.values())]
    ),
}


@functools.cache
def drawn_texts(name: str) -> tuple[FigureCanvasAgg, list[Text]]:
    ax = plot(RESULTS[name], blank_page())
    canvas = FigureCanvasAgg(ax.figure)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a letter without a glyph would warn here
        canvas.draw()
    return canvas, [text for text in ax.findobj(Text) if text.get_text() and text.get_visible()]


@pytest.mark.parametrize("name", RESULTS)
def test_no_text_is_written_over_another(name) -> None:
    canvas, found = drawn_texts(name)
    boxes = [(text.get_text(), text.get_window_extent(canvas.get_renderer()).padded(-1.5)) for text in found]
    over = [(a, b) for (a, first), (b, second) in itertools.combinations(boxes, 2) if first.overlaps(second)]
    assert over == []


@pytest.mark.parametrize("name", RESULTS)
def test_no_text_leaves_the_page(name) -> None:
    canvas, found = drawn_texts(name)
    page = canvas.figure.bbox
    outside = [
        (text.get_text(), box.bounds)
        for text in found
        if (box := text.get_window_extent(canvas.get_renderer())).x0 < -1
        or box.x1 > page.x1 + 1
        or box.y0 < -1
        or box.y1 > page.y1 + 1
    ]
    assert outside == []


@pytest.mark.parametrize("name", RESULTS)
def test_no_name_is_read_as_mathematics(name) -> None:
    _, found = drawn_texts(name)
    assert not any(text.get_parse_math() for text in found)
