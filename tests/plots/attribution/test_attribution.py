"""Pictures of attribution, by what stands on them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mapkit.errors import OptionError
from mapkit.journeys.attribution import Attribution, measure_attribution, measure_attribution_paths
from mapkit.plots import blank_page, describe, plot
from mapkit.plots.style import MARKERS
from tests.literal import events
from tests.plots.made import NASTY, said, texts

PATHS = pd.DataFrame(
    {
        "path": ["ads > mail", "mail", "ads > web"],
        "conversions": [300, 200, 100],
        "value": [900, 200, 100],
        "nulls": 400,
    }
)
SPEND = pd.DataFrame({"channel": ["ads", "mail"], "spend": [500.0, 40.0]})


def found(**options: object) -> Attribution:
    return measure_attribution_paths(PATHS, **options)


def dots(ax) -> list[float]:
    """Where the dots on the scale stand; those of the legend lie to its left."""
    marks = [line for line in ax.lines if line.get_marker() in MARKERS and len(line.get_xdata()) == 1]
    heads = {id(line) for line in marks if line.get_ydata()[0] < 40 and len(marks) > 3}
    return [float(line.get_xdata()[0]) for line in marks if id(line) not in heads]


def test_every_channel_has_a_row_and_every_model_a_dot():
    result = found(models=["first", "last"])
    ax = plot(result, blank_page())
    expected = sorted(result.table["share"])
    drawn = sorted(float(line.get_xdata()[0]) for line in ax.lines if len(line.get_xdata()) == 1)
    assert [value for value in drawn if value >= 0][-len(expected) :] == pytest.approx(expected)
    assert {"ads", "mail", "web", "first", "last"} <= set(texts(ax))


def test_whiskers_are_the_intervals():
    result = found(models=["linear"])
    ends = sorted(tuple(line.get_xdata()) for line in plot(result, blank_page()).lines if line.get_linewidth() == 1.3)
    np.testing.assert_allclose(ends, sorted(zip(result.table["low"], result.table["high"], strict=True)))


def test_the_title_names_the_channel_that_models_disagree_about_most():
    assert "Models disagree most about ads: 0% (last) or 67% (first)" in texts(plot(found(), blank_page()))


def test_the_title_claims_no_disagreement_that_may_be_chance():
    few = measure_attribution_paths(pd.DataFrame({"path": ["a > b", "b"], "conversions": [1, 4], "nulls": [1, 1]}))
    assert "no channel's share differs beyond chance" in said(plot(few, blank_page()))


def test_the_caution_and_n_are_always_there():
    for show in ("share", "value", "removal", "cpa", "roas"):
        text = said(plot(found(spend=SPEND), blank_page(), show=show))
        assert "Association, not cause" in text
        assert "n = 600 conversions" in text
    assert describe(found()).endswith("Association, not cause.")


def test_removal_effects_are_drawn_for_the_markov_model_alone():
    result = found()
    ax = plot(result, blank_page(), show="removal")
    assert sorted(dots(ax)) == pytest.approx(sorted(result.table["removal_effect"].dropna()))


def test_channels_without_spend_have_no_cost_to_draw():
    assert "web" not in texts(plot(found(spend=SPEND), blank_page(), show="cpa"))
    assert "no spend was given" in said(plot(found(), blank_page(), show="cpa"))


def test_of_many_channels_the_largest_are_drawn_and_the_rest_added_up():
    frame = pd.DataFrame({"path": [f"channel {k:02}" for k in range(30)], "conversions": range(40, 70)})
    ax = plot(measure_attribution_paths(frame, models=["last"]), blank_page())
    assert {"channel 29", "channel 18", "18 smaller channels"} <= set(texts(ax))
    assert "channel 17" not in texts(ax)
    assert max(dots(ax)) == pytest.approx(sum(range(40, 58)) / sum(range(40, 70)))


def test_by_segment_a_dot_is_a_segment():
    log = events(
        *(f"a{k}: visit@0{{channel=ads, segment=x}} visit@1{{channel=mail}} buy@2" for k in range(5)),
        *(f"b{k}: visit@0{{channel=mail, segment=y}} buy@2" for k in range(5)),
    )
    ax = plot(measure_attribution(log, conversion="buy", by="segment"), blank_page())
    assert {"x", "y", "ads", "mail"} <= set(texts(ax))
    assert "a dot a segment" in said(ax)


def test_nothing_to_draw_is_said_in_its_place():
    nothing = measure_attribution_paths(pd.DataFrame({"path": [], "conversions": []}))
    assert "no journey has a touch" in said(plot(nothing, blank_page()))
    lost = measure_attribution_paths(pd.DataFrame({"path": ["a"], "conversions": [0], "nulls": [3]}))
    assert "nothing to draw" in said(plot(lost, blank_page()))
    assert "nothing to draw" in describe(lost)


@pytest.mark.parametrize("name", NASTY.values(), ids=NASTY)
def test_any_name_can_be_drawn(name):
    result = measure_attribution_paths(pd.DataFrame({"path": [[name or " ", "b"], ["b"]], "conversions": [50, 40]}))
    figure = plot(result, blank_page()).figure
    figure.canvas.draw()


def test_a_slip_is_answered_with_the_nearest():
    with pytest.raises(OptionError, match="Did you mean 'share'"):
        plot(found(), blank_page(), show="shares")
    with pytest.raises(OptionError, match="Did you mean 'linear'"):
        plot(found(), blank_page(), models=["liner"])
