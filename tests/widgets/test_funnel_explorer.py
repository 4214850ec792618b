"""What a FunnelExplorer answers when its settings change, said with small logs and without a browser."""

from __future__ import annotations

import gc
import io
from datetime import timedelta

import pandas as pd
import pytest
from PIL import Image

import mapkit as mk
from mapkit.errors import OptionError
from mapkit.journeys import Step
from mapkit.stages import AARRR, StageModel
from mapkit.widgets import FunnelExplorer, funnel_explorer
from tests.literal import events, table_of

SHOP = events(
    "ann: visit@0{channel=email} sign_up@1h{channel=email} buy@2d{channel=email}",
    "bob: visit@0{channel=search} buy@1h{channel=search}",
    "cat: visit@0{channel=search} sign_up@3d{channel=search}",
)
HOSTILE = [
    "<script>alert(1)</script>",
    "🎉 party",
    "x" * 200,
    "مرحبا بكم",
    "$x^2$ \\frac",
    "a'b\"c",
    "=cmd|' /C calc'!A0",
]


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The steps of every funnel that is measured, in order."""
    asked: list[list[str]] = []
    measure = funnel_explorer.measure_funnel

    def counting(table, steps, **options):
        asked.append([str(step) for step in steps])
        return measure(table, steps, **options)

    monkeypatch.setattr(funnel_explorer, "measure_funnel", counting)
    return asked


def test_the_answer_follows_the_order_of_the_steps():
    explorer = FunnelExplorer(SHOP, ["visit", "sign_up", "buy"])
    before = explorer.picture
    assert explorer.result.counts == [3, 2, 1]
    explorer.steps = ["visit", "buy", "sign_up"]
    assert explorer.result.counts == [3, 2, 0]
    assert explorer.picture != before


def test_every_setting_reaches_the_measure():
    explorer = FunnelExplorer(SHOP, ["visit", "buy"], window=timedelta(days=1), order="strict", breakdown="channel")
    assert explorer.options == {
        "steps": ["visit", "buy"],
        "model": "",
        "window": "86400s",
        "order": "strict",
        "unit": "customer",
        "breakdown": "channel",
    }
    assert explorer.result.counts == [3, 1]
    assert explorer.result.breakdown == "channel"
    explorer.order, explorer.window, explorer.breakdown = "ordered", None, None
    assert explorer.result.counts == [3, 2]
    assert explorer.result.breakdown is None


def test_the_result_is_the_funnel_that_the_measure_gives():
    explorer = FunnelExplorer(SHOP, ["visit", "buy"], window="7d")
    expected = mk.measure_funnel(SHOP, ["visit", "buy"], window="7d")
    pd.testing.assert_frame_equal(explorer.result.table, expected.table)
    assert explorer.result.customers("buy")["customer"].tolist() == ["ann", "bob"]


def test_a_log_out_of_time_order_counts_as_the_measure_counts_it():
    rows = SHOP.to_pandas().sort_values("time", ascending=False, kind="stable")
    shuffled = table_of(rows)
    explorer = FunnelExplorer(shuffled, ["visit", "sign_up", "buy"])
    assert explorer.result.counts == [3, 2, 1]


def test_rows_of_one_moment_keep_the_order_of_the_source():
    log = events("ann: visit@5 buy@5", "bob: buy@5 visit@5")
    assert FunnelExplorer(log, ["visit", "buy"]).result.counts == [2, 1]


def test_what_cannot_be_measured_is_said_in_its_place():
    explorer = FunnelExplorer(SHOP, ["visit", "buy"])
    explorer.window = "3 parsecs"
    assert "'3 parsecs' is not a span of time" in explorer.message
    assert explorer.picture == b""
    with pytest.raises(OptionError, match="3 parsecs"):
        _ = explorer.result
    explorer.window = "3d"
    assert explorer.message == ""
    assert explorer.result.counts == [3, 2]


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("steps", ["vist", "buy"], "Did you mean 'visit'"),
        ("order", "sorted", "order='sorted' is not known"),
        ("unit", "household", "unit='household' is not known"),
        ("breakdown", "chanel", "Did you mean 'channel'"),
        ("model", "AARR", "Did you mean 'AARRR'"),
    ],
)
def test_a_slip_is_answered_with_the_nearest_name(setting, value, said):
    explorer = FunnelExplorer(SHOP, ["visit", "buy"])
    setattr(explorer, setting, value)
    assert said in explorer.message
    assert explorer.shown[setting] == value


def test_without_steps_there_is_no_picture_and_the_result_says_what_to_do():
    explorer = FunnelExplorer(SHOP)
    assert (explorer.picture, explorer.message) == (b"", "")
    with pytest.raises(OptionError, match="no steps yet"):
        _ = explorer.result


def test_a_misspelt_keyword_is_refused_with_the_nearest():
    with pytest.raises(OptionError, match=r"no option 'windo'.*Did you mean 'window'"):
        FunnelExplorer(SHOP, ["visit"], windo="7d")
    with pytest.raises(OptionError, match="Give a list"):
        FunnelExplorer(SHOP, "visit")


def test_several_settings_in_one_message_are_measured_once(measured):
    explorer = FunnelExplorer(SHOP, ["visit", "buy"])
    measured.clear()
    explorer.set_state({"steps": ["visit", "sign_up"], "window": "7d", "order": "strict", "unit": "event"})
    assert measured == [["visit", "sign_up"]]
    assert explorer.shown == explorer.options


def test_a_setting_that_is_set_to_what_it_is_measures_nothing(measured):
    explorer = FunnelExplorer(SHOP, ["visit", "buy"])
    measured.clear()
    explorer.steps = ["visit", "buy"]
    explorer.set_state({"window": None, "order": "ordered"})
    assert measured == []


def test_a_stage_model_brings_its_stages_and_going_back_brings_back_the_steps():
    explorer = FunnelExplorer(events("ann: first_visit@1 sign_up@2 purchase@3"), ["first_visit", "purchase"])
    explorer.model = "AARRR"
    assert explorer.steps == ["acquisition", "activation", "revenue"]
    assert explorer.result.counts == [1, 1, 1]
    assert explorer.stage_model == AARRR
    explorer.model = ""
    assert explorer.steps == ["first_visit", "purchase"]
    assert explorer.stage_model is None


def test_steps_set_together_with_the_model_are_kept():
    explorer = FunnelExplorer(events("ann: first_visit@1 sign_up@2 purchase@3"), ["first_visit", "purchase"])
    explorer.set_state({"model": "AARRR", "steps": ["acquisition", "purchase"]})
    assert explorer.steps == ["acquisition", "purchase"]
    assert explorer.result.counts == [1, 1]


def test_a_model_of_ones_own_is_offered_by_its_name():
    model = StageModel("Shop", {"look": ["visit"], "join": ["sign_up"], "pay": ["buy"]})
    explorer = FunnelExplorer(SHOP, model=model)
    assert explorer.steps == ["look", "join", "pay"]
    assert ["own: Shop", "Shop"] in explorer.models
    assert explorer.result.counts == [3, 2, 1]


def test_the_stages_of_a_mapped_table_need_no_model():
    model = StageModel("Shop", {"look": ["visit"], "pay": ["buy"]})
    explorer = FunnelExplorer(mk.map_stages(SHOP, model, unmapped="keep"))
    assert explorer.steps == ["look", "pay"]
    assert explorer.models[0] == ["", "Stages of the table"]


def test_a_model_that_numbers_events_reads_them_in_time_order():
    model = StageModel("Repeat", {"first": [{"event": "buy", "nth": 1}], "again": [{"event": "buy", "nth": {">=": 2}}]})
    log = events("ann: buy@3 visit@1 buy@2", "bob: buy@9")
    assert FunnelExplorer(log, model=model).result.counts == [2, 1]


def test_stages_and_events_are_offered_with_their_counts():
    explorer = FunnelExplorer(SHOP, model=StageModel("Shop", {"look": ["visit"], "later": ["renewal"]}))
    assert explorer.choices == [
        ["stage", "look", 3],
        ["stage", "later", 0],
        ["event", "visit", 3],
        ["event", "buy", 2],
        ["event", "sign_up", 2],
    ]


def test_an_event_named_as_a_stage_is_offered_once_as_the_stage():
    explorer = FunnelExplorer(SHOP, model=StageModel("Shop", {"visit": ["visit", "sign_up"], "buy": ["buy"]}))
    assert [choice[:2] for choice in explorer.choices] == [["stage", "visit"], ["stage", "buy"], ["event", "sign_up"]]


def test_columns_with_one_value_or_too_many_are_not_offered_for_splitting():
    log = events("ann: visit@1{channel=email, segment=a}", "bob: visit@2{channel=search, segment=a}")
    assert FunnelExplorer(log).breakdowns == ["channel"]


def test_sessions_are_offered_where_the_log_has_them():
    log = events("ann: visit@1{session=s1} buy@2{session=s2}")
    assert FunnelExplorer(log).units == ["customer", "session", "event"]
    assert FunnelExplorer(SHOP).units == ["customer", "event"]


def test_a_step_of_ones_own_keeps_its_conditions():
    asked = Step("by email", event="visit", where={"channel": "email"})
    explorer = FunnelExplorer(SHOP, [asked, "buy"])
    assert explorer.result.counts == [1, 1]
    assert explorer.choices[0] == ["step", "by email", None]
    explorer.steps = ["buy", "by email"]
    assert explorer.result.counts == [2, 0]


@pytest.mark.parametrize(
    "explorer",
    [
        FunnelExplorer(SHOP, ["visit", "buy"]),
        FunnelExplorer(SHOP, ["visit", "sign_up", "buy"], window="36h", order="any", breakdown="channel"),
        FunnelExplorer(SHOP, [Step("by email", event="visit", where={"channel": "email"}), "buy"], unit="event"),
        FunnelExplorer(events("ann: first_visit@1 purchase@3"), model="AARRR"),
        FunnelExplorer(SHOP, model=StageModel("Shop", {"look": ["visit"], "pay": ["buy"]})),
    ],
    ids=["plain", "options", "own step", "built-in model", "own model"],
)
def test_the_code_that_is_shown_makes_the_same_funnel(explorer):
    there = {"events": explorer._log.events, "model": explorer.stage_model}
    exec(explorer.code, there)
    pd.testing.assert_frame_equal(there["funnel"].table, explorer.result.table)
    assert there["funnel"].notes == explorer.result.notes


def test_hostile_names_are_steps_like_any_other_and_the_code_quotes_them():
    rows = [("ann", name, pd.Timestamp("2025-01-01") + pd.Timedelta(k, "h")) for k, name in enumerate(HOSTILE)]
    log = mk.read_events(pd.DataFrame(rows, columns=["customer", "event", "time"]))
    explorer = FunnelExplorer(log, HOSTILE)
    assert explorer.result.counts == [1] * len(HOSTILE)
    there = {"events": log}
    exec(explorer.code, there)
    assert list(there["funnel"].steps) == HOSTILE


def test_ten_thousand_event_names_are_listed_and_rarer_ones_are_counted(monkeypatch):
    names = [f"event_{k:05}" for k in range(10_000)]
    log = table_of(pd.DataFrame({"customer": "ann", "event": names, "time": pd.Timestamp("2025-01-01")}))
    explorer = FunnelExplorer(log, names[:2])
    assert len(explorer.choices) == 10_000
    assert explorer.more_names == 0
    monkeypatch.setattr("mapkit.widgets.prepared.MOST_NAMES", 50)
    explorer = FunnelExplorer(log, names[-2:])
    assert (len(explorer.choices), explorer.more_names) == (50, 9_950)
    assert explorer.result.counts == [1, 1]


def test_the_picture_has_two_dots_a_pixel_and_says_itself_in_words():
    explorer = FunnelExplorer(SHOP, ["visit", "buy"])
    assert Image.open(io.BytesIO(explorer.picture)).width == 2 * 720
    assert "visit" in explorer.alt
    bundle, metadata = explorer._repr_mimebundle_()
    assert bundle["image/png"] == explorer.picture
    assert metadata["image/png"] == {"width": 720}
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_the_same_settings_give_the_same_state():
    one, two = (FunnelExplorer(SHOP, ["visit", "buy"], breakdown="channel") for _ in range(2))
    names = [name for name in one.trait_names(sync=True) if not name.startswith("_") and name not in ("layout",)]
    assert {name: getattr(one, name) for name in names} == {name: getattr(two, name) for name in names}


def test_a_log_too_large_to_hold_is_asked_where_it_lies(monkeypatch):
    monkeypatch.setattr("mapkit.widgets.prepared.MOST_ROWS", 3)
    explorer = FunnelExplorer(SHOP, ["visit", "buy"])
    assert explorer._log.events is SHOP
    assert explorer.breakdowns == ["channel"]
    assert explorer.result.counts == [3, 2]


def test_what_was_held_goes_when_nobody_needs_it_and_a_kept_result_keeps_its_people():
    def held() -> int:
        found = SHOP.data.get_backend().con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        return sum(name.startswith("mapkit_held_") for (name,) in found)

    gc.collect()
    FunnelExplorer(SHOP, ["visit"]).close()
    before = held()
    result = FunnelExplorer(SHOP, ["visit", "buy"]).result
    for window in ("1h", "2h", "3h"):
        FunnelExplorer(SHOP, ["visit", "buy"], window=window).close()
    gc.collect()
    FunnelExplorer(SHOP, ["visit"]).close()
    assert held() <= before + 3
    assert len(result.customers("buy")) == 2
