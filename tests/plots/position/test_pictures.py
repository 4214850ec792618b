"""Pictures of position: what stands on them, and that odd data leaves them whole."""

from __future__ import annotations

import matplotlib.colors
import networkx as nx
import pandas as pd
import pytest

import mapkit as mk
from mapkit.errors import OptionError
from mapkit.plots import blank_page, describe, plot
from mapkit.plots.style import BAD
from tests.plots.made import NASTY, said, texts

ACTORS = pd.DataFrame(
    {
        "actor": ["us", "gate", "ann", "bob", "eve"],
        "name": ["Harbour", "Gate", "Twin", "Twin", "Eve"],
        "type": ["own", "partner", "customer", "customer", "customer"],
    }
)
TIES = pd.DataFrame(
    {
        "source": ["us", "gate", "gate", "bob"],
        "target": ["gate", "ann", "bob", "eve"],
        "directed": False,
        "type": "tells",
    }
)
NETWORK = (ACTORS, TIES)


def markers(ax) -> list[str]:
    return [line.get_marker() for line in ax.lines if line.get_marker() not in ("None", "|")]


def test_the_first_by_betweenness_stands_at_the_top_with_its_type():
    ax = plot(mk.measure_position(NETWORK), blank_page())
    assert "Gate stands first by betweenness: 0.833, the next has 0.500" in said(ax)
    assert {"0.833", "partner", "Harbour"} <= set(texts(ax))
    assert "Gate 0.833" in describe(mk.measure_position(NETWORK))


def test_actors_who_share_a_name_are_told_apart_by_their_ids():
    ax = plot(mk.measure_position(NETWORK), blank_page(), by="degree")
    assert {"Twin (ann)", "Twin (bob)"} <= set(texts(ax))


def test_a_type_has_one_shape_in_every_row():
    drawn = markers(plot(mk.measure_position(NETWORK), blank_page(), by="degree"))
    assert len(drawn) == 5
    assert len(set(drawn)) == 3


def test_a_sample_shows_its_whiskers_and_says_how_many_pivots():
    position = mk.measure_position(nx.karate_club_graph(), ["betweenness"], exact_below=5, pivots=10)
    ax = plot(position, blank_page(), k=4)
    assert "Estimated from 10 actors" in said(ax)
    assert sum(line.get_marker() == "|" for line in ax.lines) >= 4


def test_ranks_stand_with_their_intervals_and_how_often_they_were_among_the_first():
    ranking = mk.rank_actors(nx.star_graph(12), "degree", first=1)
    ax = plot(ranking, blank_page(), k=5)
    assert "0 stands first by degree, whichever ties are found" in said(ax)
    assert "[1, 1]" in texts(ax)
    assert "100% in first 1" in texts(ax)
    assert "0 1 [1, 1]" in describe(ranking)


def test_a_first_that_may_not_be_first_is_said_so():
    ax = plot(mk.rank_actors(nx.path_graph(6), "degree", first=3), blank_page())
    assert "but anywhere down to" in said(ax)


def test_a_ranking_without_resamples_has_no_intervals():
    ax = plot(mk.rank_actors(nx.path_graph(4), "degree", resamples=0), blank_page())
    assert "no intervals" in said(ax)
    assert not any("[" in text for text in texts(ax))


def test_a_removal_is_drawn_before_and_after_with_chance_beside_it():
    more = pd.concat([ACTORS, pd.DataFrame({"actor": [f"p{k}" for k in range(6)], "name": "P", "type": "partner"})])
    removal = mk.simulate_removal((more, TIES), "gate", baseline=30)
    ax = plot(removal, blank_page())
    assert "Without Gate ways take 1 hops, not 2.17; 3 cut off" in said(ax)
    assert {"Parts", "Cut off", "chance 0 to 0"} <= set(texts(ax))
    full = [line.get_color() for line in ax.lines if line.get_marker() == "o"]
    assert BAD in full
    assert "actors cut off 0 to 3" in describe(removal)


def test_types_that_are_tied_more_than_chance_are_bold_and_blue():
    blocks = nx.planted_partition_graph(2, 12, 0.9, 0.02, seed=2)
    nx.set_node_attributes(blocks, {node: "shop" if node < 12 else "bar" for node in blocks}, "type")
    structure = mk.measure_structure(blocks)
    ax = plot(structure, blank_page())
    assert "of ties stay within a type of actor; chance would give 50%" in said(ax)
    blue = matplotlib.colors.to_rgb("#0072B2")
    assert sum(patch.get_facecolor()[:3] == blue for patch in ax.patches) == 2
    assert "shop to shop" in describe(structure)


def test_ties_of_one_type_can_be_drawn_alone_and_a_wrong_one_is_refused():
    structure = mk.measure_structure(NETWORK)
    assert "ties of type tells" in said(plot(structure, blank_page(), tie_type="tells"))
    with pytest.raises(OptionError, match="Did you mean 'tells'"):
        plot(structure, blank_page(), tie_type="tels")


@pytest.mark.parametrize("name", NASTY.values(), ids=NASTY.keys())
def test_names_of_every_kind_are_drawn_and_not_read(name: str):
    actors = pd.DataFrame({"actor": ["a", "b", "c"], "name": [name, "B", None], "type": [name or None, "x", None]})
    network = (actors, pd.DataFrame({"source": ["a", "a"], "target": ["b", "c"]}))
    for result in (
        mk.measure_position(network, ["degree"]),
        mk.rank_actors(network, "degree", resamples=5),
        mk.simulate_removal(network, "a", baseline=2),
        mk.measure_structure(network),
    ):
        ax = plot(result, blank_page())
        ax.figure.canvas.draw()
        assert describe(result)


@pytest.mark.parametrize("measure", [mk.measure_position, mk.rank_actors, mk.measure_structure])
def test_nothing_gives_a_page_that_says_so(measure):
    nothing = measure((None, pd.DataFrame({"source": [], "target": []})))
    assert "nothing to draw" in said(plot(nothing, blank_page()))
    assert describe(nothing)
