"""What a test does in a notebook's page: open it, run it, wait, look."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.browser.servers import Lab

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCREENSHOTS = Path(__file__).parent / "screenshots"
PATIENCE = 180_000  # milliseconds; a first kernel on a busy machine can take a minute

# Lab shows "idle" before its kernel can answer; cells sent then may never come back, nor their widgets appear.
READY = """async () => {
    const panel = window.jupyterapp.shell.currentWidget;
    await panel.context.ready;
    await panel.sessionContext.ready;
    await panel.sessionContext.session.kernel.info;
}"""
IDLE = """() => window.jupyterapp.shell.currentWidget.sessionContext.session?.kernel?.status === 'idle'"""
RUN_ALL = "async () => { await window.jupyterapp.commands.execute('notebook:run-all-cells') }"
LIMITED = """([work, patience]) => Promise.race([
    eval(`(${work})`)(),
    new Promise((_, fail) => setTimeout(() => fail(new Error(`nothing after ${patience} ms: ${work}`)), patience)),
])"""
ERRORS = """() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells
    .flatMap(cell => cell.outputs ?? []).filter(output => output.output_type === 'error')
    .map(output => `${output.ename}: ${output.evalue}`)"""


def open_notebook(page: Page, lab: Lab, notebook: str) -> None:
    """Open a notebook of the Lab server's folder and wait until its kernel is ready."""
    page.goto(lab.url(notebook))
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell", timeout=PATIENCE)
    page.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.sessionContext", timeout=PATIENCE)
    page.evaluate(LIMITED, [READY, PATIENCE])
    wait_idle(page)


def run_all(page: Page) -> None:
    """Run every cell and wait for the last; a cell that raises fails the test with its error."""
    page.evaluate(LIMITED, [RUN_ALL, PATIENCE])
    wait_idle(page)
    errors = page.evaluate(ERRORS)
    assert not errors, f"a cell failed: {errors}"


def wait_idle(page: Page) -> None:
    """Wait until the kernel has nothing to do."""
    page.wait_for_function(IDLE, timeout=PATIENCE)


def screenshot(page: Page, name: str) -> Path:
    """Keep a picture of the whole page under tests/browser/screenshots, to be looked at; git ignores it."""
    path = SCREENSHOTS / f"{name}.png"
    path.parent.mkdir(exist_ok=True)
    page.screenshot(path=path, full_page=True, animations="disabled")
    return path
