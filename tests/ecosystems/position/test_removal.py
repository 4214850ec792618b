"""What hangs on an actor: parts, ways and those cut off, before and after it leaves, and against chance."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mapkit as mk
from mapkit.ecosystems import Ecosystem
from mapkit.errors import OptionError

# us - gate - ann, gate - bob - eve; dan and fay apart
ACTORS = pd.DataFrame(
    {
        "actor": ["us", "gate", "ann", "bob", "eve", "dan", "fay"],
        "type": ["own", "partner", "customer", "customer", "customer", "partner", "partner"],
    }
)
TIES = pd.DataFrame(
    {"source": ["us", "gate", "gate", "bob", "dan"], "target": ["gate", "ann", "bob", "eve", "fay"], "directed": False}
)


def numbers(removal: object, column: str) -> dict[str, float]:
    table = removal.table
    return dict(zip(table["quantity"], table[column], strict=True))


def test_who_hangs_on_the_gate_is_cut_off_from_us() -> None:
    removal = mk.simulate_removal((ACTORS, TIES), "gate", baseline=0)
    assert removal.cut_off["actor"].tolist() == ["bob", "eve", "ann"]
    assert removal.cut_off["size"].tolist() == [2, 2, 1]
    assert numbers(removal, "before") == pytest.approx(
        {"parts": 2, "largest_part": 4 / 6, "reachable_pairs": 14 / 30, "mean_hops": 2, "cut_off": 0}
    )
    assert numbers(removal, "after") == pytest.approx(
        {"parts": 4, "largest_part": 2 / 6, "reachable_pairs": 4 / 30, "mean_hops": 1, "cut_off": 3}
    )


def test_without_an_anchor_the_largest_part_left_is_what_others_are_cut_off_from() -> None:
    removal = mk.simulate_removal((ACTORS, TIES), "gate", anchor=None, baseline=0)
    assert removal.cut_off["actor"].tolist() == ["us", "ann"]


def test_when_we_leave_ourselves_the_largest_part_is_the_anchor() -> None:
    removal = mk.simulate_removal((ACTORS, TIES), "us", baseline=0)
    assert removal.cut_off.empty
    assert removal.anchor == ""
    assert any("largest part" in note for note in removal.notes)


def test_chance_is_the_other_actors_of_the_type() -> None:
    removal = mk.simulate_removal((ACTORS, TIES), "gate", baseline=40)
    # Without dan, or fay, nobody else is parted: one part less, and nobody cut off.
    chance = numbers(removal, "chance")
    assert (chance["cut_off"], chance["parts"]) == (0, 0)
    assert (removal.beyond_chance("cut_off") >= 3).is_met


def test_betweenness_goes_to_those_who_take_the_way_over() -> None:
    ring = nx.cycle_graph(6)
    shifts = mk.simulate_removal(ring, "0", baseline=0).shifts.set_index("actor")
    before = nx.betweenness_centrality(ring, normalized=False)
    path = nx.path_graph(range(1, 6))
    after = nx.betweenness_centrality(path, normalized=False)
    for node in path:
        assert shifts.loc[str(node), "betweenness_before"] == pytest.approx(before[node] * 2 / 20)
        assert shifts.loc[str(node), "betweenness_after"] == pytest.approx(after[node] * 2 / 20)
    assert shifts.index[0] == "3"


PAIRS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=20)


@settings(max_examples=15, deadline=None)
@given(PAIRS, st.sets(st.integers(0, 7), min_size=1, max_size=3), st.booleans())
def test_the_numbers_are_those_of_networkx(pairs: list[tuple[int, int]], gone: set[int], directed: bool) -> None:
    actors = pd.DataFrame({"actor": [str(k) for k in range(8)]})
    ties = pd.DataFrame(pairs, columns=["source", "target"]).astype(str)
    ecosystem = Ecosystem(actors, ties, directed=directed)
    removal = mk.simulate_removal(ecosystem, [str(k) for k in gone], baseline=0)
    whole = nx.DiGraph() if directed else nx.Graph()
    whole.add_nodes_from(range(8))
    whole.add_edges_from(pairs)
    left = whole.subgraph(set(range(8)) - gone)
    for graph, found in ((whole, numbers(removal, "before")), (left, numbers(removal, "after"))):
        hops = [
            length
            for source, lengths in nx.all_pairs_shortest_path_length(graph)
            for target, length in lengths.items()
            if source != target and {source, target} <= set(left)
        ]
        assert found["reachable_pairs"] == pytest.approx(len(hops) / (len(left) * (len(left) - 1)))
        assert found["mean_hops"] == pytest.approx(np.mean(hops) if hops else np.nan, nan_ok=True)
    parts = list(nx.connected_components(left.to_undirected()))
    assert numbers(removal, "after")["parts"] == len(parts)
    assert numbers(removal, "after")["largest_part"] == max(map(len, parts)) / len(left)


def test_a_large_network_is_estimated_from_pivots_and_says_so() -> None:
    graph = nx.barabasi_albert_graph(900, 2, seed=3)
    exact = mk.simulate_removal(graph, "0", baseline=0)
    near = mk.simulate_removal(graph, "0", baseline=0, exact_below=500)
    assert any("256 actors" in note for note in near.notes)
    assert numbers(near, "after")["mean_hops"] == pytest.approx(numbers(exact, "after")["mean_hops"], rel=0.03)
    assert numbers(near, "after")["parts"] == numbers(exact, "after")["parts"]


def test_nobody_and_everybody_cannot_leave() -> None:
    with pytest.raises(OptionError, match="7 of 7"):
        mk.simulate_removal((ACTORS, TIES), list(ACTORS["actor"]))
    with pytest.raises(OptionError, match="0 of 7"):
        mk.simulate_removal((ACTORS, TIES), [])
    with pytest.raises(OptionError, match="Did you mean 'gate'"):
        mk.simulate_removal((ACTORS, TIES), "gat")


def test_harbours_broker_leaves_longer_ways_than_any_other_partner_would() -> None:
    harbour = mk.load_dataset("harbour")
    removal = mk.simulate_removal((harbour.actors, harbour.ties), "p_tide_table", baseline=40)
    assert (removal.beyond_chance("mean_hops") > 1).is_met
    assert removal.beyond_chance("mean_hops").low > 1
    assert (removal.change("reachable_pairs") < -0.01).is_met
    assert removal.shifts["actor"].iloc[0] == "own_harbour"


def test_an_anchor_that_is_no_type_is_refused_with_the_types_there_are() -> None:
    actors = pd.DataFrame({"actor": ["a", "b", "c"], "type": ["own", "partner", "customer"]})
    ties = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    with pytest.raises(OptionError, match=r"anchor='ours' is no type .* 'customer', 'own', 'partner'"):
        mk.simulate_removal((actors, ties), "b", anchor="ours", baseline=0)
