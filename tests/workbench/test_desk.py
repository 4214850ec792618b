"""JupyterLab opens a checkout as it is, and an installed package's notebooks as a copy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mapkit.workbench import desk


@pytest.fixture
def shipped_notebooks(shelves: Path) -> Path:
    (shelves / "notebooks" / "00_start_here.ipynb").write_text("{}")
    (shelves / "templates" / "funnel-study").mkdir()
    (shelves / "templates" / "funnel-study" / "template.ipynb").write_text("{}")
    return shelves


def test_a_checkout_is_opened_in_place(
    shipped_notebooks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "in_checkout", lambda: True)
    assert desk.lay_out(tmp_path / "elsewhere") == (
        shipped_notebooks,
        shipped_notebooks / "notebooks/00_start_here.ipynb",
    )


def test_an_installed_package_is_copied_and_the_readers_work_is_kept(
    shipped_notebooks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "in_checkout", lambda: False)
    here = tmp_path / "here"
    root, first = desk.lay_out(here)
    assert (root, first) == (here / "mapkit-notebooks", here / "mapkit-notebooks/notebooks/00_start_here.ipynb")
    assert (root / "templates" / "funnel-study" / "template.ipynb").exists()
    first.write_text("my work")
    desk.lay_out(here)
    assert first.read_text() == "my work"


def test_jupyterlab_is_asked_to_show_no_news_and_keeps_the_readers_own_settings(monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/mine")
    ours, mine = desk.quiet_environment()["JUPYTER_CONFIG_PATH"].split(":")
    disabled = json.loads((Path(ours) / "labconfig" / "page_config.json").read_text())["disabledExtensions"]
    assert disabled == {"@jupyterlab/apputils-extension:announcements": True}
    assert mine == "/mine"
