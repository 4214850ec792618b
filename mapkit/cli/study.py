"""`mapkit study`: run a study, show how far it is, and say what it found."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mapkit.cli.screen import console, say, say_error
from mapkit.errors import OptionError

if TYPE_CHECKING:
    from mapkit.workbench import StudyReport
    from mapkit.workbench.study_run import Progress

_COLOURS = {"reversed": "bold red", "untestable": "bright_black", "weakened": "yellow", "holds": "blue"}
FINDINGS_FAIL = 1


def study(
    name: Annotated[str, typer.Argument(metavar="[NAME or PATH]", help="A study, a notebook or a folder.")] = "harbour",
    out: Annotated[Path, typer.Option(help="Where reports are written.")] = Path("reports"),
    parameter: Annotated[
        list[str] | None, typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="Set a parameter; repeatable.")
    ] = None,
    show_customers: Annotated[bool, typer.Option(help="Show the customer ids in tables.")] = False,
) -> None:
    """Run a study from end to end and write its report.

    The report is one page, OUT/NAME/index.html, that opens without a network. Exit code 1 means that a claim is
    reversed or a cell failed.

    **Examples**

    `mapkit study` the example study, on the data that comes with mapkit

    `mapkit study complete_journey` another one, on real data

    `mapkit study may.ipynb -p WINDOW=7d` your own notebook, with another window
    """
    from mapkit.workbench import run_study

    with _progress() as progress:
        report = run_study(
            name, out=out, parameters=_parameters(parameter or []), progress=progress, show_customers=show_customers
        )
    _tell(report)
    if not report.ok:
        raise typer.Exit(FINDINGS_FAIL)


def _parameters(given: list[str]) -> dict[str, Any]:
    import yaml

    parameters = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name.isidentifier():
            raise OptionError(f"--parameter {each!r} is not NAME=VALUE. Write it as: -p WINDOW=7d")
        try:
            parameters[name] = yaml.safe_load(value)
        except yaml.YAMLError:
            parameters[name] = value
    return parameters


def _tell(report: StudyReport) -> None:
    from mapkit.workbench.findings import by_state, summary

    say()
    say(report.title, style="bold")
    for state, findings in by_state(report.findings).items():
        for finding in findings:
            said = str(finding.claim.get("said", "")).removeprefix(f"{state}: ")
            console().print(f"  {state:<11}", style=_COLOURS[state], end="")
            say(said)
            if finding.change:
                say(f"{'':13}{finding.change}", style="bold")
    for claim in report.lost:
        say(f"  not made    {claim['text']} (recorded as {claim['state']})")
    if report.stop and report.stop.kind == "interrupted":
        say(str(report.stop), style="yellow")
    elif report.stop:
        say_error(str(report.stop))
    say(f"{summary(report.findings)}.")
    say(f"{'What ran until then' if report.stop else 'Report'}: {report.path}")


@contextmanager
def _progress() -> Iterator[Progress]:
    """Give a progress callback: a moving line on a terminal, a line for each notebook elsewhere."""
    if not console().is_terminal:
        yield _plain()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(24),
        MofNCompleteColumn(),
        TextColumn("cells"),
    )
    with Progress(*columns, TimeElapsedColumn(), console=console()) as bars:
        tasks: dict[str, Any] = {}

        def moved(notebook: str, done: int, cells: int) -> None:
            if notebook not in tasks:
                tasks[notebook] = bars.add_task(notebook, total=cells)
            bars.update(tasks[notebook], completed=done)

        yield moved


def _plain() -> Progress:
    started: dict[str, float] = {}

    def moved(notebook: str, done: int, cells: int) -> None:
        if notebook not in started:
            started[notebook] = time.monotonic()
            say(f"{notebook}: {cells} cells")
        elif done == cells:
            say(f"{notebook}: done in {time.monotonic() - started[notebook]:.0f} s")

    return moved
