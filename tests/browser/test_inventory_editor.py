"""An InventoryEditor under the hand of a reader, in JupyterLab."""

from __future__ import annotations

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from mapkit.maps.touchpoint_inventory import TouchpointInventory
from tests.browser.driving import open_notebook, run_all, screenshot
from tests.browser.servers import Lab
from tests.browser.widget_notebooks import notebook

pytestmark = pytest.mark.browser

PATIENT = 30_000  # milliseconds, for the first answer of a kernel on a busy machine
EDITOR = """
import mapkit as mk

editor = mk.widgets.InventoryEditor([
    {"touchpoint": "till", "name": "<b>Till</b>", "medium": "digital", "cost": 5.0, "events": "pay"},
    {"touchpoint": "page", "name": "Page"},
])
editor
"""


@pytest.fixture
def editor(page: Page, lab: Lab) -> Locator:
    """An editor in JupyterLab, drawn and at rest."""
    nbformat.write(notebook(EDITOR), lab.folder / "inventory.ipynb")
    open_notebook(page, lab, "inventory.ipynb")
    run_all(page)
    found = page.locator(".mk-inventory")
    expect(found.get_by_label("Id of till", exact=True)).to_be_visible(timeout=PATIENT)
    return found


def test_cells_are_typed_chosen_mended_and_undone(page: Page, editor: Locator):
    cost = editor.get_by_label("Cost of page", exact=True)
    cost.fill("much")
    cost.press("Tab")
    expect(cost).to_have_attribute("aria-invalid", "true", timeout=PATIENT)
    expect(editor.get_by_text("1 cell to mend")).to_be_visible()
    screenshot(page, "inventory-fault")
    cost.fill("12")
    cost.press("Tab")
    expect(editor.get_by_text("nothing to mend")).to_be_visible(timeout=PATIENT)
    editor.get_by_label("Business reason of page", exact=True).select_option("educate")
    expect(editor.get_by_role("button", name="Undo")).to_have_attribute(
        "title", "Undo: Business reason of page", timeout=PATIENT
    )
    editor.get_by_role("button", name="Undo").click()
    expect(editor.get_by_label("Business reason of page", exact=True)).to_have_value("", timeout=PATIENT)
    expect(cost).to_have_value("12")


def test_rows_are_added_moved_through_and_deleted_by_keyboard(page: Page, editor: Locator):
    editor.get_by_label("Id of till", exact=True).focus()
    page.keyboard.press("ArrowDown")
    expect(editor.get_by_label("Id of page", exact=True)).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(editor.get_by_label("Id of row 3", exact=True)).to_be_focused(timeout=PATIENT)
    page.keyboard.type("call")
    page.keyboard.press("Tab")
    expect(editor.get_by_label("Id of call", exact=True)).to_have_value("call", timeout=PATIENT)
    editor.get_by_role("button", name="Delete till").click()
    expect(editor.get_by_label("Id of till", exact=True)).to_have_count(0, timeout=PATIENT)
    expect(editor.get_by_text("2 touchpoints, nothing to mend")).to_be_visible()
    expect(editor.locator("b")).to_have_count(0)


def test_a_file_that_exists_is_replaced_by_a_second_click_only(page: Page, editor: Locator, lab: Lab):
    file = lab.folder / "mine.yaml"
    file.write_text("mine")
    editor.get_by_label("Owner of till", exact=True).fill("payments")
    editor.get_by_label("File to save").fill("mine.yaml")
    editor.get_by_role("button", name="Save").click()
    again = editor.get_by_role("button", name="Replace the file")
    expect(again).to_be_visible(timeout=PATIENT)
    assert file.read_text() == "mine"
    again.click()
    expect(editor.get_by_text("Saved with 2 touchpoints.")).to_be_visible(timeout=PATIENT)
    screenshot(page, "inventory-saved")
    saved = TouchpointInventory.read(file)
    assert (saved.touchpoints[0].name, saved.touchpoints[0].owner) == ("<b>Till</b>", "payments")
