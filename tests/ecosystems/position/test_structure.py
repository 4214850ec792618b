"""How a network is built equals what networkx and igraph find, and where it comes apart is named."""

from __future__ import annotations

import igraph
import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mapkit as mk
from mapkit.ecosystems import Ecosystem
from mapkit.errors import OptionError

PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=24)
ACTORS = mk.read_actors(pd.DataFrame({"actor": [str(k) for k in range(10)], "type": list("abcabcabca")}))


def numbers(given: object) -> dict[str, float]:
    table = mk.measure_structure(given).table
    return dict(zip(table["quantity"], table["value"], strict=True))


@settings(max_examples=25, deadline=None)
@given(PAIRS, st.booleans())
def test_the_numbers_are_those_of_networkx_and_igraph(pairs: list[tuple[int, int]], directed: bool) -> None:
    ties = pd.DataFrame(pairs, columns=["source", "target"]).astype(str)
    structure = mk.measure_structure(Ecosystem(ACTORS, ties, directed=directed))
    found = dict(zip(structure.table["quantity"], structure.table["value"], strict=True))
    graph = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from(range(10))
    graph.add_edges_from((a, b) for a, b in pairs if a != b)
    plain = graph.to_undirected()
    assert found["density"] == pytest.approx(nx.density(graph))
    corners = any(degree > 1 for _, degree in plain.degree())
    assert found["transitivity"] == pytest.approx(nx.transitivity(plain) if corners else float("nan"), nan_ok=True)
    assert found["parts"] == nx.number_connected_components(plain)
    assert found["isolates"] == nx.number_of_isolates(plain)
    largest = max(nx.connected_components(plain), key=len)
    if list(map(len, nx.connected_components(plain))).count(len(largest)) == 1:
        assert found["diameter"] == nx.diameter(plain.subgraph(largest))
    if directed:
        assert found["strong_parts"] == nx.number_strongly_connected_components(graph)
        if graph.number_of_edges():
            assert found["reciprocity"] == pytest.approx(igraph.Graph.from_networkx(graph).reciprocity())
    assert set(structure.cut_points["actor"]) == {str(node) for node in nx.articulation_points(plain)}
    bridges = structure.bridges
    assert {frozenset(pair) for pair in zip(bridges["source"], bridges["target"], strict=True)} == {
        frozenset(map(str, pair)) for pair in nx.bridges(plain)
    }
    for actor, cut_off, lost in structure.cut_points[["actor", "cut_off", "examples"]].itertuples(index=False):
        part = nx.node_connected_component(plain, int(actor)) - {int(actor)}
        assert cut_off == len(part) - max(map(len, nx.connected_components(plain.subgraph(part))))
        assert len(lost.split(", ")) == min(cut_off, 5) or "more" in lost


@settings(max_examples=15, deadline=None)
@given(PAIRS, st.booleans())
def test_assortativity_is_that_of_networkx(pairs: list[tuple[int, int]], directed: bool) -> None:
    pairs = [(a, b) for a, b in pairs if a != b]
    graph = nx.MultiDiGraph(pairs) if directed else nx.MultiGraph(pairs)
    nx.set_node_attributes(graph, dict(enumerate("abcabcabca")), "type")
    ties = pd.DataFrame(pairs, columns=["source", "target"]).astype(str)
    found = numbers(Ecosystem(ACTORS, ties, directed=directed))["assortativity"]
    one_type = len({graph.nodes[node]["type"] for node in graph}) < 2
    expected = float("nan") if one_type else nx.attribute_assortativity_coefficient(graph, "type")
    assert found == pytest.approx(expected, nan_ok=True)


def test_what_a_cut_point_and_a_bridge_cut_off_is_named() -> None:
    ties = pd.DataFrame({"source": ["a", "b", "c", "c", "d"], "target": ["b", "c", "a", "d", "e"]})
    structure = mk.measure_structure((None, ties))
    cut = structure.cut_points.set_index("actor")
    assert cut.loc["c", ["pieces", "cut_off", "examples"]].tolist() == [2, 2, "d, e"]
    assert cut.loc["d", ["cut_off", "examples"]].tolist() == [1, "e"]
    bridge = structure.bridges.iloc[0]
    assert (bridge["source"], bridge["target"], bridge["cut_off"], bridge["examples"]) == ("c", "d", 2, "d, e")


def test_two_ties_between_the_same_two_are_one_bridge_of_two() -> None:
    ties = pd.DataFrame({"source": ["a", "b", "b"], "target": ["b", "a", "c"]})
    bridges = mk.measure_structure((None, ties)).bridges.set_index("source")
    assert bridges.loc["a", ["target", "ties"]].tolist() == ["b", 2]


def test_ties_between_types_are_set_beside_what_chance_would_give() -> None:
    actors = pd.DataFrame({"actor": list("abcd"), "type": ["shop", "shop", "bar", "bar"]})
    ties = pd.DataFrame({"source": list("aabc"), "target": list("bbad"), "type": ["sells", "sells", "pays", "sells"]})
    structure = mk.measure_structure((actors, ties))
    row = structure.mixing.set_index(["tie_type", "source_type", "target_type"]).loc[("(all)", "shop", "shop")]
    assert (row["ties"], row["expected"]) == (3, 9 / 4)
    # Garwood's interval for a count of 3 is .619 to 8.767.
    assert (row["low"], row["high"]) == pytest.approx((0.6187 / 2.25, 8.7673 / 2.25), rel=1e-3)
    assert (structure.between("bar", "shop") <= 0).is_met
    assert structure.between("shop", "shop", "pays").value == 1
    with pytest.raises(OptionError, match="Did you mean 'shop'"):
        structure.between("shp", "bar")


def test_a_chain_of_fifty_thousand_is_walked_without_recursion() -> None:
    chain = pd.DataFrame({"source": range(50_000), "target": range(1, 50_001)}).astype(str)
    structure = mk.measure_structure((None, chain))
    assert (len(structure.bridges), len(structure.cut_points)) == (50_000, 49_999)
    assert structure.cut_points["cut_off"].iloc[0] == 25_000


def test_nobody_and_nothing_have_a_structure_too() -> None:
    nothing = numbers(Ecosystem(None, pd.DataFrame({"source": [], "target": []})))
    assert (nothing["actors"], nothing["parts"], nothing["cut_points"]) == (0, 0, 0)
    alone = numbers(Ecosystem(pd.DataFrame({"actor": ["a"]}), pd.DataFrame({"source": ["a"], "target": ["a"]})))
    assert (alone["self_ties"], alone["isolates"], alone["diameter"]) == (1, 1, 0)


def test_harbours_types_keep_to_themselves_and_one_customer_has_no_ties() -> None:
    harbour = mk.load_dataset("harbour")
    structure = mk.measure_structure((harbour.actors, harbour.ties))
    assert (structure.value("assortativity") > 0.3).is_met
    assert structure.isolates["actor"].tolist() == ["o036"]
    assert "p_tide_table" in set(structure.cut_points["actor"])
    assert structure.between("supplier", "own").low > 1
