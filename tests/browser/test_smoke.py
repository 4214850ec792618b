"""The harness itself: a small notebook lives in JupyterLab, in Voila, and as a page with no network."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page, expect

from mapkit.workbench.offline import write_offline_page
from tests.browser.driving import PATIENCE, open_notebook, run_all, screenshot
from tests.browser.servers import Lab
from tests.browser.small_notebook import small_notebook

pytestmark = pytest.mark.browser

FIGURE = ".widget-output img"


def test_in_jupyterlab_a_slider_redraws_and_a_canvas_talks_to_python(page: Page, lab: Lab) -> None:
    nbformat.write(small_notebook(), lab.folder / "small.ipynb")
    open_notebook(page, lab, "small.ipynb")
    run_all(page)
    before = page.locator(FIGURE).get_attribute("src")
    page.locator(".widget-slider .noUi-handle").press("ArrowRight")
    expect(page.locator(FIGURE)).not_to_have_attribute("src", str(before))
    _press_a_mood_and_see_python_answer(page)
    screenshot(page, "smoke-jupyterlab")


def test_in_voila_a_canvas_talks_to_python(page: Page, voila: Callable[[Path], str], tmp_path: Path) -> None:
    nbformat.write(small_notebook(), tmp_path / "small.ipynb")
    page.goto(voila(tmp_path / "small.ipynb"), timeout=PATIENCE)
    page.locator(FIGURE).wait_for(timeout=PATIENCE)
    _press_a_mood_and_see_python_answer(page)


def test_a_page_with_no_network_shows_its_widgets(page: Page, tmp_path: Path, repository: Path) -> None:
    # In a process of its own, for the notebook client and the browser's driver both want the event loop.
    source = tmp_path / "small.ipynb"
    nbformat.write(small_notebook(), source)
    run = [sys.executable, "-m", "tests.notebooks.record", str(source)]
    subprocess.run(run, cwd=repository, check=True, capture_output=True)
    written = write_offline_page(nbformat.read(source, as_version=4), tmp_path / "small.html")

    page.context.set_offline(True)
    page.goto(written.as_uri())
    page.locator(FIGURE).wait_for(timeout=PATIENCE)
    expect(page.locator(".mood")).to_have_text(["mood 1", "mood -1", "mood 2"])
    page.locator(".widget-slider .noUi-handle").press("ArrowRight")
    expect(page.locator(".widget-readout").first).to_have_text("8")
    page.locator(".mood").first.click()
    expect(page.locator(".mood").first).to_have_text("mood 2")
    screenshot(page, "smoke-offline-page")


def _press_a_mood_and_see_python_answer(page: Page) -> None:
    page.locator(".mood").first.click()
    expect(page.locator(".mood").first).to_have_text("mood 2")
    expect(page.get_by_text("total 3", exact=True)).to_be_visible()
