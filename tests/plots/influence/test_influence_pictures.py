"""Pictures of influence: what is coloured, what is hatched, and what every one of them says in words."""

from __future__ import annotations

import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch, Rectangle

from mapkit.errors import OptionError
from mapkit.maps.influence import (
    choose_map,
    find_right_influencers,
    measure_channel_feed,
    measure_influence_by_stage,
)
from mapkit.plots import blank_page, describe, plot
from mapkit.plots.style import BLUE, GOOD, GREEN, ORANGE
from tests.literal import events
from tests.maps.influence.made import STEPS, crowd
from tests.maps.influence.test_right_influencers import ranking, world
from tests.plots.made import NASTY, said, texts


@pytest.fixture(scope="module")
def influence():
    log, exposures, people = crowd(
        [
            (200, 140, 70, "k1", {"region": "quay"}),
            (200, 140, 70, "", {"region": "quay"}),
            (100, 60, 30, "chance:k2", {"region": "hill"}),
            (20, 8, 4, "chance:k3", {"region": "hill"}),
            (10, 5, 2, "chance:k3 k1", {"region": "quay"}),
            (600, 180, 90, "", {"region": "hill"}),
        ]
    )
    return measure_influence_by_stage(log, exposures, stages=STEPS, customers=people, confounders="region")


def test_a_cell_is_coloured_beyond_chance_and_hatched_where_something_else_explains_it(influence) -> None:
    ax = plot(influence, blank_page())
    boxes = ax.findobj(Rectangle)
    blue = [box for box in boxes if to_hex(box.get_facecolor()).upper() == GOOD]
    sure = influence.table[influence.table["verdict"].isin(["more", "less"])]
    blamed = influence.table[influence.table["verdict"] == "confounded"]
    assert len(blue) == len(sure) > 0
    assert sum(bool(box.get_hatch()) for box in boxes) == len(blamed) > 0
    assert texts(ax).count("by region") == len(blamed)
    assert "k2 ◆" in texts(ax) and "k1" in texts(ax)
    assert "the rest is association, not cause." in said(ax)


def test_the_heat_map_says_which_stage_moves_and_of_how_many(influence) -> None:
    words = said(plot(influence, blank_page()))
    assert "An influencer moves cart by +" in words
    assert "n = 1,130 customers" in words


def test_the_influencers_left_out_are_counted_and_the_explained_one_stays(influence) -> None:
    ax = plot(influence, blank_page(), most=1)
    assert "Not drawn: 2 whom fewer had met." in said(ax)
    assert "k1" in texts(ax)


def test_the_forest_has_a_dot_for_each_difference_at_its_stage(influence) -> None:
    ax = plot(influence, blank_page(), view="forest", to_stage="buy")
    dots = sorted(round(float(line.get_xdata()[0]), 9) for line in ax.lines if line.get_marker() == "o")
    rows = influence.table[(influence.table["to_stage"] == "buy") & ~influence.table["whole"]]
    inside = rows[rows["difference_within"].between(*sorted(ax.get_xlim()))]["difference_within"]
    assert dots == sorted(round(float(each), 9) for each in inside)
    with pytest.raises(OptionError, match="Did you mean 'buy'"):
        plot(influence, blank_page(), view="forest", to_stage="by")
    with pytest.raises(OptionError, match="'heat', 'forest', 'flow'"):
        plot(influence, blank_page(), view="map")


def test_the_flow_has_every_customer_in_one_band(influence) -> None:
    ax = plot(influence, blank_page(), view="flow")
    ends = [text.split(" of ")[1] for text in texts(ax) if "% [" in text and text.split(" of ")[1].isdigit()]
    assert sum(map(int, ends)) == 1_130
    assert len([each for each in ax.patches if isinstance(each, PathPatch)]) == len(ends) * (len(STEPS) - 1)
    assert {"several", "nobody"} <= set(texts(ax))


def test_the_sentence_says_the_effects_and_what_is_explained(influence) -> None:
    words = describe(influence)
    assert words.startswith("Influence by stage of 1,130 customers: any influencer, visit to cart +")
    assert "Explained: k1 by region" in words


def test_nobody_met_is_said() -> None:
    log = events("ann: visit@1d cart@2d", "bob: visit@1d buy@9d{influencer=k1}")
    found = measure_influence_by_stage(log, stages=["visit", "cart"])
    for view in ("heat", "forest", "flow"):
        assert "nothing to draw: nobody had met an influencer" in said(plot(found, blank_page(), view=view))


def test_the_feed_shows_shares_costs_and_holes() -> None:
    log = events(
        "ann: visit@1d{channel=ads} cart@2d{channel=mail}",
        "bob: visit@1d{channel=ads} cart@2d{channel=ads}",
        "cid: visit@1d cart@2d",
    )
    feed = measure_channel_feed(log, STEPS[:2], [{"channel": "ads", "spend": 30.0}])
    ax = plot(feed, blank_page())
    assert "1 at 30" in texts(ax)
    assert texts(ax).count("none") == 1
    assert "1 hole: nobody who entered the stage had met the channel." in said(ax)
    assert "nobody" in texts(ax)
    assert "67%" in texts(plot(feed, blank_page(), touch="any"))
    assert describe(feed).startswith("Who feeds which stage, by last channel before it: most fed are visit by ads")


def test_the_board_numbers_those_taken_and_leaves_the_unmet_hollow(influence) -> None:
    right = find_right_influencers(
        world({"k1": ["c1"], "k2": ["c2"], "k9": ["c2"]}), ranking(k1=0.4, k2=0.9, k9=0.8), influence, most=2
    )
    ax = plot(right, blank_page())
    assert {"1", "2"} <= set(texts(ax))
    green = [box for box in ax.findobj(Rectangle) if to_hex(box.get_edgecolor()).upper() == GREEN]
    assert sum(box.get_facecolor()[3] == 0 for box in green) == 1
    assert "what it seems to do at cart is explained by region" in said(ax)
    assert describe(right).startswith("Whom to engage of 3 influencers: K2 (")


def test_the_card_draws_a_block_a_point_and_the_data_that_lacks() -> None:
    choice = choose_map("reach decision makers", data=["actors", "ties"])
    ax = plot(choice, blank_page())
    colours = [to_hex(box.get_facecolor()).upper() for box in ax.findobj(Rectangle)]
    assert (colours.count(BLUE), colours.count(ORANGE)) == (3, 3)
    assert "still needed: posts" in said(ax)
    hollow = [line for line in ax.lines if line.get_markerfacecolor() == "none"]
    assert len(hollow) == 3
    assert "needed and not there: posts" in describe(choice)


def test_any_name_can_be_drawn() -> None:
    names = [name for name in NASTY.values() if name]
    log, exposures, people = crowd(
        [(6, 4, 2, f"k{k}", {"region": name}) for k, name in enumerate(names)] + [(40, 10, 5, "", {"region": "b"})]
    )
    exposures["influencer"] = [names[int(each[1:])] for each in exposures["influencer"]]
    found = measure_influence_by_stage(log, exposures, stages=STEPS, customers=people, confounders="region", minimum=2)
    for view in ("heat", "forest", "flow"):
        plot(found, blank_page(), view=view).figure.canvas.draw()
    feed = measure_channel_feed(log, STEPS, by="influencer", exposures=exposures)
    ax = plot(feed, blank_page())
    ax.figure.canvas.draw()
    assert "<script>alert(1)</script>" in texts(ax)
    assert not any("\u202e" in text or "\n" in text for text in texts(ax))


def test_a_picture_fits_into_a_grid_of_axes(influence) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 6))
    axes = figure.subplots(1, 2)
    plot(influence, axes[0])
    plot(influence, axes[1], view="flow")
    figure.canvas.draw()
