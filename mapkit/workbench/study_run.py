"""Running a study from its notebooks to its report."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat

from mapkit.documents import write_document
from mapkit.errors import SourceError
from mapkit.workbench import provenance
from mapkit.workbench.catalogue import list_datasets, load_dataset
from mapkit.workbench.cells import describe_pictures, join_notebooks, joined_id, title_of
from mapkit.workbench.execution import Stop, run_notebook
from mapkit.workbench.findings import Finding, claims_in, compare_claims, lost_claims, summary
from mapkit.workbench.parameters import GIVEN_TAG, TAG, check_parameters, with_parameters
from mapkit.workbench.report import Made, dataset_facts, write_report
from mapkit.workbench.studies import Study, datasets_used, find_study

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class StudyReport:
    """What a run of a study came to.

    ``path`` is the report's page: ``index.html``, or ``stopped.html`` for a run that did not finish, which leaves
    the last finished report as it was. ``findings`` are the claims with what changed since they were recorded,
    ``lost`` the recorded claims that were not made again, ``stop`` says why the run did not finish.
    """

    name: str
    title: str
    path: Path
    findings: tuple[Finding, ...]
    lost: tuple[dict[str, Any], ...] = ()
    stop: Stop | None = None

    @property
    def claims(self) -> list[dict[str, Any]]:
        """Every claim as plain data, in the order in which it was made."""
        return [finding.claim for finding in self.findings]

    @property
    def ok(self) -> bool:
        """Whether every cell ran and no claim is reversed."""
        return self.stop is None and all(finding.state != "reversed" for finding in self.findings)

    def __str__(self) -> str:
        ended = f"\n{self.stop}" if self.stop else ""
        return f"{self.title}: {summary(self.findings)}{ended}\n{self.path}"


@dataclass(frozen=True)
class _Ran:
    """One notebook of a run: as it was recorded, as it is now, and what its kernel told at the end."""

    path: Path
    recorded: Any
    notebook: Any
    tables: list[dict[str, str]]
    stop: Stop | None


def run_study(
    name_or_path: str | Path = "harbour",
    *,
    out: str | Path = "reports",
    parameters: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    show_customers: bool = False,
) -> StudyReport:
    """Run a study and write its report into ``out/<study>/``: ``index.html`` and ``claims.json``.

    Each notebook runs in a fresh kernel, in the notebook's own folder; the notebooks themselves are not changed. The
    run ends at the first cell that fails, and on Ctrl-C; what had run until then is written as ``stopped.html``.

    Parameters
    ----------
    name_or_path
        A study's name, a notebook, or a folder of notebooks.
    parameters
        Values in place of those in the notebooks' ``parameters`` cells.
    progress
        Called with a notebook's name, the code cells it has done, and how many it has.
    show_customers
        Show the cells of columns that name a person, which are masked otherwise.

    Raises
    ------
    SourceError
        There is no such study, or a notebook cannot be read.
    OptionError
        No notebook has such a parameter.
    """
    started = time.monotonic()
    study = find_study(name_or_path)
    recorded = [_read(path) for path in study.notebooks]
    check_parameters(parameters or {}, recorded)
    ran: list[_Ran] = []
    for path, notebook in zip(study.notebooks, recorded, strict=True):
        ran.append(_run(path, notebook, parameters or {}, progress))
        if ran[-1].stop:
            break
    return _report(study, ran, Path(out) / study.name, int(time.monotonic() - started), show_customers)


def _run(path: Path, recorded: Any, parameters: Mapping[str, Any], progress: Progress | None) -> _Ran:
    def on_cell(done: int, cells: int) -> None:
        # The last code cell is the question about provenance, which is none of the notebook's.
        if progress and done < cells:
            progress(path.stem, done, cells - 1)

    notebook = with_parameters(recorded, parameters)
    question = nbformat.v4.new_code_cell(provenance.QUESTION)
    notebook.cells.append(question)
    stop = run_notebook(notebook, name=path.name, folder=path.parent, on_cell=on_cell)
    notebook.cells.pop()
    if stop:
        stop = replace(stop, cells=stop.cells - 1)
    told = next((o["data"].get(provenance.MIME_TYPE) for o in question.outputs if "data" in o), None) or {}
    describe_pictures(notebook, told.get("pictures", {}))
    return _Ran(path, recorded, notebook, told.get("tables", []), stop)


def _report(study: Study, ran: list[_Ran], folder: Path, seconds: int, show_customers: bool) -> StudyReport:
    findings, lost = _compared(ran)
    stop = ran[-1].stop
    title = title_of(study.name, [each.notebook for each in ran] if len(study.notebooks) == 1 else [])
    page = write_report(
        join_notebooks([each.notebook for each in ran]),
        folder / ("stopped.html" if stop else "index.html"),
        title=title,
        findings=findings,
        made=_made(ran, seconds),
        lost=lost,
        stop=stop,
        show_customers=show_customers,
    )
    if not stop:
        claims = {"study": study.name, "claims": [finding.to_json() for finding in findings]}
        write_document(claims, folder / "claims.json", existing="replace")
        (folder / "stopped.html").unlink(missing_ok=True)
    return StudyReport(study.name, title, page, tuple(findings), tuple(lost), stop)


def _compared(ran: list[_Ran]) -> tuple[list[Finding], list[dict[str, Any]]]:
    findings: list[Finding] = []
    lost: list[dict[str, Any]] = []
    for number, each in enumerate(ran, start=1):
        now, before = claims_in(each.notebook), claims_in(each.recorded)
        found = compare_claims(each.path.name, now, before)
        findings += [replace(finding, cell=joined_id(number, finding.cell)) for finding in found]
        lost += [] if each.stop else lost_claims(now, before)
    return findings, lost


def _made(ran: list[_Ran], seconds: int) -> Made:
    names = [name for each in ran for name in datasets_used(each.notebook)]
    return Made(
        notebooks=[each.path.name for each in ran],
        parameters=[
            {"notebook": each.path.name, "given": GIVEN_TAG in cell.metadata.tags, "source": cell.source}
            for each in ran
            for cell in each.notebook.cells
            if {TAG, GIVEN_TAG} & set(cell.metadata.get("tags", ()))
        ],
        tables=[table for each in ran for table in each.tables],
        datasets=[dataset_facts(load_dataset(name)) for name in dict.fromkeys(names) if name in list_datasets()],
        seconds=seconds,
    )


def _read(path: Path) -> Any:
    try:
        return nbformat.read(os.fspath(path), as_version=4)
    except (ValueError, KeyError, TypeError, AttributeError, nbformat.ValidationError) as broken:
        # Whichever of its assumptions a broken file hurts first, nbformat lets that error through.
        why = str(broken).partition("\n")[0]
        raise SourceError(
            f"{path} is not a notebook that can be read ({why}). Is it cut off, or another file?"
        ) from None
