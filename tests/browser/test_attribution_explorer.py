"""An AttributionExplorer under the hand of a reader, in JupyterLab."""

from __future__ import annotations

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.driving import open_notebook, run_all, screenshot
from tests.browser.servers import Lab
from tests.browser.widget_notebooks import LOG, notebook

pytestmark = pytest.mark.browser

PATIENT = 30_000  # milliseconds, for the first answer of a kernel on a busy machine
EXPLORER = """
explorer = mk.widgets.AttributionExplorer(log, conversion="buy", models=["first", "last"])
explorer
"""


@pytest.fixture
def explorer(page: Page, lab: Lab) -> Locator:
    """An explorer in JupyterLab, drawn and at rest."""
    nbformat.write(notebook(LOG, EXPLORER), lab.folder / "attribution.ipynb")
    open_notebook(page, lab, "attribution.ipynb")
    run_all(page)
    found = page.locator(".mk-attribution")
    expect(found.locator("img")).to_be_visible(timeout=PATIENT)
    return found


def test_models_are_ticked_by_mouse_and_by_keyboard(page: Page, explorer: Locator):
    image = explorer.locator("img")
    before = str(image.get_attribute("src"))
    markov = explorer.get_by_label("Markov", exact=True)
    markov.check()
    expect(explorer.locator(".mk-code")).to_contain_text("['first', 'last', 'markov']", timeout=PATIENT)
    expect(image).not_to_have_attribute("src", before, timeout=PATIENT)
    markov.focus()
    page.keyboard.press("Space")
    expect(explorer.locator(".mk-code")).to_contain_text("models=['first', 'last'])", timeout=PATIENT)
    expect(explorer.get_by_label("Markov", exact=True)).to_be_focused()
    # The keys were the widget's and not the notebook's.
    expect(page.locator(".jp-CodeCell")).to_have_count(2)
    screenshot(page, "attribution-jupyterlab")


def test_the_picture_follows_the_look_back_and_the_order(page: Page, explorer: Locator):
    explorer.get_by_label("Look back").select_option("1d")
    expect(explorer.locator(".mk-code")).to_contain_text("window='1d'", timeout=PATIENT)
    explorer.get_by_label("Markov knows").select_option("2")
    expect(explorer.locator(".mk-code")).to_contain_text("markov_order=2", timeout=PATIENT)
    for name in ("First", "Last"):
        explorer.get_by_label(name, exact=True).uncheck()
    expect(explorer.get_by_role("alert")).to_contain_text("Choose at least one", timeout=PATIENT)
    screenshot(page, "attribution-nothing-chosen")


def test_names_from_the_data_are_shown_as_text(page: Page, explorer: Locator):
    explorer.get_by_label("Conversion").select_option(label="<b>bold</b> مرحبا 🎉")
    expect(explorer.locator(".mk-code")).to_contain_text("bold", timeout=PATIENT)
    expect(explorer.locator("b")).to_have_count(0)
