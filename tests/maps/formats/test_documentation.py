"""The page about map formats says what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapkit.maps.formats import FORMATS


@pytest.mark.parametrize("name", FORMATS)
def test_the_page_has_the_table_of_each_format(name: str, repository: Path) -> None:
    page, form = (repository / "docs" / "map-formats.md").read_text(encoding="utf-8"), FORMATS[name]
    section = page.split(f"## {form.title}\n", 1)[1].split("\n## ")[0]
    assert [line for line in section.splitlines() if line.startswith("| ")][1:] == [
        f"| {ours} | {theirs} |" for ours, theirs in form.table
    ]
    assert all(f"`{ending}`" in section for ending in form.endings)
