"""What holds for the script and the style of every widget, without running them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mapkit.widgets import FunnelExplorer, StageMapper
from mapkit.widgets.canvas import STATIC

SCRIPTS = sorted(STATIC.glob("*.js"))
FILES = sorted(STATIC.iterdir())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_page_names_no_address(file: Path):
    assert not re.findall(r"https?://|//cdn|@import|\burl\(", file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_page_sets_text_and_never_markup(script: Path):
    code = script.read_text(encoding="utf-8")
    assert not re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|^import\b", code, re.M)


@pytest.mark.parametrize("widget", [FunnelExplorer, StageMapper])
def test_every_trait_that_a_page_reads_is_one_the_widget_sends(widget):
    name = {FunnelExplorer: "funnel_explorer", StageMapper: "stage_mapper"}[widget]
    code = (STATIC / f"{name}.js").read_text(encoding="utf-8")
    read = set(re.findall(r'model\.get\("(\w+)"\)', code))
    assert read
    assert read <= set(widget.class_trait_names(sync=True))
