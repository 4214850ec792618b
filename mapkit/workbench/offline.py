"""A notebook as one HTML page that works with no network, its widgets alive."""

from __future__ import annotations

import base64
import copy
import logging
import os
import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING

from mapkit.documents import write_whole
from mapkit.errors import MapkitError

if TYPE_CHECKING:
    from nbformat import NotebookNode

_STATIC = Path(__file__).parent / "static"
_WIDGETS = "application/vnd.jupyter.widget-state+json"
_SOLID_ICONS = "1551f4f60c37af51121f.woff2"  # as the widget manager's build names it
_FONT_FILE = re.compile(r'exports=\w\.p\+"(\w+\.(?:woff2?|ttf|eot|svg))"')
_SCRIPTS_GO_HERE = "<!--mapkit: scripts-->"

# The page may run what it carries and fetch nothing. A browser enforces this even for what a notebook's author or a
# widget asks for, so "no outside request" does not hang on our having found every address.
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'unsafe-inline' 'unsafe-eval' blob: data:",
        "style-src 'unsafe-inline' blob: data:",
        "img-src data: blob:",
        "font-src data:",
        "media-src data: blob:",
        "connect-src data: blob:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
)

# nbconvert's own page asks CDNs for require.js, MathJax, mermaid and the widget manager: those blocks are emptied.
_TEMPLATE = (
    "{%- extends 'index.html.j2' -%}"
    '{%- block html_head_js -%}<meta http-equiv="Content-Security-Policy" content="'
    + POLICY
    + f'"/>{_SCRIPTS_GO_HERE}'
    + "{%- endblock -%}"
    "{%- block jupyter_widgets -%}{%- endblock -%}"
    "{%- block html_head_js_mathjax -%}{%- endblock -%}"
    "{%- block html_head_js_mermaidjs -%}{%- endblock -%}"
    "{%- block html_head_css -%}<style>body { font-family: var(--jp-content-font-family) } "
    "main { max-width: 64rem; margin: 0 auto; padding: 1rem }</style>{%- endblock -%}"
)


def write_offline_page(
    notebook: NotebookNode,
    path: str | os.PathLike[str],
    *,
    title: str | None = None,
    show_code: bool = False,
    folder: str | os.PathLike[str] | None = None,
) -> Path:
    """Write an executed notebook as one HTML file and return its path.

    The file holds everything it needs: styles, pictures, and, when the notebook has widgets, the scripts that draw
    them (about 4 MB). Opened from a disk or a mail it makes no outside request; the browser is told to refuse any.
    Widgets can be moved, but nothing is computed anew: there is no kernel behind the page. Formulas stay in their
    LaTeX spelling, and a picture that a text names by a web address shows its alternative text.

    Parameters
    ----------
    notebook
        Executed, with its widget state stored in the metadata (as nbclient and JupyterLab do). It is not changed.
    path
        Where to write; its folder is made when missing. An older file is replaced at once or not at all.
    title
        The page's title. Left out: the notebook's own ``title`` in its metadata, else its first heading.
    show_code
        Whether the code cells are shown beside what they gave.
    folder
        Where the pictures lie that the notebook's texts name by a relative path; they are embedded.

    Raises
    ------
    MapkitError
        The notebook has widgets, and a script that draws them is missing from the installation.
    """
    from nbconvert import HTMLExporter  # half a second that only an export should cost

    page_notebook = copy.deepcopy(notebook)
    page_notebook.metadata["title"] = title or notebook.metadata.get("title") or _first_heading(notebook)
    exporter = HTMLExporter(
        raw_template=_TEMPLATE,
        exclude_input=not show_code,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
        embed_images=True,
        log=logging.Logger(__name__, logging.ERROR),  # it warns of every picture that has no alternative text
    )
    resources = {"metadata": {"name": "notebook", "path": os.fspath(folder or "")}}
    page, _ = exporter.from_notebook_node(page_notebook, resources)
    scripts = widget_scripts() if has_widgets(notebook) else ""
    return write_page(Path(path), page.replace(_SCRIPTS_GO_HERE, scripts, 1))


def has_widgets(notebook: NotebookNode) -> bool:
    """Say whether a notebook carries the state of at least one widget."""
    return bool(notebook.metadata.get("widgets", {}).get(_WIDGETS, {}).get("state"))


def _first_heading(notebook: NotebookNode) -> str:
    lines = (line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines())
    return next((line.lstrip("# ").strip() for line in lines if line.startswith("#")), "Notebook")


def write_page(path: Path, page: str) -> Path:
    """Write a page, whole or not at all, into a folder that is made where it is missing; return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_whole(page.encode("utf-8"), path)


def widget_scripts() -> str:
    """Return the script elements that draw widgets: the module loader, the widget manager, anywidget."""
    loader = _source(_STATIC / "require.js")
    manager = _with_icons(_source(_STATIC / "embed-amd.js"))
    # anywidget's file defines a module without a name, which the loader can only take from a fetched file. Here it
    # is given its name, through a `define` of its own, so that nothing has to be fetched.
    named = "(function (define) {%s\n})(function (needs, make) { window.define('anywidget', needs, make) });"
    canvases = named % _source(_anywidget_file())
    return "".join(f"<script>{_inside_a_page(code)}</script>\n" for code in (loader, canvases, manager))


def _with_icons(manager: str) -> str:
    # The widget manager looks for icon fonts in files beside the page. The one in use is put in; the others are named
    # by an empty address, so that nothing is looked for.
    try:
        solid = base64.b64encode((_STATIC / "fa-solid-900.woff2").read_bytes()).decode()
    except FileNotFoundError:
        raise _missing(_STATIC / "fa-solid-900.woff2") from None
    addresses = {_SOLID_ICONS: f"data:font/woff2;base64,{solid}"}
    return _FONT_FILE.sub(lambda found: f'exports="{addresses.get(found[1], "data:,")}"', manager)


def _anywidget_file() -> Path:
    try:
        files = distribution("anywidget").files or []
    except PackageNotFoundError:
        files = []
    found = [file for file in files if file.as_posix().endswith("nbextensions/anywidget/index.js")]
    if not found:
        raise MapkitError(
            "The installed anywidget has no nbextensions/anywidget/index.js, which draws its widgets in a page. "
            "Install it again: pip install --force-reinstall anywidget."
        )
    return Path(os.fspath(found[0].locate()))


def _source(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise _missing(path) from None


def _missing(path: Path) -> MapkitError:
    return MapkitError(
        f"There is no {path.name} in {path.parent}, which draws widgets in a page. Install mapkit again."
    )


def _inside_a_page(code: str) -> str:
    # Both would end or change the element; in JavaScript text the backslash means nothing here.
    return code.replace("</script", "<\\/script").replace("<!--", "<\\!--")
