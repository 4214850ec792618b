"""Notebooks as tests: nbval runs each cell, and we judge pictures, widgets, claims and text.

nbval by itself compares neither pictures nor widgets, and passes a notebook that was never run. Loaded through
``addopts`` in pyproject.toml, so that ``pytest notebooks/03_funnel.ipynb`` works from anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from nbval.plugin import IPyNbCell, IPyNbFile, NbCellError, coalesce_streams

from tests.notebooks.outputs import output_differences, widget_differences
from tests.notebooks.settings import kernel_environment
from tests.notebooks.widget_state import LiveWidgets, shown_models, stored_models

RECORD = "If the change is meant, store it with `make record`, and note changed numbers in CHANGELOG.md."


def pytest_configure(config: pytest.Config) -> None:
    if config.option.nbval or config.option.nbval_lax:
        raise pytest.UsageError("notebooks are collected without --nbval here: the project's own plugin does it")
    config.option.nbval_current_env = True


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> IPyNbFile | None:
    return NotebookFile.from_parent(parent, path=file_path) if file_path.suffix == ".ipynb" else None


class NotebookFile(IPyNbFile):
    """One notebook: its code cells in order, then its widgets as the last cell left them."""

    def collect(self) -> Iterator[pytest.Item]:
        self.cells: list[NotebookCell] = []
        for item in super().collect():
            if item.cell.source.strip():
                cell = NotebookCell.from_parent(
                    self, name=item.name, cell_num=item.cell_num, cell=item.cell, options=item.options
                )
                self.cells.append(cell)
                yield cell
        if stored_models(self.nb):
            yield NotebookWidgets.from_parent(self, name="Widgets")

    def setup(self) -> None:
        self.widgets = LiveWidgets()
        with ExitStack() as started:
            started.enter_context(kernel_environment())
            super().setup()
            self.settings = started.pop_all()
        # nbval keeps cells out of the history, and IPython looks there for the semicolon that silences a result.
        self.kernel.kc.execute = partial(_execute, self.kernel.kc.execute)

    def teardown(self) -> None:
        super().teardown()
        self.settings.close()

    def get_kernel_message(self, timeout: float | None = None, stream: str = "iopub") -> dict[str, Any]:
        return self.widgets.follow(super().get_kernel_message(timeout=timeout, stream=stream))


def _execute(execute: Callable[..., str], code: str, **options: Any) -> str:
    return execute(code, **{**options, "store_history": True})


class NotebookCell(IPyNbCell):
    """One code cell: it runs, it was run before, and it gives what is stored."""

    shown: list[str]
    comparison_traceback: list[str]

    def runtest(self) -> None:
        self.shown, self.comparison_traceback = [], []
        super().runtest()
        if self.cell.execution_count is None:
            self.raise_cell_error("was never run: run it and store its outputs with `make record`")

    def compare_outputs(self, test: list, ref: list, skip_compare: object = None) -> bool:
        self.shown = shown_models(test)
        self.comparison_traceback = output_differences(coalesce_streams(ref), test)
        return not self.comparison_traceback

    def repr_failure(self, excinfo: pytest.ExceptionInfo) -> str:
        error = excinfo.value
        if not isinstance(error, NbCellError):
            return str(super().repr_failure(excinfo))
        where = f"{self.path.name}, code cell {self.cell_num}"
        if self.comparison_traceback:
            return "\n".join([f"{where} no longer gives what it stored:", *self.comparison_traceback, "", RECORD])
        return "\n".join([f"{where}: {error}", "", error.source, error.inner_traceback or ""])


class NotebookWidgets(pytest.Item):
    """The widgets at the notebook's end, for a later cell may set what an earlier one shows."""

    parent: NotebookFile

    def runtest(self) -> None:
        found = []
        saved = stored_models(self.parent.nb)
        for cell in self.parent.cells:
            pairs = zip(shown_models(cell.cell.outputs), getattr(cell, "shown", ()), strict=False)
            for stored, now in pairs if cell.options["check"] else ():
                moved = widget_differences(stored, saved, now, self.parent.widgets.models)
                found += [f"in the widget of code cell {cell.cell_num}:", *moved] if moved else []
        if found:
            raise WidgetsMovedError(
                "\n".join([f"{self.path.name} no longer shows what it stored,", *found, "", RECORD])
            )

    def repr_failure(self, excinfo: pytest.ExceptionInfo, style: object = None) -> str:
        return (
            str(excinfo.value) if isinstance(excinfo.value, WidgetsMovedError) else str(super().repr_failure(excinfo))
        )

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, f"{self.path.name}::Widgets"


class WidgetsMovedError(Exception):
    """A widget holds something else than what the notebook stored."""
