"""Brokerage: five roles, counted as a slow definition counts them, and expected as all permutations have it."""

from __future__ import annotations

from itertools import permutations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mapkit as mk
from mapkit.ecosystems import Ecosystem
from mapkit.ecosystems.communities import find_communities, measure_brokerage
from mapkit.ecosystems.communities.brokerage_counts import ROLES, chances, plain_rows, role_counts
from mapkit.errors import OptionError


def ways(text: str, **types: str) -> Ecosystem:
    """Return the ecosystem of ties written "ab bc"; types by actor."""
    ties = pd.DataFrame([tuple(tie) for tie in text.split()], columns=["source", "target"])
    return Ecosystem(pd.DataFrame({"actor": list(types), "type": list(types.values())}), ties)


@pytest.mark.parametrize(
    ("types", "role"),
    [
        ("xxx", "coordinator"),
        ("xyx", "itinerant"),
        ("xyy", "gatekeeper"),
        ("xxy", "representative"),
        ("xyz", "liaison"),
    ],
)
def test_the_role_is_told_by_the_types_of_the_three(types, role) -> None:
    found = measure_brokerage(ways("ab bc", **dict(zip("abc", types, strict=True))))
    row = found.table.set_index("actor").loc["b"]
    assert row["total"] == row[role] == 1
    assert found.table["total"].sum() == 1


def test_a_way_whose_ends_are_tied_is_no_brokerage() -> None:
    assert measure_brokerage(ways("ab bc ac", a="x", b="x", c="x")).ways == 0
    assert measure_brokerage(ways("ab bc ca", a="x", b="x", c="x")).ways == 3


def test_several_ties_and_self_ties_count_once_and_not_at_all() -> None:
    assert measure_brokerage(ways("ab ab bc bb", a="x", b="x", c="x")).ways == 1


def test_an_undirected_star_counts_every_pair_of_leaves_from_both_ends() -> None:
    found = measure_brokerage(Ecosystem.from_networkx(nx.star_graph(4)), {str(k): "leaf" for k in range(5)})
    assert found.table.set_index("actor").loc["0", "coordinator"] == 4 * 3
    assert any("once from each end" in note for note in found.notes)


def slow(graph: nx.DiGraph, group: dict[str, str | None]) -> dict[tuple[str, str], int]:
    counts: dict[tuple[str, str], int] = {}
    for a, b, c in permutations(graph, 3):
        if graph.has_edge(a, b) and graph.has_edge(b, c) and not graph.has_edge(a, c):
            one, middle, other = group[a], group[b], group[c]
            if None in (one, middle, other):
                continue
            role = {
                (True, True): "coordinator",
                (True, False): "representative",
                (False, True): "gatekeeper",
            }.get((one == middle, middle == other)) or ("itinerant" if one == other else "liaison")
            counts[b, role] = counts.get((b, role), 0) + 1
    return counts


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=40),
    st.lists(st.sampled_from(["x", "y", "z", None]), min_size=8, max_size=8).filter(any),
)
def test_the_counts_are_those_of_the_definition(ties, types) -> None:
    ids = [f"a{k}" for k in range(8)]
    frame = pd.DataFrame([(ids[a], ids[b]) for a, b in ties], columns=["source", "target"], dtype=str)
    found = measure_brokerage((pd.DataFrame({"actor": ids, "type": types}), frame), permutations=2)
    graph = nx.DiGraph([pair for pair in frame.itertuples(index=False) if pair[0] != pair[1]])
    expected = slow(graph, dict(zip(ids, types, strict=True)))
    rows = found.table.set_index("actor")
    counted = {(a, role): int(rows.loc[a, role]) for a in ids for role in ROLES if rows.loc[a, role]}
    assert counted == expected


def test_expected_is_the_mean_over_every_way_to_deal_the_groups() -> None:
    ecosystem = ways("ab bc cd de ec eb", a="x", b="x", c="y", d="y", e="z")
    rows, groups = plain_rows(ecosystem.links), np.array([0, 0, 1, 1, 2])
    every = np.mean([role_counts(rows, np.array(dealt)) for dealt in permutations(groups.tolist())], axis=0)
    total = role_counts(rows, groups).sum(axis=1, keepdims=True)
    assert total * chances(groups) == pytest.approx(every)


def test_groups_that_are_dealt_at_random_are_seldom_called_different() -> None:
    graph = nx.gnp_random_graph(60, 0.08, seed=1, directed=True)
    rng = np.random.default_rng(5)
    below = []
    for _ in range(12):
        group = {str(k): str(rng.integers(3)) for k in range(60)}
        found = measure_brokerage(graph, group, permutations=99, seed=1)
        below.append((found.roles["p"].dropna() <= 0.1).mean())
    assert 0.05 < float(np.mean(below)) < 0.13


def test_harbours_broker_is_found() -> None:
    harbour = mk.load_dataset("harbour")
    ecosystem = Ecosystem(harbour.actors, harbour.ties)
    by_type = measure_brokerage(ecosystem)
    assert by_type.top("liaison", 1)["actor"][0] == "p_tide_table"
    assert by_type.share("p_tide_table").value > 0.15
    between = measure_brokerage(ecosystem, find_communities(ecosystem))
    assert between.top("liaison", 1)["actor"][0] == "p_tide_table"
    assert between.share("p_tide_table", "liaison").value > 0.9


def test_the_same_seed_gives_the_same_numbers() -> None:
    graph, group = nx.gnp_random_graph(30, 0.1, seed=2, directed=True), {str(k): str(k % 3) for k in range(30)}
    one, other = (measure_brokerage(graph, group, permutations=20, seed=4).roles for _ in range(2))
    pd.testing.assert_frame_equal(one, other)


def test_what_cannot_be_grouped_is_refused() -> None:
    ecosystem = ways("ab", a="x", b="y")
    with pytest.raises(OptionError, match=r"no column of the actors.*Did you mean 'type'"):
        measure_brokerage(ecosystem, "typ")
    with pytest.raises(OptionError, match="No actor has a group"):
        measure_brokerage(ecosystem, {"nobody": "x"})
    with pytest.raises(OptionError, match="permutations=0"):
        measure_brokerage(ecosystem, permutations=0)
    with pytest.raises(OptionError, match="role='lead'"):
        measure_brokerage(ecosystem).top("lead")
