"""An InfluencerBoard under a reader's hand: in JupyterLab, with 5,000 influencers, and in a page with no network."""

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
HARBOUR = f"""
import mapkit as mk

harbour = mk.load_dataset("harbour")
actors = harbour.actors.data.to_pandas()
actors.loc[actors["actor"] == "k41", "name"] = {BOLD!r}
"""
BOARD = """
board = mk.widgets.InfluencerBoard(actors, harbour.posts, topics=["coffee"])
board
"""
MANY = """
import numpy as np
import pandas as pd
import mapkit as mk

n, each = 5_000, 100
rng = np.random.default_rng(1)
followers = np.rint(np.exp(rng.normal(10.5, 1.7, n))).clip(2_100, 5e6)
rate = 0.06 * (followers / 1_000) ** -0.15 * rng.gamma(6, 1 / 6, n)
ids = np.array([f"i{k:05d}" for k in range(n)], dtype=object)
who = np.repeat(np.arange(n), each)
about = np.array(["coffee", "food", "travel", "coffee|food", "music", "sport"], dtype=object)
posts = pd.DataFrame({
    "actor": ids[who],
    "time": pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 364 * 1_440, n * each), unit="m"),
    "topics": about[rng.integers(0, 6, n * each)],
    "likes": rng.poisson(followers[who] * rate[who] * rng.gamma(8, 1 / 8, n * each)),
})
actors = pd.DataFrame({
    "actor": ids, "name": [f"Name {k}" for k in range(n)], "type": "kol", "followers": followers,
    "platform": rng.choice(["photos", "videos", "letters"], n),
})
board = mk.widgets.InfluencerBoard(actors, posts, topics=["coffee"], count=["likes"])
board
"""
# From the slider's move to the rows of the answer, in milliseconds.
FOLLOW = """async ([label, value]) => {
    const board = document.querySelector('.mk-influencers');
    const field = [...board.querySelectorAll('.mk-field')].find(each => each.textContent.startsWith(label));
    const control = field.querySelector('input, select');
    const figure = board.querySelector('.mk-figure');
    const before = figure.dataset.answered;
    const started = performance.now();
    control.value = value;
    control.dispatchEvent(new Event(control.tagName === 'SELECT' ? 'change' : 'input'));
    while (!figure.dataset.answered || figure.dataset.answered === before) await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    return performance.now() - started;
}"""


def opened(page: Page, lab: Lab, name: str, *cells: str) -> Locator:
    nbformat.write(notebook(*cells), lab.folder / name)
    open_notebook(page, lab, name)
    run_all(page)
    found = page.locator(".mk-influencers")
    expect(found.locator(".mk-sky .mk-row").first).to_be_visible(timeout=PATIENT)
    return found


@pytest.fixture
def board(page: Page, lab: Lab) -> Locator:
    """A board of Harbour's influencers in JupyterLab, drawn and at rest."""
    return opened(page, lab, "board.ipynb", HARBOUR, BOARD)


def first_names(board: Locator, count: int = 3) -> list[str]:
    return board.locator(".mk-sky .mk-name").all_inner_texts()[:count]


def test_ranks_follow_the_sliders_and_the_goal(page: Page, board: Locator):
    before = first_names(board)
    screenshot(page, "board-jupyterlab")
    reach = board.get_by_role("slider", name="Reach")
    reach.focus()
    page.keyboard.press("End")
    expect(board.locator(".mk-code")).to_contain_text("'reach': 1.0", timeout=PATIENT)
    assert first_names(board) != before
    board.get_by_label("Goal").select_option("advocacy")
    expect(board.locator("output").last).to_have_text("60", timeout=PATIENT)
    expect(board.locator(".mk-code")).to_contain_text("goal='advocacy'")


def test_rows_are_walked_and_picked_by_keyboard_and_python_knows(page: Page, board: Locator):
    board.locator(".mk-rows").focus()
    page.keyboard.press("ArrowDown")
    expect(board.locator("[aria-live]")).to_contain_text("rank 2")
    page.keyboard.press("Enter")
    expect(board.locator(".mk-sky .mk-picked .mk-rank")).to_have_text("2")
    expect(board.locator(".mk-total")).to_contain_text("1 picked")
    expect(board.locator(".mk-code")).to_contain_text("coffee")
    page.keyboard.press("End")
    expect(board.locator("[aria-live]")).to_contain_text("no score, under 2,000 followers")
    # The keys were the widget's and not the notebook's.
    expect(page.locator(".jp-CodeCell")).to_have_count(2)


def test_tier_and_platform_choose_rows_and_leave_ranks(page: Page, board: Locator):
    board.get_by_label("Show tier").select_option("mid")
    expect(board.locator(".mk-total")).to_have_text("6 shown, 6 with a score", timeout=PATIENT)
    ranks = [int(rank) for rank in board.locator(".mk-sky .mk-rank").all_inner_texts()]
    assert ranks == sorted(ranks) and ranks != list(range(1, 7))


def test_names_from_the_data_are_shown_as_text(board: Locator):
    expect(board.locator(".mk-sky .mk-name").first).to_have_text(BOLD)
    expect(board.locator(".mk-sky b")).to_have_count(0)


def test_without_any_weight_the_reason_stands_above_the_table(page: Page, board: Locator):
    for label in ("Reach", "Relevance", "Resonance"):
        board.get_by_role("slider", name=label).focus()
        page.keyboard.press("Home")
    expect(board.locator(".mk-message")).to_contain_text("Give at least one of them a weight", timeout=PATIENT)


def test_five_thousand_influencers_follow_within_three_tenths_of_a_second(page: Page, lab: Lab):
    board = opened(page, lab, "many.ipynb", MANY)
    assert board.locator(".mk-sky .mk-row").count() < 40  # only those in sight are in the page
    page.evaluate(FOLLOW, ["Reach", 90])  # the first answer of a kernel is slower
    weights = sorted(page.evaluate(FOLLOW, ["Reach", value]) for value in (10, 80, 30, 70, 20))
    topics = sorted(page.evaluate(FOLLOW, ["Topic", value]) for value in ("travel", "music", "coffee"))
    print(f"weights {weights[2]:.0f} ms (best {weights[0]:.0f}), topics {topics[1]:.0f} ms (best {topics[0]:.0f})")
    screenshot(page, "board-many")
    # The quickest of several, with room for other work on the machine; alone it takes less than half as long.
    assert weights[0] < 600
    assert topics[0] < 1_200


def test_in_a_page_with_no_network_the_ranks_are_still_there(page: Page, tmp_path: Path, repository: Path):
    # In a process of its own, for the notebook client and the browser's driver both want the event loop.
    source = tmp_path / "board.ipynb"
    nbformat.write(notebook(HARBOUR, BOARD), source)
    run = [sys.executable, "-m", "tests.notebooks.record", str(source)]
    subprocess.run(run, cwd=repository, check=True, capture_output=True)
    written = write_offline_page(nbformat.read(source, as_version=4), tmp_path / "board.html")

    page.context.set_offline(True)
    page.goto(written.as_uri())
    board = page.locator(".mk-influencers")
    expect(board.locator(".mk-sky .mk-rank").first).to_have_text("1", timeout=PATIENT)
    board.get_by_role("slider", name="Reach").focus()
    page.keyboard.press("End")
    expect(board.get_by_text("There is no Python behind this page")).to_be_visible()
    screenshot(page, "board-offline-page")
