"""What holds for the script and the style of every widget, without running them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mapkit import widgets
from mapkit.widgets.canvas import STATIC, Canvas
from mapkit.widgets.explorer import Explorer, PictureExplorer

WIDGETS = [getattr(widgets, name) for name in widgets.__all__]
READ = r'(?:model\.get|pairs)\("(\w+)"\)'
SCRIPTS = sorted(STATIC.glob("*.js"))
FILES = sorted(STATIC.iterdir())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_page_names_no_address(file: Path):
    assert not re.findall(r"https?://|//cdn|@import|\burl\(", file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_page_sets_text_and_never_markup(script: Path):
    code = script.read_text(encoding="utf-8")
    assert not re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|^import\b", code, re.M)


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: widget.__name__)
def test_every_trait_that_a_page_reads_is_one_the_widget_sends(widget: type[Canvas]):
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", widget.__name__).lower()
    scripts = [f"{name}.js", *(["explorer.js"] if issubclass(widget, Explorer) else [])]
    # A picture only where there is one.
    read = {trait for script in scripts for trait in re.findall(READ, (STATIC / script).read_text(encoding="utf-8"))}
    read -= set() if issubclass(widget, PictureExplorer) else {"picture"}
    assert len(read) > 4
    assert read <= set(widget.class_trait_names(sync=True))


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: widget.__name__)
def test_a_page_is_one_script_in_which_no_name_is_given_twice(widget: type[Canvas]):
    names = re.findall(r"^(?:function|const|let) (\w+)", widget._esm, re.M)
    assert {"h", "frame", "render"} <= set(names)
    assert len(names) == len(set(names))


@pytest.mark.parametrize("sheet", ["explorer.css", "editor.css"])
def test_what_widgets_share_is_for_them_alone(sheet: str):
    """A page with several widgets has the sheets of all of them."""
    code = re.sub(r"/\*.*?\*/", "", (STATIC / sheet).read_text(encoding="utf-8"), flags=re.S)
    selectors = [each.strip() for head in re.findall(r"([^{};]+)\{", code) for each in head.split(",\n")]
    ours = [each for each in selectors if not each.startswith("@") and each not in ("to",)]
    kind = sheet.removesuffix(".css")
    assert ours
    assert [each for each in ours if not each.startswith((f".mk-{kind}", ".mk-pictured "))] == []
