"""A template is copied once and never over anything."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from mapkit.errors import OptionError, SourceError
from mapkit.workbench import list_templates, new_from_template
from mapkit.workbench.parameters import parameter_names


@pytest.fixture
def funnel_study(shelves: Path) -> Path:
    folder = shelves / "templates" / "funnel-study"
    folder.mkdir()
    (folder / "template.yaml").write_text(
        "title: A funnel\nsummary: Where they leave.\nparameters:\n  SOURCE: the log\n"
    )
    (folder / "README.md").write_text("# funnel-study\n")
    (folder / "sample.csv").write_text("customer,event,time\n")
    nbformat.write(nbformat.v4.new_notebook(), folder / "template.ipynb")
    return folder


def test_a_template_says_what_it_asks_for(funnel_study: Path) -> None:
    (template,) = list_templates()
    assert (template.name, template.title, template.parameters) == ("funnel-study", "A funnel", {"SOURCE": "the log"})


@pytest.mark.parametrize(("dest", "made"), [("a/b/may.ipynb", "a/b/may.ipynb"), ("a/b", "a/b/funnel-study.ipynb")])
def test_a_copy_takes_its_sample_along(funnel_study: Path, tmp_path: Path, dest: str, made: str) -> None:
    notebook = new_from_template("funnel-study", tmp_path / "mine" / dest)
    assert notebook == tmp_path / "mine" / made
    assert sorted(path.name for path in notebook.parent.iterdir()) == [notebook.name, "sample.csv"]


def test_two_copies_share_the_sample(funnel_study: Path, tmp_path: Path) -> None:
    assert new_from_template("funnel-study", tmp_path / "may.ipynb") != new_from_template(
        "funnel-study", tmp_path / "june.ipynb"
    )


@pytest.mark.parametrize("mine", ["may.ipynb", "sample.csv"])
def test_nothing_is_overwritten_and_nothing_is_half_copied(funnel_study: Path, tmp_path: Path, mine: str) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / mine).write_text("my work")
    with pytest.raises(OptionError, match=f"{mine} exists already and is not overwritten"):
        new_from_template("funnel-study", folder / "may.ipynb")
    assert [(path.name, path.read_text()) for path in folder.iterdir()] == [(mine, "my work")]


def test_a_file_in_place_of_a_folder_is_said(funnel_study: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("a file")
    with pytest.raises(OptionError, match="mine is a file"):
        new_from_template("funnel-study", tmp_path / "mine" / "may.ipynb")


@pytest.fixture
def journey_map(shelves: Path) -> Path:
    folder = shelves / "templates" / "journey-map"
    folder.mkdir()
    (folder / "template.yaml").write_text("title: A map\nsummary: What they do.\nthen: mapkit map check {file}\n")
    (folder / "journey-map.yaml").write_text("title: A map\nstages: [{name: purchase}]\n")
    (folder / "notes.yaml").write_text("notes: []\n")
    return folder


@pytest.mark.parametrize(("dest", "made"), [("may.yaml", "may.yaml"), ("maps", "maps/journey-map.yaml")])
def test_a_template_can_be_a_document(journey_map: Path, tmp_path: Path, dest: str, made: str) -> None:
    document = new_from_template("journey-map", tmp_path / "mine" / dest)
    assert document == tmp_path / "mine" / made
    assert sorted(path.name for path in document.parent.iterdir()) == sorted([document.name, "notes.yaml"])
    with pytest.raises(OptionError, match="exists already and is not overwritten"):
        new_from_template("journey-map", tmp_path / "mine" / dest)


def test_a_document_is_not_asked_for_as_a_notebook(journey_map: Path, tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"is no \.ipynb file. Name the copy may\.yaml"):
        new_from_template("journey-map", tmp_path / "may.ipynb")


def test_a_template_of_both_brings_both(journey_map: Path, tmp_path: Path) -> None:
    nbformat.write(nbformat.v4.new_notebook(), journey_map / "template.ipynb")
    assert new_from_template("journey-map", tmp_path / "a" / "may.ipynb").name == "may.ipynb"
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["journey-map.yaml", "may.ipynb", "notes.yaml"]
    assert new_from_template("journey-map", tmp_path / "b").name == "journey-map.ipynb"
    assert (tmp_path / "b" / "journey-map.yaml").exists()


def test_an_unknown_template_is_answered_with_the_nearest(funnel_study: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no template 'funel-study'.*Did you mean 'funnel-study'\?"):
        new_from_template("funel-study", tmp_path)


def test_the_templates_that_ship_explain_every_parameter(repository: Path) -> None:
    templates = list_templates()
    assert "funnel-study" in [template.name for template in templates]
    for template in templates:
        assert template.notebook or template.document
        if template.notebook:
            notebook = nbformat.read(template.notebook, as_version=4)
            assert list(template.parameters) == parameter_names(notebook)
        assert (template.folder / "README.md").exists()


def test_a_copy_starts_without_the_outputs_of_the_template(repository: Path, tmp_path: Path) -> None:
    filled = nbformat.read(repository / "templates" / "funnel-study" / "template.ipynb", as_version=4)
    copy = nbformat.read(new_from_template("funnel-study", tmp_path / "mine.ipynb"), as_version=4)
    assert any(cell.get("outputs") for cell in filled.cells)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in copy.cells)
    assert [cell.source for cell in copy.cells] == [cell.source for cell in filled.cells]
