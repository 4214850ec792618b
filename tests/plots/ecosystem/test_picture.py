from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection, PathCollection, PolyCollection
from matplotlib.colors import to_hex
from matplotlib.patches import Polygon

from mapkit.ecosystems import Ecosystem
from mapkit.errors import OptionError
from mapkit.plots import blank_page, describe, plot, render_picture
from mapkit.plots.ecosystem.looks import kinds_of, measured, radii_of
from mapkit.plots.style import BLUE, ORANGE, OTHER
from tests.plots.ecosystem.made import of_cliques, two_cliques
from tests.plots.made import NASTY, said, texts


def marks(ax) -> list[PathCollection]:
    """The marks of actors, without those of the key."""
    return [each for each in ax.collections if isinstance(each, PathCollection) and each.get_zorder() == 3]


def lines(ax) -> int:
    return sum(len(each.get_segments()) for each in ax.collections if isinstance(each, LineCollection))


def test_the_title_says_how_many_communities_and_who_joins_them():
    ax = plot(two_cliques(), blank_page())
    assert "2 communities; Dora has 90% of the ties between them" in said(ax)
    assert "9 actors, 14 ties · size: strength · colour: type" in said(ax)
    assert "Below: 1 actor without ties to others." in said(ax)


def test_every_actor_is_a_mark_in_the_colour_and_shape_of_its_type():
    ax = plot(two_cliques(), blank_page())
    drawn = {to_hex(each.get_facecolors()[0]).upper(): len(each.get_offsets()) for each in marks(ax)}
    assert drawn == {BLUE.upper(): 5, ORANGE.upper(): 4}
    assert len({each.get_paths()[0].vertices.shape for each in marks(ax)}) == 2


def test_every_tie_is_a_line_and_without_a_direction_has_no_head():
    ax = plot(two_cliques(), blank_page())
    assert lines(ax) == 14
    assert not [each for each in ax.collections if isinstance(each, PolyCollection)]


def test_a_tie_with_a_direction_has_a_head():
    ties = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "directed": [True, False]})
    ax = plot(Ecosystem(None, ties), blank_page())
    (heads,) = [each for each in ax.collections if isinstance(each, PolyCollection)]
    assert len(heads.get_paths()) == 1


def test_above_the_most_ties_the_strongest_of_each_are_drawn_and_it_is_said():
    ecosystem = of_cliques([12, 12])
    ax = plot(ecosystem, blank_page(), ties=40)
    assert lines(ax) == 40
    assert f"40 of {ecosystem.m} ties drawn: each actor's strongest" in said(ax)


def test_communities_are_outlined_and_colour_can_tell_them():
    ax = plot(two_cliques(), blank_page(), colour="community")
    outlines = [each for each in ax.patches if isinstance(each, Polygon)]
    assert len(outlines) == 2
    assert len({to_hex(each.get_facecolor()) for each in outlines}) == 2
    assert len({tuple(colour) for each in marks(ax) for colour in each.get_facecolors()}) == 3


def test_communities_can_be_given_as_frame_result_or_column():
    ecosystem = two_cliques()
    frame = pd.DataFrame({"actor": ecosystem.ids, "community": ["one", *["two"] * 8]})
    for given in ({"communities": frame}, {"colour": frame}):
        assert "two, 7 actors" in said(plot(ecosystem, blank_page(), **given))
    assert "2 communities" in said(plot(ecosystem, blank_page(), communities="type"))
    with pytest.raises(OptionError, match="communities takes what find_communities returned"):
        plot(ecosystem, blank_page(), communities=7)


def test_where_no_type_is_known_colour_tells_communities():
    assert "colour: community" in said(plot(of_cliques([5, 4]), blank_page()))


def test_size_is_a_measure_a_column_or_a_result():
    ecosystem = two_cliques()
    name, betweenness = measured(ecosystem, "betweenness")
    assert name == "betweenness"
    assert set(ecosystem.ids[betweenness == betweenness.max()]) == {"ann", "dora", "eve", "fay"}
    followers = Ecosystem(ecosystem.actors.assign(followers=[1, 2, 3, 4, 5, 6, 7, 8, None]), ecosystem.ties_frame())
    assert measured(followers, "followers")[1].tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 0]
    result = pd.DataFrame({"actor": ["hal", "ann"], "score": [2.0, 1.0]})
    assert measured(ecosystem, result)[1].tolist() == [1, 0, 0, 0, 0, 0, 0, 2, 0]
    assert "size: betweenness" in said(plot(ecosystem, blank_page(), size="betweenness"))


def test_areas_follow_the_measure_above_a_smallest_that_can_be_seen():
    radii = radii_of(np.array([0.0, 1.0, 2.0]), 500, 400)
    assert radii[0] > 0
    area = radii**2
    assert area[2] - area[1] == pytest.approx(area[1] - area[0])


def test_the_names_of_the_largest_are_written_or_those_asked_for():
    ecosystem = two_cliques()
    assert {"Dora", "Eve"} <= set(texts(plot(ecosystem, blank_page(), labels=2)))
    assert "Hal" not in texts(plot(ecosystem, blank_page(), labels=2))
    assert "Hal" in texts(plot(ecosystem, blank_page(), labels=["hal"]))
    with pytest.raises(OptionError, match="Did you mean 'hal'"):
        plot(ecosystem, blank_page(), labels=["hall"])


def test_more_than_eight_types_are_seven_and_the_others():
    kinds = kinds_of(np.array([f"t{k}" for k in range(12) for _ in range(12 - k)] + [None], dtype=object), "type")
    assert kinds.names == ("t0", "t1", "t2", "t3", "t4", "t5", "t6", "others")
    assert kinds.colours[-1] == OTHER
    assert sum(kinds.counts) == 79
    assert len(set(kinds.markers)) == 8


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"colour": "tpye"}, "Did you mean 'type'"),
        ({"size": "name"}, "a column without numbers"),
        ({"size": 3}, "a int is none of these"),
        ({"ties": 0}, "ties=0 is not a number"),
        ({"labels": -1}, "labels=-1"),
        ({"color": "type"}, "Did you mean 'colour'"),
    ],
    ids=str,
)
def test_a_slip_is_answered_with_what_to_do(options, words):
    with pytest.raises(OptionError, match=re.escape(words)):
        plot(two_cliques(), blank_page(), **options)


def test_an_ecosystem_without_actors_or_without_ties_is_said_to_be_so():
    empty = pd.DataFrame(columns=["source", "target"])
    nobody = Ecosystem(pd.DataFrame(columns=["actor"]), empty)
    assert "nothing to draw: there are no actors" in said(plot(nobody, blank_page()))
    strangers = Ecosystem(pd.DataFrame({"actor": ["ann", "ben"]}), empty)
    ax = plot(strangers, blank_page())
    assert "2 actors, and no tie between any two" in said(ax)
    assert sum(len(each.get_offsets()) for each in marks(ax)) == 2


def test_weights_that_are_missing_or_negative_are_drawn_and_not_refused():
    rows = [("a", "b", np.nan), ("b", "c", -1.0), ("c", "a", 2.0), ("c", "d", 0.0)]
    ax = plot(Ecosystem(None, pd.DataFrame(rows, columns=["source", "target", "weight"])), blank_page())
    assert lines(ax) == 4
    assert "Dashed: against." in said(ax)


@pytest.mark.parametrize("name", NASTY.values(), ids=NASTY)
def test_hostile_names_are_drawn_as_text(name):
    ecosystem = two_cliques()
    hostile = Ecosystem(ecosystem.actors.assign(name=name, type=name), ecosystem.ties_frame())
    ax = plot(hostile, blank_page())
    ax.figure.canvas.draw()
    assert len(describe(hostile)) < 2_000


def test_the_same_ecosystem_is_the_same_bytes():
    assert render_picture(two_cliques()) == render_picture(two_cliques())


def test_on_a_small_axes_among_others_the_map_is_laid_out_for_its_room():
    from matplotlib.figure import Figure

    axes = Figure(figsize=(10, 5)).subplots(1, 2)
    ax = plot(of_cliques([8, 6]), axes[0])
    (x0, x1), radii = ax.get_xlim(), np.sqrt(marks(ax)[0].get_sizes()) / 2
    at = marks(ax)[0].get_offsets()
    assert (at[:, 0] > x0).all() and (at[:, 0] < x1).all()
    away = np.hypot(*(at[:, None] - at[None, :]).transpose(2, 0, 1))
    np.fill_diagonal(away, np.inf)
    assert (away > radii[:, None] + radii[None, :] - 0.1).all()


def test_the_sentence_says_who_is_there_and_who_is_most_tied():
    assert describe(two_cliques()) == (
        "Map of 9 actors (5 customer, 4 partner) and 14 ties; the strongest tied are Dora, Eve, Ann."
    )


def test_harbours_broker_joins_its_communities(harbour_ecosystem):
    ax = plot(harbour_ecosystem, blank_page())
    title = next(text for text in texts(ax) if "communities" in text)
    assert re.match(r"\d communities; Tide Table has \d\d% of the ties between them", title)
    assert {"Tide Table", "Brass Kettle Roasters"} <= set(texts(ax))
