"""Position: published numbers, ties of every kind, samples with their error, and harbour's broker."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import mapkit as mk
from mapkit.ecosystems import Ecosystem
from mapkit.errors import OptionError

ACTORS = pd.DataFrame({"actor": [f"a{k}" for k in range(11)], "name": ["Twin", "Twin", *["x"] * 9]})


def column(ecosystem: object, measure: str) -> dict[str, float]:
    table = mk.measure_position(ecosystem, [measure]).table
    return dict(zip(table["actor"], table[measure].astype(float), strict=True))


def test_the_medici_stand_between_florences_families() -> None:
    found = column(Ecosystem.of(nx.florentine_families_graph()), "betweenness")
    published = {"Medici": 0.522, "Guadagni": 0.255, "Albizzi": 0.212, "Salviati": 0.143, "Ridolfi": 0.114}
    assert {family: round(found[family], 3) for family in published} == published


def test_the_kites_tail_hangs_on_heather() -> None:
    kite = {actor: value * 36 for actor, value in column(nx.krackhardt_kite_graph(), "betweenness").items()}
    assert kite["7"] == pytest.approx(14)
    assert kite["5"] == kite["6"] == pytest.approx(25 / 3)


def test_a_tie_without_direction_among_directed_ones_counts_once_and_leads_both_ways() -> None:
    ties = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "weight": [2.0, 5.0], "directed": [False, True]})
    row = mk.measure_position(Ecosystem(None, ties), ["degree", "strength"]).of("b")
    assert (row["degree"], row["in_degree"], row["out_degree"]) == (2, 1, 2)
    assert (row["strength"], row["in_strength"], row["out_strength"]) == (7, 2, 7)


def test_a_sample_of_pivots_comes_near_and_tells_by_how_much_it_may_be_off() -> None:
    graph = nx.barabasi_albert_graph(400, 3, seed=1)
    exact = mk.measure_position(graph, ["betweenness", "closeness"]).table
    leading = exact["betweenness"].rank(ascending=False) <= 40
    inside: dict[str, list[float]] = {"betweenness": [], "closeness": []}
    totals = []
    for seed in range(20):
        near = mk.measure_position(graph, ["betweenness", "closeness"], exact_below=100, pivots=80, seed=seed).table
        for measure, shares in inside.items():
            off = (near[measure] - exact[measure]).abs()
            shares.append((off <= 1.96 * near[f"{measure}_se"] + 1e-12)[leading].mean())
        totals.append(near["betweenness"].sum() / exact["betweenness"].sum())
    assert np.mean(totals) == pytest.approx(1, abs=0.02)
    assert np.mean(inside["closeness"]) > 0.92
    # Few pivots tell most about an actor's betweenness, so normal intervals of it are somewhat too narrow.
    assert np.mean(inside["betweenness"]) > 0.75


def test_a_pivot_for_every_actor_is_exact_and_has_no_error() -> None:
    club = nx.karate_club_graph()
    exact = mk.measure_position(club, ["betweenness"], exact_below=1, pivots=34).table
    assert exact["betweenness"].to_numpy() == pytest.approx(list(nx.betweenness_centrality(club).values()))
    assert "betweenness_se" not in exact


def test_the_same_seed_gives_the_same_pivots() -> None:
    graph = nx.barabasi_albert_graph(200, 2, seed=1)
    first, again, other = (
        mk.measure_position(graph, ["betweenness"], exact_below=10, pivots=20, seed=seed).table for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)


def test_the_top_has_ranks_and_constraint_counts_from_below() -> None:
    position = mk.measure_position(nx.star_graph(3), ["degree", "constraint"])
    assert position.top("degree", 2)["rank"].tolist() == [1, 2]
    assert position.top("constraint", 1)["actor"].tolist() == ["0"]
    assert position.rank("0", "constraint").value == 1


def test_by_eigenvector_a_small_part_does_not_come_before_the_large_one() -> None:
    pair_and_ring = nx.disjoint_union(nx.path_graph(2), nx.cycle_graph(9))
    assert mk.measure_position(pair_and_ring, ["eigenvector"]).top("eigenvector", 9)["actor"].tolist() == [
        str(node) for node in range(2, 11)
    ]


def test_without_ties_everybody_is_nowhere() -> None:
    ecosystem = Ecosystem(ACTORS, pd.DataFrame({"source": [], "target": []}))
    table = mk.measure_position(ecosystem).table
    assert table["betweenness"].tolist() == table["core"].tolist() == [0] * 11
    assert table["constraint"].isna().all()
    assert table["prestige"].tolist() == pytest.approx([1 / 11] * 11)


def test_without_actors_the_table_is_empty() -> None:
    table = mk.measure_position(Ecosystem(None, pd.DataFrame({"source": [], "target": []}))).table
    assert table.empty
    assert {"actor", "betweenness", "constraint"} <= set(table)


def test_unknown_weights_are_refused_only_by_what_weighs() -> None:
    ecosystem = Ecosystem(None, pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "weight": [None, -1.0]}))
    assert mk.measure_position(ecosystem, ["degree", "betweenness", "core"]).table["degree"].tolist() == [1, 2, 1]
    assert mk.measure_position(ecosystem, ["prestige"], weights=False).table["prestige"].sum() == pytest.approx(1)
    with pytest.raises(OptionError, match="1 links lack theirs and 1 are negative"):
        mk.measure_position(ecosystem, ["prestige"])


def test_a_measure_that_is_not_there_is_answered_with_the_nearest() -> None:
    with pytest.raises(OptionError, match=r"'betweeness'.*Did you mean 'betweenness'"):
        mk.measure_position(nx.path_graph(3), ["betweeness"])


def test_a_name_for_an_id_is_answered_with_what_an_id_is() -> None:
    with pytest.raises(OptionError, match="by their id"):
        mk.measure_position((ACTORS, pd.DataFrame({"source": ["a0"], "target": ["a1"]})), ["degree"]).of("Twin")


def test_what_is_given_stays_as_it_was() -> None:
    ties = pd.DataFrame({"source": ["b", "a"], "target": ["a", "b"], "weight": [1.0, 2.0]})
    before = ties.copy()
    mk.measure_position(Ecosystem(None, ties))
    pd.testing.assert_frame_equal(ties, before)


def test_a_hub_with_everybody_does_not_take_the_square_of_its_neighbours() -> None:
    spokes = pd.DataFrame({"source": "hub", "target": [f"s{k}" for k in range(60_000)]})
    table = mk.measure_position(Ecosystem(None, spokes), ["constraint", "clustering", "core"]).table
    assert table["constraint"].iloc[0] == pytest.approx(1 / 60_000)
    assert table["constraint"].iloc[1:].tolist() == [1.0] * 60_000


def test_a_million_ties_between_the_same_two_are_one_neighbour() -> None:
    ties = pd.DataFrame({"source": ["a"] * 1_000_000, "target": "b"})
    measures = ["degree", "strength", "core", "constraint", "betweenness"]
    table = mk.measure_position(Ecosystem(None, ties), measures).table
    assert table[["degree", "strength"]].to_numpy().tolist() == [[1_000_000, 1_000_000]] * 2
    assert table[["core", "constraint"]].to_numpy().tolist() == [[1, 1]] * 2


def test_harbours_broker_is_between_most_and_constrained_least() -> None:
    harbour = mk.load_dataset("harbour")
    position = mk.measure_position(mk.Ecosystem(harbour.actors, harbour.ties))
    assert position.top("betweenness", 1)["actor"].tolist() == ["p_tide_table"]
    assert position.top("constraint", 1)["actor"].tolist() == ["p_tide_table"]
    assert (position.rank("p_tide_table", "betweenness") <= 1).is_met
    assert (position.value("p_tide_table", "betweenness") > 0.5).is_met
    bakeries = position.table[position.table["name"] == "North Pier Bakery"]
    assert sorted(bakeries["actor"]) == ["p_bakery_north", "p_bakery_pier"]
