"""A FeedbackExplorer under the hand of a reader: in JupyterLab, and in a page with no network."""

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
from tests.browser.widget_notebooks import notebook

pytestmark = pytest.mark.browser

PATIENT = 30_000  # milliseconds, for the first answer of a kernel on a busy machine
ANSWERS = """
import pandas as pd
import mapkit as mk

days = {"spring": pd.Timestamp("2025-03-01"), "autumn": pd.Timestamp("2025-10-01")}
rows = []
new = "<b>new</b>"
for wave, segment, many in (("spring", "old", 20), ("spring", new, 20), ("autumn", "old", 58), ("autumn", new, 20)):
    for metric, high, low in (("nps", 9, 3), ("emotion", 2, -1)):
        rows += [(metric, high if k < many else low, wave, segment, days[wave], "service") for k in range(60)]
answers = pd.DataFrame(rows, columns=["metric", "score", "wave", "segment", "time", "stage"])
"""
EXPLORER = """
explorer = mk.widgets.FeedbackExplorer(answers)
explorer
"""


@pytest.fixture
def explorer(page: Page, lab: Lab) -> Locator:
    """An explorer in JupyterLab, drawn and at rest."""
    nbformat.write(notebook(ANSWERS, EXPLORER), lab.folder / "feedback.ipynb")
    open_notebook(page, lab, "feedback.ipynb")
    run_all(page)
    found = page.locator(".mk-feedback")
    expect(found.locator("img")).to_be_visible(timeout=PATIENT)
    return found


def says(explorer: Locator, text: str) -> None:
    """Expect the picture's words to hold a text: what the picture shows, as a screen reader is told."""
    expect(explorer.locator("img[alt*='" + text + "']")).to_be_visible(timeout=PATIENT)


def test_two_waves_are_chosen_and_the_verdict_is_said(page: Page, explorer: Locator):
    says(explorer, "Net promoter score: all answers")
    expect(explorer.locator(".mk-verdict")).to_be_hidden()
    explorer.get_by_label("Wave", exact=True).select_option("spring")
    explorer.get_by_label("Against wave").select_option("autumn")
    expect(explorer.locator(".mk-verdict")).to_contain_text("NPS rose by 63.3 points", timeout=PATIENT)
    screenshot(page, "feedback-verdict")
    explorer.get_by_label("Split by").select_option("segment")
    expect(explorer.locator(".mk-verdict")).to_contain_text("old higher, beyond chance", timeout=PATIENT)
    expect(explorer.locator("b")).to_have_count(0)
    expect(explorer.locator(".mk-code")).to_contain_text("by=['segment', 'wave']")
    screenshot(page, "feedback-jupyterlab")


def test_question_and_smallest_group_are_set_by_keyboard(page: Page, explorer: Locator):
    explorer.get_by_label("Question").select_option("emotion")
    says(explorer, "Mean valence from -2 to 2 by stage")
    expect(explorer.get_by_label("Answers of")).to_be_hidden()
    fewest = explorer.get_by_label("Hide groups below")
    fewest.fill("500")
    fewest.press("Enter")
    says(explorer, "nothing to draw")
    expect(explorer.locator(".mk-code")).to_contain_text("minimum_n=500")
    fewest.fill("0")
    fewest.press("Enter")
    expect(fewest).to_have_value("500")
    # The keys were the widget's and not the notebook's: no cell was cut, none was added.
    expect(page.locator(".jp-CodeCell")).to_have_count(2)


def test_in_a_page_with_no_network_the_last_picture_stays_and_the_page_says_so(
    page: Page, tmp_path: Path, repository: Path
):
    # In a process of its own, for the notebook client and the browser's driver both want the event loop.
    source = tmp_path / "feedback.ipynb"
    nbformat.write(notebook(ANSWERS, EXPLORER, "explorer.metric = 'emotion'"), source)
    run = [sys.executable, "-m", "tests.notebooks.record", str(source)]
    subprocess.run(run, cwd=repository, check=True, capture_output=True)
    written = write_offline_page(nbformat.read(source, as_version=4), tmp_path / "feedback.html")

    page.context.set_offline(True)
    page.goto(written.as_uri())
    explorer = page.locator(".mk-feedback")
    says(explorer, "Mean valence")
    explorer.get_by_label("Question").select_option("nps")
    expect(explorer.get_by_text("There is no Python behind this page")).to_be_visible()
    screenshot(page, "feedback-offline-page")
