from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mapkit.ecosystems import Ecosystem
from mapkit.plots.ecosystem.disks import place_disks
from mapkit.plots.ecosystem.grouping import groups_of, joining
from mapkit.plots.ecosystem.layout import ASIDE, lay_out, without_ties
from tests.plots.ecosystem.made import of_cliques, two_cliques

WIDE, HIGH = 500.0, 400.0


def laid(ecosystem: Ecosystem, radius: float = 4.0, seed: int = 0):
    codes = groups_of(ecosystem, None).codes
    return lay_out(ecosystem, codes, np.full(ecosystem.n, radius), wide=WIDE, high=HIGH, seed=seed)


def gaps(layout) -> np.ndarray:
    """How much air is between every two actors."""
    away = layout.at[:, None] - layout.at[None, :]
    gone = np.hypot(away[..., 0], away[..., 1]) - layout.radii[:, None] - layout.radii[None, :]
    return gone[np.triu_indices(len(layout.at), 1)]


@pytest.mark.parametrize("sizes", [[4, 4], [1, 2, 3], [30, 12, 5, 2], [60]], ids=str)
def test_nobody_stands_on_anybody_and_all_are_on_the_page(sizes):
    layout = laid(of_cliques(sizes))
    assert gaps(layout).min() > 0
    assert (layout.at - layout.radii[:, None]).min() >= 0
    assert (layout.at + layout.radii[:, None] <= [WIDE, HIGH]).all()


def test_members_stay_in_their_communitys_disk_and_disks_do_not_overlap():
    layout = laid(of_cliques([30, 12, 5, 3]))
    inside = layout.groups != ASIDE
    own = layout.disks[layout.groups[inside]]
    out = np.hypot(*(layout.at[inside] - own[:, :2]).T) + layout.radii[inside]
    assert (out <= own[:, 2] + 1e-6).all()
    away = np.hypot(*(layout.disks[:, None, :2] - layout.disks[None, :, :2]).transpose(2, 0, 1))
    np.fill_diagonal(away, np.inf)
    assert (away > layout.disks[:, None, 2] + layout.disks[None, :, 2]).all()


def test_who_has_no_tie_to_another_stands_in_the_strip_below():
    ties = pd.DataFrame({"source": ["ann", "zed"], "target": ["ben", "zed"]})
    ecosystem = Ecosystem(pd.DataFrame({"actor": ["ann", "ben", "zed", "yan"]}), ties)
    assert without_ties(ecosystem).tolist() == [False, False, True, True]
    layout = laid(ecosystem)
    assert layout.groups.tolist() == [0, 0, ASIDE, ASIDE]
    assert layout.at[2:, 1].min() > layout.strip > layout.at[:2, 1].max()


def test_the_same_seed_gives_the_same_places_and_changes_nothing_given():
    ecosystem = of_cliques([12, 8])
    before = ecosystem.ties_frame()
    assert np.array_equal(laid(ecosystem).at, laid(ecosystem).at)
    assert not np.array_equal(laid(ecosystem).at, laid(ecosystem, seed=1).at)
    pd.testing.assert_frame_equal(ecosystem.ties_frame(), before)


def test_marks_shrink_together_where_the_page_has_no_room():
    ecosystem = of_cliques([25, 25])
    layout = lay_out(ecosystem, groups_of(ecosystem, None).codes, np.full(53, 40.0), wide=200, high=150)
    assert layout.radii.max() < 12
    assert np.pi * (layout.radii**2).sum() < 200 * 150 / 3


def test_an_outline_holds_its_communitys_actors():
    from matplotlib.path import Path

    layout = laid(of_cliques([20, 10]))
    for group in (0, 1):
        assert Path(layout.hull(group)).contains_points(layout.at[layout.groups == group]).all()
        assert not Path(layout.hull(group)).contains_points(layout.at[layout.groups == 1 - group]).any()


def test_actors_without_any_ties_share_the_whole_page():
    ecosystem = Ecosystem(
        pd.DataFrame({"actor": [f"a{k}" for k in range(50)]}), pd.DataFrame(columns=["source", "target"])
    )
    layout = laid(ecosystem)
    assert gaps(layout).min() > 0
    assert np.ptp(layout.at, axis=0).min() > 150


def test_communities_with_many_ties_stand_side_by_side():
    between = np.zeros((4, 4))
    between[0, 1] = between[1, 0] = 100
    between[2, 3] = between[3, 2] = 100
    disks = place_disks(np.ones(4), between, WIDE, HIGH, gap=10)
    away = np.hypot(*(disks[:, None, :2] - disks[None, :, :2]).transpose(2, 0, 1))
    assert max(away[0, 1], away[2, 3]) < away[0, 2] + away[1, 3]
    assert away[0, 1] + away[2, 3] <= min(away[0, 2] + away[1, 3], away[0, 3] + away[1, 2]) + 1e-6


def test_who_joins_the_communities_is_who_has_most_of_the_ties_between_them():
    ecosystem = two_cliques()
    groups = groups_of(ecosystem, None)
    actor, share = joining(ecosystem, groups)
    assert ecosystem.ids[actor] == "dora"
    assert share == pytest.approx(0.9)
    assert groups.count == 2


def test_planted_broker_of_harbour_has_most_of_the_ties_between_communities(harbour_ecosystem):
    actor, share = joining(harbour_ecosystem, groups_of(harbour_ecosystem, None))
    assert harbour_ecosystem.ids[actor] == "p_tide_table"
    assert share > 0.35
