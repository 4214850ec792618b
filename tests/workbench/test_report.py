"""The page: what stands in it, what must not, and that it asks nobody for anything."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

from mapkit.maps import claim
from mapkit.statistics import Estimate
from mapkit.workbench.cells import describe_pictures, join_notebooks, render_cells, title_of
from mapkit.workbench.execution import Stop
from mapkit.workbench.findings import claims_in, compare_claims
from mapkit.workbench.report import Made, write_report

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
WIDGETS = "application/vnd.jupyter.widget-state+json"
HOSTILE = "<script>alert('x')</script>"


def prose(text: str) -> Any:
    return nbformat.v4.new_markdown_cell(text)


def step(source: str, cell: str, **data: Any) -> Any:
    shown = nbformat.v4.new_output("execute_result", data={mime.replace("__", "/"): it for mime, it in data.items()})
    return nbformat.v4.new_code_cell(source, id=cell, outputs=[shown], execution_count=1)


def study() -> Any:
    stated = claim(f"Few {HOSTILE} buy", holds_if=Estimate.of_share(HOSTILE, 290, 1_000) < 0.25)
    claims = step("mk.claim(...)", "c9", **{"text/plain": "x", **stated._repr_mimebundle_()})
    return nbformat.v4.new_notebook(
        cells=[
            prose(
                "# Where do they leave?\n\nSee [the lesson](../02_stages.ipynb) and [the source](https://example.org/x)."
            ),
            prose("## The funnel"),
            step("funnel  # postgresql://ann:s3cret@host/db", "c1", text__html="<table><tr><td>268</td></tr></table>"),
            step("mk.plot(funnel)", "c2", image__png=PIXEL),
            step("axes", "c3", text__plain="<Axes: title='left'>"),
            step("print('&')", "c4", text__plain=HOSTILE),
            claims,
        ]
    )


def page(folder: Path, notebook: Any, **options: Any) -> str:
    findings = compare_claims("01.ipynb", claims_in(notebook), [])
    made = options.pop("made", Made(notebooks=["01.ipynb"]))
    path = write_report(
        notebook, folder / "r" / "index.html", title="Where do they leave?", findings=findings, made=made, **options
    )
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> str:
    return page(tmp_path_factory.mktemp("report"), study())


def test_the_page_leads_with_its_findings(shown: str) -> None:
    assert (
        shown.index("<h1>Where do they leave?</h1>") < shown.index("1 claim: 1 reversed.") < shown.index("The funnel")
    )
    assert "29.0% [26.3%, 31.9%] of 1,000; needs &lt; 25.0%" in shown
    assert shown.count("Where do they leave?") == 2  # the title of the window and of the page, not a third in the text


def test_a_finding_leads_to_the_cell_that_makes_it(shown: str) -> None:
    assert re.findall(r'href="#(c9)"', shown) == re.findall(r'<section class="step" id="(c9)"', shown) == ["c9"]


def test_the_contents_lead_to_every_heading(shown: str) -> None:
    links = set(re.findall(r'<a href="#([^"]+)"', shown))
    assert links <= set(re.findall(r'id="([^"]+)"', shown))
    assert {"findings", "question", "part-1", "made"} <= links


def test_text_from_the_data_is_escaped_everywhere(shown: str) -> None:
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown


def test_a_page_without_widgets_may_run_no_script_and_fetch_nothing(shown: str) -> None:
    assert "default-src 'none'" in shown
    assert "script-src" not in shown
    assert not re.search(r"""(?:src|srcset|action)=["']?https?:|@import|url\(""", shown)


def test_links_to_neighbouring_notebooks_become_text(shown: str) -> None:
    assert "the lesson" in shown
    assert ".ipynb)" not in shown
    assert 'href="../02' not in shown
    assert '<a href="https://example.org/x">' in shown


def test_addresses_of_objects_and_passwords_are_left_out(shown: str) -> None:
    assert "Axes:" not in shown
    assert "s3cret" not in shown


def test_a_run_that_did_not_finish_says_so_first(tmp_path: Path) -> None:
    stop = Stop("error", "01.ipynb", 3, 5, "funnel = <broken>", "no column 'x'")
    shown = page(tmp_path, study(), stop=stop)
    assert shown.index("This run did not finish.") < shown.index("Findings")
    assert "funnel = &lt;broken&gt;" in shown


def test_how_it_was_made_names_tables_parameters_and_data(tmp_path: Path) -> None:
    made = Made(
        notebooks=["01.ipynb"],
        parameters=[{"notebook": "01.ipynb", "given": True, "source": "WINDOW = '7d'"}],
        tables=[{"name": "events", "source": "orders.csv", "rows": "rows read 10 = kept 9 + set apart 1 (1 no time)"}],
        datasets=[{"name": "quay", "summary": "A small shop.", "card": "<h1>Quay</h1>"}],
    )
    shown = page(tmp_path, study(), made=made)
    for said in (
        "WINDOW = &#39;7d&#39;",
        "rows read 10 = kept 9 + set apart 1",
        "orders.csv",
        "A small shop.",
        "<h1>Quay",
    ):
        assert said in shown


def test_an_older_report_is_replaced_whole(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "index.html").write_text("old")
    page(tmp_path, study())
    assert [path.name for path in (tmp_path / "r").iterdir()] == ["index.html"]


def test_widgets_bring_their_state_and_their_scripts(tmp_path: Path) -> None:
    notebook = study()
    view = {"model_id": "m1", "version_major": 2, "version_minor": 0}
    notebook.cells.append(step("slider", "c5", **{"application/vnd.jupyter.widget-view+json": view}))
    notebook.metadata["widgets"] = {WIDGETS: {"state": {"m1": {"state": {"value": "</script><b>"}}}}}
    shown = page(tmp_path, notebook)
    assert '"value": "\\u003c/script>\\u003cb>"' in shown
    assert '"model_id": "m1"' in shown
    assert "connect-src data: blob:" in shown


def test_notebooks_are_joined_with_their_widgets_and_unique_cells() -> None:
    first, second = study(), study()
    for number, notebook in enumerate((first, second)):
        notebook.metadata["widgets"] = {WIDGETS: {"state": {f"m{number}": {}}}}
    joined = join_notebooks([first, second])
    ids = [cell.id for cell in joined.cells]
    assert len(set(ids)) == len(ids) == 14
    assert set(joined.metadata["widgets"][WIDGETS]["state"]) == {"m0", "m1"}
    assert first.cells[2].id == "c1"


def test_one_notebook_gives_the_title_and_several_stand_under_the_studys_name() -> None:
    assert title_of("harbour", [study()]) == "Where do they leave?"
    assert title_of("complete_journey", [study(), study()]) == "Complete journey"
    headings = render_cells(join_notebooks([study(), study()]), title="Complete journey").headings
    assert [(heading.depth, heading.text) for heading in headings] == [
        (2, "Where do they leave?"),
        (3, "The funnel"),
        (2, "Where do they leave?"),
        (3, "The funnel"),
    ]


def test_every_picture_has_words_for_those_who_cannot_see_it() -> None:
    told, untold = study(), study()
    describe_pictures(told, {"1": "Ten of 268 order."})
    describe_pictures(untold, {})
    assert 'alt="Ten of 268 order."' in render_cells(told, title="").page
    assert 'alt="Picture to: The funnel"' in render_cells(untold, title="").page
