"""Partners: pairs without a tie that share more than chance would give, equal to networkx, and never guessed."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom, poisson

import mapkit as mk
from mapkit.ecosystems.partners.shared import sharing_pairs, simple_neighbours, walk_two_steps
from mapkit.errors import OptionError, TableError


def tied(*ties: str, **types: str) -> mk.Ecosystem:
    frame = pd.DataFrame([tie.split("-") for tie in ties], columns=["source", "target"])
    actors = pd.DataFrame({"actor": list(types), "type": list(types.values())}) if types else None
    return mk.Ecosystem(actors, frame)


def test_two_who_share_neighbours_and_no_tie_are_found() -> None:
    found = mk.find_partners(tied("a-x", "b-x", "a-y", "b-y", "c-x", "a-d"))
    assert found.pairs()[0] in [("a", "b"), ("x", "y")]
    row = found.table.set_index(["a", "b"]).loc[("a", "b")]
    assert (row["shared"], row["ties_a"], row["ties_b"], row["through"]) == (2, 3, 2, "x; y")
    assert row["jaccard"] == pytest.approx(2 / 3)
    assert row["reason"].startswith("They share 2 neighbours and no tie")


def test_tied_pairs_are_no_candidates_even_when_they_share_everything() -> None:
    assert mk.find_partners(tied("a-x", "b-x", "a-y", "b-y", "a-b", "x-y")).pairs() == []


def test_several_ties_and_self_ties_change_nothing() -> None:
    plain = mk.find_partners(tied("a-x", "b-x", "a-y", "b-y"))
    odd = mk.find_partners(tied("a-x", "x-a", "a-x", "a-a", "b-x", "a-y", "b-y", "y-b"))
    pd.testing.assert_frame_equal(plain.table, odd.table)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(4, 25), st.floats(0.05, 0.6))
def test_scores_are_those_of_networkx_on_random_graphs(seed: int, n: int, density: float) -> None:
    graph = nx.gnp_random_graph(n, density, seed=seed)
    ecosystem = mk.Ecosystem.of(graph)
    found = mk.find_partners(ecosystem, most=n * n, least_shared=1, significance=1)
    table = {frozenset(pair): row for pair, row in zip(found.pairs(), found.table.to_dict("records"), strict=True)}
    shared = {
        frozenset((str(a), str(b))): len(list(nx.common_neighbors(graph, a, b)))
        for a, b in nx.non_edges(graph)
        if any(True for _ in nx.common_neighbors(graph, a, b))
    }
    assert {pair: row["shared"] for pair, row in table.items()} == shared
    assert found.tested == len(list(nx.non_edges(graph)))
    pairs = list(nx.non_edges(graph))
    for name, truth in (("adamic_adar", nx.adamic_adar_index), ("jaccard", nx.jaccard_coefficient)):
        for a, b, value in truth(graph, pairs):
            if frozenset((str(a), str(b))) in table:
                assert table[frozenset((str(a), str(b)))][name] == pytest.approx(value, abs=1e-9)


def test_blocks_and_compiled_loops_give_what_one_plain_pass_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = nx.barabasi_albert_graph(150, 4, seed=5)
    edges = np.array(graph.edges)
    adjacency = simple_neighbours(150, edges[:, 0], edges[:, 1])
    kinds = np.zeros(150, dtype=int)
    whole = sharing_pairs(adjacency, None, kinds, hub=40, least=2, keep_below=1)
    monkeypatch.setattr("mapkit.ecosystems.partners.shared._BLOCK", 300)
    blocks = sharing_pairs(adjacency, None, kinds, hub=40, least=2, keep_below=1)
    monkeypatch.setattr("mapkit.ecosystems.partners.shared._BLOCK", 4_000_000)
    monkeypatch.setattr("mapkit.ecosystems.partners.shared.suited", lambda loop, rows: _compiled(loop))
    fast = sharing_pairs(adjacency, None, kinds, hub=40, least=2, keep_below=1)
    assert whole.hubs > 0
    for other in (blocks, fast):
        for name in ("first", "second", "shared", "adamic_adar", "p"):
            order = [np.lexsort((each.second, each.first)) for each in (whole, other)]
            assert getattr(other, name)[order[1]] == pytest.approx(getattr(whole, name)[order[0]], abs=1e-12)


def _compiled(loop: object) -> object:
    import numba

    return numba.njit(walk_two_steps if loop is walk_two_steps else loop)


def test_expected_shares_are_those_of_graphs_rewired_at_random() -> None:
    graph = nx.barabasi_albert_graph(60, 3, seed=2)
    found = mk.find_partners(mk.Ecosystem.of(graph), most=5, significance=1)
    row = found.table.iloc[0]
    a, b = int(row["a"]), int(row["b"])
    rng = np.random.default_rng(1)
    degrees = np.array([graph.degree(k) for k in graph])
    stubs = np.repeat(np.arange(60), degrees)
    counts = []
    for _ in range(2_000):
        ends = rng.permutation(stubs).reshape(-1, 2)
        near = [np.bincount(np.r_[ends[ends[:, 0] == k, 1], ends[ends[:, 1] == k, 0]], minlength=60) for k in (a, b)]
        counts.append(float((near[0] * near[1])[[k for k in range(60) if k not in (a, b)]].sum()))
    assert row["expected"] == pytest.approx(np.mean(counts), rel=0.1)
    assert row["p"] == pytest.approx(poisson.sf(row["shared"] - 1, row["expected"]))


def test_in_a_random_graph_hardly_any_pair_is_beyond_chance() -> None:
    beyond = [
        mk.find_partners(mk.Ecosystem.of(nx.gnp_random_graph(150, 0.06, seed=seed))).beyond_chance for seed in range(20)
    ]
    assert sum(count > 0 for count in beyond) <= 3


def test_an_actor_whom_everybody_knows_joins_nobody() -> None:
    ties = [f"hub-a{k}" for k in range(30)]
    assert mk.find_partners(tied(*ties), least_shared=1).pairs()
    found = mk.find_partners(tied(*ties), least_shared=1, hub=20)
    assert found.pairs() == []
    assert any("1 actors with more than 20" in note for note in found.notes)


def test_only_the_types_asked_for_are_paired() -> None:
    types = {"a": "partner", "b": "partner", "c": "media", "x": "customer", "y": "customer"}
    ecosystem = tied("a-x", "b-x", "c-x", "a-y", "b-y", "c-y", **types)
    assert mk.find_partners(ecosystem, types=["partner"]).pairs() == [("a", "b")]
    assert mk.find_partners(ecosystem, types=["partner"]).tested == 1
    pairs = mk.find_partners(ecosystem, types=[("partner", "media")])
    assert {frozenset(pair) for pair in pairs.pairs()} == {frozenset("ac"), frozenset("bc")}
    assert pairs.tested == 2
    with pytest.raises(OptionError, match="Did you mean 'partner'"):
        mk.find_partners(ecosystem, types=["partners"])


def test_complementary_types_come_first_when_they_are_asked_to() -> None:
    types = {"s": "supplier", "p": "partner", "m": "media", "x": "customer", "y": "customer", "z": "customer"}
    ecosystem = tied("s-x", "p-x", "s-y", "p-y", "m-x", "m-y", "m-z", "s-z", **types)
    by_ties = mk.find_partners(ecosystem, by=["adamic_adar"])
    assert by_ties.pairs()[0] == ("s", "m")
    found = mk.find_partners(ecosystem, by=["complementary", "adamic_adar"], complements=[("partner", "supplier")])
    assert found.pairs()[0] == ("s", "p")
    assert found.table["complementary"].tolist()[:2] == [True, False]
    with pytest.raises(OptionError, match="Give pairs of types"):
        mk.find_partners(ecosystem, complements=["partner"])


def test_shared_customers_are_counted_against_lists_drawn_at_random() -> None:
    ecosystem = tied("a-x", "b-x", "a-y", "b-y", "c-x", "c-y")
    audiences = {"a": range(40), "b": range(20, 60), "c": range(100, 110)}
    found = mk.find_partners(ecosystem, by=["shared_audience"], audiences=audiences, population=500)
    row = found.table.iloc[0]
    assert {row["a"], row["b"]} == {"a", "b"}
    assert (row["audience_a"], row["audience_b"], row["shared_audience"]) == (40, 40, 20)
    assert row["expected_audience"] == pytest.approx(40 * 40 / 500)
    assert row["p_audience"] == pytest.approx(hypergeom.sf(19, 500, 40, 40))
    assert "share 20 customers of 40 and 40" in row["reason"]


def test_a_pair_that_shares_customers_alone_is_found_too() -> None:
    ecosystem = tied("a-x", "b-y", "c-x", "c-y")
    frame = pd.DataFrame({"actor": ["a", "a", "b", "b"], "customer": ["k1", "k2", "k1", "k2"]})
    found = mk.find_partners(ecosystem, by=["shared_audience"], audiences=frame, population=100)
    row = found.table.iloc[0]
    assert {row["a"], row["b"]} == {"a", "b"}
    assert (row["shared"], row["shared_audience"]) == (0, 2)
    assert row["adamic_adar"] == 0


def test_audiences_may_stand_in_the_actors_table() -> None:
    actors = pd.DataFrame({"actor": ["a", "b", "x"], "audience": ["k1; k2", "k2|k3", None]})
    ties = pd.DataFrame({"source": ["a", "b"], "target": ["x", "x"]})
    found = mk.find_partners((actors, ties), least_shared=1)
    assert found.table.loc[0, "shared_audience"] == 1


def test_audiences_that_name_strangers_or_lack_a_column_are_refused() -> None:
    ecosystem = tied("anna-x", "b-x")
    with pytest.raises(OptionError, match="Did you mean 'anna'"):
        mk.find_partners(ecosystem, audiences={"ann": [1]})
    with pytest.raises(TableError, match="no column 'customer'"):
        mk.find_partners(ecosystem, audiences=pd.DataFrame({"actor": ["b"]}))
    with pytest.raises(OptionError, match="population=1"):
        mk.find_partners(ecosystem, audiences={"b": [1, 2]}, population=1)


def test_harbours_planted_pair_is_at_the_top() -> None:
    harbour = mk.load_dataset("harbour")
    found = mk.find_partners((harbour.actors, harbour.ties))
    planted = harbour.truth["planted"]["network"]["unlinked_pair"]
    assert found.place(*planted).value == 1
    row = found.table.iloc[0]
    assert (row["shared"], row["jaccard"]) == (16, 1.0)
    assert row["p_adjusted"] < 1e-6
    assert found.shared_beyond_chance(*planted).low > 5
    partners_only = mk.find_partners((harbour.actors, harbour.ties), types=["partner"])
    assert partners_only.place(*planted).value == 1


def test_the_seed_of_nothing_gives_nothing() -> None:
    empty = mk.Ecosystem(pd.DataFrame({"actor": ["a", "b"]}), pd.DataFrame({"source": ["a"], "target": ["a"]}))
    found = mk.find_partners(empty)
    assert (len(found.table), found.tested, found.beyond_chance) == (0, 1, 0)
    with pytest.raises(OptionError, match="not among the 0 pairs"):
        found.place("a", "b")


def test_two_actors_of_one_label_stay_two() -> None:
    actors = pd.DataFrame({"actor": list("abxy"), "name": ["Bakery", "Bakery", "X", "Y"]})
    ties = pd.DataFrame([("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")], columns=["source", "target"])
    row = mk.find_partners((actors, ties)).table.set_index("a").loc["a"]
    assert (row["b"], row["name_a"], row["name_b"]) == ("b", "Bakery", "Bakery")


def test_a_wrong_criterion_or_number_is_refused() -> None:
    ecosystem = tied("a-x", "b-x")
    with pytest.raises(OptionError, match="Did you mean 'adamic_adar'"):
        mk.find_partners(ecosystem, by=["adamic-adar"])
    for options in ({"most": 0}, {"least_shared": 0}, {"hub": 1}, {"by": []}):
        with pytest.raises(OptionError):
            mk.find_partners(ecosystem, **options)  # type: ignore[arg-type]


def test_a_million_parallel_ties_of_two_actors_are_one_pair() -> None:
    frame = pd.DataFrame({"source": ["a"] * 300_000 + ["b"], "target": ["x"] * 300_000 + ["x"]})
    found = mk.find_partners(mk.Ecosystem(None, frame), least_shared=1)
    assert found.pairs() == [("a", "b")] and found.table.loc[0, "shared"] == 1


def test_every_pair_is_told_once() -> None:
    harbour = mk.load_dataset("harbour")
    pairs = mk.find_partners((harbour.actors, harbour.ties), most=200).pairs()
    assert len({frozenset(pair) for pair in pairs}) == len(pairs) == 200
    assert not any(a == b for a, b in itertools.islice(pairs, 10))
