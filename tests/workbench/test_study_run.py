"""A study from its notebooks to its report. Every run here starts real kernels, so there are few."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest

from mapkit.errors import OptionError, SourceError
from mapkit.maps import claim
from mapkit.statistics import Estimate
from mapkit.workbench import StudyReport, run_study
from mapkit.workbench.execution import _reached

CLAIM = """\
from mapkit.maps import claim
from mapkit.statistics import Estimate
bought = Estimate.of_share("purchase of first_visit", BOUGHT, 1_000)
claim("Fewer than one visitor in four buys", holds_if=bought < 0.25)"""


def write(path: Path, *cells: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=list(cells)), path)
    return path


def parameters(source: str) -> Any:
    return nbformat.v4.new_code_cell(source, metadata={"tags": ["parameters"]})


def recorded_claim(bought: int) -> Any:
    stated = claim(
        "Fewer than one visitor in four buys",
        holds_if=Estimate.of_share("purchase of first_visit", bought, 1_000) < 0.25,
    )
    return nbformat.v4.new_code_cell(
        CLAIM, outputs=[nbformat.v4.new_output("execute_result", data=stated._repr_mimebundle_())]
    )


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, StudyReport, list[tuple[str, int, int]]]:
    """A study whose claim was recorded at 21.4% and is run again with a parameter that makes it 29%."""
    folder = tmp_path_factory.mktemp("study") / "harbour"
    write(
        folder / "01_look.ipynb",
        nbformat.v4.new_markdown_cell("# Look"),
        nbformat.v4.new_code_cell("open('made_here.txt').read()"),
        nbformat.v4.new_code_cell(
            "import pandas as pd\npd.DataFrame({'customer': ['c77' + '001'], 'event': ['<visit>']})"
        ),
    )
    write(folder / "02_claims.ipynb", parameters("BOUGHT = 214"), recorded_claim(214))
    (folder / "made_here.txt").write_text("read from the notebook's own folder")
    seen: list[tuple[str, int, int]] = []
    report = run_study(
        folder, out=folder.parent / "reports", parameters={"BOUGHT": 290}, progress=lambda *at: seen.append(at)
    )
    return folder, report, seen


def test_every_notebook_runs_in_its_own_folder_and_stays_as_it_was(harbour: Any) -> None:
    folder, report, _ = harbour
    assert report.stop is None
    assert "read from the notebook" in report.path.read_text(encoding="utf-8")
    assert nbformat.read(folder / "01_look.ipynb", as_version=4).cells[1].outputs == []


def test_a_reversed_claim_fails_the_study_and_names_the_number(harbour: Any) -> None:
    _, report, _ = harbour
    assert not report.ok
    assert [finding.change for finding in report.findings] == [
        "purchase of first_visit: was holds (21.4%), now reversed (29.0%)"
    ]
    assert report.findings[0].change in report.path.read_text(encoding="utf-8")


def test_the_claims_are_written_beside_the_report(harbour: Any) -> None:
    folder, report, _ = harbour
    assert report.path == folder.parent / "reports" / "harbour" / "index.html"
    (written,) = json.loads((report.path.parent / "claims.json").read_text(encoding="utf-8"))["claims"]
    assert (written["state"], written["value"], written["n"], written["notebook"]) == (
        "reversed",
        0.29,
        1_000,
        "02_claims.ipynb",
    )


def test_customers_are_not_printed(harbour: Any) -> None:
    shown = harbour[1].path.read_text(encoding="utf-8")
    assert "c77001" not in shown
    assert "&lt;visit&gt;" in shown


def test_progress_counts_the_notebooks_own_cells(harbour: Any) -> None:
    seen = harbour[2]
    assert seen[0] == ("01_look", 0, 2)
    assert ("01_look", 2, 2) in seen
    assert seen[-1] == ("02_claims", 3, 3)


def test_a_failing_cell_says_its_line_and_the_whole_message(tmp_path: Path) -> None:
    source = (
        "from mapkit.errors import TableError\n\n"
        "def load():\n    raise TableError('no column x.\\nDid you mean y?')\n\nload()"
    )
    notebook = write(tmp_path / "broken.ipynb", nbformat.v4.new_code_cell("1"), nbformat.v4.new_code_cell(source))
    finished = tmp_path / "reports" / "broken" / "index.html"
    finished.parent.mkdir(parents=True)
    finished.write_text("the last finished report")
    report = run_study(notebook, out=tmp_path / "reports")
    assert not report.ok
    assert str(report.stop) == "broken.ipynb, code cell 2 of 2:\n    load()\nno column x.\nDid you mean y?"
    assert report.path.name == "stopped.html"
    assert "no column x." in report.path.read_text(encoding="utf-8")
    assert finished.read_text() == "the last finished report"


def test_ctrl_c_stops_the_run_and_keeps_what_ran(tmp_path: Path) -> None:
    cells = [nbformat.v4.new_code_cell(source) for source in ("'ran before'", "'was to come'", "1")]
    notebook = write(tmp_path / "long.ipynb", *cells)

    def stop(_notebook: str, done: int, _cells: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    report = run_study(notebook, out=tmp_path / "reports", progress=stop)
    assert str(report.stop) == "Stopped by you in long.ipynb, code cell 2 of 3. What had run until then is kept."
    shown = report.path.read_text(encoding="utf-8")
    assert "It was stopped" in shown
    assert texts_shown(shown) == ["'ran before'"]


def texts_shown(page: str) -> list[str]:
    parts = page.split('<div class="output_text')[1:]
    return [part.split("<pre>")[1].split("</pre>")[0] for part in parts]


def test_nothing_runs_for_a_parameter_that_is_not_there(tmp_path: Path) -> None:
    notebook = write(tmp_path / "a.ipynb", parameters("WINDOW = '14d'"))
    with pytest.raises(OptionError, match="Did you mean 'WINDOW'"):
        run_study(notebook, out=tmp_path / "reports", parameters={"WINDOWS": "7d"})
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize(
    "text", ["", "not json", "{}", '{"cells": 3, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}']
)
def test_a_file_that_is_no_notebook_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.ipynb").write_text(text)
    with pytest.raises(SourceError, match=r"a\.ipynb is not a notebook that can be read"):
        run_study(tmp_path / "a.ipynb", out=tmp_path / "reports")


@pytest.mark.parametrize(
    ("traceback", "line"),
    [
        ("\x1b[31mCell In[3]\x1b[39m, line 2\n", "second()"),
        ("Cell In[3], line 99", "first()"),
        ("somewhere else", "first()"),
    ],
)
def test_the_line_that_failed_is_read_from_the_traceback(traceback: str, line: str) -> None:
    assert _reached("# about\nsecond()" if line == "second()" else "# about\nfirst()", traceback) == line
