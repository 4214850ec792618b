"""White spaces: holes between types that no lack of members or of ties explains."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mapkit as mk
from mapkit.errors import OptionError, TableError


def two_camps(seed: int = 1, across: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Forty media and forty suppliers, each camp with 100 ties of its own, and some across."""
    rng = np.random.default_rng(seed)
    actors = pd.DataFrame({"actor": [f"m{k}" for k in range(40)] + [f"s{k}" for k in range(40)]})
    actors["type"] = np.repeat(["media", "supplier"], 40)
    ties = [(f"{camp}{a}", f"{camp}{(a + b) % 40}") for camp in "ms" for a in range(40) for b in (1, 2, 5)]
    ties += [(f"m{a}", f"s{b}") for a, b in rng.choice(40, (across, 2))]
    return actors, pd.DataFrame(ties, columns=["source", "target"])


def test_types_that_never_meet_are_a_hole_with_a_sentence() -> None:
    spaces = mk.find_white_spaces(two_camps())
    row = spaces.holes.iloc[0]
    assert (row["a"], row["b"], row["ties"], row["verdict"]) == ("media", "supplier", 0, "none")
    assert row["expected"] == pytest.approx(240 * 240 / 480)
    assert row["sentence"] == "No media has a tie to any supplier: chance would give 120."
    assert spaces.ratio("supplier", "media").value == 0
    assert spaces.ratio("supplier", "media").high < 0.1


def test_ties_and_expectations_of_the_types_add_up_to_all_ties() -> None:
    harbour = mk.load_dataset("harbour")
    spaces = mk.find_white_spaces((harbour.actors, harbour.ties))
    assert spaces.table["ties"].sum() == spaces.ties == 1_821
    assert spaces.table["expected"].sum() == pytest.approx(spaces.ties)
    assert len(spaces.table) == 55


def test_counts_are_those_of_networkx() -> None:
    import networkx as nx

    harbour = mk.load_dataset("harbour")
    ecosystem = mk.Ecosystem(harbour.actors, harbour.ties)
    graph = nx.Graph(ecosystem.to_networkx().to_undirected())
    types = dict(zip(ecosystem.ids, ecosystem.types, strict=True))
    counted: dict[frozenset[str], int] = {}
    for a, b in graph.edges:
        if a != b:
            pair = frozenset((types[a], types[b]))
            counted[pair] = counted.get(pair, 0) + 1
    for row in mk.find_white_spaces(ecosystem).table.itertuples():
        assert row.ties == counted.get(frozenset((row.a, row.b)), 0)


def test_shuffled_ties_leave_hardly_a_hole() -> None:
    rng = np.random.default_rng(3)
    holes = 0
    for _ in range(20):
        stubs = rng.permutation(np.repeat(np.arange(80), 6)).reshape(-1, 2)
        actors = pd.DataFrame({"actor": [str(k) for k in range(80)], "type": np.repeat(list("abcd"), 20)})
        ties = pd.DataFrame(stubs.astype(str), columns=["source", "target"])
        holes += len(mk.find_white_spaces((actors, ties)).holes)
    assert holes <= 2


def test_a_few_ties_are_fewer_than_chance_and_as_chance_is_no_hole() -> None:
    few = mk.find_white_spaces(two_camps(across=12)).table.set_index(["a", "b"])
    assert few.loc[("media", "supplier"), "verdict"] == "few"
    assert few.loc[("media", "media"), "verdict"] == "many"
    even = mk.find_white_spaces(two_camps(across=220))
    assert even.holes.empty


def test_a_tie_within_type_and_community_counts_once() -> None:
    actors = pd.DataFrame({"actor": list("abc"), "type": ["media", "media", "partner"]})
    ties = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    spaces = mk.find_white_spaces((actors, ties), {"a": "north", "b": "north", "c": "south"})
    cells = spaces.table[spaces.table["kind"] == "type and community"].set_index(["a", "b"])
    assert cells.loc[("media", "north"), ["ties", "pairs"]].tolist() == [2 - 1, 1]
    assert cells.loc[("media", "south"), ["ties", "pairs"]].tolist() == [1, 2]
    assert cells.loc[("partner", "north"), ["ties", "pairs"]].tolist() == [1, 2]


def test_when_communities_are_the_types_both_tables_agree() -> None:
    actors, ties = two_camps(across=30)
    by_type = dict(zip(actors["actor"], actors["type"], strict=True))
    table = mk.find_white_spaces((actors, ties), by_type).table
    first, second = (part.set_index(["a", "b"]) for _, part in table.groupby("kind", sort=False))
    for cell in first.index:
        assert second.loc[cell, ["ties", "expected", "pairs"]].tolist() == pytest.approx(
            first.loc[cell, ["ties", "expected", "pairs"]].tolist()
        )


def test_communities_are_taken_from_a_frame_and_strangers_to_it_are_counted() -> None:
    actors, ties = two_camps()
    frame = pd.DataFrame({"actor": ["m0", "m1"], "community": [0, 0]})
    spaces = mk.find_white_spaces((actors, ties), frame)
    assert any("78 actors are in no community" in note for note in spaces.notes)
    with pytest.raises(TableError, match="Did you mean 'communities'"):
        mk.find_white_spaces((actors, ties), frame.rename(columns={"community": "communities"}))


def test_actors_without_a_type_are_a_type_of_their_own_and_none_at_all_is_refused() -> None:
    actors, ties = two_camps()
    spaces = mk.find_white_spaces((actors.head(60), ties))
    assert "(no type)" in set(spaces.table["b"]) | set(spaces.table["a"])
    with pytest.raises(OptionError, match="No actor has a type"):
        mk.find_white_spaces(ties)
    with pytest.raises(OptionError, match="no cell of 'media' and 'suppliers'"):
        mk.find_white_spaces((actors, ties)).ratio("media", "suppliers")


def test_an_ecosystem_without_a_tie_has_no_cell_to_judge() -> None:
    actors, _ = two_camps()
    nobody = mk.Ecosystem(actors, pd.DataFrame({"source": ["m0"], "target": ["m0"]}))
    assert mk.find_white_spaces(nobody).table.empty


def test_harbours_public_never_meets_its_offices() -> None:
    harbour = mk.load_dataset("harbour")
    spaces = mk.find_white_spaces((harbour.actors, harbour.ties))
    assert spaces.ratio("decision_maker", "kol").high < 0.1
    assert spaces.ratio("partner", "partner").low > 5


def test_cells_of_type_and_community_are_those_counted_one_tie_at_a_time() -> None:
    harbour = mk.load_dataset("harbour")
    ecosystem = mk.Ecosystem(harbour.actors, harbour.ties)
    rng = np.random.default_rng(2)
    place = dict(zip(ecosystem.ids, rng.choice(["north", "south", "west"], ecosystem.n), strict=True))
    kind = dict(zip(ecosystem.ids, ecosystem.types, strict=True))
    frame = ecosystem.ties_frame()
    pairs = {frozenset(ends) for ends in zip(frame["source"], frame["target"], strict=True) if ends[0] != ends[1]}
    table = mk.find_white_spaces(ecosystem, place).table
    for row in table[table["kind"] == "type and community"].itertuples():
        meant = sum(
            (kind[a] == row.a and place[b] == row.b) or (kind[b] == row.a and place[a] == row.b) for a, b in pairs
        )
        assert row.ties == meant


def test_a_thousand_communities_are_counted_without_trouble() -> None:
    actors, ties = two_camps()
    spaces = mk.find_white_spaces((actors, ties), {actor: f"c{k}" for k, actor in enumerate(actors["actor"])})
    assert (spaces.table["kind"] == "type and community").sum() == 2 * 80


def test_types_that_are_ids_are_refused() -> None:
    actors = pd.DataFrame({"actor": [f"a{k}" for k in range(300)]})
    ties = pd.DataFrame({"source": ["a0"], "target": ["a1"]})
    with pytest.raises(OptionError, match="300 types"):
        mk.find_white_spaces((actors.assign(type=actors["actor"]), ties))
