"""What a StageMapper makes of a log and a model, said with small logs and without a browser."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import mapkit as mk
from mapkit.errors import DocumentError, OptionError, StageError
from mapkit.stages import AARRR, Rule, StageModel, measure_coverage
from mapkit.widgets import StageMapper, stage_mapper
from mapkit.widgets.drafting import with_events, without_events
from tests.literal import events, table_of

SHOP = events("ann: visit@1 visit@2 join@3 buy@4", "bob: visit@1 poke@2")
MODEL = StageModel("Shop", {"look": ["visit"], "pay": ["buy"]})
HOSTILE = ["<script>alert(1)</script>", "🎉 party", "x" * 200, "مرحبا بكم", "buy_*", "a\\b", "=cmd|' /C calc'!A0"]


def mapper(model: StageModel = MODEL) -> StageMapper:
    return StageMapper(SHOP, model)


def ask(board: StageMapper, *commands: dict, number: int = 1) -> None:
    """Send commands as the page does."""
    board._handle_custom_msg({"number": number, "commands": list(commands)}, [])


def test_every_event_is_listed_with_its_count_its_stage_and_a_proposal():
    board = mapper()
    expected = measure_coverage(SHOP, MODEL).table
    assert [row[:4] for row in board.rows] == [
        ["join", 1, 1, None],
        ["poke", 1, 1, None],
        ["visit", 3, 2, "look"],
        ["buy", 1, 1, "pay"],
    ]
    assert [row[5] for row in board.rows] == [value if isinstance(value, str) else None for value in expected.proposal]


def test_the_coverage_follows_an_assignment():
    board = mapper()
    assert (board.covered["events_mapped"], board.covered["names_mapped"]) == (4, 2)
    board.assign("join", "pay")
    assert board.model.rules_of("pay") == (Rule("pay", "buy"), Rule("pay", "join"))
    assert (board.covered["events_mapped"], board.covered["events"]) == (5, 6)
    assert (board.covered["names_mapped"], board.covered["names"]) == (3, 4)
    assert board.covered["stages"] == [{"names": 1, "events": 3}, {"names": 2, "events": 2}]
    assert board.covered["events_share"] == board.coverage.share_mapped.value


def test_the_model_that_was_given_is_not_changed():
    board = mapper()
    board.assign(["join", "poke"], "look")
    assert [rule.event for rule in MODEL.rules] == ["visit", "buy"]
    assert board.model != MODEL


def test_changes_are_undone_and_redone_one_by_one():
    board = mapper()
    board.assign("join", "look")
    board.assign("join", "pay")
    assert board.undoes == "'join' to pay"
    board.undo()
    assert [rule.event for rule in board.model.rules_of("look")] == ["visit", "join"]
    board.undo()
    assert board.model == MODEL
    assert (board.undoes, board.redoes) == ("", "'join' to look")
    board.redo()
    board.redo()
    assert [rule.event for rule in board.model.rules_of("pay")] == ["buy", "join"]
    board.undo()
    board.assign("poke", "pay")
    assert board.redoes == ""


def test_undoing_or_putting_an_event_where_it_is_changes_nothing():
    board = mapper()
    board.undo()
    board.redo()
    board.assign("visit", "look")
    assert board.model == MODEL
    assert board.undoes == ""


def test_an_event_is_taken_out_of_its_stage():
    board = mapper()
    board.assign("visit", None)
    assert [row[3] for row in board.rows if row[0] == "visit"] == [None]


def test_an_event_that_a_pattern_takes_is_not_taken_out_in_silence():
    board = StageMapper(SHOP, StageModel("Shop", {"look": ["v*"], "pay": ["buy"]}))
    with pytest.raises(StageError, match="'visit' is in 'look' by the rule 'v\\*'"):
        board.assign("visit", None)
    board.assign("visit", "pay")
    assert [row[3:5] for row in board.rows if row[0] == "visit"] == [["pay", "'visit'"]]


def test_proposals_are_accepted_by_name_only():
    board = StageMapper(events("ann: first_visit@1 Sign-Up@2 zzz@3"), "AARRR")
    assert [row[3] for row in board.rows if row[0] == "Sign-Up"] == [None]
    board.accept("Sign-Up")
    assert [row[3] for row in board.rows if row[0] == "Sign-Up"] == ["activation"]
    with pytest.raises(StageError, match="no proposal for 'first_visit'"):
        board.accept("first_visit")


def test_an_unknown_stage_or_keyword_is_answered_with_the_nearest():
    with pytest.raises(StageError, match="Did you mean 'look'"):
        mapper().assign("join", "lok")
    with pytest.raises(OptionError, match=r"no option 'modle'.*Did you mean 'model'"):
        StageMapper(SHOP, modle=MODEL)
    with pytest.raises(OptionError, match="Did you mean 'AARRR'"):
        StageMapper(SHOP, "AARR")


def test_without_a_model_it_begins_with_a_built_in_one():
    assert StageMapper(SHOP).model == AARRR


def test_the_yaml_that_is_saved_is_the_model(tmp_path: Path):
    board = mapper()
    board.assign(["join", "poke"], "pay")
    path = board.save(tmp_path / "shop.yaml")
    assert StageModel.read(path) == board.model


def test_a_file_that_exists_is_not_overwritten(tmp_path: Path):
    file = tmp_path / "shop.yaml"
    file.write_text("mine")
    with pytest.raises(DocumentError, match="exists already"):
        mapper().save(file)
    assert file.read_text() == "mine"


def test_from_the_page_a_file_is_replaced_by_a_second_word_about_the_same_file(tmp_path: Path):
    board, one, other = mapper(), tmp_path / "one.yaml", tmp_path / "other.yaml"
    one.write_text("mine")
    other.write_text("mine too")
    ask(board, {"do": "save", "path": str(one), "replace": True})
    assert (board.saved["outcome"], one.read_text()) == ("exists", "mine")
    ask(board, {"do": "save", "path": str(other), "replace": True})
    assert (board.saved["outcome"], other.read_text()) == ("exists", "mine too")
    ask(board, {"do": "save", "path": str(other), "replace": False})
    assert (board.saved["outcome"], other.read_text()) == ("exists", "mine too")
    ask(board, {"do": "save", "path": str(other), "replace": True})
    assert board.saved["outcome"] == "saved"
    assert StageModel.read(other) == board.model
    assert one.read_text() == "mine"


def test_a_path_that_cannot_be_written_is_said_in_words(tmp_path: Path):
    board = mapper()
    ask(board, {"do": "save", "path": "model.txt", "replace": False})
    assert board.saved["outcome"] == "failed"
    assert "neither .yaml nor .json" in board.saved["text"]
    ask(board, {"do": "save", "path": str(tmp_path / "none" / "model.yaml"), "replace": False})
    assert board.saved["outcome"] == "failed"


def test_commands_that_come_together_are_measured_once(monkeypatch: pytest.MonkeyPatch):
    board, measured = mapper(), []
    measure = stage_mapper.measure_coverage
    monkeypatch.setattr(stage_mapper, "measure_coverage", lambda *given: measured.append(1) or measure(*given))
    put = [{"do": "assign", "events": [event], "stage": "pay"} for event in ("join", "poke", "visit")]
    ask(board, *put, {"do": "undo"}, number=4)
    assert len(measured) == 1
    assert board.answered == 4
    assert [rule.event for rule in board.model.rules_of("pay")] == ["buy", "join", "poke"]


def test_a_command_that_cannot_be_done_is_said_in_words_and_the_others_are_done():
    board = StageMapper(SHOP, StageModel("Shop", {"look": ["v*"], "pay": ["buy"]}))
    ask(
        board,
        {"do": "assign", "events": ["visit"], "stage": None},
        {"do": "assign", "events": ["join"], "stage": "pay"},
    )
    assert "'visit' is in 'look' by the rule" in board.message
    assert board.answered == 1
    assert [rule.event for rule in board.model.rules_of("pay")] == ["buy", "join"]
    ask(board, {"do": "undo"}, number=2)
    assert board.message == ""


def test_hostile_names_are_assigned_saved_and_shown_as_text(tmp_path: Path):
    rows = [(f"customer {k}", name, pd.Timestamp("2025-01-01")) for k, name in enumerate(HOSTILE)]
    log = mk.read_events(pd.DataFrame(rows, columns=["customer", "event", "time"]))
    board = StageMapper(log, StageModel("<b>Shop</b>", {"look": [], "pay": []}))
    board.assign(HOSTILE, "pay")
    assert board.covered["names_mapped"] == len(HOSTILE)
    assert StageModel.read(board.save(tmp_path / "model.yaml")) == board.model
    still = board._repr_mimebundle_()[0]["text/html"]
    assert "<script>" not in still
    assert "<b>Shop</b>" not in still
    assert "&lt;script&gt;" in still
    assert board.path == "b_shop_b.yaml"


def test_an_event_with_a_star_in_its_name_takes_no_other_event():
    log = events("ann: buy_*@1 buy_now@2")
    board = StageMapper(log, StageModel("Shop", {"pay": []}))
    board.assign("buy_*", "pay")
    assert [row[3] for row in sorted(board.rows)] == ["pay", None]
    board.assign("buy_*", None)
    assert board.model.rules == ()


def test_many_events_at_once_are_put_as_one_by_one():
    one_by_one = MODEL
    for event in ("join", "visit", "buy_*"):
        one_by_one = one_by_one.with_event("pay", event)
    assert with_events(MODEL, dict.fromkeys(["join", "visit", "buy_*"], "pay")) == one_by_one
    assert without_events(one_by_one, ["visit", "buy_*"]) == one_by_one.without_event("visit").without_event("buy_*")


def test_rules_with_conditions_stay_when_events_move():
    model = StageModel("Shop", {"look": [{"event": "visit", "where": {"channel": "email"}}, "visit"], "pay": ["buy"]})
    moved = with_events(model, {"visit": "pay"})
    assert [str(rule) for rule in moved.rules_of("look")] == ["'visit' where channel == 'email'"]


def test_of_ten_thousand_event_names_many_are_mapped_in_one_step():
    names = [f"event_{k:05}" for k in range(10_000)]
    log = table_of(pd.DataFrame({"customer": "ann", "event": names, "time": pd.Timestamp("2025-01-01")}))
    board = StageMapper(log, StageModel("Shop", {"look": [], "pay": []}))
    assert len(board.rows) == 10_000
    board.assign(names[:500], "pay")
    assert (board.covered["names_mapped"], board.covered["names"]) == (500, 10_000)
    board.undo()
    assert board.covered["names_mapped"] == 0


def test_the_same_log_gives_the_same_state():
    one, two = mapper(), mapper()
    names = [name for name in one.trait_names(sync=True) if not name.startswith("_") and name != "layout"]
    assert {name: getattr(one, name) for name in names} == {name: getattr(two, name) for name in names}
