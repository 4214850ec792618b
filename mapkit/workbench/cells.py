"""Executed notebooks as the body of a report: one notebook's cells after another's, and their headings."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

_TEMPLATE = Path(__file__).parent / "page" / "cells.html.j2"
_WIDGETS = "application/vnd.jupyter.widget-state+json"
_HEADING = re.compile(r"<h([1-6])[^>]*>(.*?)</h\1>", re.DOTALL)
_TO_NOTEBOOK = re.compile(r"""<a\s[^>]*href=["'](?![a-z]+:|#)[^"']*["'][^>]*>(.*?)</a>""", re.DOTALL)
_PILCROW = re.compile(r"""<a class="anchor-link"[^>]*>.*?</a>""", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Heading:
    """A heading of the report: its anchor, its text as HTML without tags, its depth (2 for a notebook's title)."""

    anchor: str
    text: str
    depth: int


@dataclass(frozen=True)
class Body:
    """The cells as HTML, and their headings in order."""

    page: str
    headings: list[Heading] = field(default_factory=list)


def join_notebooks(notebooks: Sequence[Any]) -> Any:
    """Return one notebook that holds the cells and the widgets of all, in order; cell ids are made unique."""
    joined = nbformat.v4.new_notebook()
    state: dict[str, Any] = {}
    for number, notebook in enumerate(notebooks, start=1):
        for cell in copy.deepcopy(notebook.cells):
            cell["id"] = joined_id(number, cell.get("id", ""))
            joined.cells.append(cell)
        state |= notebook.metadata.get("widgets", {}).get(_WIDGETS, {}).get("state", {})
    if state:
        joined.metadata["widgets"] = {_WIDGETS: {"state": state, "version_major": 2, "version_minor": 0}}
    return joined


def joined_id(number: int, cell: str) -> str:
    """Return the id that a cell of the nth notebook has in the joined one."""
    return f"n{number}-{cell}"[:64]


def describe_pictures(notebook: Any, told: dict[str, str]) -> None:
    """Give every picture an alternative text: what ``told`` says for its cell's count, else the heading above it."""
    heading = ""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            lines = [line.lstrip("# ").strip() for line in cell.source.splitlines() if line.startswith("#")]
            heading = lines[-1] if lines else heading
        for output in cell.get("outputs", ()):
            if "image/png" in output.get("data", {}):
                about = output.setdefault("metadata", {}).setdefault("image/png", {})
                about.setdefault("alt", told.get(str(cell.execution_count)) or f"Picture to: {heading or 'this step'}")


def title_of(name: str, notebooks: Sequence[Any]) -> str:
    """Return a report's title: the first heading of a single notebook, or the study's name in words."""
    if len(notebooks) == 1:
        for cell in notebooks[0].cells:
            for line in cell.source.splitlines() if cell.cell_type == "markdown" else ():
                if line.startswith("# "):
                    return line.lstrip("# ").strip()
    words = name.replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]


def render_cells(notebook: Any, *, title: str) -> Body:
    """Return the notebook's cells as HTML.

    The page has a title of its own: a first heading that says the same is left out, and otherwise every heading
    moves one level down.
    """
    from nbconvert import HTMLExporter
    from nbconvert.filters import markdown2html

    headings: list[Heading] = []
    titled = [_is_title(notebook, title)]

    def heading(found: re.Match[str]) -> str:
        text = found[2]
        if titled == [True]:
            titled.append(True)
            return ""
        depth = max(2, int(found[1])) if titled[0] else min(int(found[1]) + 1, 6)
        anchor = f"part-{len(headings) + 1}"
        headings.append(Heading(anchor, _TAG.sub("", text).strip(), depth))
        return f'<h{depth} id="{anchor}">{text}</h{depth}>'

    def prose(source: str) -> str:
        # Links to neighbouring files would lead nowhere from the report: their text stays.
        return _TO_NOTEBOOK.sub(r"\1", _HEADING.sub(heading, _PILCROW.sub("", markdown2html(source))))

    exporter = HTMLExporter(
        raw_template=_TEMPLATE.read_text(encoding="utf-8"),
        filters={"prose": prose},
        exclude_input_prompt=True,
        exclude_output_prompt=True,
    )
    page, _ = exporter.from_notebook_node(_without_noise(notebook))
    return Body(page, headings)


def _is_title(notebook: Any, title: str) -> bool:
    prose = (cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    lines = (line for source in prose for line in source.splitlines() if line.startswith("#"))
    return next(lines, "") == f"# {title}"


def _without_noise(notebook: Any) -> Any:
    """Return a copy without outputs that only say where an object lies in memory, such as ``<Axes: >``."""
    quiet = copy.deepcopy(notebook)
    for cell in quiet.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not _is_noise(output)]
    return quiet


def _is_noise(output: Any) -> bool:
    data = output.get("data", {})
    text = "".join(data.get("text/plain", "")).strip()
    return set(data) == {"text/plain"} and (not text or (text.startswith("<") and text.endswith(">")))


def forget_outputs(notebook: Any) -> None:
    """Take every output, execution count and widget state out of a notebook."""
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
