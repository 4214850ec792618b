"""The report of a study: one page that opens anywhere, offline, on a phone and on paper."""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mapkit.workbench import offline
from mapkit.workbench.cells import Body, render_cells
from mapkit.workbench.dataset import Dataset
from mapkit.workbench.execution import Stop
from mapkit.workbench.findings import Finding, by_state, summary
from mapkit.workbench.privacy import hide_customers, without_passwords

_PAGE = Path(__file__).parent / "page"
_WIDGETS = "application/vnd.jupyter.widget-state+json"

# A page without widgets needs no script, so none may run: not even one that slipped through from the data.
_STILL = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


@dataclass(frozen=True)
class Made:
    """How a report was made: the notebooks, their parameters, the tables they read, the datasets, the time it took."""

    notebooks: Sequence[str]
    parameters: Sequence[dict[str, Any]] = ()
    tables: Sequence[dict[str, str]] = ()
    datasets: Sequence[dict[str, str]] = ()
    seconds: int = 0
    when: str = field(default_factory=lambda: f"{datetime.now(UTC):%d %B %Y, %H:%M} UTC".lstrip("0"))
    version: str = field(default_factory=lambda: version("mapkit"))
    python: str = field(default_factory=platform.python_version)


def write_report(
    notebook: Any,
    path: Path,
    *,
    title: str,
    findings: Sequence[Finding],
    made: Made,
    lost: Sequence[dict[str, Any]] = (),
    stop: Stop | None = None,
    show_customers: bool = False,
) -> Path:
    """Write an executed notebook as a report and return its path; an older report is replaced at once or not at all.

    Columns that name a person are masked in every table unless ``show_customers``; passwords in URLs always are.

    Parameters
    ----------
    notebook
        The cells of the whole study (see ``cells.join_notebooks``).
    findings
        Its claims. ``finding.cell`` is the id of the cell in ``notebook``.
    lost
        Claims that were recorded and were not made again.
    stop
        Why the run did not finish, if it did not.
    """
    shown = notebook if show_customers else hide_customers(notebook)
    body = render_cells(shown, title=title)
    page = _page(shown, body, title=title, findings=findings, made=made, lost=lost, stop=stop)
    return offline.write_page(path, without_passwords(page))


def dataset_facts(dataset: Dataset) -> dict[str, str]:
    """Return what the page says about a dataset: its name, its summary and its card as HTML."""
    from nbconvert.filters import markdown2html

    return {"name": dataset.name, "summary": dataset.summary, "card": markdown2html(dataset.card)}


def _page(notebook: Any, body: Body, **facts: Any) -> str:
    import jinja2

    state = notebook.metadata.get("widgets", {}).get(_WIDGETS) if offline.has_widgets(notebook) else None
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string((_PAGE / "report.html.j2").read_text(encoding="utf-8"))
    return template.render(
        facts,
        body=body.page,
        headings=body.headings,
        untitled_start=not re.match(r'\s*<section class="prose">\s*<h2', body.page),
        groups=by_state(facts["findings"]),
        verdict=f"{summary(facts['findings']).capitalize()}.",
        numbers=_numbers,
        style=(_PAGE / "report.css").read_text(encoding="utf-8"),
        policy=_STILL if state is None else offline.POLICY,
        scripts="" if state is None else offline.widget_scripts(),
        state="" if state is None else f'<script type="{_WIDGETS}">{_inert(state)}</script>',
    )


def _numbers(finding: Finding) -> str:
    """Return the claim's line without what stands above it already: the state and the sentence."""
    said = str(finding.claim.get("said", "")).removeprefix(f"{finding.state}: {finding.claim['text']}").strip()
    return said.removeprefix("(").removesuffix(")")


def _inert(state: Any) -> str:
    return json.dumps(state).replace("<", "\\u003c")
