"""Pictures of communities and brokers: what they say is what was found."""

from __future__ import annotations

import networkx as nx
import pandas as pd
import pytest
from matplotlib.patches import Rectangle

from mapkit.ecosystems import Ecosystem
from mapkit.ecosystems.communities import find_communities, measure_brokerage
from mapkit.plots import blank_page, describe, plot
from tests.plots.made import NASTY, said, texts


@pytest.fixture(scope="module")
def found():
    return find_communities(nx.ring_of_cliques(4, 5))


def test_every_community_has_a_row_and_every_two_a_cell(found) -> None:
    ax = plot(found, blank_page())
    cells = [each for each in ax.patches if isinstance(each, Rectangle) and each.get_height() > 20]
    assert len(cells) == 16
    # 10 ties within each, 2 to the neighbours: 10 of the 12 ties at its actors stay inside.
    assert sum(text == "83%" for text in texts(ax)) == 4
    assert sum(text == "8%" for text in texts(ax)) == 8


def test_the_title_says_how_much_stays_inside(found) -> None:
    assert "4 communities: 90.9% of all tie weight stays inside one" in said(plot(found, blank_page()))
    assert "n = 20 actors" in said(plot(found, blank_page()))
    assert describe(found).startswith("4 communities among 20 actors, modularity 0.66, 90.9% of tie weight inside: 5")


def test_more_than_eight_communities_are_counted_not_drawn() -> None:
    assert "Not drawn: 4 smaller communities." in said(plot(find_communities(nx.ring_of_cliques(12, 4)), blank_page()))


def test_without_ties_there_is_nothing_to_draw() -> None:
    alone = find_communities((pd.DataFrame({"actor": ["a"]}), pd.DataFrame({"source": [], "target": []}, dtype=str)))
    assert "nothing to draw: no two actors are tied" in said(plot(alone, blank_page()))


def brokers():
    actors = pd.DataFrame({"actor": list("abcd"), "name": ["$a$", "<b>Bo</b>", "c", "d"], "type": list("xyxz")})
    ties = pd.DataFrame({"source": list("abb"), "target": list("bcd")})
    return measure_brokerage(Ecosystem(actors, ties), permutations=20)


def test_a_brokers_bars_are_its_roles_and_what_chance_would_give() -> None:
    result = brokers()
    ax = plot(result, blank_page())
    wide = [bar.get_width() for bar in ax.patches if bar.get_height() == 9.0]
    assert [round(each / sum(wide), 3) for each in wide] == [0, 0.5, 0, 0, 0.5]
    thin = [bar.get_width() for bar in ax.patches if bar.get_height() == 4.0]
    expected = result.roles.query("actor == 'b'")["expected"] / 2
    assert [each / sum(wide) for each in thin] == pytest.approx(list(expected))


def test_names_are_drawn_as_they_stand_and_the_finding_is_said() -> None:
    ax = plot(brokers(), blank_page())
    assert "<b>Bo</b> stands in 100% of 2 open ways" in said(ax)
    assert "<b>Bo</b> in 2, mostly as itinerant" in describe(brokers())


def test_nobody_between_two_is_nothing_to_draw() -> None:
    closed = measure_brokerage(nx.complete_graph(3), {"0": "x", "1": "x", "2": "y"})
    assert "nothing to draw: no actor stands between" in said(plot(closed, blank_page()))


@pytest.mark.parametrize("name", NASTY.values(), ids=NASTY)
def test_any_name_can_be_drawn(name) -> None:
    actors = pd.DataFrame({"actor": list("abc"), "name": name, "type": name})
    ecosystem = Ecosystem(actors, pd.DataFrame({"source": list("ab"), "target": list("bc")}))
    for result in (find_communities(ecosystem, runs=2), measure_brokerage(ecosystem, permutations=2)):
        plot(result, blank_page()).figure.canvas.draw()
        assert describe(result)
