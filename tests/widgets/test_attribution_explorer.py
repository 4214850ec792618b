"""What an AttributionExplorer answers when its settings change, said with small logs and without a browser."""

from __future__ import annotations

import io
import time
from datetime import timedelta

import pandas as pd
import pytest
from PIL import Image

import mapkit as mk
from mapkit.errors import OptionError
from mapkit.widgets import AttributionExplorer, attribution_explorer
from tests.literal import events

SHOP = events(
    "ann: visit@0{channel=ads, place=north} visit@8d{channel=mail, place=south} buy@9d{value=30, place=south}",
    "bob: visit@0{channel=mail, place=north} buy@2h{value=10, place=north}",
    "cat: visit@0{channel=ads, place=south}",
)
PATHS = pd.DataFrame({"path": ["a > b", "b"], "conversions": [30, 20], "nulls": [10, 40]})


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """The options of every attribution that is measured, in order."""
    asked: list[dict] = []
    measure = attribution_explorer.measure_attribution

    def counting(table, **options):
        asked.append(options)
        return measure(table, **options)

    monkeypatch.setattr(attribution_explorer, "measure_attribution", counting)
    return asked


def test_the_answer_follows_the_window_and_the_column():
    explorer = AttributionExplorer(SHOP, conversion="buy")
    assert explorer.result.share("ads", "first").value == 0.5
    explorer.window = "2d"
    assert explorer.result.share("ads", "first").value == 0
    explorer.touch = "place"
    assert set(explorer.result.channels) == {"north", "south"}


def test_models_are_shown_and_taken_away_without_measuring_again(measured):
    explorer = AttributionExplorer(SHOP, conversion="buy")
    before, picture = len(measured), explorer.picture
    explorer.models = ["first", "markov"]
    explorer.show = "value"
    assert len(measured) == before
    assert explorer.picture != picture
    assert len(explorer.result.models) == 8


def test_several_settings_in_one_message_are_measured_once(measured):
    explorer = AttributionExplorer(SHOP, conversion="buy")
    measured.clear()
    explorer.set_state({"window": "7d", "markov_order": 2, "touches": "events"})
    assert measured == [{"conversion": "buy", "touches": "events", "window": "7d", "markov_order": 2}]
    assert explorer.shown == explorer.options


def test_models_change_within_the_time_a_reader_waits():
    explorer = AttributionExplorer(mk.load_dataset("harbour").events, conversion="purchase")
    took = []
    for models in (["first"], ["first", "last"], ["markov", "shapley", "linear"]):
        start = time.process_time()
        explorer.models = models
        took.append(time.process_time() - start)
    assert min(took) < 0.6


def test_what_cannot_be_measured_is_said_in_its_place():
    explorer = AttributionExplorer(SHOP, conversion="buy", window=timedelta(days=2))
    assert explorer.window == "172800s"
    explorer.window = "3 parsecs"
    assert "'3 parsecs' is not a span of time" in explorer.message
    assert explorer.picture == b""
    with pytest.raises(OptionError, match="parsecs"):
        _ = explorer.result
    explorer.window = None
    assert explorer.message == ""
    explorer.models = []
    assert "Choose at least one" in explorer.message
    explorer.models = ["lats"]
    assert "Did you mean 'last'" in explorer.message


def test_a_list_of_paths_has_no_window_and_no_column_to_choose():
    explorer = AttributionExplorer(PATHS, markov_order=2)
    assert (explorer.conversions, explorer.columns, explorer.ways) == ([], [], [])
    expected = mk.measure_attribution_paths(PATHS, markov_order=2)
    pd.testing.assert_frame_equal(explorer.result.table, expected.table)


@pytest.mark.parametrize(
    "explorer",
    [
        AttributionExplorer(SHOP, conversion="buy"),
        AttributionExplorer(SHOP, conversion="buy", window="2d", touch="place", models=["first"], show="value"),
        AttributionExplorer(PATHS, markov_order=2),
    ],
    ids=["plain", "options", "paths"],
)
def test_the_code_that_is_shown_makes_the_same_numbers(explorer):
    there = {"events": SHOP, "paths": PATHS}
    exec(explorer.code, there)
    pd.testing.assert_frame_equal(there["attribution"].table, explorer.result.table)
    from matplotlib import pyplot

    pyplot.close("all")


def test_a_slip_is_answered_with_the_nearest_name():
    with pytest.raises(OptionError, match=r"no option 'windo'.*Did you mean 'window'"):
        AttributionExplorer(SHOP, conversion="buy", windo="7d")
    with pytest.raises(OptionError, match="Did you mean 'buy'"):
        AttributionExplorer(SHOP, conversion="bui")


def test_the_picture_has_two_dots_a_pixel_and_says_itself_in_words():
    explorer = AttributionExplorer(SHOP, conversion="buy")
    assert Image.open(io.BytesIO(explorer.picture)).width == 2 * 720
    assert "Association, not cause" in explorer.alt
    bundle, metadata = explorer._repr_mimebundle_()
    assert bundle["image/png"] == explorer.picture
    assert metadata["image/png"] == {"width": 720}
