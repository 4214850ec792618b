"""Pictures of experiments: what is drawn is what was measured, and nothing is claimed that cannot be told."""

from __future__ import annotations

import pandas as pd
import pytest
from matplotlib.axes import Axes

from mapkit.journeys.experiments import Backlog, SampleSize, find_sample_size, measure_experiment, rank_backlog
from mapkit.plots import blank_page, describe, plot, render_picture
from tests.plots.made import NASTY, said, texts


def experiment(control: tuple[int, int], others: dict[str, tuple[int, int]], **columns: object):
    every = {"control": control, **others}
    rows = [(arm, k < hits) for arm, (hits, n) in every.items() for k in range(n)]
    frame = pd.DataFrame(rows, columns=["arm", "bought"]).assign(**columns)
    planned = {arm: n for arm, (_, n) in every.items()}
    people = frame.reset_index(names="customer")
    return measure_experiment(people, outcome="bought", planned=planned, by="by" if columns else None)


def dots(ax: Axes) -> list[float]:
    return [float(line.get_xdata()[0]) for line in ax.lines if line.get_marker() == "o"]


def test_each_arm_stands_at_its_difference_within_its_whisker() -> None:
    result = experiment((100, 500), {"new": (150, 500), "old": (90, 500)})
    ax = plot(result, blank_page())
    assert dots(ax) == pytest.approx([0.1, -0.02])
    whiskers = [line.get_xdata().tolist() for line in ax.lines if line.get_marker() == "|"]
    assert whiskers == result.table.loc[1:, ["difference_low", "difference_high"]].to_numpy().tolist()


def test_the_title_claims_an_effect_only_where_it_can_be_told() -> None:
    sure = plot(experiment((100, 500), {"new": (150, 500)}), blank_page())
    assert any(text.startswith("new: 10.0 [4.6, 15.3] points more bought") for text in texts(sure))
    unsure = plot(experiment((100, 500), {"new": (105, 500)}), blank_page())
    assert any(text.startswith("Cannot tell: new is +1") for text in texts(unsure))
    assert "n = 1,000" in said(unsure)


def test_a_fall_is_said_as_less() -> None:
    assert "points less bought than control" in said(plot(experiment((150, 500), {"new": (100, 500)}), blank_page()))


def test_a_sample_ratio_mismatch_takes_the_title() -> None:
    frame = pd.DataFrame({"customer": range(900), "arm": ["control"] * 600 + ["new"] * 300, "bought": [0, 1, 1] * 300})
    ax = plot(measure_experiment(frame, outcome="bought"), blank_page())
    assert "Not to be trusted" in said(ax)
    assert "sample ratio mismatch" in said(ax)


def test_segments_stand_under_their_names() -> None:
    by = [("a", "b")[k % 2] for k in range(1000)]
    ax = plot(experiment((100, 500), {"new": (150, 500)}, by=by), blank_page())
    assert {"a", "b"} <= set(texts(ax))
    assert len(dots(ax)) == 2


@pytest.mark.parametrize("name", NASTY.values(), ids=NASTY)
def test_hostile_names_are_drawn_as_they_stand(name: str) -> None:
    arm = name or "(empty)"
    result = experiment((10, 50), {arm: (15, 50)})
    assert len(render_picture(result)) > 1000
    backlog = rank_backlog([{"idea": arm, "reach": 10, "impact": 1, "confidence": 1, "effort": 1}])
    assert len(render_picture(backlog)) > 1000


def test_the_sentence_names_every_arm() -> None:
    spoken = describe(experiment((100, 500), {"new": (150, 500)}))
    assert "control 20% [17, 24] of 500" in spoken
    assert "new 30% [26, 34] of 500, +10.0 [+4.6, +15.3] against control" in spoken


def test_sample_sizes_are_written_at_their_points() -> None:
    size = find_sample_size(baseline=0.1, lift=[0.1, 0.2, 0.5], customers_per_day=50)
    ax = plot(size, blank_page())
    for number in size.table["customers"]:
        assert f"{number:,}" in texts(ax)
    assert "154 days" in texts(ax)
    assert "+20% takes 7,678" in describe(size)


def test_one_effect_and_a_fall_have_pictures_too() -> None:
    for options in ({"lift": 0.2}, {"lift": [-0.2, -0.1, 0.1]}, {"difference": [0.01] * 2}):
        assert len(render_picture(find_sample_size(baseline=0.1, **options))) > 1000
    empty = SampleSize("Customers needed", find_sample_size(baseline=0.1).table.iloc[:0])
    assert "nothing to draw" in said(plot(empty, blank_page()))


def ideas(number: int) -> Backlog:
    rows = [{"idea": f"idea {k}", "impact": 1 + k % 10, "confidence": 5, "ease": 5} for k in range(number)]
    return rank_backlog(rows, method="ice", draws=200)


def test_bars_are_scores_and_whiskers_are_ranks() -> None:
    backlog = ideas(4)
    ax = plot(backlog, blank_page())
    assert [bar.get_width() for bar in ax.patches] == backlog.table["score"].tolist()
    assert len(dots(ax)) == 4
    assert "cannot tell which is first" in said(ax)


def test_a_long_backlog_shows_the_first_twenty() -> None:
    ax = plot(ideas(40), blank_page())
    assert len(ax.patches) == 20
    assert "The first 20 of 40 ideas." in said(ax)


def test_a_leader_is_named_only_when_no_notch_unseats_it() -> None:
    rows = [
        {"idea": "big", "reach": 10_000, "impact": 3, "confidence": 1, "effort": 1},
        {"idea": "small", "reach": 10, "impact": 0.5, "confidence": 0.5, "effort": 4},
    ]
    assert "big stays first when scores are a notch off" in said(plot(rank_backlog(rows), blank_page()))
