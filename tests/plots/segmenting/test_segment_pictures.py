"""Pictures of segments: shares with intervals, the grid of scores, and what sets clusters apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mapkit.errors import OptionError
from mapkit.journeys.segmenting import RFM, Clusters, SegmentRules, find_clusters, measure_rfm
from mapkit.plots import blank_page, describe, plot, render_picture
from tests.literal import events
from tests.plots.made import NASTY, said, texts

LOG = [f"c{k}: " + " ".join(f"purchase@{d * 3 + k % 7}d{{value={k + 1}}}" for d in range(1 + k % 6)) for k in range(90)]


def rfm(**options: object) -> RFM:
    return measure_rfm(events(*LOG), **options)


def clusters(kinds: int = 2) -> Clusters:
    draw = np.random.default_rng(0)
    middle = np.repeat(np.arange(kinds) * 3.0, 40)
    frame = pd.DataFrame(
        {"visits": np.expm1(middle + draw.normal(2, 0.2, len(middle))), "share of buy": draw.random(len(middle))}
    )
    return find_clusters(frame.assign(customer=range(len(frame))), k=kinds, resamples=3)


def test_bars_are_shares_of_customers_and_diamonds_shares_of_revenue() -> None:
    result = rfm()
    ax = plot(result, blank_page())
    assert [bar.get_width() for bar in ax.patches] == pytest.approx(result.segments["of_customers"].tolist())
    diamonds = [line.get_xdata()[0] for line in ax.lines if line.get_marker() == "D"]
    assert diamonds == pytest.approx(result.segments["of_revenue"].tolist())
    assert "a convention, no finding" in said(ax) and "n = 90" in said(ax)


def test_the_grid_counts_every_customer() -> None:
    result = rfm()
    ax = plot(result, blank_page(), view="grid")
    assert len(ax.patches) == len(result.grid)
    assert {"5 (latest)", "5 (most)", "frequency", "recency"} <= set(texts(ax))
    with pytest.raises(OptionError, match="view='map'"):
        plot(result, blank_page(), view="map")


def test_clusters_say_how_stable_they_are() -> None:
    ax = plot(clusters(), blank_page())
    assert {"cluster 1", "cluster 2", "visits", "share of buy"} <= set(texts(ax))
    assert texts(ax).count("stable") == 2
    assert "are no evidence" in said(ax)


def test_a_cluster_that_does_not_come_back_is_in_the_title() -> None:
    found = clusters()
    shaky = Clusters("c", found.table.assign(verdict=["stable", "unstable"]), (), found.customers, found.profile, k=2)
    assert "1 of 2 clusters do not come back" in said(plot(shaky, blank_page()))


def test_the_sentences_give_shares_with_intervals() -> None:
    assert "of customers" in describe(rfm()) and "[" in describe(rfm())
    assert describe(clusters()).startswith("2 clusters of 80 customers: cluster 1 50%")


def test_nothing_gives_a_page_that_says_so() -> None:
    assert "nothing to draw" in said(plot(RFM("r", pd.DataFrame()), blank_page()))
    assert "nothing to draw" in said(plot(Clusters("c", pd.DataFrame()), blank_page()))


@pytest.mark.parametrize(
    "name", [name for name in NASTY.values() if name], ids=[key for key, name in NASTY.items() if name]
)
def test_any_name_can_be_drawn(name: str) -> None:
    assert render_picture(rfm(rules=SegmentRules(name, {name: {}})), dpi=30)
    found = clusters()
    odd = Clusters("c", found.table, (), found.customers, found.profile.replace("visits", name), k=2)
    assert render_picture(odd, dpi=30) and describe(odd)
