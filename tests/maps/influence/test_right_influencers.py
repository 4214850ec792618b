"""Whom to engage: three parts, no overlap paid twice, and a reason for each."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from mapkit.ecosystems import Ecosystem
from mapkit.errors import OptionError, TableError
from mapkit.maps.influence import find_right_influencers, measure_influence_by_stage
from mapkit.maps.influence.right_parts import drawn_together, percentiles, targets_within
from tests.maps.influence.made import STEPS, crowd


def world(ties: dict[str, list[str]], costs: dict[str, float] | None = None) -> Ecosystem:
    """Influencers with the ties they have, to customers c1 ... or to each other."""
    ends = sorted({end for each in ties.values() for end in each} - set(ties))
    actors = pd.DataFrame(
        {
            "actor": [*ties, *ends],
            "name": [*(name.upper() for name in ties), *ends],
            "type": [*("kol" for _ in ties), *("customer" for _ in ends)],
        }
    )
    if costs is not None:
        actors["cost"] = [*(costs.get(name, np.nan) for name in ties), *(np.nan for _ in ends)]
    return Ecosystem(actors, [{"source": one, "target": other} for one, each in ties.items() for other in each])


def ranking(**scores: float) -> pd.DataFrame:
    return pd.DataFrame({"actor": list(scores), "score": list(scores.values())})


def test_whoever_reaches_only_those_reached_already_comes_later() -> None:
    eco = world({"a": ["c1", "c2", "c3", "c4"], "b": ["c1", "c2", "c3", "c4"], "d": ["c5", "c6"]})
    found = find_right_influencers(eco, ranking(a=0.8, b=0.79, d=0.75), steps=1, most=3)
    assert found.chosen == ("a", "d", "b")
    rows = found.table.set_index("actor")
    assert rows.loc["b", ["overlap", "new_targets"]].tolist() == [1.0, 0.0]
    assert rows.loc["d", ["overlap", "new_targets"]].tolist() == [0.0, 2.0]
    assert found.coverage().value == 1.0
    assert found.total == 6


def test_an_audience_is_not_paid_for_twice() -> None:
    eco = world({"a": ["c1"], "b": ["c2"], "d": ["c3"]})
    audiences = pd.DataFrame({"actor": [*"aaaa", *"bbbb", *"dd"], "member": [1, 2, 3, 4, 1, 2, 3, 4, 5, 6]})
    scores = ranking(a=0.9, b=0.85, d=0.6)
    assert find_right_influencers(eco, scores, steps=1, most=2).chosen == ("a", "b")
    found = find_right_influencers(eco, scores, steps=1, most=2, audiences=audiences)
    assert found.chosen == ("a", "d")
    assert found.table.set_index("actor").loc["d", "new_audience"] == 2


def test_a_budget_passes_over_who_costs_too_much_or_has_no_known_cost() -> None:
    eco = world({"a": ["c1"], "b": ["c2"], "d": ["c3"]}, {"a": 100.0, "b": 10.0})
    found = find_right_influencers(eco, ranking(a=0.9, b=0.5, d=0.8), steps=1, budget=50)
    reasons = found.table.set_index("actor")["reason"]
    assert "costs 100, the others leave 40" in reasons["a"]
    assert "cost not known, so not taken" in reasons["d"]
    assert "cost" not in reasons["b"]
    assert found.chosen == ("b",)
    with pytest.raises(OptionError, match="no column 'cost'"):
        find_right_influencers(world({"a": ["c1"]}), budget=50)


def test_targets_within_steps_are_those_of_a_breadth_first_search() -> None:
    import networkx as nx

    rng = np.random.default_rng(4)
    graph = nx.gnp_random_graph(40, 0.06, seed=4, directed=True)
    kinds = rng.choice(["kol", "customer", "media"], 40)
    actors = pd.DataFrame({"actor": [str(k) for k in range(40)], "type": kinds})
    eco = Ecosystem(actors, [{"source": str(a), "target": str(b)} for a, b in graph.edges])
    codes = np.flatnonzero(kinds == "kol")
    for steps in (1, 2, 4):
        for code, found in zip(codes, targets_within(eco, codes, ["customer"], steps), strict=True):
            near = nx.single_source_shortest_path_length(graph, int(code), cutoff=steps)
            assert set(found.tolist()) == {k for k in near if kinds[k] == "customer" and k != code}


def test_effects_are_drawn_together_as_dersimonian_and_laird_do() -> None:
    from statsmodels.stats.meta_analysis import combine_effects

    effects, errors = pd.Series([0.05, 0.2, 0.1, -0.05]), pd.Series([0.04, 0.05, 0.02, 0.06])
    theirs = combine_effects(effects, errors**2, method_re="dl")
    expected, _ = drawn_together(pd.concat([effects, pd.Series([np.nan])]), pd.concat([errors, pd.Series([np.nan])]))
    assert expected[-1] == pytest.approx(theirs.mean_effect_re)
    kept = theirs.tau2 / (theirs.tau2 + errors**2)
    assert expected[:-1] == pytest.approx(theirs.mean_effect_re + kept * (effects - theirs.mean_effect_re))


def test_effects_that_differ_by_chance_alone_become_one() -> None:
    expected, _ = drawn_together(pd.Series([0.10, 0.12, 0.11]), pd.Series([0.05, 0.05, 0.05]))
    assert expected == pytest.approx([0.11] * 3)


def test_the_targets_are_named_as_a_reader_would() -> None:
    assert find_right_influencers(world({"a": ["c1"]})).targets == "customers"
    assert "customers reached within 3 steps" in find_right_influencers(world({"a": ["c1"]})).notes[1]


def test_percentiles_are_shares_of_the_others() -> None:
    assert percentiles(pd.Series([5.0, 1.0, np.nan, 3.0])).tolist()[:2] == [1.0, 0.0]
    assert percentiles(pd.Series([7.0])).tolist() == [0.5]


def test_what_a_confounded_influencer_seems_to_do_counts_nothing_and_the_reason_says_so() -> None:
    log, exposures, people = crowd(
        [
            (200, 140, 0, "k1", {"region": "quay"}),
            (200, 140, 0, "", {"region": "quay"}),
            (100, 50, 0, "chance:k2", {"region": "hill"}),
            (600, 180, 0, "", {"region": "hill"}),
        ]
    )
    influence = measure_influence_by_stage(log, exposures, stages=STEPS[:2], customers=people, confounders="region")
    found = find_right_influencers(world({"k1": ["c1"], "k2": ["c1"], "k3": ["c1"]}), influence=influence)
    rows = found.table.set_index("actor")
    assert found.stage == "cart"
    assert (rows.loc["k1", "stage_part"], rows.loc["k2", "stage_part"]) == (0.0, 1.0)
    assert "what it seems to do at cart is explained by region" in rows.loc["k1", "reason"]
    assert rows.loc["k3", "stage_part"] == 1.0
    assert "nothing known at cart" in rows.loc["k3", "reason"]
    assert found.chosen[-1] == "k1"


def test_whom_the_ranking_does_not_score_is_not_taken() -> None:
    eco = world({"a": ["c1"], "b": ["c2"]})
    scores = pd.DataFrame({"actor": ["a", "b"], "score": [0.1, np.nan], "note": ["", "under 2,000 followers"]})
    found = find_right_influencers(eco, scores, steps=1)
    assert found.chosen == ("a",)
    row = found.table.set_index("actor").loc["b"]
    assert math.isnan(row["score"])
    assert "No audience score (under 2,000 followers)" in row["reason"]


def test_the_score_is_the_weighted_mean_of_its_parts() -> None:
    eco = world({"a": ["c1", "c2"], "b": ["c2"]})
    even = find_right_influencers(eco, ranking(a=0.2, b=0.9), steps=1).table.set_index("actor")
    assert even.loc["a", "score"] == pytest.approx((0.2 + even.loc["a", "position"]) / 2)
    alone = find_right_influencers(eco, ranking(a=0.2, b=0.9), steps=1, weights={"audience": 1})
    assert alone.score("b").value == pytest.approx(0.9)
    assert alone.chosen[0] == "b"


def test_the_same_seed_gives_the_same_answer() -> None:
    eco = world({"a": ["c1", "c2"], "b": ["c2"], "d": []})
    one, other = (find_right_influencers(eco, ranking(a=0.2, b=0.9, d=0.5), seed=3).table for _ in range(2))
    pd.testing.assert_frame_equal(one, other)


def test_options_that_cannot_be_are_refused_with_those_that_can() -> None:
    eco = world({"a": ["c1"]})
    with pytest.raises(OptionError, match="'customer', 'kol'"):
        find_right_influencers(eco, types=["influencer"])
    with pytest.raises(OptionError, match="Did you mean 'customer'"):
        find_right_influencers(eco, targets=["customers"])
    with pytest.raises(OptionError, match="The parts are 'audience'"):
        find_right_influencers(eco, weights={"reach": 1})
    with pytest.raises(OptionError, match="no weight"):
        find_right_influencers(eco, weights={"stage": -1})
    with pytest.raises(OptionError, match="measure_influence_by_stage"):
        find_right_influencers(eco, stage="cart")
    with pytest.raises(TableError, match="more than once"):
        find_right_influencers(eco, pd.DataFrame({"actor": ["a", "a"], "score": [1, 1]}))
