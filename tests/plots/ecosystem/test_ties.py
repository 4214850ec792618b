from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mapkit.ecosystems import Ecosystem
from mapkit.plots.ecosystem.grouping import groups_of
from mapkit.plots.ecosystem.layout import lay_out
from mapkit.plots.ecosystem.ties import curves, heads, negative, strongest
from tests.plots.ecosystem.made import two_cliques


def hub() -> Ecosystem:
    """A hub with strong ties to three, two of whom have a weak one; and a tie to itself."""
    rows = [("hub", "a", 9.0), ("hub", "b", 8.0), ("hub", "c", 7.0), ("a", "b", 1.0), ("hub", "hub", 99.0)]
    return Ecosystem(None, pd.DataFrame(rows, columns=["source", "target", "weight"]))


def drawn(ecosystem: Ecosystem, most: int) -> list[str]:
    frame = ecosystem.ties_frame().iloc[strongest(ecosystem, most).rows]
    return [f"{source}-{target}" for source, target in zip(frame["source"], frame["target"], strict=True)]


def test_every_tie_between_two_is_drawn_where_there_is_room():
    found = strongest(hub(), 10)
    assert (len(found.rows), found.found, found.to_themselves) == (4, 4, 1)
    assert found.share.tolist() == [1.0, pytest.approx(7 / 8), pytest.approx(6 / 8), 0.0]


def test_of_too_many_each_actor_keeps_its_strongest():
    assert drawn(hub(), 3) == ["hub-a", "hub-b", "hub-c"]
    # A weak tie that is the strongest of its actor comes before the second of another.
    rows = [("a", "b", 9.0), ("a", "c", 8.0), ("b", "c", 7.0), ("x", "y", 0.1)]
    loose = Ecosystem(None, pd.DataFrame(rows, columns=["source", "target", "weight"]))
    assert drawn(loose, 3) == ["a-b", "a-c", "x-y"]


def test_a_missing_weight_is_no_strength_and_a_negative_one_counts_by_its_size():
    rows = [("a", "b", np.nan), ("a", "c", -2.0), ("a", "d", 1.0)]
    ecosystem = Ecosystem(None, pd.DataFrame(rows, columns=["source", "target", "weight"]))
    assert strongest(ecosystem, 10).share.tolist() == [0.0, 1.0, 0.5]
    assert negative(ecosystem).tolist() == [False, True, False]


def test_a_sign_below_zero_is_against():
    ties = pd.DataFrame({"source": ["a", "a"], "target": ["b", "c"], "sign": [1, -1]})
    assert negative(Ecosystem(None, ties)).tolist() == [False, True]


def test_lines_run_from_rim_to_rim_and_there_and_back_lie_apart():
    ties = pd.DataFrame({"source": ["a", "b"], "target": ["b", "a"]})
    ecosystem = Ecosystem(None, ties)
    layout = lay_out(ecosystem, groups_of(ecosystem, None).codes, np.full(2, 5.0), wide=300, high=200)
    there, back = curves(ecosystem, layout, np.array([0, 1]))
    assert np.hypot(*(there[0] - layout.at[0])) == pytest.approx(5.0)
    assert np.hypot(*(there[-1] - layout.at[1])) == pytest.approx(5.4)
    assert np.hypot(*(there[4] - back[4])) > 5
    tip = heads(np.stack([there]), np.array([4.0]))[0]
    assert np.allclose(tip[0], there[-1])
    assert np.hypot(*(tip[0] - tip[1:].mean(axis=0))) == pytest.approx(4.0)


def test_a_tie_without_direction_is_straight():
    ecosystem = two_cliques()
    layout = lay_out(ecosystem, groups_of(ecosystem, None).codes, np.full(ecosystem.n, 4.0), wide=300, high=200)
    for line in curves(ecosystem, layout, np.arange(ecosystem.m)):
        way, half = line[-1] - line[0], line[4] - line[0]
        assert abs(way[0] * half[1] - way[1] * half[0]) < 1e-6 * max(1.0, float(way @ way))
