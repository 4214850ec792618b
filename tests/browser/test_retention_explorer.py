"""A RetentionExplorer under the hand of a reader: in JupyterLab, and in a page with no network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from mapkit.workbench.offline import write_offline_page
from tests.browser.driving import open_notebook, run_all, screenshot
from tests.browser.servers import Lab
from tests.browser.widget_notebooks import LOG, notebook

pytestmark = pytest.mark.browser

PATIENT = 30_000  # milliseconds, for the first answer of a kernel on a busy machine
EXPLORER = """
explorer = mk.widgets.RetentionExplorer(log)
explorer
"""
# Retention by the hour takes long here, so that the page has something to wait for.
SLOW = """
import time

from mapkit.journeys.retention import measure_retention
from mapkit.widgets import retention_explorer as page

def slowly(events, **options):
    if options.get("period") == "hour":
        time.sleep(2.5)
    return measure_retention(events, **options)

page.measure_retention = slowly
"""


@pytest.fixture
def explorer(page: Page, lab: Lab) -> Locator:
    """An explorer in JupyterLab, drawn and at rest."""
    nbformat.write(notebook(LOG, SLOW, EXPLORER), lab.folder / "retention.ipynb")
    open_notebook(page, lab, "retention.ipynb")
    run_all(page)
    found = page.locator(".mk-retention")
    expect(found.locator("img")).to_be_visible(timeout=PATIENT)
    return found


def says(explorer: Locator, text: str) -> None:
    """Expect the picture's words to hold a text: what the picture shows, as a screen reader is told."""
    expect(explorer.locator("img[alt*='" + text + "']")).to_be_visible(timeout=PATIENT)


def test_the_picture_follows_the_settings(page: Page, explorer: Locator):
    says(explorer, "Classic retention by week")
    explorer.get_by_label("Cohorts by").select_option("month")
    says(explorer, "Classic retention by month")
    explorer.get_by_label("Came back", exact=True).select_option("unbounded")
    says(explorer, "Unbounded retention by month")
    before = explorer.locator("img").get_attribute("src")
    explorer.get_by_label("Show", exact=True).select_option("curves")
    expect(explorer.locator("img")).not_to_have_attribute("src", str(before), timeout=PATIENT)
    explorer.get_by_label("Split by").select_option("channel")
    expect(explorer.locator(".mk-code")).to_contain_text("kind='unbounded', by='channel')", timeout=PATIENT)
    screenshot(page, "retention-jupyterlab")


def test_names_are_typed_and_taken_back_by_keyboard_and_a_slip_is_said(page: Page, explorer: Locator):
    target = explorer.get_by_label("Comes back with", exact=True)
    target.fill("by")
    target.press("Enter")
    expect(explorer.get_by_role("alert")).to_contain_text("Did you mean 'buy'", timeout=PATIENT)
    expect(explorer.locator("img")).to_be_hidden()
    screenshot(page, "retention-slip")
    target.press("Backspace")
    expect(explorer.get_by_role("alert")).to_be_hidden(timeout=PATIENT)
    target.fill("buy")
    target.press("Enter")
    says(explorer, "retention to buy")
    target.fill("<b>bold</b> مرحبا 🎉")
    target.press("Enter")
    expect(explorer.locator(".mk-pick .mk-name")).to_have_text(["buy", "<b>bold</b> مرحبا 🎉"])
    expect(explorer.locator("b")).to_have_count(0)
    explorer.get_by_role("button", name="Remove buy from Comes back with").click()
    expect(explorer.locator(".mk-pick")).to_have_count(1)
    # The keys were the widget's and not the notebook's: no cell was cut, none was added.
    expect(page.locator(".jp-CodeCell")).to_have_count(3)


def test_it_shows_that_it_is_busy(page: Page, explorer: Locator):
    explorer.get_by_label("Cohorts by").select_option("hour")
    expect(explorer.locator(".mk-busy")).to_have_text("Measuring …")
    expect(explorer.locator(".mk-busy")).to_be_empty(timeout=PATIENT)
    expect(explorer.locator(".mk-still")).to_be_hidden()


def test_in_a_page_with_no_network_the_last_picture_stays_and_the_page_says_so(
    page: Page, tmp_path: Path, repository: Path
):
    # In a process of its own, for the notebook client and the browser's driver both want the event loop.
    source = tmp_path / "retention.ipynb"
    nbformat.write(notebook(LOG, EXPLORER, "explorer.period = 'month'"), source)
    run = [sys.executable, "-m", "tests.notebooks.record", str(source)]
    subprocess.run(run, cwd=repository, check=True, capture_output=True)
    written = write_offline_page(nbformat.read(source, as_version=4), tmp_path / "retention.html")

    page.context.set_offline(True)
    page.goto(written.as_uri())
    explorer = page.locator(".mk-retention")
    says(explorer, "retention by month")
    explorer.get_by_label("Came back", exact=True).select_option("bracket")
    expect(explorer.get_by_text("There is no Python behind this page")).to_be_visible()
    screenshot(page, "retention-offline-page")
