from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mapkit.ecosystems.influencers import (
    measure_audience_overlap,
    measure_campaign,
    measure_engagement,
    measure_share_of_voice,
    profile_influencer,
    rank_influencers,
)
from mapkit.errors import OptionError
from mapkit.plots import blank_page, describe, plot
from tests.ecosystems.influencers.made import actors, posts, together
from tests.plots.made import said, texts

LIKES = {"count": ["likes"]}
STRANGE = "<b>$x^2$</b>\nnext"


@pytest.fixture(scope="module")
def town():
    rng = np.random.default_rng(2)
    people = actors(**{f"i{k:02d}": 3_000 * (k + 1) for k in range(18)}).assign(cost=50)
    people["name"] = [STRANGE if k == 17 else f"name {k}" for k in range(18)]
    people["topics"] = ["coffee|food" if k % 2 else "travel" for k in range(18)]
    made = together(
        *(
            posts(f"i{k:02d}", list(rng.poisson(150 * rng.gamma(8, 1 / 8, 9 if k == 3 else 12))), topics="coffee")
            for k in range(18)
        )
    )
    return people, made


@pytest.fixture(scope="module")
def ranking(town):
    return rank_influencers(*town, topics=["coffee"], **LIKES)


def test_the_board_has_a_row_each_in_order_of_rank(ranking):
    ax = plot(ranking, blank_page(), most=8)
    names = [row for row in texts(ax) if (row.startswith("name ") or row.startswith("<b>")) and "first" not in row]
    expected = ranking.table["name"].head(8).tolist()
    assert names == [STRANGE.replace("\n", " ") if name == STRANGE else name for name in expected]
    assert "Not drawn: 9 of lower rank. Without a score: 1 (1 with too few posts)." in said(ax)


def test_the_boards_bars_are_as_long_as_the_percentiles(ranking):
    ax = plot(ranking, blank_page(), most=5)
    widths = [patch.get_width() for patch in ax.patches]
    shares = [widths[k + 1] / widths[k] for k in range(0, len(widths), 2)]
    assert shares == pytest.approx(
        ranking.table[["reach", "relevance", "resonance"]].head(5).to_numpy().ravel().tolist()
    )


def test_on_the_map_who_ranks_higher_stands_nearer(ranking):
    ax = plot(ranking, blank_page(), form="map", most=17, brand="Harbour")
    places = [line for line in ax.lines if len(line.get_xdata()) == 1 and line.get_zorder() == 3]
    distance = [float(np.hypot(line.get_xdata()[0], line.get_ydata()[0])) for line in places]
    assert len(places) == 17
    assert max(distance[:5]) < min(distance[5:15]) and max(distance[5:15]) < min(distance[15:])
    assert "Harbour" in texts(ax) and "rank 1-5" in texts(ax)


def test_names_on_the_map_do_not_lie_on_one_another(ranking):
    ax = plot(ranking, blank_page(), form="map", most=17)
    ax.figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts if text.get_text().startswith("name ")]
    for k, one in enumerate(boxes):
        assert not any(one.overlaps(other) for other in boxes[k + 1 :])


def test_sectors_are_platforms_or_topics(ranking):
    assert "photos" in texts(plot(ranking, blank_page(), form="map"))
    by_topic = texts(plot(ranking, blank_page(), form="map", by="topic", most=17))
    assert "coffee" in by_topic and "travel" in by_topic


def test_engagement_is_drawn_as_counted_and_as_drawn_toward_its_kind(town):
    found = measure_engagement(town[1], town[0], **LIKES)
    ax = plot(found, blank_page(), most=4)
    dots = [float(line.get_xdata()[0]) for line in ax.lines if line.get_marker() == "o"]
    assert dots == pytest.approx(found.table[["rate", "shrunk"]].head(4).to_numpy().ravel().tolist())
    assert "Not drawn: 13 with lower rates." in said(ax)


def test_nobody_with_a_rate_is_said():
    found = measure_engagement(posts("ann", [5]), actors(ann=100), **LIKES)
    assert "nothing to draw: nobody has followers and posts enough" in said(plot(found, blank_page()))


def test_voice_has_a_line_a_brand_and_a_gap_where_nobody_speaks():
    made = pd.DataFrame(
        {
            "actor": "a",
            "time": pd.to_datetime(["2025-01-05", "2025-01-06", "2025-03-01", "2025-03-02", "2025-03-03"]),
            "text": ["us", STRANGE, "us", "us", "them"],
        }
    )
    found = measure_share_of_voice(made, {"us": ["us"], "them": ["them", "next"]}, market_shares={"us": 0.4})
    ax = plot(found, blank_page())
    line = next(each for each in ax.lines if len(each.get_xdata()) == 3)
    assert np.isnan(line.get_ydata()[1])
    assert "us has the loudest voice: 60%" in said(ax) and "20 points above its market" in said(ax)


def test_the_overlap_says_whom_each_adds():
    ax = plot(measure_audience_overlap({"a": "1234", "b": "3456", "c": "12"}), blank_page())
    assert {"+4", "+2", "+0", "33", "50"} <= set(texts(ax))
    assert "The first 3 of 3 audiences reach 100% of everybody;" in said(ax)


def test_the_campaign_is_drawn_against_the_whole(town):
    found = measure_campaign(
        *town, conversions=pd.DataFrame({"actor": ["i01"] * 40 + ["i02"] * 4}), currency="EUR", **LIKES
    )
    ax = plot(found, blank_page())
    dots = [float(line.get_xdata()[0]) for line in ax.lines if line.get_marker() == "o"]
    whole = found.total["cost_per_conversion"].iloc[0]
    assert dots == pytest.approx(np.log([600 / 40 / whole, 600 / 4 / whole]))
    assert "Without a conversion: 16." in said(ax)
    with pytest.raises(OptionError, match="Did you mean 'cost_per_engagement'"):
        plot(found, blank_page(), quantity="cost_per_engagment")


def test_a_card_is_drawn_and_described(ranking):
    card = profile_influencer(ranking, str(ranking.table["actor"].iloc[0]))
    assert "rank 1 of 17" in said(plot(card, blank_page()))
    assert describe(card).endswith("%.")


def test_every_picture_says_itself_in_one_sentence(ranking):
    assert describe(ranking).startswith("Influencers for coffee, 17 with a score: ")
    assert "\n" not in describe(ranking)
