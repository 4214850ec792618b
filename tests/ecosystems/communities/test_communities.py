"""Communities: found again where they are known, as good as the best known, and the same every time."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mapkit as mk
from mapkit.ecosystems import Ecosystem
from mapkit.ecosystems.communities import Communities, find_communities
from mapkit.ecosystems.communities.pairs import pairs_of
from mapkit.errors import OptionError

GRAPHS = Path(__file__).parents[4] / "shared" / "data" / "graphs"
PLANTED = {
    **dict.fromkeys(["own", "supplier", "competitor", "brand"], "trade"),
    **dict.fromkeys(["customer", "decision_maker"], "offices"),
    "partner": "town",
    **dict.fromkeys(["media", "platform", "kol"], "public"),
}


def ring(groups: int = 4, size: int = 5) -> nx.Graph:
    """Groups in which everybody is tied to everybody, in a ring of single ties."""
    return nx.ring_of_cliques(groups, size)


def sets_of(found: Communities) -> set[frozenset[str]]:
    return {frozenset(rows) for _, rows in found.table.groupby("community")["actor"]}


def modularity_by_networkx(ecosystem: Ecosystem, found: Communities) -> float:
    graph = nx.Graph()
    graph.add_nodes_from(ecosystem.ids)
    for source, target, weight in ecosystem.ties_frame()[["source", "target", "weight"]].itertuples(index=False):
        if source != target:
            before = graph.get_edge_data(source, target, {"weight": 0.0})["weight"]
            graph.add_edge(source, target, weight=before + weight)
    return float(nx.community.modularity(graph, sets_of(found), resolution=found.resolution))


@pytest.mark.parametrize("method", ["leiden", "louvain"])
def test_a_ring_of_cliques_falls_into_its_cliques(method) -> None:
    found = find_communities(ring(), method=method)
    assert sets_of(found) == {frozenset(str(k * 5 + j) for j in range(5)) for k in range(4)}
    assert found.table["stability"].eq(1).all()
    assert found.repeatability().value == 1


def test_the_karate_club_reaches_the_best_known_modularity() -> None:
    club = nx.Graph(nx.karate_club_graph().edges())
    assert find_communities(club).modularity == pytest.approx(0.4198, abs=5e-5)


@pytest.mark.parametrize("name", ["florentine_families_graph", "les_miserables_graph", "davis_southern_women_graph"])
def test_it_is_never_worse_than_networkx_louvain(name) -> None:
    graph = getattr(nx, name)()
    best = max(nx.community.modularity(graph, nx.community.louvain_communities(graph, seed=seed)) for seed in range(10))
    assert find_communities(graph).modularity >= best - 1e-9


def test_real_graphs_reach_igraphs_leiden() -> None:
    if not GRAPHS.is_dir():
        pytest.skip("no folder ../shared/data with public graphs beside the checkout")
    igraph = pytest.importorskip("igraph")
    for name in ("got_1", "ht_friends", "physicians", "flo_business"):
        ties = pd.read_csv(GRAPHS / f"{name}_edges.csv").astype({"source": str, "target": str})
        ecosystem = Ecosystem(None, ties[["source", "target"]])
        ends = list(zip(ecosystem.ties.sources.tolist(), ecosystem.ties.targets.tolist(), strict=True))
        graph = igraph.Graph(n=ecosystem.n, edges=ends).simplify(multiple=False)
        weighted = [1.0] * graph.ecount()
        best = graph.community_leiden("modularity", weights=weighted, n_iterations=20)
        assert find_communities(ecosystem).modularity >= graph.modularity(best, weights=weighted) - 0.002, name


actors_and_ties = st.integers(2, 14).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1), st.floats(0.01, 9)), min_size=1, max_size=40),
    )
)


@settings(max_examples=25, deadline=None)
@given(actors_and_ties, st.sampled_from([0.5, 1.0, 2.0]))
def test_modularity_is_that_of_networkx_with_isolates_loops_and_parallel_ties(given_ties, resolution) -> None:
    n, ties = given_ties
    actors = pd.DataFrame({"actor": [f"a{k}" for k in range(n)], "name": "the same label"})
    frame = pd.DataFrame([(f"a{a}", f"a{b}", w) for a, b, w in ties], columns=["source", "target", "weight"])
    ecosystem = Ecosystem(actors, frame)
    found = find_communities(ecosystem, runs=3, resolution=resolution)
    if pairs_of(ecosystem, "").total == 0:
        assert np.isnan(found.modularity)
        return
    assert found.modularity == pytest.approx(modularity_by_networkx(ecosystem, found), abs=1e-9)
    tied = set(frame.loc[frame["source"] != frame["target"], ["source", "target"]].to_numpy().ravel())
    assert found.isolates == n - len(tied)


def test_communities_of_leiden_hang_together() -> None:
    graph = nx.gnp_random_graph(300, 0.012, seed=4)
    found = find_communities(graph, runs=5)
    parts = [nx.is_connected(graph.subgraph([int(each) for each in members])) for members in sets_of(found)]
    assert all(parts)


def test_direction_does_not_count_and_both_directions_add_up() -> None:
    there = [("a", "b", 1.0), ("b", "a", 2.0), ("c", "d", 3.0), ("b", "c", 0.1)]
    directed = Ecosystem(None, pd.DataFrame(there, columns=["source", "target", "weight"]))
    together = [("a", "b", 3.0), ("c", "d", 3.0), ("b", "c", 0.1)]
    undirected = Ecosystem(None, pd.DataFrame(together, columns=["source", "target", "weight"]), directed=False)
    one, other = find_communities(directed), find_communities(undirected)
    assert sets_of(one) == sets_of(other) == {frozenset("ab"), frozenset("cd")}
    assert one.modularity == pytest.approx(other.modularity, abs=1e-12)


def test_communities_are_numbered_by_size_and_isolates_come_last_each_alone() -> None:
    graph = nx.disjoint_union(nx.complete_graph(3), nx.complete_graph(5))
    graph.add_nodes_from([20, 21])
    found = find_communities(graph)
    assert [found.of(str(k)) for k in (3, 0, 20, 21)] == [0, 1, 2, 3]
    assert list(found.sizes["actors"]) == [5, 3, 1, 1]
    assert found.isolates == 2
    assert found.communities == 2
    assert found.table.set_index("actor").loc[["20", "21"], "stability"].isna().all()


def test_sizes_and_blocks_add_up_to_all_ties() -> None:
    found = find_communities(nx.les_miserables_graph())
    weight = sum(w for *_, w in nx.les_miserables_graph().edges.data("weight"))
    assert found.between["weight"].sum() == pytest.approx(weight)
    assert found.between["weight_by_chance"].sum() == pytest.approx(weight)
    inside = found.between.query("community == other").set_index("community")
    assert list(inside["weight"]) == pytest.approx(list(found.sizes["internal_weight"]))
    share = found.sizes["internal_weight"].sum() + found.sizes["outgoing_weight"].sum() / 2
    assert share == pytest.approx(weight)


def test_one_that_hangs_between_two_groups_is_told_by_its_stability() -> None:
    graph = nx.disjoint_union(nx.complete_graph(6), nx.complete_graph(6))
    for end in (0, 1, 6, 7):
        graph.add_edge("between", end)
    found = find_communities(graph, runs=40)
    steady = found.table.set_index("actor")["stability"]
    assert steady["between"] < 0.9
    assert steady.drop("between").eq(1).all()
    row = found.table.set_index("actor").loc["between"]
    assert row["stability_low"] < row["stability"] < row["stability_high"]
    assert row["other_runs"] == 39


def test_harbours_four_planted_communities_are_found() -> None:
    harbour = mk.load_dataset("harbour")
    ecosystem = Ecosystem(harbour.actors, harbour.ties)
    found = find_communities(ecosystem)
    assert found.agreement(PLANTED).value > 0.89
    coarse = find_communities(ecosystem, resolution=0.5)
    assert coarse.communities == 4
    assert coarse.agreement(PLANTED).value > 0.97
    assert any("'sign' does not count" in note for note in found.notes)


def test_another_process_finds_the_same() -> None:
    code = (
        "import mapkit as mk, networkx as nx;"
        "print(list(mk.find_communities(nx.les_miserables_graph(), seed=3, runs=4).table['community']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "1"}
    )
    here = list(find_communities(nx.les_miserables_graph(), seed=3, runs=4).table["community"])
    assert done.stdout.strip() == str(here)


def test_without_networkit_it_is_networkx_and_says_so(monkeypatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if name == "networkit" else find(name))
    monkeypatch.setitem(sys.modules, "networkit", None)
    found = find_communities(ring())
    assert sets_of(found) == {frozenset(str(k * 5 + j) for j in range(5)) for k in range(4)}
    assert any("networkit is not installed" in note for note in found.notes)
    again = find_communities(ring())
    assert list(again.table["community"]) == list(found.table["community"])


def test_an_ecosystem_without_ties_is_everybody_alone() -> None:
    found = find_communities(
        (pd.DataFrame({"actor": ["a", "b"]}), pd.DataFrame({"source": [], "target": []}, dtype=str))
    )
    assert list(found.table["community"]) == [0, 1]
    assert np.isnan(found.modularity)
    assert "No two actors are tied" in found.notes[0]


def test_a_million_ties_between_two_are_one_community() -> None:
    ends = pd.DataFrame({"source": np.repeat("a", 1_000_000), "target": np.repeat("b", 1_000_000)})
    found = find_communities(Ecosystem(None, ends), runs=1)
    assert list(found.table["community"]) == [0, 0]


@pytest.mark.parametrize("weight", [np.nan, -1.0, np.inf])
def test_weights_that_are_none_are_refused(weight) -> None:
    ties = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "weight": [1.0, weight]})
    with pytest.raises(OptionError, match="find_communities needs"):
        find_communities(Ecosystem(None, ties))


@pytest.mark.parametrize(
    "options", [{"runs": 0}, {"runs": True}, {"resolution": 0}, {"resolution": "x"}, {"method": "leden"}]
)
def test_options_that_cannot_be_used_are_refused(options) -> None:
    with pytest.raises(OptionError):
        find_communities(ring(), **options)


def test_an_unknown_actor_or_community_is_told() -> None:
    found = find_communities(ring())
    with pytest.raises(OptionError, match="no actor 'x'"):
        found.of("x")
    with pytest.raises(OptionError, match="no community 9"):
        found.members(9)
    with pytest.raises(OptionError, match="no column 'tpe'"):
        found.agreement("tpe")


def test_nobody_is_in_no_community():
    found = find_communities((pd.DataFrame({"actor": []}), pd.DataFrame({"source": [], "target": []})))
    assert found.table.empty
    assert found.communities == 0
