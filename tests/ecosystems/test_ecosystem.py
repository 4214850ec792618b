"""Actors and ties: numbered, checked, cut into parts, and handed to networkx and back without loss."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mapkit as mk
from mapkit.ecosystems import Ecosystem
from mapkit.errors import OptionError, TableError

ACTORS = pd.DataFrame(
    {
        "actor": ["us", "pier", "dock", "ann"],
        "name": ["Harbour", "North Pier", "North Pier", "Ann"],
        "type": ["own", "partner", "partner", "customer"],
    }
)
TIES = pd.DataFrame(
    {
        "source": ["us", "pier", "us", "ann", "us"],
        "target": ["pier", "ann", "pier", "ann", "bob"],
        "weight": [2.0, 1.0, 3.0, 1.0, 1.0],
        "type": ["sells", "tells", "pays", "tells", "sells"],
        "time": ["2025-01-05", "2025-02-01", "2025-02-20", None, "2025-03-01"],
    }
)


def neighbours(ecosystem: Ecosystem, actor: str) -> list[str]:
    code = int(ecosystem.codes(actor)[0])
    out = ecosystem.links.out
    return [str(ecosystem.ids[end]) for end in out.ends[out.starts[code] : out.starts[code + 1]]]


def reported(ecosystem: Ecosystem) -> dict[str, int]:
    return dict(zip(ecosystem.report["what"], ecosystem.report["count"], strict=True))


def test_actors_keep_their_order_and_unknown_ends_come_after_them() -> None:
    ecosystem = Ecosystem(ACTORS, TIES)
    assert list(ecosystem.ids) == ["us", "pier", "dock", "ann", "bob"]
    assert list(ecosystem.types) == ["own", "partner", "partner", "customer", None]


def test_two_actors_with_one_label_stay_two() -> None:
    ecosystem = Ecosystem(ACTORS, TIES)
    assert list(ecosystem.labels) == ["Harbour", "North Pier", "North Pier", "Ann", "bob"]
    assert neighbours(ecosystem, "us") == ["pier", "pier", "bob"]
    assert neighbours(ecosystem, "dock") == []


def test_what_is_odd_is_counted_and_kept() -> None:
    ecosystem = Ecosystem(ACTORS, TIES)
    assert reported(ecosystem) == {
        "ends of ties that the actors table lacks": 1,
        "ties of an actor to itself": 1,
        "further ties between the same two": 1,
        "actors that share a label": 2,
    }
    assert ecosystem.m == len(TIES)


def test_an_id_that_stands_twice_is_an_error_that_names_it() -> None:
    with pytest.raises(TableError, match="'us'"):
        Ecosystem(pd.concat([ACTORS, ACTORS.head(1)]), TIES)


def test_weights_that_are_missing_or_negative_are_refused_when_they_are_needed() -> None:
    ecosystem = Ecosystem(None, pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "weight": [None, -1.0]}))
    assert reported(ecosystem) == {"negative weights": 1, "missing weights": 1}
    with pytest.raises(OptionError, match="1 links lack theirs and 1 are negative"):
        ecosystem.weights_for("PageRank")


def test_an_infinite_weight_is_refused_when_it_is_needed() -> None:
    ecosystem = Ecosystem(None, pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "weight": [1, np.inf]}))
    with pytest.raises(OptionError, match="a rank needs finite weights; 1 links have an infinite one"):
        ecosystem.weights_for("a rank")


def test_ties_without_weights_weigh_one() -> None:
    assert list(Ecosystem(None, TIES[["source", "target"]]).links.weights) == [1.0] * 5


def test_a_tie_without_a_direction_is_walked_both_ways_and_counts_once() -> None:
    ties = pd.DataFrame({"source": ["a", "b", "c"], "target": ["b", "c", "c"], "directed": [False, True, False]})
    ecosystem = Ecosystem(None, ties)
    assert (ecosystem.m, ecosystem.links.links) == (3, 4)
    assert neighbours(ecosystem, "b") == ["c", "a"]
    assert neighbours(ecosystem, "c") == ["c"]


def test_merging_adds_weights_up_and_says_so() -> None:
    merged = Ecosystem(ACTORS, TIES, parallel="merge")
    ties = merged.ties_frame()
    assert ties[(ties["source"] == "us") & (ties["target"] == "pier")]["weight"].tolist() == [5.0]
    assert reported(merged)["merged ties"] == 1


def test_the_simple_ecosystem_has_no_tie_to_itself_and_none_twice() -> None:
    simple = Ecosystem(ACTORS, TIES).simple()
    assert simple.m == 3
    assert not simple.links.has_parallel


def test_a_misspelt_actor_is_answered_with_the_nearest_id() -> None:
    with pytest.raises(OptionError, match=r"no actor 'peir'.*'pier'"):
        Ecosystem(ACTORS, TIES).codes("peir")


def test_a_subset_keeps_ties_whose_ends_both_stay() -> None:
    part = Ecosystem(ACTORS, TIES).subset(types=["own", "partner"])
    assert list(part.ids) == ["us", "pier", "dock"]
    assert part.ties_frame()["type"].tolist() == ["sells", "pays"]


def test_a_subset_by_time_leaves_out_ties_without_a_time() -> None:
    part = Ecosystem(ACTORS, TIES).subset(start="2025-02-01", end="2025-03-01")
    assert part.ties_frame()["target"].tolist() == ["ann", "pier"]
    assert part.n == 5


def test_snapshots_grow_month_by_month() -> None:
    snapshots = Ecosystem(ACTORS, TIES).snapshots("month")
    assert [each.m for each in snapshots.values()] == [1, 3, 4]


def test_a_type_that_is_not_there_is_an_error_that_lists_those_that_are() -> None:
    with pytest.raises(OptionError, match=r"no type of actors 'partners'.*Did you mean 'partner'"):
        Ecosystem(ACTORS, TIES).subset(types=["partners"])


def test_no_ties_and_no_actors_are_an_empty_ecosystem() -> None:
    empty = Ecosystem(None, pd.DataFrame({"source": [], "target": []}))
    assert (empty.n, empty.m, empty.links.links) == (0, 0, 0)


def test_labels_with_mark_up_are_escaped_where_they_are_shown() -> None:
    actors = pd.DataFrame({"actor": ["a", "b"], "name": ["<script>x</script>"] * 2})
    shown = Ecosystem(actors, pd.DataFrame({"source": ["a"], "target": ["b"]}))._repr_html_()
    assert "<script>" not in shown


def test_nodes_that_are_the_same_as_text_are_refused() -> None:
    with pytest.raises(TableError, match="1 and '1'"):
        Ecosystem.from_networkx(nx.Graph([(1, "1")]))


def test_the_karate_club_goes_to_networkx_and_back() -> None:
    club = nx.karate_club_graph()
    there = Ecosystem.from_networkx(club)
    back = there.to_networkx()
    assert (there.n, there.m, there.is_directed) == (34, 78, False)
    assert {(str(a), str(b), w) for a, b, w in club.edges(data="weight")} == {
        (min(a, b, key=int), max(a, b, key=int), w) for a, b, w in back.edges(data="weight")
    }


ENDS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.booleans()), max_size=25)


@settings(max_examples=60, deadline=None)
@given(ENDS)
def test_links_are_those_that_networkx_has(ends: list[tuple[int, int, bool]]) -> None:
    ties = pd.DataFrame(ends, columns=["source", "target", "directed"])
    ties[["source", "target"]] = ties[["source", "target"]].astype(str)
    ecosystem = Ecosystem(None, ties)
    expected = nx.MultiDiGraph()
    for source, target, directed in ties.itertuples(index=False, name=None):
        expected.add_edge(source, target)
        if not directed and source != target:
            expected.add_edge(target, source)
    out, into = ecosystem.links.out, ecosystem.links.into
    for code, actor in enumerate(ecosystem.ids):
        ahead = sorted(ecosystem.ids[out.ends[out.starts[code] : out.starts[code + 1]]])
        behind = sorted(ecosystem.ids[into.ends[into.starts[code] : into.starts[code + 1]]])
        assert ahead == sorted(target for _, target in expected.out_edges(actor))
        assert behind == sorted(source for source, _ in expected.in_edges(actor))


def test_weights_stay_with_their_links_in_both_directions() -> None:
    rng = np.random.default_rng(5)
    ties = pd.DataFrame(
        {"source": rng.integers(0, 50, 400).astype(str), "target": rng.integers(0, 50, 400).astype(str)}
    ).assign(weight=np.arange(400.0))
    links = Ecosystem(None, ties).links
    ecosystem = Ecosystem(None, ties)
    ids = ecosystem.ids
    out = {(ids[s], ids[t], w) for s, t, w in zip(links.sources, links.out.ends, links.weights, strict=True)}
    targets = np.repeat(np.arange(links.actors), np.diff(links.into.starts))
    into = {(ids[s], ids[t], w) for s, t, w in zip(links.into.ends, targets, links.weights_into, strict=True)}
    assert out == into == set(ties.itertuples(index=False, name=None))


def test_a_table_of_transitions_is_an_ecosystem_of_events() -> None:
    events = mk.load_dataset("harbour").events
    moves = mk.measure_transitions(events, names=["first_visit", "view_item", "add_to_cart"])
    ecosystem = Ecosystem.of(moves)
    assert set(ecosystem.ids) == {"(start)", "first_visit", "view_item", "add_to_cart", "(end)"}
    assert ecosystem.links.weights.sum() == moves.table["count"].sum()


def test_harbours_network_is_read_with_what_is_odd_about_it() -> None:
    harbour = mk.load_dataset("harbour")
    ecosystem = Ecosystem(harbour.actors, harbour.ties)
    assert (ecosystem.n, ecosystem.m) == (428, 2000)
    assert reported(ecosystem)["actors that share a label"] == 2


def test_ids_are_text_whatever_they_came_as() -> None:
    actors = pd.DataFrame({"actor": [1, "2", "x"]})
    ties = pd.DataFrame({"source": [1, "1", 2], "target": ["x", 2, "y"]})
    ecosystem = Ecosystem(actors, ties)
    assert list(ecosystem.ids) == ["1", "2", "x", "y"]
    assert neighbours(ecosystem, "1") == ["x", "2"]
    assert reported(ecosystem)["ends of ties that the actors table lacks"] == 1


def test_a_million_ties_between_the_same_two_are_kept_and_counted() -> None:
    ecosystem = Ecosystem(None, pd.DataFrame({"source": ["a"] * 1_000_000, "target": "b"}))
    assert (ecosystem.n, ecosystem.links.links, ecosystem.links.has_parallel) == (2, 1_000_000, True)
    assert reported(ecosystem) == {"further ties between the same two": 999_999}
    assert ecosystem.simple().ties.weights.tolist() == [1_000_000]


def test_parallel_is_told_from_two_actors_with_the_same_neighbour() -> None:
    assert not Ecosystem(None, pd.DataFrame({"source": ["a", "a"], "target": ["b", "c"]})).links.has_parallel
    assert not Ecosystem(None, pd.DataFrame({"source": ["a", "a", "c"], "target": ["b", "c", "b"]})).links.has_parallel
    assert Ecosystem(None, pd.DataFrame({"source": ["c", "a", "a"], "target": ["b", "b", "b"]})).links.has_parallel


def test_a_million_ties_of_a_hundred_thousand_actors_are_held_in_thirty_mebibytes() -> None:
    rng = np.random.default_rng(2)
    ends = pa.array([f"actor{k:06d}" for k in range(100_000)])
    source, target = (ends.take(pa.array(rng.integers(0, 100_000, 1_000_000))) for _ in range(2))
    ecosystem = Ecosystem(None, pa.table({"source": source, "target": target, "weight": rng.random(1_000_000)}))
    ties, links = ecosystem.ties, ecosystem.links
    arrays = [ties.sources, ties.targets, ties.weights, links.out.starts, links.out.ends, links.out.place]
    arrays += [links.into.starts, links.into.ends]
    ids = ecosystem.actors["actor"].memory_usage(index=False, deep=True)
    assert (sum(array.nbytes for array in arrays) + ids + ties.more.nbytes) / 2**20 <= 30
    assert links.tie_weights is ties.weights
    assert ties.two_way.strides == (0,), "one value for all"


def test_what_is_merged_or_cut_has_links_and_a_report_of_its_own() -> None:
    ecosystem = Ecosystem(ACTORS, TIES)
    assert ecosystem.links.links == 5
    assert ecosystem.simple().links.links == 3
    assert "ties of an actor to itself" not in reported(ecosystem.subset(types=["own", "partner"]))
