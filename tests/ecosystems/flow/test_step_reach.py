"""Whom some actors reach in so many steps."""

from __future__ import annotations

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapkit.ecosystems import Ecosystem
from mapkit.ecosystems.flow import measure_step_reach
from mapkit.errors import OptionError

LINE = Ecosystem(
    pd.DataFrame({"actor": list("abcd"), "type": ["own", "shop", "shop", None]}),
    pd.DataFrame({"source": ["a", "b", "c"], "target": ["b", "c", "d"]}),
)


def test_reach_grows_step_by_step_and_has_its_denominator() -> None:
    reach = measure_step_reach(LINE, "a")
    rows = reach.table.query("direction == 'along' and type == '(all)'")
    assert list(rows["new"]) == [1, 1, 1]
    assert list(rows["reached"]) == [1, 2, 3]
    assert set(rows["actors"]) == {3}
    assert str(reach.share(2)) == "66.7% of 3"
    assert reach.share(2, type="shop").value == 1
    assert reach.share(3, type="(none)").n == 1


def test_against_the_ties_is_another_reach_than_along_them() -> None:
    reach = measure_step_reach(LINE, "b", steps=1)
    assert [reach.share(1, direction=each).value for each in ("along", "against", "both")] == pytest.approx(
        [1 / 3, 1 / 3, 2 / 3]
    )
    assert list(reach.within.set_index("actor").loc["a", ["along", "against"]].isna()) == [True, False]


def test_from_several_the_nearest_counts() -> None:
    assert measure_step_reach(LINE, ["a", "c"], steps=1).share(1).value == 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=30), st.integers(1, 4))
def test_the_steps_are_those_of_networkx(ties, steps) -> None:
    frame = pd.DataFrame([(f"a{a}", f"a{b}") for a, b in ties], columns=["source", "target"])
    graph = nx.DiGraph(list(frame.itertuples(index=False, name=None)))
    start = frame["source"][0]
    reach = measure_step_reach(Ecosystem(None, frame), start, steps=steps).within.set_index("actor")
    for direction, one in (("along", graph), ("against", graph.reverse()), ("both", graph.to_undirected())):
        expected = nx.single_source_shortest_path_length(one, start, cutoff=steps)
        assert reach[direction].dropna().astype(int).to_dict() == {k: v for k, v in expected.items() if k != start}


@pytest.mark.parametrize("steps", [0, True, 1.5])
def test_what_is_no_number_of_steps_is_refused(steps) -> None:
    with pytest.raises(OptionError, match="whole number from 1"):
        measure_step_reach(LINE, "a", steps=steps)


def test_what_was_not_measured_is_told() -> None:
    reach = measure_step_reach(LINE, "a")
    with pytest.raises(OptionError, match="measured for 1 to 3"):
        reach.share(4)
    with pytest.raises(OptionError, match=r"no type 'shops'.*Did you mean 'shop'"):
        reach.share(1, type="shops")
    with pytest.raises(OptionError, match="no actor to start from"):
        measure_step_reach(LINE, [])
