"""Position equals what networkx and igraph find, wherever they define the same thing."""

from __future__ import annotations

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mapkit as mk
from mapkit.ecosystems import Ecosystem

Ties = list[tuple[int, int, float]]
TIES = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.sampled_from([0.25, 0.5, 1.0, 3.0])), max_size=30)
ACTORS = mk.read_actors(pd.DataFrame({"actor": [f"a{k}" for k in range(11)], "name": ["Twin", "Twin", *["x"] * 9]}))
IDS = [f"a{k}" for k in range(11)]


def ecosystem_of(ties: Ties, *, directed: bool) -> Ecosystem:
    """Eleven actors, of whom two at least have no ties, and two share a label."""
    frame = pd.DataFrame(ties, columns=["source", "target", "weight"])
    frame[["source", "target"]] = frame[["source", "target"]].map(lambda code: f"a{code}")
    return Ecosystem(ACTORS, frame, directed=directed)


def graph_of(ties: Ties, *, directed: bool, own: bool = False) -> nx.Graph:
    """The same with parallel ties added up, and ties to oneself only where asked for."""
    graph = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from(IDS)
    for source, target, weight in ties:
        if source != target or own:
            pair = (f"a{source}", f"a{target}")
            graph.add_edge(*pair, weight=graph.get_edge_data(*pair, {"weight": 0})["weight"] + weight)
    return graph


def column(ecosystem: object, measure: str, **options: object) -> dict[str, float]:
    table = mk.measure_position(ecosystem, [measure], **options).table
    return dict(zip(table["actor"], table[measure].astype(float), strict=True))


def equal(found: dict[str, float], expected: dict[str, float]) -> None:
    for actor, value in expected.items():
        assert found[actor] == pytest.approx(value, abs=1e-9, nan_ok=True), actor


@settings(max_examples=15, deadline=None)
@given(TIES, st.booleans())
def test_degree_and_strength_are_those_of_networkx(ties: Ties, directed: bool) -> None:
    ecosystem = ecosystem_of(ties, directed=directed)
    graph = nx.MultiDiGraph() if directed else nx.MultiGraph()
    graph.add_nodes_from(IDS)
    graph.add_weighted_edges_from((f"a{a}", f"a{b}", weight) for a, b, weight in ties)
    equal(column(ecosystem, "degree"), dict(graph.degree()))
    equal(column(ecosystem, "strength"), dict(graph.degree(weight="weight")))
    if directed and ties:
        table = mk.measure_position(ecosystem, ["strength", "degree"]).table
        assert table["in_strength"].tolist() == pytest.approx([w for _, w in graph.in_degree(weight="weight")])
        assert table["out_degree"].tolist() == [degree for _, degree in graph.out_degree()]


@settings(max_examples=15, deadline=None)
@given(TIES, st.booleans())
def test_prestige_and_influence_are_pagerank_along_and_against_the_ties(ties: Ties, directed: bool) -> None:
    ecosystem, graph = ecosystem_of(ties, directed=directed), graph_of(ties, directed=directed, own=True)
    turned = graph.reverse() if directed else graph
    equal(column(ecosystem, "prestige"), nx.pagerank(graph, tol=1e-14, max_iter=5_000))
    equal(column(ecosystem, "influence"), nx.pagerank(turned, tol=1e-14, max_iter=5_000))


@settings(max_examples=15, deadline=None)
@given(TIES, st.booleans())
def test_betweenness_and_closeness_are_those_of_networkx(ties: Ties, directed: bool) -> None:
    ecosystem, graph = ecosystem_of(ties, directed=directed), graph_of(ties, directed=directed)
    equal(column(ecosystem, "betweenness"), nx.betweenness_centrality(graph))
    equal(column(ecosystem, "closeness"), nx.closeness_centrality(graph))
    for _, _, facts in graph.edges(data=True):
        facts["length"] = 1 / facts["weight"]
    equal(column(ecosystem, "betweenness", distance="inverse"), nx.betweenness_centrality(graph, weight="length"))
    equal(column(ecosystem, "closeness", distance="inverse"), nx.closeness_centrality(graph, distance="length"))


@settings(max_examples=15, deadline=None)
@given(TIES, st.booleans())
def test_neighbourhoods_are_those_of_networkx(ties: Ties, directed: bool) -> None:
    ecosystem, graph = ecosystem_of(ties, directed=directed), graph_of(ties, directed=directed)
    plain = graph.to_undirected()
    equal(column(ecosystem, "core"), nx.core_number(plain))
    equal(column(ecosystem, "clustering"), nx.clustering(plain))
    some = [actor for actor in graph if graph.degree(actor)]
    constraint, size = column(ecosystem, "constraint"), column(ecosystem, "effective_size")
    equal(constraint, nx.constraint(graph, weight="weight"))
    # Asked for named nodes, networkx 3.6 takes its slow way, which divides by the right maxima; that way knows
    # nothing of actors whom ties only lead to.
    known = [actor for actor in some if len(graph[actor])]
    equal(size, nx.effective_size(graph, nodes=known, weight="weight"))
    assert all(np.isnan(constraint[actor]) and np.isnan(size[actor]) for actor in graph if actor not in some)


@settings(max_examples=15, deadline=None)
@given(TIES)
def test_the_same_from_igraph(ties: Ties) -> None:
    ecosystem, graph = ecosystem_of(ties, directed=True), graph_of(ties, directed=True)
    names = list(graph)
    other = igraph.Graph.from_networkx(graph)
    other.es["weight"] = other.es["weight"] if ties and other.ecount() else []
    n = len(names)
    scale = (n - 1) * (n - 2)
    equal(column(ecosystem, "betweenness"), dict(zip(names, np.divide(other.betweenness(), scale), strict=True)))
    equal(column(ecosystem, "constraint"), dict(zip(names, other.constraint(weights="weight"), strict=True)))
    plain = other.as_undirected()
    equal(column(ecosystem, "core"), dict(zip(names, plain.coreness(), strict=True)))
    clustering = plain.transitivity_local_undirected(mode="zero")
    equal(column(ecosystem, "clustering"), dict(zip(names, clustering, strict=True)))


@settings(max_examples=15, deadline=None)
@given(TIES, st.booleans())
def test_an_eigenvector_turns_into_a_multiple_of_itself_and_is_the_leading_one(ties: Ties, directed: bool) -> None:
    table = mk.measure_position(ecosystem_of(ties, directed=directed), ["eigenvector"]).table.set_index("actor")
    graph = graph_of(ties, directed=directed, own=True)
    matrix = nx.to_numpy_array(graph)
    both = pd.DataFrame(matrix + matrix.T, index=list(graph), columns=list(graph))
    for part in nx.connected_components(graph.to_undirected()):
        members = sorted(part)
        rows = both.loc[members, members].to_numpy()
        value = table.loc[members, "eigenvector"].to_numpy()
        assert table.loc[members, "part"].nunique() == 1
        if rows.any():
            assert np.linalg.norm(value) == pytest.approx(1)
            assert rows @ value == pytest.approx(np.linalg.eigvalsh(rows)[-1] * value, abs=1e-9)
        else:
            assert not value.any()


def test_a_large_part_has_the_eigenvector_that_igraph_finds() -> None:
    graph = nx.barabasi_albert_graph(600, 3, seed=4)
    expected = igraph.Graph.from_networkx(graph).eigenvector_centrality()
    found = mk.measure_position(graph, ["eigenvector"]).table["eigenvector"]
    assert found.to_numpy() == pytest.approx(np.array(expected) / np.linalg.norm(expected), abs=1e-7)


@pytest.mark.parametrize("directed", [True, False])
def test_compiled_loops_answer_as_networkx_does_on_a_graph_of_some_size(directed: bool) -> None:
    rng = np.random.default_rng(3)
    ends = rng.integers(0, 250, (2_600, 2))
    frame = pd.DataFrame(ends.astype(str), columns=["source", "target"]).assign(weight=rng.integers(1, 5, len(ends)))
    ecosystem = Ecosystem(None, frame, directed=directed)
    graph = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from(ecosystem.ids)
    for source, target, weight in frame.itertuples(index=False):
        if source != target:
            known = graph.get_edge_data(source, target, {"weight": 0})["weight"]
            graph.add_edge(source, target, weight=known + weight)
    found = mk.measure_position(ecosystem, ["betweenness", "closeness", "core", "constraint", "clustering"]).table
    found = found.set_index("actor")
    equal(found["betweenness"].to_dict(), nx.betweenness_centrality(graph))
    equal(found["closeness"].to_dict(), nx.closeness_centrality(graph))
    equal(found["core"].to_dict(), nx.core_number(graph.to_undirected()))
    equal(found["constraint"].to_dict(), nx.constraint(graph, weight="weight"))
    equal(found["clustering"].to_dict(), nx.clustering(graph.to_undirected()))
