"""An EcosystemExplorer under the hand of a reader: in JupyterLab, with 5,000 actors, and in a page with no network."""

from __future__ import annotations

import re
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

PATIENT = 60_000  # milliseconds, for the first answer of a kernel on a busy machine
BOLD = "<b>bold</b> مرحبا 🎉"
# A ring of twelve, every third tie strong; one actor with a hostile name hangs on the first.
TOWN = f"""
import pandas as pd
import mapkit as mk

actors = pd.DataFrame({{
    "actor": [f"a{{k}}" for k in range(12)] + ["odd"],
    "name": [f"Actor {{k}}" for k in range(12)] + [{BOLD!r}],
    "type": ["partner", "customer", "supplier"] * 4 + ["partner"],
}})
ties = pd.DataFrame({{
    "source": [f"a{{k}}" for k in range(12)] + ["a0"],
    "target": [f"a{{(k + 1) % 12}}" for k in range(12)] + ["odd"],
    "weight": [0.8, 0.5, 0.5] * 4 + [0.3],
    "type": ["supplies", "advises"] * 6 + ["advises"],
    "time": pd.date_range("2025-01-01", periods=13, freq="MS"),
}})
"""
EXPLORER = """
explorer = mk.widgets.EcosystemExplorer((actors, ties))
explorer
"""
CROWD = """
import numpy as np
import pandas as pd
import mapkit as mk

rng = np.random.default_rng(1)
group = rng.integers(0, 12, 5_000)
sources = rng.integers(0, 5_000, 15_000)
near = [np.flatnonzero(group == k) for k in range(12)]
within = [rng.choice(near[group[k]]) for k in sources]
targets = np.where(rng.random(15_000) < 0.85, within, rng.integers(0, 5_000, 15_000))
actors = pd.DataFrame({"actor": [f"a{k}" for k in range(5_000)], "type": [f"type {k % 7}" for k in group]})
ties = pd.DataFrame({"source": [f"a{k}" for k in sources], "target": [f"a{k}" for k in targets]})
ties["weight"] = rng.uniform(0.1, 1, 15_000)
"""
# Moves the pointer, or turns the wheel, once a frame for three seconds; returns the frames a second that were drawn.
FRAMES = """async (how) => {
    const map = document.querySelector('.mk-ecosystem .mk-over');
    const box = map.getBoundingClientRect();
    const at = (type, x, y) => map.dispatchEvent(
        new PointerEvent(type, {clientX: box.left + x, clientY: box.top + y, bubbles: true, pointerId: 1}));
    map.setPointerCapture = () => {};
    map.focus();
    if (how === 'drag') at('pointerdown', 300, 200);
    const [drawn, began] = [Number(map.dataset.drawn), performance.now()];
    await new Promise((done) => {
        const step = (now, turn = 0) => {
            if (how === 'drag') at('pointermove', 300 + 120 * Math.sin(turn / 9), 200 + 80 * Math.cos(turn / 7));
            else map.dispatchEvent(new WheelEvent('wheel', {
                deltaY: Math.sin(turn / 15) > 0 ? -30 : 30, clientX: box.left + 300, clientY: box.top + 250,
                bubbles: true, cancelable: true}));
            if (now - began < 3000) requestAnimationFrame((next) => step(next, turn + 1));
            else done();
        };
        requestAnimationFrame(step);
    });
    if (how === 'drag') at('pointerup', 300, 200);
    return (Number(map.dataset.drawn) - drawn) / ((performance.now() - began) / 1000);
}"""


@pytest.fixture
def explorer(page: Page, lab: Lab) -> Locator:
    """An explorer in JupyterLab, drawn and at rest."""
    nbformat.write(notebook(TOWN, EXPLORER), lab.folder / "ecosystem.ipynb")
    open_notebook(page, lab, "ecosystem.ipynb")
    run_all(page)
    found = page.locator(".mk-ecosystem")
    expect(found.locator(".mk-over[data-drawn]")).to_be_visible(timeout=PATIENT)
    return found


def find(explorer: Locator, page: Page, name: str) -> None:
    """Choose an actor by typing its name."""
    explorer.get_by_label("Find an actor").fill(name)
    expect(explorer.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(explorer.locator(".mk-who")).to_be_visible()


def code_has(explorer: Locator, text: str) -> None:
    expect(explorer.locator(".mk-code")).to_contain_text(text, timeout=PATIENT)


def test_an_actor_is_found_by_typing_and_python_knows_who_is_chosen(page: Page, explorer: Locator):
    explorer.get_by_label("Find an actor").fill("actor 1")
    expect(explorer.get_by_role("option")).to_have_count(3)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(explorer.locator(".mk-who")).to_contain_text("Actor 1")
    expect(explorer.locator(".mk-side dl")).to_contain_text("ties shown2")
    code_has(explorer, "selection = part.actors")
    explorer.locator(".mk-move").first.click()
    expect(explorer.locator("[aria-live]")).to_contain_text(re.compile(r"Actor \d+: \w+, \d ties"))
    screenshot(page, "ecosystem-chosen")


def test_the_strongest_path_is_asked_for_with_two_buttons(page: Page, explorer: Locator):
    find(explorer, page, "Actor 0")
    explorer.get_by_role("button", name="Path from here").click()
    find(explorer, page, "Actor 3")
    explorer.get_by_role("button", name="Path from Actor 0 to here").click()
    expect(explorer.locator(".mk-answer").first).to_contain_text("3 steps, strength 0.2", timeout=PATIENT)
    code_has(explorer, "mk.find_paths(part, 'a0', 'a3')")
    screenshot(page, "ecosystem-path")


def test_taking_an_actor_out_shows_who_is_cut_off(page: Page, explorer: Locator):
    find(explorer, page, "a0")
    explorer.get_by_role("button", name="Take out").click()
    expect(explorer.locator(".mk-answer").first).to_contain_text("1 actor cut off", timeout=PATIENT)
    expect(explorer.locator(".mk-answer").first).to_contain_text(BOLD)
    screenshot(page, "ecosystem-removal")
    explorer.get_by_role("button", name="Put back").click()
    expect(explorer.get_by_text("cut off")).to_have_count(0, timeout=PATIENT)


def test_seeds_are_found_with_their_expected_spread(page: Page, explorer: Locator):
    explorer.get_by_label("Best seeds to find").fill("2")
    explorer.get_by_role("button", name="Find", exact=True).click()
    expect(explorer.locator(".mk-answer").last).to_contain_text(
        "2 seeds reach 13.0 [13.0, 13.0] of 13", timeout=PATIENT
    )
    code_has(explorer, "seeds = mk.find_seeds(part, k=2, model='ic', probability='weighted_cascade')")
    screenshot(page, "ecosystem-seeds")


def test_filters_change_the_map_and_what_python_is_asked(page: Page, explorer: Locator):
    explorer.get_by_role("button", name="supplier 4").click()
    expect(explorer.locator(".mk-tally")).to_have_text("9 of 13 actors, 5 of 13 ties")
    code_has(explorer, "subset(types=['partner', 'customer'])")
    explorer.get_by_role("button", name="supplier 4").click()
    expect(explorer.locator(".mk-tally")).to_have_text("13 of 13 actors, 13 of 13 ties")
    explorer.get_by_role("button", name="supplies 6").dblclick()
    expect(explorer.locator(".mk-tally")).to_have_text("13 of 13 actors, 6 of 13 ties")
    explorer.get_by_label("Ties begun").focus()
    page.keyboard.press("Home")
    expect(explorer.locator("output")).to_have_text("before 2025-02-01")
    expect(explorer.locator(".mk-tally")).to_have_text("13 of 13 actors, 1 of 13 ties")
    code_has(explorer, "end='2025-02-01'")


def test_the_map_is_moved_and_walked_with_the_keyboard(page: Page, explorer: Locator):
    explorer.locator(".mk-over").focus()
    before = explorer.locator(".mk-ground").screenshot()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("+")
    expect(explorer.locator(".mk-over")).to_have_attribute("data-moving", "false")
    assert explorer.locator(".mk-ground").screenshot() != before
    page.keyboard.press("PageDown")
    expect(explorer.locator(".mk-who")).to_contain_text("Actor")
    first = explorer.locator(".mk-who").text_content()
    page.keyboard.press("PageDown")
    expect(explorer.locator(".mk-who")).not_to_have_text(first or "")
    page.keyboard.press("Escape")
    expect(explorer.locator(".mk-who")).to_have_count(0)
    # The keys were the widget's and not the notebook's.
    expect(page.locator(".jp-CodeCell")).to_have_count(2)


def test_a_click_on_the_map_chooses_who_is_there(page: Page, explorer: Locator):
    find(explorer, page, "odd")
    explorer.locator(".mk-over").focus()
    page.keyboard.press("Escape")
    expect(explorer.locator(".mk-who")).to_have_count(0)
    # Searching has brought the actor to the middle of the map, or it was in view: look for it under the pointer.
    box = explorer.locator(".mk-over").bounding_box()
    assert box
    hit = False
    for k in range(400):
        x, y = box["x"] + box["width"] * ((k % 20) + 0.5) / 20, box["y"] + box["height"] * ((k // 20) + 0.5) / 20
        page.mouse.move(x, y)
        page.wait_for_timeout(5)
        if explorer.locator(".mk-tip").is_visible():
            page.mouse.click(x, y)
            hit = True
            break
    assert hit
    expect(explorer.locator(".mk-who")).to_be_visible()


def test_names_from_the_data_are_shown_as_text(page: Page, explorer: Locator):
    find(explorer, page, "bold")
    expect(explorer.locator(".mk-who bdi")).to_have_text(BOLD)
    expect(explorer.locator("b")).to_have_count(0)


def test_five_thousand_actors_move_at_thirty_frames_a_second(page: Page, lab: Lab):
    nbformat.write(notebook(CROWD, EXPLORER), lab.folder / "crowd.ipynb")
    open_notebook(page, lab, "crowd.ipynb")
    run_all(page)
    expect(page.locator(".mk-over[data-drawn]")).to_be_visible(timeout=PATIENT)
    screenshot(page, "ecosystem-crowd")
    frames = {how: max(page.evaluate(FRAMES, how) for _ in range(2)) for how in ("drag", "wheel")}
    assert min(frames.values()) >= 30, frames


def test_in_a_page_with_no_network_the_map_is_still_walked(page: Page, tmp_path: Path, repository: Path):
    # In a process of its own, for the notebook client and the browser's driver both want the event loop.
    source = tmp_path / "ecosystem.ipynb"
    nbformat.write(notebook(TOWN, EXPLORER), source)
    run = [sys.executable, "-m", "tests.notebooks.record", str(source)]
    subprocess.run(run, cwd=repository, check=True, capture_output=True)
    written = write_offline_page(nbformat.read(source, as_version=4), tmp_path / "ecosystem.html")

    page.context.set_offline(True)
    page.goto(written.as_uri())
    explorer = page.locator(".mk-ecosystem")
    expect(explorer.locator(".mk-over[data-drawn]")).to_be_visible(timeout=PATIENT)
    find(explorer, page, "Actor 7")
    expect(explorer.locator(".mk-side dl")).to_contain_text("ties shown2")
    explorer.get_by_role("button", name="supplier 4").click()
    expect(explorer.locator(".mk-tally")).to_have_text("9 of 13 actors, 5 of 13 ties")
    expect(explorer.get_by_text("There is no Python behind this page")).to_be_visible()
    screenshot(page, "ecosystem-offline-page")
