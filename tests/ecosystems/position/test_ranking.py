"""Ranks move when other ties had been found: those who stand far apart hardly, the others visibly."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import mapkit as mk
from mapkit.ecosystems.position.ranks import ranked
from mapkit.errors import OptionError


def test_the_order_is_that_of_the_measure() -> None:
    found = mk.rank_actors(nx.florentine_families_graph(), resamples=0).table
    assert found["actor"].tolist()[:3] == ["Medici", "Guadagni", "Albizzi"]
    assert found["rank"].tolist()[:3] == [1, 2, 3]
    assert found["in_top"].isna().all()


def test_the_centre_of_a_star_is_first_whatever_ties_are_found_and_the_others_are_anywhere() -> None:
    ranking = mk.rank_actors(nx.star_graph(12), "degree", first=1)
    table = ranking.table.set_index("actor")
    assert table.loc["0", ["rank", "rank_low", "rank_high", "times_in_top"]].tolist() == [1, 1, 1, 200]
    assert (table.drop(index="0")["rank"] == 2).all()
    assert (table.drop(index="0")["rank_high"] >= 9).all()
    assert (ranking.in_top("0") > 0.9).is_met
    assert (ranking.rank("0") <= 1).is_met


def test_strength_moves_by_what_a_sum_of_drawn_ties_moves_by() -> None:
    ties = pd.DataFrame({"source": [f"s{k % 20}" for k in range(400)], "target": [f"t{k % 7}" for k in range(400)]})
    row = mk.rank_actors((None, ties), "strength", resamples=800).table.set_index("actor").loc["t0"]
    sd = np.sqrt(400 * (58 / 400) * (1 - 58 / 400))
    assert row["value"] == 58
    assert (row["high"] - row["low"]) == pytest.approx(2 * 1.96 * sd, rel=0.12)


def test_the_same_seed_gives_the_same_intervals() -> None:
    club = nx.karate_club_graph()
    first, again = (mk.rank_actors(club, "prestige", resamples=30, seed=4).table for _ in range(2))
    pd.testing.assert_frame_equal(first, again)


def test_the_least_constrained_come_first_and_those_without_ties_last() -> None:
    graph = nx.star_graph(4)
    graph.add_node("alone")
    table = mk.rank_actors(graph, "constraint", resamples=20).table
    assert table["actor"].iloc[[0, -1]].tolist() == ["0", "alone"]


def test_a_score_of_several_is_the_mean_of_the_shares_who_stand_no_better() -> None:
    path = nx.path_graph(3)
    table = mk.rank_actors(path, {"degree": 1, "closeness": 3}, resamples=5).table.set_index("actor")
    assert table["value"].to_dict() == pytest.approx({"1": 1.0, "0": 2 / 3, "2": 2 / 3})
    assert table["high"].max() <= 1


def test_sums_of_floats_that_differ_by_their_last_bit_share_a_rank() -> None:
    assert ranked(np.array([0.1 + 0.2, 0.3, 0.1, np.nan]), least=False).tolist() == [1, 1, 3, 4]


def test_a_network_without_ties_has_everybody_first() -> None:
    actors = pd.DataFrame({"actor": ["a", "b"]})
    table = mk.rank_actors((actors, pd.DataFrame({"source": [], "target": []})), "betweenness", resamples=5).table
    assert table["rank"].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"by": "betwenness"}, "Did you mean 'betweenness'"),
        ({"by": {"degree": -1.0}}, "above 0"),
        ({"by": {}}, "by is empty"),
        ({"first": 0}, "first is 1 or more"),
    ],
)
def test_what_cannot_be_ranked_by_is_refused(options: dict[str, object], said: str) -> None:
    with pytest.raises(OptionError, match=said):
        mk.rank_actors(nx.path_graph(3), **options)


def test_harbours_broker_is_first_in_every_resample() -> None:
    harbour = mk.load_dataset("harbour")
    ranking = mk.rank_actors((harbour.actors, harbour.ties), resamples=60)
    first = ranking.table.iloc[0]
    assert (first["actor"], first["rank_high"], first["times_in_top"]) == ("p_tide_table", 1, 60)
    assert (ranking.value("p_tide_table") > 0.5).is_met
    assert ranking.table["rank_high"].iloc[1] > 20, "the second is one of many"
