"""Layouts are places in 0..1, the same each time, with nothing on nothing."""

from __future__ import annotations

import pandas as pd
import pytest

from mapkit.errors import OptionError
from mapkit.journeys.paths import measure_step_matrix, measure_transitions
from mapkit.plots.paths import PathGraph, path_graph, sankey
from mapkit.sequences import END, START
from tests.literal import events

LINES = (*(f"ann{n}: visit@1 look@2 look@3 buy@4" for n in range(3)), "bob: visit@1 buy@2 visit@3", "cid: visit@1")


def graph(**options) -> PathGraph:
    return path_graph(measure_transitions(events(*LINES)), **options)


def test_the_start_is_left_the_end_right_and_steps_follow_their_order():
    x = graph().nodes.set_index("step")["x"]
    assert (x[START], x[END]) == (0.0, 1.0)
    assert x["visit"] < x["look"] <= x["buy"]
    assert graph().nodes[["x", "y"]].apply(lambda places: places.between(0, 1)).all(axis=None)


def test_no_two_steps_stand_in_one_place_and_the_picture_is_the_same_each_time():
    lines = [f"c{n}: " + " ".join(f"e{n * k % 23}@{k}" for k in range(9)) for n in range(40)]
    one, other = (path_graph(measure_transitions(events(*lines)), edges=200) for _ in range(2))
    assert not one.nodes.duplicated(["x", "y"]).any()
    pd.testing.assert_frame_equal(one.nodes, other.nodes)


def test_edges_carry_their_share_interval_and_kind():
    edges = graph().edges.set_index(["source", "target"])
    assert edges.loc[("look", "look"), "kind"] == "loop"
    assert edges.loc[("visit", "look"), "kind"] == "on"
    assert edges.loc[("buy", "visit"), "kind"] in ("back", "aside")
    row = edges.loc[("visit", "look")]
    assert (row["count"], row["out"], row["share"]) == (3, 6, 0.5)
    assert row["low"] < 0.5 < row["high"]
    assert edges["weight"].max() == 1.0


def test_only_the_most_travelled_ways_are_kept_and_the_others_counted():
    kept = graph(edges=2)
    assert len(kept.edges) == 2
    assert (kept.edges_found, kept.moves) == (8, 21)
    assert kept.moves_shown == kept.edges["count"].sum()
    assert graph(weakest=0.9).edges["share"].min() >= 0.9
    assert graph(strongest=0.5).edges["share"].max() <= 0.5
    with pytest.raises(OptionError, match="whole number"):
        graph(edges=0)


def test_segments_are_laid_out_together_or_one_by_one():
    split = measure_transitions(events("ann: a@1{channel=web} b@2", "bob: a@1{channel=mail} c@2"), by="channel")
    assert set(path_graph(split).nodes["step"]) == {START, "a", "b", "c", END}
    assert path_graph(split).edges.set_index(["source", "target"]).loc[("a", "b"), "share"] == 0.5
    assert set(path_graph(split, segment="web").nodes["step"]) == {START, "a", "b", END}


def test_without_start_and_end_and_without_moves_there_is_a_layout_too():
    assert set(path_graph(measure_transitions(events(*LINES), start_end=False)).nodes["kind"]) == {"step"}
    assert path_graph(measure_transitions(events())).nodes.empty


def test_bands_fill_the_nodes_they_join():
    laid = sankey(measure_step_matrix(events(*LINES), steps=4), steps=4)
    bands, nodes = laid.bands, laid.nodes.set_index(["step", "event"])
    left = bands.groupby(["step", "source"])["customers"].sum()
    assert {key: nodes.loc[key, "customers"] for key in left.index} == left.to_dict()
    for row in bands.to_dict("records"):
        source, target = nodes.loc[(row["step"], row["source"])], nodes.loc[(row["step"] + 1, row["target"])]
        assert source["top"] - 1e-9 <= row["from_top"] < row["from_bottom"] <= source["bottom"] + 1e-9
        assert target["top"] - 1e-9 <= row["to_top"] < row["to_bottom"] <= target["bottom"] + 1e-9
    assert laid.total == 5
    assert nodes["bottom"].max() <= 1 + 1e-9


def test_rare_events_of_a_step_are_put_together_and_who_ended_is_shown_once():
    laid = sankey(measure_step_matrix(events(*(f"c{n}: e{n % 9}@1" for n in range(90))), steps=3), most=4)
    assert laid.nodes[laid.nodes["step"] == 1]["event"].tolist()[-1] == "(other)"
    assert laid.nodes[laid.nodes["step"] == 1]["customers"].sum() == 90
    assert laid.nodes[laid.nodes["event"] == END][["step", "customers"]].to_numpy().tolist() == [[2, 90]]
    assert sankey(measure_step_matrix(events())).nodes.empty
