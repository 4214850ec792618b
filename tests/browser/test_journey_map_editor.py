"""A JourneyMapEditor under the hand of a reader, in JupyterLab: drag, type, undo, save, reload."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from mapkit.maps.journey_map import JourneyMap
from tests.browser.driving import open_notebook, run_all, screenshot
from tests.browser.servers import Lab
from tests.browser.widget_notebooks import LOG, notebook

pytestmark = pytest.mark.browser

PATIENT = 30_000  # milliseconds, for the first answer of a kernel on a busy machine
SHOP = dedent("""\
    # The shop as we drew it in May.
    title: How people come to buy
    persona: {name: The visitor, who: Somebody who looks around.}
    scenario: From the first visit to the purchase.
    stages:
    - name: look
      steps:
      - visit # the front page
      - {id: browse, name: Browse the shelves, events: []}
    - name: pay
      steps:
      - cart
      - buy

    lanes:
    - name: actions
      cells:
      - stage: look
        step: visit
        says: "They come by a search. <b>bold</b> مرحبا 🎉"
        evidence: [{kind: interview, ref: P07, n: 6}]
      - stage: pay
        says: Nobody is there to help.
        owner: shop team
    - name: rate
      cells:
      - {stage: pay, step: buy, of: visit, to: buy, says: Most who come buy., claimed: 0.9}
    - name: emotion
      cells:
      - {stage: look, step: visit, claimed: 1.0}
      - {stage: pay, step: cart, claimed: -0.5}
      - {stage: pay, step: buy, claimed: 1.5}
    - name: pain_points
      cells:
      - {stage: pay, step: cart, says: The postage comes as a surprise., severity: 0.7, owner: web team}
    """)
EDITOR = """
editor = mk.widgets.JourneyMapEditor("FILE", events=log)
editor
"""
MANY = """
from mapkit.maps.journey_map import Cell, JourneyMap, Lane, MapStage, MapStep

steps = [[MapStep(f"s{k}_{j}", f"Step {k}.{j}") for j in range(10)] for k in range(6)]
stages = tuple(MapStage(f"stage {k}", tuple(each)) for k, each in enumerate(steps))
cells = lambda lane: tuple(
    Cell(s.name, p.id, f"What is said of {p.name} in lane {lane}", 0.5 if lane else (int(p.id[-1]) - 5) / 4)
    for s in stages for p in s.steps
)
lanes = tuple(Lane(f"lane {k}" if k else "emotion", cells(k)) for k in range(10))
large = JourneyMap("A large map", stages, lanes)
mk.widgets.JourneyMapEditor(large)
"""
BARE = """
from mapkit.maps.journey_map import JourneyMap, MapStage

bare = mk.widgets.JourneyMapEditor(JourneyMap("A bare map", (MapStage("look <i>around</i>"), MapStage("x" * 300))))
bare
"""
FRAMES = """() => { window.frames = []; let before = performance.now();
    const tick = now => {
        window.frames.push(now - before);
        before = now;
        window.ticking = requestAnimationFrame(tick);
    };
    window.ticking = requestAnimationFrame(tick); }"""


@pytest.fixture
def shop(lab: Lab, request: pytest.FixtureRequest) -> Path:
    file = lab.folder / f"{request.node.name}.yaml"
    file.write_text(SHOP, encoding="utf-8")
    return file


@pytest.fixture
def editor(page: Page, lab: Lab, shop: Path) -> Locator:
    """An editor of the shop's file in JupyterLab, drawn and at rest."""
    nbformat.write(notebook(LOG, EDITOR.replace("FILE", shop.name)), lab.folder / "editor.ipynb")
    return opened(page, lab, "editor.ipynb")


def opened(page: Page, lab: Lab, name: str, drawn: str = ".mk-cell") -> Locator:
    open_notebook(page, lab, name)
    run_all(page)
    found = page.locator(".mk-map").first
    expect(found.locator(drawn).first).to_be_visible(timeout=PATIENT)
    return found


def steps(editor: Locator) -> Locator:
    return editor.locator(".mk-step:not(.mk-nostep)")


def head(editor: Locator, name: str) -> Locator:
    return editor.locator(".mk-step, .mk-stage, .mk-lane").filter(has_text=name)


def cell(editor: Locator, text: str) -> Locator:
    return editor.locator(".mk-cell", has_text=text)


def drag(page: Page, what: Locator, to: Locator, part: float = 0.75) -> None:
    """Drag by hand, in small moves, onto a part of the target's width."""
    begin, end = what.bounding_box(), to.bounding_box()
    assert begin
    assert end
    page.mouse.move(begin["x"] + 40, begin["y"] + 12)
    page.mouse.down()
    page.mouse.move(end["x"] + part * end["width"], end["y"] + 14, steps=12)
    page.mouse.up()


def saved(page: Page, editor: Locator) -> None:
    page.keyboard.press("Control+s")
    expect(editor.locator(".mk-outcome")).to_contain_text("Saved", timeout=PATIENT)


def changes(file: Path, before: str = SHOP) -> list[str]:
    """The lines taken out and put in, as a version control says them."""
    lines = difflib.unified_diff(before.splitlines(), file.read_text(encoding="utf-8").splitlines(), lineterm="", n=0)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def test_what_was_dragged_typed_and_undone_is_what_the_file_says_afterwards(page: Page, editor: Locator, shop: Path):
    screenshot(page, "map-opened")
    drag(page, head(editor, "Browse the shelves"), head(editor, "cart"))
    expect(steps(editor)).to_have_text(["visit", "cart", "Browse the shelves", "buy"], timeout=PATIENT)
    cell(editor, "The postage").dblclick()
    page.keyboard.type("The postage is said too late.")
    page.keyboard.press("Enter")
    expect(cell(editor, "The postage is said too late.")).to_be_focused()
    head(editor, "rate").click()
    page.keyboard.press("Delete")
    expect(head(editor, "rate")).to_have_count(0, timeout=PATIENT)
    page.keyboard.press("Control+z")
    expect(head(editor, "rate")).to_have_count(1, timeout=PATIENT)
    point = editor.locator("circle[data-step=buy]")
    box = point.bounding_box()
    assert box
    page.mouse.move(box["x"] + 7, box["y"] + 7)
    page.mouse.down()
    page.mouse.move(box["x"] + 7, box["y"] + 7 + 46, steps=6)
    page.mouse.up()
    expect(editor.locator(".mk-outcome")).to_contain_text("Not saved", timeout=PATIENT)
    screenshot(page, "map-edited")
    saved(page, editor)
    assert changes(shop) == [
        "-  - {id: browse, name: Browse the shelves, events: []}",
        "+  - id: browse",
        "+    name: Browse the shelves",
        "+    events: []",
        "-  - {stage: pay, step: buy, claimed: 1.5}",
        "+  - {stage: pay, step: buy, claimed: -0.5}",
        "-  - {stage: pay, step: cart, says: The postage comes as a surprise., severity: 0.7, owner: web team}",
        "+  - {stage: pay, step: cart, says: The postage is said too late., severity: 0.7, owner: web team}",
    ]


def test_everything_can_be_done_with_the_keyboard_alone(page: Page, editor: Locator, shop: Path):
    head(editor, "visit").focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(steps(editor)).to_have_text(["Browse the shelves", "visit", "cart", "buy"], timeout=PATIENT)
    page.keyboard.press("Alt+ArrowRight")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(steps(editor)).to_have_text(["visit", "Browse the shelves", "cart", "buy"], timeout=PATIENT)
    page.keyboard.press("Control+Shift+z")
    expect(steps(editor)).to_have_text(["Browse the shelves", "visit", "cart", "buy"], timeout=PATIENT)
    expect(head(editor, "visit")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(head(editor, "Browse the shelves")).to_be_focused()
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("Ask a friend")
    page.keyboard.press("Enter")
    expect(steps(editor)).to_have_text(["Browse the shelves", "Ask a friend", "visit", "cart", "buy"], timeout=PATIENT)
    expect(head(editor, "Ask a friend")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("never kept")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.keyboard.type("They ask <script>alert(1)</script>")
    page.keyboard.press("Enter")
    expect(cell(editor, "They ask")).to_be_focused(timeout=PATIENT)
    screenshot(page, "map-by-keyboard")
    saved(page, editor)
    # The keys were the editor's and not the notebook's.
    expect(page.locator(".jp-CodeCell")).to_have_count(2)
    now = JourneyMap.read(shop)
    assert [step.id for step in now.steps] == ["browse", "ask_a_friend", "visit", "cart", "buy"]
    assert now.cell("actions/look/ask_a_friend").cell.says == "They ask <script>alert(1)</script>"
    assert editor.locator("script").count() == 0


def test_an_emotion_is_changed_by_keys_and_a_cells_details_by_its_fields(page: Page, editor: Locator, shop: Path):
    editor.locator("[aria-label^='emotion, visit']").focus()
    page.keyboard.press("-")
    page.keyboard.press("Shift+ArrowUp")
    expect(editor.locator("[aria-label^='emotion, visit']")).to_contain_text("0.6", timeout=PATIENT)
    cell(editor, "The postage").click()
    editor.get_by_role("textbox", name="Owner").fill("service team")
    page.keyboard.press("Tab")
    editor.get_by_label("Kind of evidence 1").select_option("survey")
    editor.get_by_label("How many stand behind evidence 1").fill("120")
    page.keyboard.press("Tab")
    expect(cell(editor, "The postage").locator(".mk-grade")).to_have_text("C", timeout=PATIENT)
    screenshot(page, "map-details")
    saved(page, editor)
    assert JourneyMap.read(shop).cell("emotion/look/visit").cell.claimed == 0.6
    changed = JourneyMap.read(shop).cell("pain_points/pay/cart").cell
    assert (changed.owner, changed.evidence[0].kind, changed.evidence[0].n) == ("service team", "survey", 120)


def test_what_somebody_else_wrote_into_the_file_is_shown_and_never_written_over(
    page: Page, editor: Locator, shop: Path
):
    head(editor, "visit").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Come in")
    page.keyboard.press("Enter")
    expect(editor.locator(".mk-outcome")).to_contain_text("Not saved", timeout=PATIENT)
    theirs = SHOP.replace("Most who come buy.", "Nine of ten buy.")
    shop.write_text(theirs, encoding="utf-8")
    page.keyboard.press("Control+s")
    expect(editor.get_by_role("alert").filter(has_text="changed by somebody else")).to_be_visible(timeout=PATIENT)
    screenshot(page, "map-conflict")
    assert shop.read_text(encoding="utf-8") == theirs
    editor.get_by_role("button", name="Save mine as a copy").click()
    expect(editor.locator(".mk-outcome")).to_contain_text("-copy.yaml", timeout=PATIENT)
    assert JourneyMap.read(shop.with_stem(f"{shop.stem}-copy")).step("visit").name == "Come in"
    assert shop.read_text(encoding="utf-8") == theirs


def test_a_change_in_the_file_is_noticed_when_the_reader_comes_back_and_taken_by_reloading(
    page: Page, editor: Locator, shop: Path
):
    shop.write_text(SHOP.replace("Most who come buy.", "Nine of ten buy."), encoding="utf-8")
    page.wait_for_timeout(1_100)
    page.evaluate("() => window.dispatchEvent(new Event('focus'))")
    expect(editor.get_by_role("alert").filter(has_text="changed by somebody else")).to_be_visible(timeout=PATIENT)
    editor.locator(".mk-conflict").get_by_role("button", name="Reload").click()
    expect(cell(editor, "Nine of ten buy.")).to_be_visible(timeout=PATIENT)
    expect(editor.locator(".mk-conflict")).to_be_hidden()


def test_a_map_of_sixty_steps_and_ten_lanes_stays_fluid(page: Page, lab: Lab):
    nbformat.write(notebook(LOG, MANY), lab.folder / "many-steps.ipynb")
    editor = opened(page, lab, "many-steps.ipynb")
    expect(editor.locator(".mk-cell")).to_have_count(600)
    screenshot(page, "map-large")
    first = steps(editor).first.bounding_box()
    assert first
    page.mouse.move(first["x"] + 40, first["y"] + 12)
    page.mouse.down()
    page.evaluate(FRAMES)
    for k in range(60):
        page.mouse.move(first["x"] + 40 + 12 * k, first["y"] + 14)
    page.evaluate("() => cancelAnimationFrame(window.ticking)")
    frames = sorted(page.evaluate("() => window.frames.slice(1)"))
    page.mouse.up()
    expect(steps(editor).first).to_have_text("Step 0.1", timeout=PATIENT)
    median, late = frames[len(frames) // 2], frames[int(0.95 * len(frames))]
    print(f"{len(frames)} frames, median {median:.1f} ms, 95th of 100 {late:.1f} ms")
    assert median < 34
    # An edit draws what it changed, and nothing else.
    kept = page.evaluate_handle("() => [...document.querySelectorAll('.mk-map .mk-slot')]")
    cell(editor, "What is said of Step 0.1 in lane 3").dblclick()
    page.keyboard.type("Something else")
    page.keyboard.press("Enter")
    expect(editor.locator(".mk-outcome")).to_contain_text("Not saved", timeout=PATIENT)
    assert page.evaluate("nodes => nodes.filter(node => !node.isConnected).length", kept) == 1


def test_a_drag_is_shown_and_given_up_with_escape(page: Page, editor: Locator):
    begin, end = head(editor, "visit").bounding_box(), head(editor, "buy").bounding_box()
    assert begin
    assert end
    page.mouse.move(begin["x"] + 40, begin["y"] + 12)
    page.mouse.down()
    page.mouse.move(end["x"] + 40, end["y"] + 14, steps=8)
    page.wait_for_timeout(100)
    screenshot(page, "map-dragging")
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(editor.locator(".mk-flying")).to_have_count(0)
    expect(steps(editor)).to_have_text(["visit", "Browse the shelves", "cart", "buy"])


def test_a_bare_map_is_filled_by_the_tools_and_its_stage_has_cells_of_its_own(page: Page, lab: Lab):
    nbformat.write(notebook(LOG, BARE), lab.folder / "bare.ipynb")
    editor = opened(page, lab, "bare.ipynb", ".mk-nostep")
    for tool, name in (("+ Lane", "actions"), ("+ Lane", "owner"), ("+ Step", "visit")):
        editor.get_by_role("button", name=tool, exact=True).click()
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        expect(head(editor, name).first).to_be_focused(timeout=PATIENT)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("w")
    page.keyboard.type("They look around.")
    page.keyboard.press("Enter")
    expect(cell(editor, "They look around.")).to_be_focused(timeout=PATIENT)
    expect(cell(editor, "They look around.")).to_have_attribute("aria-label", re.compile("the whole stage"))
    screenshot(page, "map-bare")


def test_in_voila_the_board_works_too(page: Page, voila: Callable[[Path], str], tmp_path: Path):
    (tmp_path / "map.yaml").write_text(SHOP, encoding="utf-8")
    nbformat.write(notebook(LOG, EDITOR.replace("FILE", "map.yaml")), tmp_path / "editor.ipynb")
    page.goto(voila(tmp_path / "editor.ipynb"), timeout=90_000)
    editor = page.locator(".mk-map")
    expect(cell(editor, "The postage")).to_be_visible(timeout=90_000)
    drag(page, head(editor, "visit"), head(editor, "cart"))
    expect(steps(editor)).to_have_text(["Browse the shelves", "cart", "visit", "buy"], timeout=PATIENT)
    screenshot(page, "map-voila")


def test_in_a_narrow_page_the_lanes_stay_in_sight(page: Page, editor: Locator):
    page.set_viewport_size({"width": 620, "height": 1000})
    page.wait_for_timeout(500)
    screenshot(page, "map-narrow")
    box, lane = editor.bounding_box(), head(editor, "actions").bounding_box()
    assert box
    assert lane
    assert box["x"] <= lane["x"] <= box["x"] + box["width"]
