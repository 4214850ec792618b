"""A StageMapper under the hand of a reader, in JupyterLab and in Voila."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from mapkit.stages import StageModel
from tests.browser.driving import open_notebook, run_all, screenshot
from tests.browser.servers import Lab
from tests.browser.widget_notebooks import LOG, MAPPER, notebook

pytestmark = pytest.mark.browser

PATIENT = 30_000  # milliseconds, for the first answer of a kernel on a busy machine
MANY = """
names = pd.DataFrame({"customer": "ann", "event": [f"event_{k:05}" for k in range(10_000)], "time": log.time[0]})
many = mk.widgets.StageMapper(names, mk.StageModel("Many", {"one": [], "two": []}))
many
"""


@pytest.fixture
def mapper(page: Page, lab: Lab) -> Locator:
    """A mapper in JupyterLab, drawn and at rest."""
    nbformat.write(notebook(LOG, MAPPER), lab.folder / "mapper.ipynb")
    open_notebook(page, lab, "mapper.ipynb")
    run_all(page)
    found = page.locator(".mk-mapper")
    expect(found.locator(".mk-row").first).to_be_visible(timeout=PATIENT)
    return found


def row(mapper: Locator, event: str) -> Locator:
    return mapper.locator(".mk-row", has_text=event)


def names_mapped(mapper: Locator, text: str) -> None:
    expect(mapper.get_by_role("meter", name="Event names")).to_have_attribute("aria-valuetext", text, timeout=PATIENT)


def test_events_are_put_into_stages_by_drag_by_key_and_by_list_and_the_bars_follow(page: Page, mapper: Locator):
    names_mapped(mapper, "50%, 2 of 4")
    row(mapper, "cart").drag_to(mapper.locator(".mk-card", has_text="want"))
    names_mapped(mapper, "75%, 3 of 4")
    expect(mapper.locator(".mk-card", has_text="want").locator(".mk-chip")).to_have_text(["cart"])
    row(mapper, "bold").focus()
    page.keyboard.press("3")
    names_mapped(mapper, "100%, 4 of 4")
    expect(mapper.locator(".mk-rows")).to_contain_text("Every event has a stage.")
    mapper.get_by_label("Which events are listed").select_option("all")
    row(mapper, "visit").get_by_role("combobox").select_option("want")
    expect(mapper.locator(".mk-card", has_text="want").locator(".mk-chip")).to_have_text(
        ["visit", "cart"], timeout=PATIENT
    )
    row(mapper, "buy").focus()
    page.keyboard.press("0")
    names_mapped(mapper, "75%, 3 of 4")
    expect(row(mapper, "buy")).to_be_focused()
    screenshot(page, "mapper-jupyterlab")


def test_changes_are_undone_and_redone(page: Page, mapper: Locator):
    expect(mapper.get_by_role("button", name="Undo")).to_be_disabled()
    row(mapper, "cart").focus()
    page.keyboard.press("2")
    names_mapped(mapper, "75%, 3 of 4")
    mapper.get_by_role("button", name="Undo").click()
    names_mapped(mapper, "50%, 2 of 4")
    mapper.get_by_role("button", name="Redo").click()
    names_mapped(mapper, "75%, 3 of 4")


def test_a_file_that_exists_is_replaced_by_a_second_click_only(page: Page, mapper: Locator, lab: Lab):
    file = lab.folder / "mine.yaml"
    file.write_text("mine")
    mapper.get_by_label("File to save").fill("mine.yaml")
    mapper.get_by_role("button", name="Save YAML").click()
    again = mapper.get_by_role("button", name="Replace the file")
    expect(again).to_be_visible(timeout=PATIENT)
    assert file.read_text() == "mine"
    screenshot(page, "mapper-asks-before-replacing")
    again.click()
    expect(mapper.get_by_text("Saved with 2 rules.")).to_be_visible(timeout=PATIENT)
    assert StageModel.read(file) == StageModel("Shop", {"look": ["visit"], "want": [], "pay": ["buy"]})


def test_names_from_the_data_are_shown_as_text(mapper: Locator):
    expect(row(mapper, "bold").locator(".mk-name")).to_have_text("<b>bold</b> مرحبا 🎉")
    expect(mapper.locator("b")).to_have_count(0)


def test_ten_thousand_events_can_be_searched_and_walked(page: Page, lab: Lab):
    nbformat.write(notebook(LOG, MANY), lab.folder / "many.ipynb")
    open_notebook(page, lab, "many.ipynb")
    run_all(page)
    mapper = page.locator(".mk-mapper")
    rows = mapper.locator(".mk-row")
    expect(rows.first).to_be_visible(timeout=PATIENT)
    assert rows.count() < 60
    rows.first.focus()
    page.keyboard.press("End")
    expect(row(mapper, "event_09999")).to_be_focused()
    mapper.get_by_label("Search events").fill("event_0500")
    expect(rows).to_have_count(10)
    row(mapper, "event_05003").focus()
    page.keyboard.press("2")
    names_mapped(mapper, "0%, 1 of 10,000")
    expect(rows).to_have_count(9)
    expect(row(mapper, "event_05004")).to_be_focused()


def test_in_voila_the_board_works_too(page: Page, voila: Callable[[Path], str], tmp_path: Path):
    nbformat.write(notebook(LOG, MAPPER), tmp_path / "mapper.ipynb")
    page.goto(voila(tmp_path / "mapper.ipynb"), timeout=90_000)
    mapper = page.locator(".mk-mapper")
    expect(row(mapper, "cart")).to_be_visible(timeout=90_000)
    row(mapper, "cart").drag_to(mapper.locator(".mk-card", has_text="pay"))
    names_mapped(mapper, "75%, 3 of 4")
    screenshot(page, "mapper-voila")
