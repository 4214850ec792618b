"""Pictures of touchpoints: what stands on them, and that odd data leaves them whole."""

from __future__ import annotations

import pandas as pd
import pytest

from mapkit.experience.touchpoints import measure_inventory
from mapkit.maps.touchpoints import (
    find_moments_of_truth,
    measure_touchpoints,
    rank_pain_points,
    simulate_touchpoint_removal,
    triage_touchpoints,
)
from mapkit.plots import blank_page, describe, plot
from mapkit.plots.style import BAD, GOOD, ORANGE
from tests.literal import events
from tests.maps.touchpoints.made import TOUCHPOINTS, answers, log_of, shop
from tests.maps.touchpoints.test_moments import survey
from tests.maps.touchpoints.test_pain_points import PAINS
from tests.plots.made import NASTY, said, texts


@pytest.fixture(scope="module")
def measured():
    log = log_of(shop({"": (60, 0), "view": (100, 10), "view watch": (100, 60)}))
    return measure_touchpoints(TOUCHPOINTS, log, answers({"till": (5, 2, 4), "video": (1, 3, 3)}), outcome="buy")


def colours(ax) -> set[str]:
    return {line.get_color() for line in ax.lines if line.get_marker() == "o"}


def test_the_inventory_names_its_touchpoints_and_counts_its_holes():
    result = measure_inventory(
        [{**each, "channel": "web" if k else "street"} for k, each in enumerate(TOUCHPOINTS)],
        events("ann: visit@1 other@2"),
    )
    ax = plot(result, blank_page())
    assert "5 touchpoints: 1 of 4 cells of stage and channel are empty" in said(ax)
    assert {"home", "till *"} <= set(texts(ax))
    assert "In the log and in no touchpoint: other." in said(ax)
    assert sum(patch.get_hatch() is not None for patch in ax.patches) == 1
    assert "1 empty cells; unwitnessed item, video, stand, till" in describe(result)


def test_the_board_stands_effects_opportunities_and_verdicts_side_by_side(measured):
    ax = plot(measured, blank_page(), triage=triage_touchpoints(measured))
    assert {"part of every path", "not in the log", "not asked", "improve"} <= set(texts(ax))
    assert {GOOD, BAD} <= colours(ax)  # more buy with the video; the till is underserved
    assert "Association, not cause." in said(ax)
    assert "video +50.0 points" in describe(measured)


def test_verdicts_stand_with_their_reasons_those_to_act_on_first(measured):
    triage = triage_touchpoints(measured)
    ax = plot(triage, blank_page())
    order = [text for text in texts(ax) if text in ("improve", "remove", "investigate", "keep")]
    assert order == ["improve", "investigate", "investigate", "keep", "keep"]
    assert any(t.get_bbox_patch() and t.get_bbox_patch().get_facecolor()[:3] == _rgb(ORANGE) for t in ax.texts)
    assert describe(triage).startswith("Triage of 5 touchpoints: improve till")


def test_pain_points_are_drawn_with_the_ranks_they_may_take():
    result = rank_pain_points(PAINS, effort={"dear": 5})
    ax = plot(result, blank_page())
    assert "slow comes first" in said(ax)
    assert "1 to 1" in texts(ax)
    assert len(ax.patches) == 3
    assert "May come first: " in said(plot(rank_pain_points(PAINS), blank_page()))


def test_moments_and_removals_are_drawn_around_no_difference(measured):
    ax = plot(find_moments_of_truth(survey()), blank_page())
    assert "nps goes most with desk" in said(ax)
    removal = plot(simulate_touchpoint_removal(measured, "video"), blank_page())
    assert "video: removal refused" in said(removal)
    assert colours(removal) == {BAD}


def test_what_cannot_be_drawn_says_why():
    few = find_moments_of_truth(survey(10))
    assert "rated by enough" in said(plot(few, blank_page()))
    nobody = measure_inventory(pd.DataFrame({"touchpoint": pd.Series([], dtype=str)}), events("ann: visit@1"))
    assert "the inventory lists no touchpoint" in said(plot(nobody, blank_page()))
    untouched = rank_pain_points(PAINS.assign(affected=0))
    assert "nobody is affected" in said(plot(untouched, blank_page()))


def test_forty_touchpoints_with_nasty_names_leave_the_pictures_whole():
    names = [*NASTY.values(), *(f"touchpoint {k}" for k in range(40))][:40]
    inventory = [
        {"touchpoint": f"t{k}", "name": name, "stage": names[k % 9], "channel": names[k % 14], "events": "visit"}
        for k, name in enumerate(names)
    ]
    log = events("ann: visit@1 buy@2", "bob: visit@1", "cy: look@1 buy@2")
    measured = measure_touchpoints(inventory, log, outcome="buy")
    for result in (measure_inventory(inventory, log), measured, triage_touchpoints(measured)):
        ax = plot(result, blank_page())
        ax.figure.canvas.draw()
        assert not any("\n" in text or "\u202e" in text for text in texts(ax))
        assert describe(result)


def _rgb(colour: str) -> tuple[float, ...]:
    from matplotlib.colors import to_rgb

    return to_rgb(colour)
