"""A FunnelExplorer under the hand of a reader: in JupyterLab, in Voila, and in a page with no network."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from mapkit.workbench.offline import write_offline_page
from tests.browser.driving import open_notebook, run_all, screenshot
from tests.browser.servers import Lab
from tests.browser.widget_notebooks import EXPLORER, LOG, SLOW, notebook

pytestmark = pytest.mark.browser

PATIENT = 30_000  # milliseconds, for the first answer of a kernel on a busy machine


@pytest.fixture
def explorer(page: Page, lab: Lab) -> Locator:
    """An explorer in JupyterLab, drawn and at rest."""
    nbformat.write(notebook(LOG, SLOW, EXPLORER), lab.folder / "explorer.ipynb")
    open_notebook(page, lab, "explorer.ipynb")
    run_all(page)
    found = page.locator(".mk-explorer")
    expect(found.locator("img")).to_be_visible(timeout=PATIENT)
    return found


def steps(explorer: Locator) -> Locator:
    return explorer.locator(".mk-steps .mk-name")


def says(explorer: Locator, text: str) -> None:
    """Expect the picture's words to hold a text: what the picture shows, as a screen reader is told."""
    expect(explorer.locator("img[alt*='" + text + "']")).to_be_visible(timeout=PATIENT)


def test_a_step_is_added_by_keyboard_moved_by_mouse_and_removed(page: Page, explorer: Locator):
    search = explorer.get_by_role("combobox", name="Add a step")
    search.fill("BU")
    search.press("Enter")
    expect(steps(explorer)).to_have_text(["visit", "cart", "buy"])
    says(explorer, "buy")
    chips = explorer.locator(".mk-chip")
    chips.nth(2).drag_to(chips.nth(1), target_position={"x": 60, "y": 4})
    expect(steps(explorer)).to_have_text(["visit", "buy", "cart"])
    expect(explorer.locator(".mk-code")).to_contain_text("['visit', 'buy', 'cart']", timeout=PATIENT)
    chips.nth(1).hover()
    explorer.get_by_role("button", name="Remove buy").click()
    expect(steps(explorer)).to_have_text(["visit", "cart"])
    explorer.get_by_role("option", name="buy").drag_to(chips.nth(1), target_position={"x": 60, "y": 4})
    expect(steps(explorer)).to_have_text(["visit", "buy", "cart"])


def test_a_step_is_picked_up_moved_and_put_back_by_keyboard(page: Page, explorer: Locator):
    chips = explorer.locator(".mk-chip")
    chips.nth(0).focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(steps(explorer)).to_have_text(["cart", "visit"])
    expect(chips.nth(1)).to_be_focused()
    expect(explorer.locator("[aria-live]")).to_have_text("visit: now step 2 of 2.")
    page.keyboard.press("Escape")
    expect(steps(explorer)).to_have_text(["visit", "cart"])
    expect(chips.nth(0)).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect(steps(explorer)).to_have_text(["cart", "visit"])
    page.keyboard.press("Delete")
    expect(steps(explorer)).to_have_text(["cart"])
    # The keys were the widget's and not the notebook's: no cell was cut, none was added.
    expect(page.locator(".jp-CodeCell")).to_have_count(3)


def test_the_picture_follows_the_window_and_a_slip_is_said_in_its_place(page: Page, explorer: Locator):
    image = explorer.locator("img")
    before = image.get_attribute("src")
    explorer.get_by_label("Window", exact=True).select_option("30min")
    expect(image).not_to_have_attribute("src", str(before), timeout=PATIENT)
    expect(explorer.locator(".mk-code")).to_contain_text("window='30min'")
    explorer.get_by_label("Window", exact=True).select_option("other")
    free = explorer.get_by_label("Window: a number")
    expect(free).to_be_focused()
    free.fill("3 parsecs")
    free.press("Enter")
    expect(explorer.get_by_role("alert")).to_contain_text("'3 parsecs' is not a span of time", timeout=PATIENT)
    expect(image).to_be_hidden()
    screenshot(page, "explorer-slip")
    free.fill("36h")
    free.press("Enter")
    expect(image).to_be_visible(timeout=PATIENT)
    expect(explorer.get_by_role("alert")).to_be_hidden()


def test_it_shows_that_it_is_busy_and_asks_only_for_the_last_of_many_changes(page: Page, explorer: Locator):
    expect(page.get_by_text("measured 1 times")).to_be_visible()
    explorer.get_by_label("Window", exact=True).select_option("90d")
    expect(explorer.locator(".mk-busy")).to_have_text("Measuring …")
    order = explorer.get_by_label("Order", exact=True)
    for value in ("strict", "any", "ordered", "any", "strict"):
        order.select_option(value)
    explorer.get_by_label("Window", exact=True).select_option("7d")
    expect(explorer.locator(".mk-still")).to_be_hidden()
    expect(explorer.locator(".mk-code")).to_contain_text("window='7d', order='strict'", timeout=PATIENT)
    expect(explorer.locator(".mk-busy")).to_be_empty()
    expect(page.get_by_text("measured 3 times")).to_be_visible()


def test_names_from_the_data_are_shown_as_text(page: Page, explorer: Locator):
    explorer.get_by_role("option", name="bold").click()
    expect(steps(explorer).nth(2)).to_have_text("<b>bold</b> مرحبا 🎉")
    expect(explorer.locator("b")).to_have_count(0)
    expect(explorer.locator(".mk-code")).to_contain_text("bold", timeout=PATIENT)


def test_a_stage_model_and_a_split_are_chosen_in_the_page(page: Page, explorer: Locator):
    explorer.get_by_label("Split by").select_option("channel")
    expect(explorer.locator(".mk-code")).to_contain_text("breakdown='channel'", timeout=PATIENT)
    explorer.get_by_label("Stages", exact=True).select_option("AARRR")
    expect(explorer.locator(".mk-code")).to_contain_text("mk.map_stages(events, mk.AARRR", timeout=PATIENT)
    explorer.get_by_label("Stages", exact=True).select_option("")
    expect(steps(explorer)).to_have_text(["visit", "cart"], timeout=PATIENT)
    screenshot(page, "explorer-jupyterlab")


def test_in_voila_the_picture_follows_too(page: Page, voila: Callable[[Path], str], tmp_path: Path):
    nbformat.write(notebook(LOG, EXPLORER), tmp_path / "explorer.ipynb")
    page.goto(voila(tmp_path / "explorer.ipynb"), timeout=90_000)
    explorer = page.locator(".mk-explorer")
    expect(explorer.locator("img")).to_be_visible(timeout=90_000)
    explorer.get_by_role("option", name="buy").click()
    expect(steps(explorer)).to_have_text(["visit", "cart", "buy"])
    says(explorer, "buy")
    screenshot(page, "explorer-voila")


def test_in_a_page_with_no_network_the_last_picture_stays_and_the_page_says_so(
    page: Page, tmp_path: Path, repository: Path
):
    # In a process of its own, for the notebook client and the browser's driver both want the event loop.
    source = tmp_path / "explorer.ipynb"
    nbformat.write(notebook(LOG, EXPLORER, "explorer.steps = ['visit', 'buy']"), source)
    run = [sys.executable, "-m", "tests.notebooks.record", str(source)]
    subprocess.run(run, cwd=repository, check=True, capture_output=True)
    written = write_offline_page(nbformat.read(source, as_version=4), tmp_path / "explorer.html")

    page.context.set_offline(True)
    page.goto(written.as_uri())
    explorer = page.locator(".mk-explorer")
    says(explorer, "buy")
    expect(steps(explorer)).to_have_text(["visit", "buy"])
    explorer.get_by_label("Window", exact=True).select_option("7d")
    expect(explorer.get_by_text("There is no Python behind this page")).to_be_visible()
    expect(explorer.locator(".mk-busy")).to_be_empty()
    screenshot(page, "explorer-offline-page")
