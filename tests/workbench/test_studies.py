"""A study is found by its name or its place, and runs its notebooks in the order of their names."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from mapkit.errors import SourceError
from mapkit.workbench import find_study, list_studies
from mapkit.workbench.studies import datasets_used


@pytest.fixture
def studies(shelves: Path) -> Path:
    folder = shelves / "notebooks" / "studies"
    (folder / "harbour").mkdir(parents=True)
    (folder / "empty").mkdir()
    for name in ("harbour/02_funnel.ipynb", "harbour/01_load.ipynb", "quay.ipynb"):
        nbformat.write(nbformat.v4.new_notebook(), folder / name)
    return folder


def test_a_study_is_a_folder_of_notebooks_or_one_notebook(studies: Path) -> None:
    assert list_studies() == ["harbour", "quay"]
    assert [path.name for path in find_study("harbour").notebooks] == ["01_load.ipynb", "02_funnel.ipynb"]
    assert find_study("quay").notebooks == (studies / "quay.ipynb",)


def test_a_study_is_found_by_its_path(studies: Path) -> None:
    assert find_study(studies / "quay.ipynb").name == "quay"
    assert find_study(str(studies / "harbour")).name == "harbour"


def test_a_folder_that_happens_to_have_a_studys_name_does_not_hide_it(
    studies: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "harbour").mkdir()
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "harbour" / "other.ipynb")
    assert find_study("harbour").notebooks[0].name == "01_load.ipynb"
    assert find_study("./harbour").notebooks[0].name == "other.ipynb"


@pytest.mark.parametrize("name", ["harbor", "empty", "harbour.txt"])
def test_an_unknown_study_is_answered_with_the_known_ones(studies: Path, name: str) -> None:
    with pytest.raises(SourceError, match=r"neither a study nor a notebook.*'harbour', 'quay'"):
        find_study(name)


def test_a_notebook_tells_which_datasets_it_loads() -> None:
    code = "a = mk.load_dataset('harbour')\nb = mk.load_dataset( \"complete_journey\", seed=1)\nload_dataset('harbour')"
    cells = [nbformat.v4.new_code_cell(code), nbformat.v4.new_markdown_cell('load_dataset("told")')]
    assert datasets_used(nbformat.v4.new_notebook(cells=cells)) == ["harbour", "complete_journey"]
