"""Seeds: against every choice there is, within what is certified, and never behind the rules of thumb."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import mapkit as mk
from mapkit.ecosystems import Ecosystem
from mapkit.ecosystems.spread import find_seeds, reverse_sets, simulate_spread
from mapkit.ecosystems.spread.heuristics import pass_backwards
from mapkit.ecosystems.spread.reverse_sets import draw_sets
from mapkit.ecosystems.spread.rules import chances
from mapkit.errors import OptionError, TableError
from tests.ecosystems.spread.exact import best, cascade, network, random_ties, threshold

FEW = {"sets": 20_000}


@pytest.fixture(scope="module")
def harbour() -> Ecosystem:
    data = mk.load_dataset("harbour")
    return Ecosystem(data.actors, data.ties)


@pytest.fixture(scope="module")
def crowd() -> Ecosystem:
    graph = nx.barabasi_albert_graph(300, 2, seed=1)
    actors = pd.DataFrame({"actor": [str(k) for k in range(300)], "cost": [1.0 + k % 7 for k in range(300)]})
    ties = pd.DataFrame([(str(a), str(b)) for a, b in graph.edges], columns=["source", "target"])
    return Ecosystem(actors, ties, directed=False)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("model", ["ic", "lt"])
def test_the_spread_is_that_of_all_ways_it_can_turn_out(seed: int, model: str) -> None:
    ties = random_ties(seed)
    found = find_seeds(network(ties, "abcdef"), k=2, model=model, probability="column", **FEW)
    exact = (cascade if model == "ic" else threshold)(ties, "".join(found.actors))
    assert abs(found.spread - exact) < 4 * found.spread_se
    assert found.lower_bound <= exact <= found.upper_bound
    assert found.table["so_far"].iloc[-1] == pytest.approx(found.spread)


@pytest.mark.parametrize("seed", range(4))
def test_seeds_are_as_good_as_the_best_of_all_choices(seed: int) -> None:
    ties = random_ties(seed, "abcde", 9)
    found = find_seeds(network(ties, "abcde"), k=2, model="ic", probability="column", **FEW)
    top = best(ties, "abcde", 2)
    assert cascade(ties, "".join(found.actors)) >= (1 - 1 / math.e) * top
    assert cascade(ties, "".join(found.actors)) >= 0.99 * top
    assert found.upper_bound >= top


def test_what_is_certified_holds() -> None:
    ties = random_ties(7)
    there, top = network(ties, "abcdef"), best(ties, "abcdef", 2)
    held = 0
    for seed in range(100):
        found = find_seeds(there, k=2, model="ic", probability="column", sets=500, seed=seed)
        held += found.lower_bound <= cascade(ties, "".join(found.actors)) and top <= found.upper_bound
    assert held >= 99


@pytest.mark.parametrize("model", ["ic", "lt"])
def test_a_simulation_of_the_seeds_agrees(crowd: Ecosystem, model: str) -> None:
    found = find_seeds(crowd, k=5, model=model, probability="weighted_cascade", **FEW)
    spread = simulate_spread(crowd, found, model=model, probability="weighted_cascade", runs=5_000)
    assert abs(found.spread - spread.mean) < 4 * math.hypot(found.spread_se, spread.se)


@pytest.mark.parametrize("rule", ["ic weighted_cascade", "ic uniform:0.1", "lt weighted_cascade"])
@pytest.mark.parametrize("limit", [{"k": 1}, {"k": 20}, {"budget": 30}, {"budget": 30, "k": 5}])
def test_no_rule_of_thumb_does_better(crowd: Ecosystem, rule: str, limit: dict[str, int]) -> None:
    model, probability = rule.split()
    found = find_seeds(crowd, model=model, probability=probability, **limit, **FEW)
    assert found.spread == found.compared["spread"].max()
    assert found.compared["of_best"].max() == 1.0 and found.compared["kept"].sum() == 1
    assert set(found.compared["way"]) >= {"plain greedy", "reversed PageRank", "degree discount", "degree"}
    if "budget" in limit:
        assert (found.compared["cost"] <= 30).all() and found.table["cost"].sum() <= 30
        assert "ratio greedy" in set(found.compared["way"])
    assert (found.compared["seeds"] <= limit.get("k", 300)).all()
    assert 0 < found.certified <= 1


def test_the_first_seed_is_the_hub_and_the_second_is_not_its_copy() -> None:
    ties = [("hub", f"x{k}", 1) for k in range(6)] + [("copy", f"x{k}", 1) for k in range(5)] + [("far", "y", 1)]
    found = find_seeds(network(ties), k=2, model="ic", probability="column", **FEW)
    assert found.actors == ["hub", "far"]
    by_degree = found.compared.set_index("way").loc["degree"]
    assert by_degree["spread"] == pytest.approx(8, abs=0.2) and not by_degree["tied"]
    assert found.ahead_of("degree").low > 0


def test_who_must_and_who_must_not_be_a_seed_is_respected(crowd: Ecosystem) -> None:
    given = {"model": "ic", "probability": "weighted_cascade", **FEW}
    free = find_seeds(crowd, k=3, **given)
    found = find_seeds(crowd, k=3, forced=["299"], forbidden=free.actors[:1], **given)
    assert found.actors[0] == "299" and free.actors[0] not in found.actors
    assert found.table["forced"].tolist() == [True, False, False]
    few = find_seeds(crowd, k=2, candidates=["10", "11", "12"], **given)
    assert set(few.actors) < {"10", "11", "12"}


def test_a_budget_buys_many_cheap_seeds_rather_than_a_dear_one() -> None:
    ties = [("star", f"x{k}", 1) for k in range(5)] + [(f"s{k}", f"y{k}", 1) for k in range(4)]
    there = network(ties)
    costs = {"star": 8, **{f"s{k}": 2 for k in range(4)}}
    found = find_seeds(there, budget=8, costs=costs, model="ic", probability="column", **FEW)
    assert set(found.actors) == {"s0", "s1", "s2", "s3"}
    assert found.compared.set_index("way").loc["plain greedy", "cost"] == 8
    assert any("actors without a cost cannot be bought" in note for note in found.notes)


def test_targets_are_what_the_spread_counts() -> None:
    ties = [("m", f"a{k}", 1) for k in range(5)] + [("n", "c1", 1), ("n", "c2", 1)]
    types = {"c1": "customer", "c2": "customer"}
    names = sorted({name for tie in ties for name in tie[:2]})
    actors = pd.DataFrame({"actor": names, "type": [types.get(name, "media") for name in names]})
    there = Ecosystem(actors, pd.DataFrame(ties, columns=["source", "target", "probability"]))
    found = find_seeds(there, k=1, targets=["customer"], model="ic", probability="column", **FEW)
    assert (found.actors, found.spread, found.unit) == (["n"], 2.0, "targets")
    weighed = find_seeds(there, k=1, targets={"a0": 3, "a1": 1, "c1": 1}, model="ic", probability="column", **FEW)
    assert weighed.actors == ["m"] and weighed.spread == pytest.approx(4, abs=0.1)


def test_with_communities_two_groups_are_better_than_all_of_one() -> None:
    ties = [("p", f"a{k}", 1) for k in range(9)] + [("q", f"a{k}", 1) for k in range(8)] + [("r", "b1", 1)]
    ties += [("z", f"a{k}", 1) for k in (8,)] + [(f"a{k}", f"a{k}x", 1) for k in range(3)]
    names = sorted({name for tie in ties for name in tie[:2]})
    groups = {name: "b" if name[0] in "rb" else "a" for name in names}
    there = network(ties)
    found = find_seeds(there, k=2, communities=groups, model="ic", probability="column", **FEW)
    assert set(found.actors) == {"p", "r"}
    table = found.groups.set_index("group")
    assert table.loc["b", "of_group"] == 1 and table.loc["a", "reached"] == pytest.approx(13, abs=0.5)
    assert math.isnan(found.certified) and found.lower_bound <= 15
    result = type("Communities", (), {"table": pd.DataFrame(list(groups.items()), columns=["actor", "community"])})()
    again = find_seeds(there, k=2, communities=result, model="ic", probability="column", **FEW)
    assert again.actors == found.actors


def test_the_same_seed_gives_the_same_answer_and_another_one_agrees(crowd: Ecosystem) -> None:
    given = {"k": 4, "model": "ic", "probability": "uniform:0.1", **FEW}
    first, second, other = (find_seeds(crowd, **given, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first.table, second.table)
    pd.testing.assert_frame_equal(first.compared, second.compared)
    assert first.spread != other.spread
    assert abs(first.spread - other.spread) < 5 * math.hypot(first.spread_se, other.spread_se)


def test_reverse_sets_are_drawn_alike_by_jumps_and_link_by_link(crowd: Ecosystem) -> None:
    ties = crowd.ties_frame().assign(probability=0.1)
    one_by_one = Ecosystem(crowd.actors, ties)
    sizes = [
        np.diff(draw_sets(chances(there, "ic", rule), np.ones(300), 40_000, 0).starts)
        for there, rule in ((crowd, "uniform:0.1"), (one_by_one, "column"))
    ]
    error = math.hypot(*(each.std() / 200 for each in sizes))
    assert abs(sizes[0].mean() - sizes[1].mean()) < 4 * error
    shares = [np.bincount(np.minimum(each, 10), minlength=11) / 40_000 for each in sizes]
    assert np.abs(shares[0] - shares[1]).max() < 0.015


def test_rank_is_passed_backwards_as_networkx_does_on_reversed_ties() -> None:
    graph = nx.gnp_random_graph(40, 0.15, seed=3, directed=True)
    graph.add_edges_from((k, (k + 1) % 40) for k in range(40))
    made = chances(Ecosystem.from_networkx(graph), "ic", "weighted_cascade")
    rank = np.empty(40)
    shares = 1 / np.diff(made.into.starts)
    pass_backwards(made.out.starts, made.out.ends, shares, np.full(40, 1 / 40), 0.85, 200, rank)
    peer = nx.pagerank(graph.reverse(), alpha=0.85, tol=1e-14, max_iter=500)
    assert rank == pytest.approx([peer[k] for k in range(40)], abs=1e-10)


def test_the_planted_broker_comes_first(harbour: Ecosystem) -> None:
    found = find_seeds(harbour, k=5, model="ic", probability="weighted_cascade", **FEW)
    assert found.actors[0] == "p_tide_table"
    assert found.marginal("p_tide_table").low > 35
    assert (found.table["marginal"].diff().dropna() < 0).all()
    assert found.table.loc[0, "name"] == "Tide Table" and found.table.loc[0, "type"] == "partner"


def test_an_ecosystem_without_ties_and_sure_ties_are_no_trouble() -> None:
    alone = Ecosystem(pd.DataFrame({"actor": list("abc")}), pd.DataFrame(columns=["source", "target"]))
    for model in ("ic", "lt"):
        found = find_seeds(alone, k=2, model=model, probability="weighted_cascade", **FEW)
        assert found.spread == pytest.approx(2, abs=0.05)
    sure = network([("a", "b", 1), ("b", "c", 1), ("c", "a", 1)])
    assert find_seeds(sure, k=1, model="ic", probability="uniform:1", **FEW).spread == 3
    never = find_seeds(sure, k=3, model="ic", probability="uniform:0", **FEW)
    assert sorted(never.actors) == ["a", "b", "c"] and never.spread == 3


def test_unusable_options_are_refused_with_what_to_do() -> None:
    there = network([("a", "b", 0.5)], "abc", cost=[1.0, None, 2.0])
    for options, message in (
        ({}, "How many seeds"),
        ({"k": 0}, "k=0 is no number of seeds"),
        ({"k": True}, "k=True is no number of seeds"),
        ({"k": 4}, "k=4 seeds of 3 actors"),
        ({"k": 1, "forced": ["a", "c"]}, "k=1 seeds, but 2 are forced"),
        ({"k": 1, "forced": ["a", "a"]}, "forced names 'a' twice"),
        ({"k": 1, "forced": ["a"], "forbidden": ["a"]}, "both forced and forbidden"),
        ({"k": 1, "forbidden": ["x"]}, "There is no actor 'x'"),
        ({"k": 1, "sets": 0}, "sets=0 is no sample"),
        ({"k": 1, "confidence": 1.0}, "confidence=1.0 is not a share"),
        ({"k": 1, "targets": {"a": 0}}, "weights of the targets add up to 0"),
        ({"k": 1, "communities": "kind"}, "The actors have no column 'kind'"),
        ({"k": 1, "communities": 3}, "communities is a column of the actors"),
        ({"budget": 0}, "budget=0 buys nothing"),
        ({"budget": 0.5}, "Nobody can be bought for 0.5: the cheapest candidate costs 1"),
        ({"budget": 2, "forced": ["b"]}, "'b' is forced and has no cost"),
        ({"budget": 1, "forced": ["c"]}, "The forced actors cost 2"),
        ({"budget": 1, "costs": {"a": -1}}, "The cost of 'a' is -1"),
    ):
        with pytest.raises(OptionError, match=message):
            find_seeds(there, model="ic", probability="column", **options)
    with pytest.raises(TableError, match="the actors have no column 'price'"):
        find_seeds(there, budget=3, costs="price", model="ic", probability="column")


def test_sets_that_hold_almost_everybody_are_drawn_in_numbers_that_fit_into_memory(monkeypatch) -> None:
    ring = network([(str(k), str((k + 1) % 400), 1) for k in range(400)])
    sure, hardly = chances(ring, "ic", "uniform:1"), chances(ring, "ic", "uniform:0.01")
    monkeypatch.setattr(reverse_sets, "_MOST_MEMBERS", 400_000)
    assert reverse_sets.affordable(sure, np.ones(400), 2_000) == 1_000
    monkeypatch.setattr(reverse_sets, "_MOST_MEMBERS", 40)
    assert reverse_sets.affordable(sure, np.ones(400), 2_000) == 200
    monkeypatch.undo()
    assert reverse_sets.affordable(hardly, np.ones(400), 2_000) == 20_000
    assert reverse_sets.affordable(hardly, np.ones(400), 10**9) == 1_000_000


def test_a_thousand_ties_between_the_same_two_are_a_thousand_chances_or_one() -> None:
    twice = Ecosystem(None, pd.DataFrame({"source": ["a"] * 1_000, "target": ["b"] * 1_000}))
    given = {"k": 1, "model": "ic", "probability": "uniform:0.001"}
    kept, merged = (find_seeds(twice, **given, parallel=parallel, **FEW) for parallel in ("keep", "merge"))
    assert abs(kept.spread - (2 - 0.999**1_000)) < 4 * kept.spread_se
    assert abs(merged.spread - 1.001) < 4 * merged.spread_se
    assert "999 further ties" in " ".join(kept.notes)


def test_a_candidate_that_is_neither_type_nor_actor_is_answered_with_the_types() -> None:
    actors = pd.DataFrame({"actor": ["a", "b"], "type": ["kol", "media"]})
    ties = pd.DataFrame({"source": ["a"], "target": ["b"]})
    with pytest.raises(OptionError, match=r"Candidate 'kols' is neither a type .* 'kol', 'media'\. Did you mean 'kol'"):
        mk.find_seeds((actors, ties), k=1, candidates=["kols"], model="ic", probability="uniform:0.1")
