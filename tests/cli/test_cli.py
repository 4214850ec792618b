"""The command line: what it prints and how it ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from typer.testing import CliRunner, Result

from mapkit.cli import app
from mapkit.cli.screen import clean
from mapkit.errors import SourceError
from mapkit.maps import claim
from mapkit.statistics import Estimate
from mapkit.workbench import StudyReport, study_run
from mapkit.workbench.execution import Stop
from mapkit.workbench.findings import Finding

QUAY = """
TABLES = {"spend": "spend.csv"}
def make(folder, *, customers=3, seed=1, progress=None):
    (folder / "spend.csv").write_text(f"channel,spend\\nemail,{customers}\\n")
    return folder
"""


def mapkit(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.fixture
def studied(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Stands in for running a study: what it is asked is kept, what it answers is set by the test."""
    asked: dict[str, Any] = {}

    def run_study(name: str, **options: Any) -> StudyReport:
        asked.update(options, name=name)
        return asked["report"]

    monkeypatch.setattr(study_run, "run_study", run_study)
    return asked


def report(bought: int, before: int | None = None, stop: Stop | None = None) -> StudyReport:
    def stated(number: int) -> dict[str, Any]:
        return claim("Few [b]buy[/b]", holds_if=Estimate.of_share("bought", number, 1_000) < 0.25).to_json()

    finding = Finding(stated(bought), "a.ipynb", "c1", stated(before) if before else None)
    return StudyReport("harbour", "Harbour", Path("reports/harbour/index.html"), (finding,), stop=stop)


def test_a_study_whose_claims_hold_ends_with_0(studied: dict[str, Any]) -> None:
    studied["report"] = report(100)
    ended = mapkit("study", "harbour", "-p", "WINDOW=7d", "-p", "STEPS=[visit, order]", "--out", "there")
    assert ended.exit_code == 0
    assert "holds      Few [b]buy[/b] (bought 10.0% [8.3%, 12.0%] of 1,000; needs < 25.0%)" in ended.output
    assert "1 claim: 1 holds." in ended.output
    assert "Report: reports/harbour/index.html" in ended.output
    assert studied["parameters"] == {"WINDOW": "7d", "STEPS": ["visit", "order"]}
    assert (studied["name"], studied["out"], studied["show_customers"]) == ("harbour", Path("there"), False)


def test_a_reversed_claim_ends_with_1_and_says_what_moved(studied: dict[str, Any]) -> None:
    studied["report"] = report(290, before=214)
    ended = mapkit("study")
    assert ended.exit_code == 1
    assert studied["name"] == "harbour"
    assert "bought: was holds (21.4%), now reversed (29.0%)" in ended.output


def test_a_failing_cell_ends_with_1_and_its_message(studied: dict[str, Any]) -> None:
    studied["report"] = report(100, stop=Stop("error", "a.ipynb", 2, 3, "load()", "no column 'x'"))
    ended = mapkit("study")
    assert ended.exit_code == 1
    assert "a.ipynb, code cell 2 of 3:\n    load()\nno column 'x'" in ended.stderr


@pytest.mark.parametrize("parameter", ["WINDOW", "=7d", "my window=7d"])
def test_a_parameter_without_a_value_is_wrong_usage(studied: dict[str, Any], parameter: str) -> None:
    ended = mapkit("study", "-p", parameter)
    assert ended.exit_code == 2
    assert "is not NAME=VALUE" in ended.stderr


def test_wrong_input_ends_with_2_and_one_plain_message(shelves: Path) -> None:
    ended = mapkit("study", "no-such-study")
    assert ended.exit_code == 2
    assert ended.stderr.startswith("error: 'no-such-study' is neither a study nor a notebook")
    assert "Traceback" not in ended.output


def test_debugging_shows_where_an_error_was_raised(shelves: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAPKIT_DEBUG", "1")
    assert isinstance(mapkit("study", "no-such-study").exception, SourceError)


@pytest.mark.parametrize("arguments", [["stduy"], ["study", "--nonsense"], ["new"], ["data", "--customers", "many"]])
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    assert mapkit(*arguments).exit_code == 2


def test_a_new_notebook_is_made_once(shelves: Path, tmp_path: Path) -> None:
    folder = shelves / "templates" / "funnel-study"
    folder.mkdir()
    (folder / "template.yaml").write_text("title: A\nsummary: Where they leave.\nparameters: {SOURCE: the log}\n")
    nbformat.write(nbformat.v4.new_notebook(), folder / "template.ipynb")
    assert "  SOURCE  the log" in mapkit("templates").output
    made = mapkit("new", "funnel-study", str(tmp_path / "may.ipynb"))
    assert (made.exit_code, made.output.splitlines()[0]) == (0, str(tmp_path / "may.ipynb"))
    again = mapkit("new", "funnel-study", str(tmp_path / "may.ipynb"))
    assert again.exit_code == 2
    assert "exists already" in again.stderr


def test_a_dataset_is_listed_made_and_copied(shelves: Path, tmp_path: Path) -> None:
    folder = shelves / "datasets" / "quay"
    folder.mkdir()
    (folder / "__init__.py").write_text(QUAY)
    (folder / "card.md").write_text("# Quay\n\nA small shop.\n")
    assert mapkit("data").output == "quay\n  A small shop.\n"
    copied = mapkit("data", "quay", "--customers", "7", "--out", str(tmp_path / "mine"))
    assert copied.exit_code == 0
    assert (tmp_path / "mine" / "spend.csv").read_text() == "channel,spend\nemail,7\n"
    assert "spend         spend.csv" in copied.output


def test_a_log_is_profiled_after_renaming(tmp_path: Path) -> None:
    log = tmp_path / "orders.csv"
    log.write_text(
        "buyer,kind,at\nann,visit,2025-01-01T10:00:00Z\nbob,visit,2025-01-02T10:00:00Z\n,visit,2025-01-02T11:00:00Z\n"
    )
    ended = mapkit("profile", str(log), "--columns", "buyer=customer,kind=event", "--columns", "at=time")
    assert ended.exit_code == 0, ended.output
    assert "no customer" in ended.output
    asked = mapkit("profile", str(log), "--columns", "buyer")
    assert asked.exit_code == 2
    assert "is not OLD=NEW" in asked.stderr


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    ended = mapkit("profile", str(tmp_path / "missing.csv"))
    assert ended.exit_code == 2
    assert "missing.csv" in ended.stderr


def test_text_from_the_data_cannot_steer_the_terminal() -> None:
    assert clean("a\x1b]0;title\x07b\x1b[2Jc\nd\te\x9b31m") == "a]0;titleb[2Jc\nd\te31m"


def test_the_help_comes_without_loading_what_only_the_commands_need() -> None:
    code = "import sys, mapkit.cli; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pandas", "numpy", "ibis", "duckdb", "numba", "matplotlib", "nbformat", "nbclient", "yaml"} & set(
        loaded
    )


def test_every_command_explains_itself() -> None:
    for command in ("study", "new", "templates", "data", "profile", "lab", "version"):
        assert command in mapkit("--help").output
        assert mapkit(command, "--help").exit_code == 0
    assert mapkit("version").output.startswith("mapkit 0.")
