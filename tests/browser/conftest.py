"""A Chromium, a page that may ask nothing of the outside, a JupyterLab and a Voila: ``make browser``."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.browser.driving import screenshot
from tests.browser.servers import Lab, lab_server, voila_server
from tests.conftest import chromium

# Nothing but this machine can be reached, whatever a page asks for.
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
OURS = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:", "file:", "about:")


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM)
        yield started
        started.close()


# Voila's own template names an icon font on a CDN. It is refused here, and the page does without.
VOILA_ICONS = "https://cdn.jsdelivr.net/npm/@fortawesome/"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    # A picture of what the browser showed says more than the error.
    report = yield
    if report.when == "call" and report.failed and "page" in getattr(item, "funcargs", {}):
        screenshot(item.funcargs["page"], f"failed-{item.name}")
    return report


@pytest.fixture
def ours() -> list[str]:
    """How the addresses begin that a page may ask for."""
    return list(OURS)


@pytest.fixture
def page(browser, ours: list[str]) -> Iterator[object]:
    """An empty page of 1300 x 1000; the test fails if anything in it asks for an outside address."""
    context = browser.new_context(viewport={"width": 1300, "height": 1000})
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    yield context.new_page()
    context.close()
    outside = sorted({url for url in asked if not url.startswith(tuple(ours))})
    assert not outside, f"the page asked for outside addresses: {outside}"


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[Lab]:
    """JupyterLab over a copy of notebooks/ and templates/; a test adds its own notebooks to ``lab.folder``."""
    folder = tmp_path_factory.mktemp("lab")
    for name in ("notebooks", "templates"):
        shutil.copytree(repository / name, folder / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    with lab_server(folder, tmp_path_factory.mktemp("lab-settings")) as server:
        yield server


@pytest.fixture
def voila(tmp_path_factory: pytest.TempPathFactory, ours: list[str]) -> Iterator[Callable[[Path], str]]:
    """Give a notebook's file to Voila and get the address of its page."""
    ours.append(VOILA_ICONS)
    with ExitStack() as running:

        def serve(notebook: Path) -> str:
            return running.enter_context(voila_server(notebook, tmp_path_factory.mktemp("voila-settings")))

        yield serve
