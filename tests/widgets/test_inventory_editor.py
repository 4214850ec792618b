"""What an InventoryEditor makes of cells, said without a browser."""

from __future__ import annotations

import pytest

import mapkit as mk
from mapkit.errors import DocumentError, OptionError
from mapkit.maps.touchpoint_inventory import Touchpoint, TouchpointInventory
from mapkit.widgets.inventory_cells import NAMES
from mapkit.widgets.inventory_editor import InventoryEditor

SHOP = TouchpointInventory((Touchpoint("till", cost=5.0, events=("pay", "buy"), paid=False), Touchpoint("page")))
HOSTILE = ["<script>alert(1)</script>", "=cmd|' /C calc'!A0", "مرحبا", 'a "b" c', "two words"]


def ask(editor: InventoryEditor, *commands: dict, number: int = 1) -> None:
    """Send commands as the page does."""
    editor._handle_custom_msg({"number": number, "commands": list(commands)}, [])


def write(row: int, column: str, text: str) -> dict:
    return {"do": "set", "row": row, "column": NAMES.index(column), "text": text}


def cell(editor: InventoryEditor, row: int, column: str) -> str:
    return editor.rows[row][NAMES.index(column)]


def test_an_inventory_is_shown_as_texts_and_comes_back_the_same():
    editor = InventoryEditor(SHOP)
    assert [cell(editor, 0, name) for name in ("touchpoint", "paid", "cost", "events")] == [
        "till",
        "no",
        "5",
        "pay; buy",
    ]
    assert editor.inventory == SHOP
    harbour = mk.load_dataset("harbour").touchpoints
    assert InventoryEditor(harbour).inventory == TouchpointInventory.of(harbour)


def test_a_cell_is_written_from_the_page_and_from_python():
    editor = InventoryEditor(SHOP)
    ask(editor, write(1, "medium", "digital"), write(1, "events", "visit|view"), number=7)
    editor.set("page", "mandated", "yes")
    assert editor.inventory.touchpoints[1] == Touchpoint(
        "page", medium="digital", mandated=True, events=("visit", "view")
    )
    assert editor.answered == 7


@pytest.mark.parametrize(
    ("column", "text", "why"),
    [
        ("medium", "digitl", "Did you mean 'digital'"),
        ("cost", "much", "Write a number"),
        ("cost", "-1", "not negative"),
        ("touchpoint", "till", "taken by another row"),
        ("touchpoint", " ", "needs an id"),
        ("business_reason", "shout", "obtain payment or other"),
    ],
)
def test_what_a_cell_may_not_hold_is_told_at_the_cell_and_is_not_saved(column, text, why, tmp_path):
    editor = InventoryEditor(SHOP)
    ask(editor, write(1, column, text))
    assert any(at == 1 and place == NAMES.index(column) and why in told for at, place, told in editor.faults)
    with pytest.raises(DocumentError, match="Row "):
        editor.save(tmp_path / "mine.yaml")
    ask(editor, {"do": "save", "path": str(tmp_path / "mine.yaml"), "replace": False})
    assert editor.saved["outcome"] == "failed"
    assert not list(tmp_path.iterdir())


def test_rows_are_added_and_deleted_and_every_step_is_undone():
    editor = InventoryEditor(SHOP)
    ask(editor, {"do": "add"})
    assert editor.faults[0][0] == 2
    ask(editor, write(2, "touchpoint", "call"), {"do": "delete", "row": 0})
    assert [row[0] for row in editor.rows] == ["page", "call"]
    assert editor.undoes == "till deleted"
    for _ in range(3):
        editor.undo()
    assert editor.inventory == SHOP
    editor.undo()
    editor.redo()
    assert len(editor.rows) == 3
    editor.add("radio", channel="radio")
    editor.delete("radio")
    assert editor.redoes == ""


@pytest.mark.parametrize("ending", ["yaml", "csv", "json"])
def test_a_saved_file_holds_what_the_sheet_holds(ending, tmp_path):
    editor = InventoryEditor(SHOP)
    path = editor.save(tmp_path / f"mine.{ending}")
    assert TouchpointInventory.read(path) == SHOP
    editor.set("page", "owner", "web")
    assert TouchpointInventory.read(editor.save(path)).touchpoints[1].owner == "web"  # its own file again: no question


def test_a_file_is_never_overwritten_without_a_second_word(tmp_path):
    path = tmp_path / "mine.yaml"
    InventoryEditor(SHOP).save(path)
    one, other = InventoryEditor(path), InventoryEditor(path)
    other.set("page", "owner", "web")
    other.save()
    one.set("page", "owner", "stores")
    ask(one, {"do": "save", "path": str(path), "replace": False})
    assert one.saved["outcome"] == "exists"
    assert TouchpointInventory.read(path).touchpoints[1].owner == "web"
    ask(one, {"do": "save", "path": str(path), "replace": True})
    assert one.saved["outcome"] == "saved"
    assert TouchpointInventory.read(path).touchpoints[1].owner == "stores"


def test_replacing_takes_a_question_about_the_same_file(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("mine", encoding="utf-8")
    editor = InventoryEditor(SHOP)
    ask(editor, {"do": "save", "path": str(path), "replace": True})
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_kept_as_text(name, tmp_path):
    editor = InventoryEditor()
    editor.add(name, note=name)
    assert TouchpointInventory.read(editor.save(tmp_path / "mine.yaml")).touchpoints[0].touchpoint == name
    assert "<script>" not in editor._still()[0]["text/html"]


def test_unknown_names_are_refused_with_the_nearest_and_odd_messages_change_nothing():
    with pytest.raises(OptionError, match=r"no option 'touchpoint'.*Did you mean 'touchpoints'"):
        InventoryEditor(touchpoint=SHOP)
    editor = InventoryEditor(SHOP)
    with pytest.raises(OptionError, match="Did you mean 'owner'"):
        editor.set("page", "ownr", "x")
    with pytest.raises(OptionError, match="Did you mean 'page'"):
        editor.delete("pag")
    ask(editor, {"do": "set", "row": 99, "column": 0, "text": "x"}, {"do": "delete", "row": -1}, {"do": "dance"})
    assert editor.inventory == SHOP
