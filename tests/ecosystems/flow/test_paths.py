"""The strongest chains of ties: equal to networkx and to trying every path, and said with care."""

from __future__ import annotations

import itertools
import math

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mapkit as mk
from mapkit.ecosystems import Ecosystem
from mapkit.ecosystems.flow import find_paths, strongest_paths
from mapkit.ecosystems.flow.search import search
from mapkit.errors import OptionError
from mapkit.sequences.compiled import compiled


def chains(text: str) -> Ecosystem:
    """Return the ecosystem of ties written "ab.5 bc.4"."""
    rows = [(tie[0], tie[1], float(tie[2:])) for tie in text.split()]
    return Ecosystem(None, pd.DataFrame(rows, columns=["source", "target", "weight"]))


def test_two_strong_ties_beat_a_weak_one() -> None:
    found = find_paths(chains("ac.3 ab.8 bc.5"), "a", "c")
    assert found.strength().value == pytest.approx(0.4)
    assert list(found.path()["source"]) == ["a", "b"]
    assert list(found.path()["strength_so_far"]) == pytest.approx([0.8, 0.4])
    assert found.table["path"][0] == "a > b > c"
    assert found.table["weakest"][0] == 0.5


def test_of_equally_strong_ways_the_shorter_is_taken() -> None:
    assert find_paths(chains("ab1 bc.5 ac.5"), "a", "c").steps().value == 1


def test_of_several_ties_between_the_same_two_the_strongest_counts() -> None:
    found = find_paths(chains("ab.2 ab.9 ab.5"), "a", "b", k=3)
    assert list(found.table["strength"]) == [0.9]
    assert any("the strongest one counts" in note for note in found.notes)


def test_ties_are_taken_along_against_or_both_ways() -> None:
    ecosystem = chains("ab.5 cb.5")
    reached = {
        each: find_paths(ecosystem, "a", direction=each).reached().value for each in ("along", "against", "both")
    }
    assert reached == {"along": 0.5, "against": 0.0, "both": 1.0}
    assert find_paths(ecosystem, "b", "c", direction="against").strength().value == 0.5


def test_who_is_out_of_reach_has_a_row_without_a_strength() -> None:
    ecosystem = Ecosystem(pd.DataFrame({"actor": list("abz")}), chains("ab.5").ties_frame())
    found = find_paths(ecosystem, "a")
    row = found.table.set_index("actor").loc["z"]
    assert math.isnan(row["strength"])
    assert row["path"] == ""
    assert found.path("z").empty
    assert "no way to 1 of the targets" in " ".join(found.notes)
    assert found.reached().n == 2


def test_a_tie_of_strength_nought_leads_nowhere() -> None:
    assert math.isnan(find_paths(chains("ab0"), "a", "b").strength().value)


def test_a_source_that_is_a_target_is_there_in_no_steps() -> None:
    found = find_paths(chains("ab.5"), ["a", "b"], ["a"])
    assert found.strength().value == 1
    assert found.steps().value == 0


def test_from_several_sources_the_best_is_taken_and_no_other_passed() -> None:
    ecosystem = chains("ab.9 bc.9 ac.5 dc.6")
    assert find_paths(ecosystem, ["a", "d"], "c").table["source"][0] == "a"
    found = find_paths(ecosystem, ["a", "b", "d"], "c", k=9)
    assert list(found.table["path"]) == ["b > c", "d > c", "a > c"]


def test_a_limit_of_steps_takes_the_best_within_it() -> None:
    ecosystem = chains("ab.9 bc.9 cd.9 ad.1 bd.2")
    best = [find_paths(ecosystem, "a", "d", max_steps=most).strength().value for most in (1, 2, 3, 9)]
    assert best == pytest.approx([0.1, 0.18, 0.729, 0.729])


ties = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.sampled_from([0.0, 0.1, 0.5, 0.7, 1.0])), max_size=24
)


def every_way(ecosystem: Ecosystem, source: str, target: str, most: int | None) -> list[float]:
    graph = nx.DiGraph()
    graph.add_nodes_from(ecosystem.ids)
    for a, b, weight in ecosystem.ties_frame()[["source", "target", "weight"]].itertuples(index=False):
        if a != b and weight > 0:
            graph.add_edge(a, b, weight=max(weight, graph.get_edge_data(a, b, {"weight": 0})["weight"]))
    paths = nx.all_simple_paths(graph, source, target, cutoff=most)
    found = [math.prod(graph[a][b]["weight"] for a, b in itertools.pairwise(path)) for path in paths]
    return sorted(found, reverse=True)


@settings(max_examples=40, deadline=None)
@given(ties, st.sampled_from([None, 1, 2, 3]), st.sampled_from([1, 4]))
def test_the_k_best_are_the_k_best_of_all_there_are(given_ties, most, k) -> None:
    ids = [f"a{j}" for j in range(7)]
    frame = pd.DataFrame([(ids[a], ids[b], w) for a, b, w in given_ties], columns=["source", "target", "weight"])
    ecosystem = Ecosystem(pd.DataFrame({"actor": ids}), frame.astype({"source": str, "target": str, "weight": float}))
    found = find_paths(ecosystem, "a0", ids[1:], k=k, max_steps=most)
    for target in ids[1:]:
        rows = found.table[(found.table["actor"] == target) & found.table["strength"].notna()]
        assert list(rows["strength"]) == pytest.approx(every_way(ecosystem, "a0", target, most)[:k], rel=1e-12)
        for rank in rows["rank"]:
            way = found.path(target, rank)
            assert way["strength"].prod() == pytest.approx(found.strength(target, rank).value)
            assert not way["target"].duplicated().any()


@pytest.mark.parametrize("fast", [False, True])
def test_a_large_network_is_that_of_networkx(fast, monkeypatch) -> None:
    graph = nx.gnp_random_graph(400, 0.02, seed=8, directed=True)
    rng = np.random.default_rng(1)
    for a, b in graph.edges:
        graph[a][b]["weight"] = float(rng.uniform(0.01, 1))
        graph[a][b]["cost"] = -math.log(graph[a][b]["weight"])
    if fast:
        monkeypatch.setattr("mapkit.ecosystems.flow.search.suited", lambda loop, rows: compiled(search))
    ecosystem = Ecosystem.from_networkx(graph)
    reached = strongest_paths(ecosystem.links, 0)
    expected = nx.single_source_dijkstra_path_length(graph, 0, weight="cost")
    for node, cost in expected.items():
        assert reached.strength[ecosystem.codes(str(node))[0]] == pytest.approx(math.exp(-cost), rel=1e-9)
    assert (reached.steps >= 0).sum() == len(expected)


def test_harbours_way_to_a_decider_leads_through_its_broker() -> None:
    harbour = mk.load_dataset("harbour")
    ecosystem = Ecosystem(harbour.actors, harbour.ties)
    own = list(ecosystem.ids[ecosystem.types == "own"])
    deciders = list(ecosystem.ids[ecosystem.types == "decision_maker"])
    found = find_paths(ecosystem, own, deciders)
    through = found.table["path"].str.contains("p_tide_table").sum()
    assert through / found.table["strength"].notna().sum() > 0.5
    assert found.path("d045")["tie_type"].notna().all()


def test_strengths_above_one_are_refused_unless_scaled() -> None:
    ecosystem = chains("ab4 bc2 ac.5")
    with pytest.raises(OptionError, match=r"2 of 3 ties have more in 'weight', up to 4.*scale='max'"):
        find_paths(ecosystem, "a", "c")
    assert find_paths(ecosystem, "a", "c", scale="max").strength().value == pytest.approx(0.5)


def test_strengths_can_stand_in_another_column() -> None:
    frame = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "trust": [0.5, 0.5], "kind": ["x", "y"]})
    assert find_paths(Ecosystem(None, frame), "a", "c", strength="trust").strength().value == 0.25
    with pytest.raises(OptionError, match=r"no column 'trist'.*Did you mean 'trust'"):
        find_paths(Ecosystem(None, frame), "a", "c", strength="trist")
    with pytest.raises(OptionError, match="'kind' of the ties holds no numbers"):
        find_paths(Ecosystem(None, frame), "a", "c", strength="kind")


@pytest.mark.parametrize("weight", [math.nan, -0.1])
def test_strengths_that_are_missing_or_negative_are_refused(weight) -> None:
    frame = pd.DataFrame({"source": ["a"], "target": ["b"], "weight": [weight]})
    with pytest.raises(OptionError, match="known and not negative"):
        find_paths(Ecosystem(None, frame), "a", "b")


@pytest.mark.parametrize(
    "options", [{"k": 0}, {"max_steps": 0}, {"max_steps": 1.5}, {"direction": "up"}, {"scale": "min"}, {"source": []}]
)
def test_options_that_cannot_be_used_are_refused(options) -> None:
    with pytest.raises(OptionError):
        find_paths(chains("ab.5"), **{"source": "a", "target": "b"} | options)


def test_several_ways_to_everybody_are_refused_and_unknown_actors_told() -> None:
    with pytest.raises(OptionError, match="to named targets only"):
        find_paths(chains("ab.5"), "a", k=2)
    with pytest.raises(OptionError, match="no actor 'x'"):
        find_paths(chains("ab.5"), "a", "x")
    with pytest.raises(OptionError, match="no way number 2 to 'b'"):
        find_paths(chains("ab.5"), "a", "b").path("b", 2)
    with pytest.raises(OptionError, match="it is a source, or no target"):
        find_paths(chains("ab.5"), "a").path("a")
