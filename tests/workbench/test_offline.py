"""A page for readers without a kernel and without a network."""

from __future__ import annotations

import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from mapkit.errors import MapkitError
from mapkit.workbench import offline
from mapkit.workbench.offline import has_widgets, write_offline_page

SLIDER = {
    "model_name": "IntSliderModel",
    "model_module": "@jupyter-widgets/controls",
    "model_module_version": "2.0.0",
    "state": {"value": 7, "description": "</script><b>days"},
}
VIEW = {"application/vnd.jupyter.widget-view+json": {"model_id": "one", "version_major": 2, "version_minor": 0}}


def notebook(*, widgets: bool = False, heading: str = "Harbour, week 12") -> NotebookNode:
    shown = nbformat.v4.new_output("display_data", VIEW if widgets else {"text/plain": "of_first 0.41"})
    cells = [
        nbformat.v4.new_markdown_cell(f"# {heading}\n\n```mermaid\ngraph\n```\n"),
        nbformat.v4.new_code_cell("secret_step = 1", outputs=[shown], execution_count=1),
    ]
    written = nbformat.v4.new_notebook(cells=cells)
    if widgets:
        state = {"version_major": 2, "version_minor": 0, "state": {"one": SLIDER}}
        written.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": state}
    return written


class Fetched(HTMLParser):
    """The addresses that a page's elements would fetch by themselves, and its title."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.policies: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if named.get("http-equiv") == "Content-Security-Policy":
            self.policies.append(named["content"] or "")
        addresses = [named.get("src"), named.get("srcset"), named.get("href") if tag == "link" else None]
        self.addresses += [address for address in addresses if address and not address.startswith("data:")]


@pytest.mark.parametrize("widgets", [False, True])
def test_a_page_names_no_address_to_fetch_and_forbids_fetching(tmp_path: Path, widgets: bool) -> None:
    page = write_offline_page(notebook(widgets=widgets), tmp_path / "page.html").read_text()
    found = Fetched(page)
    assert found.addresses == []
    assert found.policies[0].startswith("default-src 'none'")
    assert not re.search(r"""import\(\s*["']http|@import\s+(?:url\()?["']?http(?![^*]*\*/)""", page)


def test_only_a_page_with_widgets_carries_their_scripts(tmp_path: Path) -> None:
    plain = write_offline_page(notebook(), tmp_path / "plain.html").read_text()
    alive = write_offline_page(notebook(widgets=True), tmp_path / "alive.html").read_text()
    assert not has_widgets(notebook())
    assert has_widgets(notebook(widgets=True))
    assert len(plain) < 700_000
    assert "requirejs" not in plain
    assert all(name in alive for name in ("@jupyter-widgets/html-manager", "window.define('anywidget'", "font/woff2"))


def test_what_a_widget_holds_cannot_leave_its_element(tmp_path: Path) -> None:
    page = write_offline_page(notebook(widgets=True), tmp_path / "page.html").read_text()
    assert "</script><b>days" not in page


def test_the_title_is_given_or_the_first_heading_and_always_escaped(tmp_path: Path) -> None:
    def title(**options: str) -> str:
        page = write_offline_page(notebook(heading="Quay <3"), tmp_path / "page.html", **options).read_text()
        return page.split("<title>")[1].split("</title>")[0]

    assert title() == "Quay &lt;3"
    assert title(title="</title><script>alert(1)</script>") == "&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;"


def test_code_is_shown_only_when_asked_for(tmp_path: Path) -> None:
    assert "secret_step" not in write_offline_page(notebook(), tmp_path / "a.html").read_text()
    assert "secret_step" in write_offline_page(notebook(), tmp_path / "b.html", show_code=True).read_text()


def test_the_notebook_is_left_as_it_was_and_the_folder_is_made(tmp_path: Path) -> None:
    given = notebook()
    before = given.copy()
    path = write_offline_page(given, tmp_path / "new" / "page.html", title="Another")
    assert given == before
    assert [file.name for file in path.parent.iterdir()] == ["page.html"]


def test_a_missing_script_is_named_with_the_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline, "_STATIC", tmp_path)
    with pytest.raises(MapkitError, match=r"no require\.js in .* Install mapkit again"):
        write_offline_page(notebook(widgets=True), tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()


def test_the_vendored_scripts_are_the_files_that_their_table_names(repository: Path) -> None:
    static = repository / "mapkit" / "workbench" / "static"
    rows = re.findall(r"^\| (\S+) \|.*\| ([0-9a-f]{64}) \|$", (static / "README.md").read_text(), flags=re.MULTILINE)
    assert {name for name, _ in rows} == {"require.js", "embed-amd.js", "fa-solid-900.woff2"}
    for name, sum_ in rows:
        assert hashlib.sha256((static / name).read_bytes()).hexdigest() == sum_, name
