"""A PathExplorer under the hand of a reader: in JupyterLab, wide and narrow, and in a page with no network."""

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
BOLD = "<b>bold</b> مرحبا 🎉"
# Of 300 who visit, readers of the letter look and buy more often than those who searched; everybody looks twice.
LOG = f"""
import pandas as pd
import mapkit as mk

rows = []
for k in range(300):
    day, letter = pd.Timestamp("2025-01-01") + pd.Timedelta(hours=7 * k), k % 2 == 0
    walk = ["visit", "look", "look", "cart" if k % 5 or letter else {BOLD!r}]
    walk += ["buy"] * (letter or k % 3 == 0) + ["leave"] * (k % 7 == 0)
    for n, event in enumerate(walk):
        rows.append((f"c{{k}}", event, day + pd.Timedelta(minutes=20 * n), "letter" if letter else "search", f"s{{k}}"))
log = pd.DataFrame(rows, columns=["customer", "event", "time", "channel", "session"])
"""
PATHS = """
paths = mk.widgets.PathExplorer(log)
paths
"""


@pytest.fixture
def paths(page: Page, lab: Lab) -> Locator:
    """An explorer in JupyterLab, drawn and at rest."""
    nbformat.write(notebook(LOG, PATHS), lab.folder / "paths.ipynb")
    open_notebook(page, lab, "paths.ipynb")
    run_all(page)
    found = page.locator(".mk-paths")
    expect(found.locator(".mk-node").first).to_be_visible(timeout=PATIENT)
    return found


def edge(paths: Locator, name: str) -> Locator:
    return paths.locator(f".mk-edge[aria-label^='{name}:']")


def test_a_line_that_is_picked_shows_its_numbers_beside_the_graph(page: Page, paths: Locator):
    paths.get_by_role("button", name="visit → look").last.click()
    expect(paths.locator(".mk-side dl")).to_contain_text("Median time20 min")
    expect(paths.locator(".mk-side dl")).to_contain_text("Times300")
    screenshot(page, "paths-picked")
    paths.get_by_role("button", name="Back to the list").click()
    expect(paths.locator(".mk-side dl")).to_be_hidden()
    paths.locator(".mk-node[aria-label^='look:'] circle").click()
    expect(paths.locator(".mk-side dl")).to_contain_text("Moves on600")


def test_the_graph_is_walked_with_the_arrows(page: Page, paths: Locator):
    paths.locator(".mk-node[tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    expect(edge(paths, "(start) → visit")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(paths.locator(".mk-node[aria-label^='visit:']")).to_be_focused()
    expect(paths.locator("[aria-live]")).to_contain_text("visit: Moves on 300")
    page.keyboard.press("Escape")
    expect(paths.locator(".mk-side dl")).to_be_hidden()
    # The keys were the widget's and not the notebook's.
    expect(page.locator(".jp-CodeCell")).to_have_count(2)


def test_the_threshold_hides_weak_lines_and_comes_back(page: Page, paths: Locator):
    before = paths.locator(".mk-edge").count()
    slider = paths.get_by_label("Hide what is weaker than")
    slider.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    expect(paths.locator("output").first).to_have_text("40%")
    expect(paths.locator(".mk-edge")).not_to_have_count(before, timeout=PATIENT)
    page.keyboard.press("Home")
    expect(paths.locator(".mk-edge")).to_have_count(before, timeout=PATIENT)


def test_two_segments_are_compared_in_colour_and_in_words(page: Page, paths: Locator):
    paths.get_by_label("Compare by").select_option("channel")
    expect(paths.locator(".mk-legend")).to_contain_text("more often in letter", timeout=PATIENT)
    expect(edge(paths, "cart → buy")).to_have_class("mk-edge mk-higher")
    edge(paths, "cart → buy").focus()
    page.keyboard.press("Enter")
    expect(paths.locator(".mk-side dl")).to_contain_text("Verdicthigher in letter")
    expect(paths.locator(".mk-code")).to_contain_text("mk.compare(one, other, names=('letter', 'search'))")
    screenshot(page, "paths-compared")


def test_loops_collapse_and_a_part_is_cut_out(page: Page, paths: Locator):
    expect(edge(paths, "look → look")).to_have_count(1)
    paths.get_by_label("An event after itself is one event").check()
    expect(edge(paths, "look → look")).to_have_count(0, timeout=PATIENT)
    paths.get_by_label("To", exact=True).select_option("buy")
    expect(edge(paths, "buy → leave")).to_have_count(0, timeout=PATIENT)
    expect(paths.locator(".mk-code")).to_contain_text("end='buy'")


def test_steps_are_drawn_as_bands(page: Page, paths: Locator):
    paths.get_by_label("Show as").select_option("steps")
    expect(paths.locator(".mk-band").first).to_be_visible(timeout=PATIENT)
    screenshot(page, "paths-steps")
    paths.locator(".mk-band").first.click()
    expect(paths.locator(".mk-side dl")).to_contain_text("Of all 300")


def test_names_from_the_data_are_shown_as_text(paths: Locator):
    expect(paths.locator(".mk-nodename", has_text="bold")).to_have_text(BOLD)
    expect(paths.locator("b")).to_have_count(0)


def test_on_a_narrow_page_the_graph_runs_downwards(page: Page, paths: Locator):
    page.set_viewport_size({"width": 560, "height": 1000})
    page.evaluate("window.jupyterapp.commands.execute('application:toggle-left-area')")
    graph = paths.locator(".mk-graph")
    expect(graph).to_be_visible()
    page.wait_for_function(
        "() => { const g = document.querySelector('.mk-graph'); return g.height.baseVal.value > g.width.baseVal.value }"
    )
    screenshot(page, "paths-narrow")


def test_in_a_page_with_no_network_the_numbers_are_still_there(page: Page, tmp_path: Path, repository: Path):
    # In a process of its own, for the notebook client and the browser's driver both want the event loop.
    source = tmp_path / "paths.ipynb"
    nbformat.write(notebook(LOG, PATHS), source)
    run = [sys.executable, "-m", "tests.notebooks.record", str(source)]
    subprocess.run(run, cwd=repository, check=True, capture_output=True)
    written = write_offline_page(nbformat.read(source, as_version=4), tmp_path / "paths.html")

    page.context.set_offline(True)
    page.goto(written.as_uri())
    paths = page.locator(".mk-paths")
    expect(paths.locator(".mk-node").first).to_be_visible(timeout=PATIENT)
    edge(paths, "visit → look").focus()
    page.keyboard.press("Enter")
    expect(paths.locator(".mk-side dl")).to_contain_text("Times300")
    paths.get_by_label("An event after itself is one event").check()
    expect(paths.get_by_text("There is no Python behind this page")).to_be_visible()
    screenshot(page, "paths-offline-page")
