"""What a JourneyMapEditor makes of a map and of its file, without a browser."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapkit.errors import DocumentError, MapkitError, OptionError
from mapkit.maps.journey_map import Cell, Evidence, JourneyMap, Lane, MapFile, MapStage, MapStep
from mapkit.widgets import JourneyMapEditor, map_observed
from mapkit.widgets.map_cells import claim_of, claim_text
from mapkit.widgets.map_edits import EDITS, edited
from mapkit.widgets.map_view import changed_rows, rows_of
from tests.literal import events

SHOP = JourneyMap(
    "Shop",
    (
        MapStage("look", (MapStep.of("visit"), MapStep.of("browse"))),
        MapStage("pay", (MapStep.of("cart"), MapStep.of("buy"))),
    ),
    (
        Lane("actions", (Cell("look", "visit", "They come."), Cell("pay", None, "Nobody helps."))),
        Lane("rate", (Cell("pay", "buy", "All buy.", 0.9, of="visit"),)),
        Lane("emotion", (Cell("pay", "cart", claimed=-1.0),)),
    ),
)
HOSTILE = [
    "<script>alert(1)</script>",
    "مرحبا\u202e",
    "x" * 10_000,
    "a: b # c",
    "'\"\\",
    "=1+1",
    "\ud800 half",
    "\x00\x1b",
]


def editor(given: JourneyMap | Path = SHOP, **more: object) -> JourneyMapEditor:
    return JourneyMapEditor(given, **more)


def ask(board: JourneyMapEditor, *commands: dict, number: int = 1) -> None:
    """Send commands as the page does."""
    board._handle_custom_msg({"number": number, "commands": list(commands)}, [])


def ids(journey_map: JourneyMap) -> dict[str, list[str]]:
    return {stage.name: [step.id for step in stage.steps] for stage in journey_map.stages}


def places(board: JourneyMapEditor) -> dict[tuple[str, str, str], list[str]]:
    return {(lane, kind, name): [cell["says"] for cell in cells] for lane, kind, name, cells in board.slots["rows"]}


def test_a_step_is_moved_within_its_stage_and_its_cells_stay():
    board = editor()
    board.edit("move_step", step="visit", stage="look", at=1)
    assert ids(board.map) == {"look": ["browse", "visit"], "pay": ["cart", "buy"]}
    assert board.map.cells == SHOP.cells


def test_a_step_is_moved_to_another_stage_and_takes_its_cells_along():
    board = editor()
    board.edit("move_step", step="visit", stage="pay", at=0)
    assert ids(board.map) == {"look": ["browse"], "pay": ["visit", "cart", "buy"]}
    assert board.map.cell("actions/pay/visit").cell.says == "They come."


def test_a_new_step_gets_an_id_of_its_own_and_no_event_that_nobody_named():
    board = editor()
    board.edit("add_step", stage="look", name="Visit", at=1)
    assert ids(board.map)["look"] == ["visit", "visit_2", "browse"]
    assert board.map.step("visit_2") == MapStep("visit_2", "Visit")
    board.edit("edit_step", step="visit_2", set={"events": ["come_back", "", "come_back"], "name": "Come back"})
    assert board.map.step("visit_2") == MapStep("visit_2", "Come back", ("come_back",))


def test_a_stage_is_renamed_moved_and_removed_with_its_cells():
    board = editor()
    board.edit("rename_stage", stage="pay", name="purchase")
    assert board.map.cell("rate/purchase/buy").cell.claimed == 0.9
    board.edit("move_stage", stage="purchase", at=0)
    assert list(ids(board.map)) == ["purchase", "look"]
    board.edit("remove_stage", stage="purchase")
    assert [placed.key for placed in board.map.cells] == ["actions/look/visit"]
    with pytest.raises(OptionError, match="at least one stage"):
        board.edit("remove_stage", stage="look")


def test_lanes_are_added_renamed_moved_and_removed():
    board = editor()
    board.edit("add_lane", name="owner", at=1)
    board.edit("rename_lane", lane="rate", name="rates")
    board.edit("move_lane", lane="emotion", at=0)
    assert board.lanes == ["emotion", "actions", "owner", "rates"]
    board.edit("remove_lane", lane="rates")
    assert board.lanes == ["emotion", "actions", "owner"]


def test_a_cell_is_added_changed_and_removed_in_its_place():
    board = editor()
    board.edit("add_cell", lane="actions", step="visit", set={"says": "They come again."})
    board.edit("edit_cell", lane="actions", step="visit", at=1, set={"owner": "shop", "severity": "0.5"})
    assert places(board)["actions", "step", "visit"] == ["They come.", "They come again."]
    changed = board.map.cell("actions/look/visit#2").cell
    assert (changed.owner, changed.severity) == ("shop", 0.5)
    board.edit("remove_cell", lane="actions", step="visit", at=0)
    board.edit("remove_cell", lane="actions", stage="pay", at=0)
    assert places(board)["actions", "step", "visit"] == ["They come again."]
    assert ("actions", "stage", "pay") not in places(board)


def test_what_a_cell_rests_on_gives_its_grade():
    board = editor()
    proofs = [{"kind": "log", "ref": "events", "n": "40"}, {"kind": "", "ref": "", "n": ""}]
    board.edit("edit_cell", lane="rate", step="buy", at=0, set={"evidence": proofs})
    assert board.map.cell("rate/pay/buy").cell.evidence == (Evidence("log", "events", 40),)
    assert board.slots["rows"][2][3][0]["grade"] == "B"


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("0.6", 0.6),
        ("3d", "3d"),
        ("visit > buy", ("visit", "buy")),
        ("visit→cart → buy", ("visit", "cart", "buy")),
        ("", None),
    ],
)
def test_a_claim_is_read_from_its_text(text: str, claim: object):
    assert claim_of(text, SHOP) == claim
    assert claim_of(claim_text(claim), SHOP) == claim


@pytest.mark.parametrize(
    ("do", "what", "says"),
    [
        (
            "edit_cell",
            {"lane": "rate", "step": "buy", "at": 0, "set": {"claimed": "visit > bay"}},
            "Did you mean 'buy'",
        ),
        ("edit_cell", {"lane": "rate", "step": "buy", "at": 0, "set": {"claimed": "nan"}}, "no number"),
        ("edit_cell", {"lane": "rate", "step": "buy", "at": 0, "set": {"severity": "2"}}, "from 0 to 1"),
        ("edit_cell", {"lane": "rate", "step": "buy", "at": 0, "set": {"ownr": "x"}}, "Did you mean 'owner'"),
        ("edit_cell", {"lane": "rate", "step": "buy", "at": 1, "set": {}}, "has 1 cells at 'buy'"),
        ("edit_cell", {"lane": "rate", "step": "buy", "at": 0, "set": {"evidence": [{"n": "3"}]}}, "needs a kind"),
        ("move_step", {"step": "vist", "stage": "pay", "at": 0}, "Did you mean 'visit'"),
        ("move_step", {"step": "visit"}, "needs 'stage'"),
        ("add_stage", {"name": "  ", "at": 0}, "needs a name"),
        ("rename_lane", {"lane": "rate", "name": "actions"}, "two lanes named 'actions'"),
        ("edit_map", {"set": {"segment": "all"}}, "persona needs a name"),
        ("mov_step", {}, "Did you mean 'move_step'"),
    ],
)
def test_an_edit_that_cannot_be_done_says_why_and_changes_nothing(do: str, what: dict, says: str):
    board = editor()
    with pytest.raises(MapkitError, match=says):
        board.edit(do, **what)
    assert board.map is SHOP
    assert board.undoes == ""


def test_changes_are_undone_and_redone_one_by_one_in_words():
    board = editor()
    board.edit("add_stage", name="stay", at=2)
    board.edit("move_step", step="buy", stage="stay", at=0)
    after = board.map
    assert board.undoes == "step 'buy' moved to 'stay'"
    board.undo()
    board.undo()
    board.undo()
    assert board.map == SHOP
    assert (board.undoes, board.redoes, board.unsaved) == ("", "stage 'stay' added", True)
    board.redo()
    board.redo()
    assert board.map == after
    board.undo()
    board.edit("remove_step", step="cart")
    assert board.redoes == ""


def test_the_map_that_was_given_is_not_changed():
    before = SHOP.to_yaml()
    editor().edit("remove_stage", stage="look")
    assert SHOP.to_yaml() == before


def test_after_an_edit_the_page_is_sent_the_cells_that_changed_and_no_others(monkeypatch: pytest.MonkeyPatch):
    board, sent = editor(), []
    monkeypatch.setattr(board, "_send", lambda message, buffers=None: sent.append(message["state"]))
    ask(board, {"do": "edit_cell", "lane": "rate", "step": "buy", "at": 0, "set": {"says": "Most buy."}}, number=3)
    assert len(sent) == 1
    assert [row[:3] for row in sent[0]["patch"]["rows"]] == [["rate", "step", "buy"]]
    assert "slots" not in sent[0]
    assert sent[0]["answered"] == 3
    assert board.slots == {"revision": 1, "rows": rows_of(board.map, {})}
    ask(board, {"do": "everything"}, number=4)
    assert sent[1]["slots"] == board.slots


def test_of_several_edits_one_that_fails_is_said_and_the_others_are_done():
    board = editor()
    ask(board, {"do": "remove_step", "step": "nobody"}, {"do": "remove_step", "step": "cart"})
    assert "no step 'nobody'" in board.message
    assert ids(board.map)["pay"] == ["buy"]
    ask(board, {"do": "undo"}, number=2)
    assert (board.map, board.message) == (SHOP, "")


def test_the_file_is_changed_where_the_map_was_and_keeps_its_comments(tmp_path: Path):
    path = tmp_path / "shop.yaml"
    path.write_text("# ours\ntitle: Shop # short\nstages:\n- name: look\n  steps: [visit, browse]\n", encoding="utf-8")
    board = editor(path)
    board.edit("move_step", step="visit", stage="look", at=1)
    assert board.unsaved
    assert board.save() == path
    assert path.read_text(encoding="utf-8") == (
        "# ours\ntitle: Shop # short\nstages:\n- name: look\n  steps: [browse, visit]\n"
    )
    assert (board.unsaved, board.file["outcome"]) == (False, "saved")


def test_two_editors_never_write_over_each_other(tmp_path: Path):
    path = SHOP.write(tmp_path / "shop.yaml")
    one, other = editor(path), editor(path)
    one.edit("remove_lane", lane="rate")
    other.edit("remove_lane", lane="emotion")
    one.save()
    ask(other, {"do": "save", "path": other.path})
    assert other.file["outcome"] == "changed"
    assert "changed by somebody else" in other.file["text"]
    with pytest.raises(DocumentError, match="changed by somebody else"):
        other.save()
    assert JourneyMap.read(path) == one.map
    ask(other, {"do": "copy"})
    assert JourneyMap.read(tmp_path / "shop-copy.yaml") == other.map
    assert other.path == str(tmp_path / "shop-copy.yaml")
    assert JourneyMap.read(path) == one.map


def test_what_was_written_into_the_file_is_noticed_and_shown_on_reload(tmp_path: Path):
    path = SHOP.write(tmp_path / "shop.yaml")
    board = editor(path)
    ask(board, {"do": "look"})
    assert board.file["outcome"] == ""
    file = MapFile.open(path)
    theirs = edited(SHOP, {"do": "add_lane", "name": "owner", "at": 0})[1]
    file.save(theirs)
    ask(board, {"do": "look"})
    assert board.file["outcome"] == "changed"
    ask(board, {"do": "reload"})
    assert (board.map, board.file["outcome"], board.undoes) == (theirs, "reloaded", "")
    assert not board.unsaved


def test_a_file_that_is_broken_or_gone_is_said_and_the_map_stays(tmp_path: Path):
    path = SHOP.write(tmp_path / "shop.yaml")
    board = editor(path)
    path.write_text("title: [", encoding="utf-8")
    ask(board, {"do": "reload"})
    assert "shop.yaml" in board.message
    assert board.map == SHOP
    path.unlink()
    ask(board, {"do": "look"})
    assert "is gone" in board.file["text"]


def test_a_map_without_a_file_is_saved_into_a_new_one_and_never_into_one_that_exists(tmp_path: Path):
    board, taken = editor(), tmp_path / "taken.yaml"
    assert (board.path, board.has_file, board.unsaved) == ("shop.yaml", False, True)
    taken.write_text("mine", encoding="utf-8")
    ask(board, {"do": "save", "path": str(taken)})
    assert (board.file["outcome"], taken.read_text(encoding="utf-8")) == ("exists", "mine")
    ask(board, {"do": "save", "path": str(tmp_path / "new.yaml")})
    assert (board.file["outcome"], board.has_file) == ("saved", True)
    assert JourneyMap.read(tmp_path / "new.yaml") == SHOP
    with pytest.raises(DocumentError, match=r"neither .yaml nor .json"):
        board.save(tmp_path / "map.txt")


def test_every_cell_shows_what_the_log_says_beside_what_the_map_claims():
    log = events(*(f"c{k}: visit@1" + (" cart@2 buy@3" if k % 2 else "") for k in range(60)))
    board = editor(events=log)
    cell = next(cells[0] for lane, _, _, cells in board.slots["rows"] if lane == "rate")
    assert (cell["seen"]["state"], cell["seen"]["observed"].split()[0]) == ("disagree", "50.0%")
    assert cell["grade"] == "B"
    board.edit("edit_cell", lane="rate", step="buy", at=0, set={"claimed": "0.5"})
    assert board.observed.estimate("rate/pay/buy").value == 0.5
    assert not board.outdated
    cell = next(cells[0] for lane, _, _, cells in board.slots["rows"] if lane == "rate")
    assert cell["seen"]["state"] == "agree"


def test_what_was_measured_of_a_cell_is_not_shown_any_more_once_its_claim_is_another(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(map_observed, "QUICK_SECONDS", 0.0)
    board = editor(events=events(*(f"c{k}: visit@1 buy@2" for k in range(40))))
    board.edit("edit_cell", lane="rate", step="buy", at=0, set={"claimed": "0.2"})
    assert next(cells[0] for lane, _, _, cells in board.slots["rows"] if lane == "rate")["seen"] == {}
    assert board.outdated


def test_without_a_log_nothing_is_measured_and_a_survey_alone_is_refused():
    with pytest.raises(OptionError, match="no log"):
        _ = editor().observed
    with pytest.raises(OptionError, match="events="):
        editor(feedback=[5, 6])
    with pytest.raises(OptionError, match="Did you mean 'events'"):
        editor(event=None)


def test_hostile_text_is_kept_as_text_and_saved(tmp_path: Path):
    board = editor()
    for k, text in enumerate(HOSTILE[:-1]):
        board.edit("add_step", stage="look", name=text, at=0)
        board.edit("add_lane", name=text, at=0)
        board.edit(
            "add_cell", lane=board.lanes[0], step=board.map.stages[0].steps[0].id, set={"says": text, "owner": text}
        )
        assert len(board.lanes) == 4 + k
    with pytest.raises(OptionError, match="needs a name"):
        board.edit("add_lane", name=HOSTILE[-1], at=0)
    assert JourneyMap.read(board.save(tmp_path / "hostile.yaml")) == board.map
    still = board._repr_mimebundle_()[0]["text/html"]
    assert "<script>" not in still
    assert "&lt;script&gt;" in still


def test_sixty_steps_and_ten_lanes_answer_an_edit_at_once():
    stages = tuple(MapStage(f"s{k}", tuple(MapStep(f"s{k}_{j}") for j in range(10))) for k in range(6))
    cells = [Cell(stage.name, step.id, "said") for stage in stages for step in stage.steps]
    board = editor(JourneyMap("Large", stages, tuple(Lane(f"lane {k}", tuple(cells)) for k in range(10))))
    began = time.perf_counter()
    board.edit("move_step", step="s0_0", stage="s5", at=0)
    assert time.perf_counter() - began < 0.3


names = st.sampled_from(["visit", "cart", "look", "pay", "actions", "rate", "new", "  "])
edits = st.fixed_dictionaries(
    {"do": st.sampled_from(sorted(EDITS)), "at": st.integers(-1, 3)},
    optional=dict.fromkeys(("step", "stage", "lane", "name"), names)
    | {"set": st.dictionaries(st.sampled_from(["says", "name", "title", "claimed", "who"]), names, max_size=2)},
)


@given(st.lists(edits, max_size=6))
@settings(max_examples=40, deadline=None)
def test_any_edits_give_a_map_that_reads_back_as_it_is_and_a_patch_that_says_the_change(asked: list[dict]):
    before = SHOP
    for edit in asked:
        try:
            after = edited(before, edit)[1]
        except MapkitError:
            continue
        rows = {tuple(row[:3]): row[3] for row in rows_of(before, {})}
        rows |= {tuple(row[:3]): row[3] for row in changed_rows(rows_of(before, {}), rows_of(after, {}))}
        assert {k: v for k, v in rows.items() if v} == {tuple(row[:3]): row[3] for row in rows_of(after, {})}
        before = after
    assert JourneyMap.from_yaml(before.to_yaml()) == before
