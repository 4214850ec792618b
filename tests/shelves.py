"""Notebooks, templates and datasets of a test's own, so that none depends on what ships."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapkit.workbench import catalogue, desk, shipped, studies, templates


@pytest.fixture
def shelves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in place of the one that holds notebooks, templates and datasets; the cache lies in it too."""
    for shelf in ("notebooks", "templates", "datasets"):
        (tmp_path / shelf).mkdir()
    for module in (catalogue, desk, shipped, studies, templates):
        monkeypatch.setattr(module, "shipped", lambda shelf: tmp_path / shelf)
    monkeypatch.setenv("MAPKIT_CACHE", str(tmp_path / "cache"))
    return tmp_path
