"""What a RetentionExplorer answers when its settings change, said with small logs and without a browser."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from PIL import Image

import mapkit as mk
from mapkit.errors import OptionError
from mapkit.stages import StageModel
from mapkit.widgets import RetentionExplorer, retention_explorer
from tests.literal import events

SHOP = events(
    "ann: visit@0{channel=email} visit@8d buy@9d",
    "bob: visit@0{channel=search} buy@1d",
    "cat: visit@8d{channel=search} visit@15d",
    "end: visit@23d{channel=email}",
)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """The options of every retention that is measured, in order."""
    asked: list[dict] = []
    measure = retention_explorer.measure_retention

    def counting(table, **options):
        asked.append(options)
        return measure(table, **options)

    monkeypatch.setattr(retention_explorer, "measure_retention", counting)
    return asked


def test_the_answer_follows_the_settings():
    explorer = RetentionExplorer(SHOP)
    before = explorer.picture
    assert explorer.result.share(1).value == pytest.approx(2 / 3)
    explorer.target = ["buy"]
    assert explorer.result.share(1).value == pytest.approx(1 / 3)
    assert explorer.picture != before
    explorer.period, explorer.kind = "day", "unbounded"
    assert (explorer.result.period, explorer.result.kind) == ("day", "unbounded")


def test_the_result_is_what_the_measure_gives():
    explorer = RetentionExplorer(SHOP, first="visit", target=["buy", "visit"], by="channel", anchor="customer")
    expected = mk.measure_retention(SHOP, first="visit", target=["buy", "visit"], by="channel", anchor="customer")
    pd.testing.assert_frame_equal(explorer.result.table, expected.table)
    assert explorer.options == {
        "period": "week",
        "kind": "classic",
        "anchor": "customer",
        "first": ["visit"],
        "target": ["buy", "visit"],
        "by": "channel",
        "form": "",
    }


def test_another_form_draws_without_measuring_again(measured):
    explorer = RetentionExplorer(SHOP)
    before, _ = explorer.picture, measured.clear()
    explorer.form = "curves"
    assert measured == []
    assert explorer.picture != before
    assert "mk.plot(retention, form='curves')" in explorer.code


def test_several_settings_in_one_message_are_measured_once(measured):
    explorer = RetentionExplorer(SHOP)
    measured.clear()
    explorer.set_state({"period": "month", "kind": "unbounded", "first": ["visit"], "form": "curves"})
    assert measured == [{"period": "month", "kind": "unbounded", "first": "visit"}]
    assert explorer.shown == explorer.options


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("first", ["vist"], "Did you mean 'visit'"),
        ("kind", "clasic", "Did you mean 'classic'"),
        ("period", "year", "period='year' is not known"),
        ("by", "chanel", "Did you mean 'channel'"),
        ("form", "square", "form='square' is not known"),
    ],
)
def test_a_slip_is_answered_in_the_place_of_the_picture(setting, value, said):
    explorer = RetentionExplorer(SHOP)
    setattr(explorer, setting, value)
    assert said in explorer.message
    assert (explorer.picture, explorer.alt) == (b"", "")
    with pytest.raises(mk.MapkitError):
        _ = explorer.result
    setattr(
        explorer, setting, {"first": [], "by": None, "form": ""}.get(setting, RetentionExplorer(SHOP).options[setting])
    )
    assert explorer.message == ""
    assert explorer.picture


def test_a_misspelt_keyword_is_refused_with_the_nearest():
    with pytest.raises(OptionError, match=r"no option 'perod'.*Did you mean 'period'"):
        RetentionExplorer(SHOP, perod="day")
    with pytest.raises(OptionError, match="the explorer takes names"):
        RetentionExplorer(SHOP, first=[3])


def test_stages_events_and_columns_are_offered():
    staged = mk.map_stages(SHOP, StageModel("Shop", {"look": ["visit"], "pay": ["buy"]}), unmapped="keep")
    explorer = RetentionExplorer(staged, first="look", target="pay")
    assert explorer.choices == [["stage", "look", 6], ["stage", "pay", 2], ["event", "visit", 6], ["event", "buy", 2]]
    assert explorer.columns == ["channel"]
    assert explorer.result.first == "look"


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"period": "day", "kind": "bracket", "by": "channel"},
        {"first": "visit", "target": ["visit", "buy"], "anchor": "customer", "kind": "unbounded", "by": "channel"},
        {"form": "curves"},
    ],
)
def test_the_code_that_is_shown_measures_the_same(options):
    explorer = RetentionExplorer(SHOP, **options)
    there = {"events": SHOP}
    exec(explorer.code, there)
    pd.testing.assert_frame_equal(there["retention"].table, explorer.result.table)
    assert there["retention"].notes == explorer.result.notes


def test_hostile_names_are_names_like_any_other():
    names = ["<script>alert(1)</script>", "a'b\"c", "مرحبا"]
    rows = [("ann", name, pd.Timestamp("2025-01-01") + pd.Timedelta(k * 8, "D")) for k, name in enumerate(names)]
    log = mk.read_events(pd.DataFrame(rows, columns=["customer", "event", "time"]))
    explorer = RetentionExplorer(log, first=names[0], target=names[1])
    assert explorer.result.share(1).value == 1.0
    there = {"events": log}
    exec(explorer.code, there)
    assert there["retention"].target == names[1]


def test_an_empty_log_shows_why_there_is_nothing():
    explorer = RetentionExplorer(events())
    assert explorer.message == ""
    assert "nothing to draw" in explorer.alt


def test_there_is_a_still_twin():
    explorer = RetentionExplorer(SHOP)
    assert Image.open(io.BytesIO(explorer.picture)).width == 2 * 720
    bundle, metadata = explorer._repr_mimebundle_()
    assert bundle["image/png"] == explorer.picture
    assert metadata["image/png"] == {"width": 720}
