"""What a PathExplorer answers when its settings change, said with small logs and without a browser."""

from __future__ import annotations

import io
import json

import pandas as pd
import pytest
from PIL import Image

import mapkit as mk
from mapkit.errors import MapkitError, OptionError
from mapkit.widgets import PathExplorer, path_explorer
from mapkit.widgets.path_parts import part_between
from tests.literal import events, table_of

SHOP = events(
    "ann: visit@0{channel=email, session=a1} look@1h{session=a1} look@2h buy@2d{channel=email, session=a2}",
    "bob: visit@0{channel=search, session=b1} buy@1h{channel=search, session=b1}",
    "cat: look@1h{channel=search, session=c1} visit@3d{channel=search, session=c2}",
)
HOSTILE = ["<script>alert(1)</script>", "🎉", "x" * 10_000, "مرحبا بكم", "a > b", "a\\b", "a'b\"c\nd"]


def edges(explorer: PathExplorer) -> set[str]:
    return {edge["name"] for edge in explorer.view["edges"]}


def two_groups() -> mk.Table:
    """60 customers of each channel; after a look, nine in ten of the letter's buy, and one in ten of the search's."""
    rows = []
    for channel, buys in (("letter", 54), ("search", 6)):
        for k in range(60):
            for n, event in enumerate(["visit", "look", "buy" if k < buys else "leave"]):
                rows.append((f"{channel}{k}", event, pd.Timestamp("2025-01-01") + pd.Timedelta(n, "h"), channel))
    return table_of(
        pd.DataFrame(rows, columns=["customer", "event", "time", "channel"]).astype({"time": "datetime64[us]"})
    )


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """The options of every measurement of transitions, in order."""
    asked: list[dict] = []
    measure = path_explorer.measure_transitions

    def counting(table, **options):
        asked.append(options)
        return measure(table, **options)

    monkeypatch.setattr(path_explorer, "measure_transitions", counting)
    return asked


def test_the_result_is_what_the_measure_gives():
    explorer = PathExplorer(SHOP)
    pd.testing.assert_frame_equal(explorer.result.table, mk.measure_transitions(SHOP).table)
    assert edges(explorer) >= {"(start) → visit", "visit → look", "look → look", "buy → (end)"}


def test_a_threshold_hides_weak_moves_and_measures_nothing_anew(measured):
    explorer = PathExplorer(SHOP)
    measured.clear()
    explorer.below = 0.5
    assert "look → buy" not in edges(explorer)
    assert "(start) → visit" in edges(explorer)
    explorer.set_state({"hide": "count", "below": 2.0})
    assert edges(explorer) == {"(start) → visit", "buy → (end)"}
    explorer.edges = 1
    assert len(explorer.view["edges"]) == 1
    assert measured == []


def test_per_session_and_collapsed_loops_reach_the_measure(measured):
    explorer = PathExplorer(SHOP, per="session", collapse_loops=True)
    assert measured == [{"by": None, "per": "session", "collapse_loops": True}]
    assert "look → look" not in edges(explorer)


def test_several_settings_in_one_message_are_measured_once(measured):
    explorer = PathExplorer(SHOP)
    measured.clear()
    explorer.set_state({"collapse_loops": True, "per": "session", "below": 0.1})
    assert len(measured) == 1
    assert explorer.shown == explorer.options


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ({"start": "visit"}, {"ann": ["visit", "look", "look", "buy"], "bob": ["visit", "buy"], "cat": ["visit"]}),
        ({"end": "visit"}, {"ann": ["visit"], "bob": ["visit"], "cat": ["look", "visit"]}),
        ({"start": "look", "end": "buy"}, {"ann": ["look", "look", "buy"]}),
        ({"start": "visit", "end": "visit"}, {"ann": ["visit"], "bob": ["visit"], "cat": ["visit"]}),
    ],
    ids=str,
)
def test_a_part_runs_from_the_first_start_to_the_next_end(ends, expected):
    part = part_between(SHOP, **ends).to_pandas().sort_values("row")
    assert part.groupby("customer")["event"].agg(list).to_dict() == expected


def test_rows_of_one_moment_keep_their_order_at_the_edge_of_a_part():
    log = events("ann: look@5 visit@5 buy@5 look@5")
    assert part_between(log, start="visit", end="buy").to_pandas()["event"].tolist() == ["visit", "buy"]


def test_two_segments_are_compared_and_sure_differences_are_coloured():
    explorer = PathExplorer(two_groups(), by="channel")
    assert {explorer.a, explorer.b} == {"letter", "search"}
    tones = {edge["name"]: edge["tone"] for edge in explorer.view["edges"]}
    ahead = "higher" if explorer.a == "letter" else "lower"
    assert tones["look → buy"] == ahead
    assert tones["look → leave"] == {"higher": "lower", "lower": "higher"}[ahead]
    assert tones["visit → look"] == "untold"
    expected = mk.compare(
        *(mk.measure_transitions(only(two_groups(), name)) for name in (explorer.a, explorer.b)),
        names=(explorer.a, explorer.b),
    )
    found, wanted = (
        each.table.sort_values(["source", "target"], ignore_index=True) for each in (explorer.comparison, expected)
    )
    pd.testing.assert_frame_equal(found, wanted)


def only(log: mk.Table, channel: str) -> mk.Table:
    return log.with_data(log.data.filter(log.data.channel == channel))


def test_without_a_split_nothing_is_compared():
    explorer = PathExplorer(two_groups(), by="channel")
    explorer.by = None
    assert (explorer.comparison, explorer.a, explorer.b, explorer.segments) == (None, None, None, [])
    assert explorer.view["legend"] == []


def test_step_by_step_shows_everybody_at_the_first_step():
    explorer = PathExplorer(two_groups(), form="steps")
    (first,) = [node for node in explorer.view["nodes"] if node["at"][0] == 0]
    assert first["facts"][0] == ["Customers", "120"]
    assert explorer.view["form"] == "steps"


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("start", "vist", "Did you mean 'visit'"),
        ("end", "by", "Did you mean 'buy'"),
        ("per", "household", "per='household' is not known"),
        ("by", "chanel", "Did you mean 'channel'"),
        ("form", "pie", "form='pie' is not known"),
        ("edges", 0, "edges=0"),
    ],
)
def test_a_slip_is_said_in_the_place_of_the_paths(setting, value, said):
    explorer = PathExplorer(SHOP)
    setattr(explorer, setting, value)
    assert said in explorer.message
    assert explorer.view == {}
    with pytest.raises(MapkitError):
        _ = explorer.result
    explorer.set_state({setting: PathExplorer(SHOP).options[setting]})
    assert explorer.message == ""


def test_a_segment_that_is_not_there_is_answered_with_those_that_are():
    explorer = PathExplorer(two_groups(), by="channel", a="letter", b="letters")
    assert "channel has 'letter', 'search'" in explorer.message


def test_a_misspelt_keyword_is_refused_with_the_nearest():
    with pytest.raises(OptionError, match=r"no option 'colapse_loops'.*Did you mean 'collapse_loops'"):
        PathExplorer(SHOP, colapse_loops=True)


@pytest.mark.parametrize(
    "settings",
    [{}, {"per": "session"}, {"start": "visit", "collapse_loops": True}, {"form": "steps", "end": "buy"}],
    ids=str,
)
def test_the_code_that_is_shown_makes_the_same_paths(settings):
    explorer = PathExplorer(SHOP, **settings)
    there = {"events": SHOP}
    exec(explorer.code, there)
    shown = explorer.result if settings.get("form") != "steps" else explorer._known["matrix"][1]
    pd.testing.assert_frame_equal(there["paths"].table, shown.table)


def test_the_code_of_a_comparison_makes_the_same_comparison():
    explorer = PathExplorer(two_groups(), by="channel")
    there = {"events": two_groups()}
    exec(explorer.code, there)
    pd.testing.assert_frame_equal(there["comparison"].table, explorer.comparison.table)


@pytest.mark.parametrize("form", ["graph", "steps"])
def test_hostile_names_are_nodes_like_any_other(form):
    rows = [("ann", name, pd.Timestamp("2025-01-01") + pd.Timedelta(k, "h")) for k, name in enumerate(HOSTILE)]
    log = mk.read_events(pd.DataFrame(rows, columns=["customer", "event", "time"]), timezone="UTC")
    explorer = PathExplorer(log, form=form)
    keys = [part["key"] for part in [*explorer.view["nodes"], *explorer.view["edges"]]]
    assert len(keys) == len(set(keys))
    assert all(len(node["label"]) <= 22 for node in explorer.view["nodes"])
    assert {edge["source"] for edge in explorer.view["edges"]} <= set(keys)
    json.dumps(explorer.view)


def test_an_empty_log_has_no_paths_and_no_fault():
    empty = table_of(SHOP.to_pandas().head(0))
    for form in ("graph", "steps"):
        explorer = PathExplorer(empty, form=form)
        assert (explorer.message, explorer.view["nodes"]) == ("", [])


def test_a_reader_without_a_kernel_gets_a_picture():
    bundle, metadata = PathExplorer(SHOP)._repr_mimebundle_()
    assert Image.open(io.BytesIO(bundle["image/png"])).width > 1_000
    assert metadata["image/png"] == {"width": 720}
