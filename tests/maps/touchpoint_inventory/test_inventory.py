"""An inventory goes between YAML and spreadsheets and comes back the same, or is refused with the line."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mapkit as mk
from mapkit.errors import DocumentError
from mapkit.maps.touchpoint_inventory import Touchpoint, TouchpointInventory

YAML = """\
touchpoints:
  # where they pay
  - {touchpoint: payment, medium: digital, paid: false, business_reason: inform, cost: 16000, events: [pay, paid]}
  - touchpoint: cup_card
"""
HEADER = "touchpoint,medium,paid,cost,events\n"
WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
TOUCHPOINT = st.builds(
    Touchpoint,
    WORDS,
    name=st.none() | WORDS | st.sampled_from(["=1+1", "'=x", "''@y", "-3", "007", "true", "a\nb", "a\rb", " a "]),
    paid=st.none() | st.booleans(),
    medium=st.none() | st.just("digital"),
    cost=st.none() | st.integers(0, 10**9) | st.floats(0, 1e6) | st.sampled_from([0.1, 12.5]),
    events=st.lists(st.sampled_from(["pay", "=pay", "p q", "ü"]), max_size=3).map(tuple),
)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(TOUCHPOINT, max_size=4, unique_by=lambda each: each.touchpoint), st.sampled_from(["yaml", "csv", "xlsx"])
)
def test_it_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, held: list[Touchpoint], ending: str):
    inventory = TouchpointInventory(tuple(held))
    path = tmp_path_factory.mktemp("inventory") / f"a.{ending}"
    try:
        inventory.write(path)
    except DocumentError as refused:
        assert "cannot hold" in str(refused)  # noqa: PT017
        return
    assert TouchpointInventory.read(path) == inventory


def test_text_that_a_spreadsheet_would_run_is_made_harmless(tmp_path: Path):
    inventory = TouchpointInventory((Touchpoint("=cmd|' /C calc'!A0", owner="@web", events=("+x",)),))
    with inventory.write(tmp_path / "a.csv").open(newline="") as file:
        assert all(cell.startswith("'") for cell in list(csv.reader(file))[1])
    sheet = openpyxl.load_workbook(inventory.write(tmp_path / "a.xlsx")).active
    assert [cell.data_type for cell in sheet[2]] == ["s", "s", "s"]
    assert sheet["A2"].value.startswith("'=")


def test_a_sheet_that_people_wrote_is_understood(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text(HEADER + "payment,digital,no,16000,pay; paid\n\ncard,,Yes,,\n", encoding="utf-8-sig")
    assert TouchpointInventory.read(path).touchpoints == (
        Touchpoint("payment", medium="digital", paid=False, cost=16000, events=("pay", "paid")),
        Touchpoint("card", paid=True),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER + "a,digital,no,1,\nb,digtal,no,1,\n", r"a.csv, line 3, column 2 .*'digtal'|\"digtal\".*'digital'"),
        (HEADER + "a,digital,perhaps,1,\n", r"a.csv, line 2, column 3 .*\"perhaps\" does not fit.*true \(paid\)"),
        (HEADER + "a,digital,no,-1,\n", r"a.csv, line 2, column 4 .*-1 does not fit"),
        (HEADER + 'a,digital,no,1,"x\ny"\n,digital,no,1,\n', r"a.csv, line 4, .*'touchpoint' must be given"),
        (HEADER + "a,,,,\na,,,,\n", r"a.csv, line 3, column 1 .*two touchpoints named 'a'"),
        ("touchpoint,chanel\na,web\n", r"a.csv, line 1, column 2 .*unknown key 'chanel'\. Did you mean 'channel'\?"),
        ("touchpoint,name,name\na,b,c\n", r"a.csv, line 1: the column 'name' is there twice"),
        (HEADER + 'a,"digital\n', r"a.csv, line 2: this is not CSV"),
    ],
)
def test_a_wrong_cell_is_named_with_its_line(tmp_path: Path, text: str, message: str):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(DocumentError, match=message):
        TouchpointInventory.read(tmp_path / "a.csv")


def test_what_is_no_workbook_is_said(tmp_path: Path):
    (tmp_path / "a.xlsx").write_text("no workbook")
    with pytest.raises(DocumentError, match="cannot be read as an Excel workbook"):
        TouchpointInventory.read(tmp_path / "a.xlsx")


def test_a_sheet_is_not_written_over_unasked(tmp_path: Path):
    path = TouchpointInventory((Touchpoint("a"),)).write(tmp_path / "a.csv")
    with pytest.raises(DocumentError, match="exists already"):
        TouchpointInventory((Touchpoint("b"),)).write(path)
    TouchpointInventory((Touchpoint("b"),)).write(path, existing="replace")
    assert TouchpointInventory.read(path).touchpoints[0].touchpoint == "b"


def test_the_yaml_keeps_its_comments_when_a_sheet_comes_back(tmp_path: Path):
    path = tmp_path / "a.yaml"
    path.write_text(YAML)
    inventory = TouchpointInventory.read(path)
    back = TouchpointInventory.read(inventory.write(tmp_path / "a.xlsx"))
    assert back == inventory
    back.write(path, existing="replace")
    assert path.read_text() == YAML


def test_the_inventory_of_harbour_is_a_document_and_a_table(tmp_path: Path):
    harbour = mk.load_dataset("harbour", customers=200)
    inventory = TouchpointInventory.of(harbour.touchpoints)
    assert TouchpointInventory.read(inventory.write(tmp_path / "a.yaml")) == inventory
    assert TouchpointInventory.of(inventory.to_table()) == inventory
    owners = {each.touchpoint: each.owner for each in inventory.touchpoints}
    assert [name for name, owner in owners.items() if owner is None] == [
        harbour.truth["planted"]["touchpoint_facts"]["orphan"]
    ]
    assert TouchpointInventory.read(harbour.path("touchpoints.csv")) == inventory
