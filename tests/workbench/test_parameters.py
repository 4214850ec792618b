"""A run may set what a notebook's parameters cell sets, and nothing else."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest

from mapkit.errors import OptionError
from mapkit.workbench.parameters import check_parameters, parameter_names, with_parameters


def notebook(source: str = 'WINDOW = "14d"\nSTEPS: list = ["visit", "order"]') -> Any:
    cells = [
        nbformat.v4.new_code_cell("import mapkit as mk"),
        nbformat.v4.new_code_cell(source, metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("OTHER = 1"),
    ]
    return nbformat.v4.new_notebook(cells=cells)


def test_parameters_are_what_the_tagged_cell_sets() -> None:
    assert parameter_names(notebook()) == ["WINDOW", "STEPS"]


def test_given_values_stand_behind_the_notebooks_own() -> None:
    original = notebook()
    changed = with_parameters(original, {"WINDOW": "7d", "ELSEWHERE": 1})
    assert [cell.source for cell in changed.cells][2] == "WINDOW = '7d'"
    assert changed.cells[2].metadata.tags == ["injected-parameters"]
    assert len(original.cells) == 3


def test_a_value_cannot_smuggle_code_in() -> None:
    value = "7d'\nimport os  # "
    cell = with_parameters(notebook(), {"WINDOW": value}).cells[2]
    names: dict[str, Any] = {}
    exec(cell.source, names)
    assert names["WINDOW"] == value
    assert len(cell.source.splitlines()) == 1


def test_a_value_that_is_not_plain_is_refused() -> None:
    with pytest.raises(OptionError, match=r"WINDOW=<object .* is not plain"):
        with_parameters(notebook(), {"WINDOW": object()})


def test_a_parameter_that_no_notebook_has_is_an_error() -> None:
    check_parameters({"WINDOW": "7d"}, [notebook("X = 1"), notebook()])
    with pytest.raises(
        OptionError, match=r"no parameter 'WINDOWS'. There are 'WINDOW', 'STEPS'. Did you mean 'WINDOW'\?"
    ):
        check_parameters({"WINDOWS": "7d"}, [notebook()])


def test_a_parameters_cell_that_is_not_python_has_no_names() -> None:
    assert parameter_names(notebook("WINDOW = =")) == []
