"""Templates: notebooks to copy and fill in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from mapkit.errors import OptionError, SourceError, listed, nearest
from mapkit.workbench.shipped import known, shipped

_MANIFEST = "template.yaml"
_NOTEBOOK = "template.ipynb"


@dataclass(frozen=True)
class Template:
    """A template's name, title, one line that says what it answers, and its parameters with their meaning."""

    name: str
    title: str
    summary: str
    parameters: dict[str, str]
    folder: Path

    @property
    def notebook(self) -> Path:
        """The notebook that is copied."""
        return self.folder / _NOTEBOOK


def list_templates() -> list[Template]:
    """Return every template that comes with mapkit, in alphabetical order."""
    return [_read(shipped("templates") / name) for name in known("templates", _MANIFEST)]


def new_from_template(name: str, dest: str | Path) -> Path:
    """Copy a template's notebook, and the files it needs, and return the notebook's path.

    ``dest`` is a new notebook (``reports/may.ipynb``) or a folder, in which the notebook takes the template's name.
    Folders are made where they are missing. A file that exists is never overwritten.

    Raises
    ------
    SourceError
        No template has this name; the nearest is offered.
    OptionError
        Something is in the way.
    """
    names = known("templates", _MANIFEST)
    if name not in names:
        raise SourceError(f"There is no template {name!r}. There are {listed(names)}.{nearest(name, names)}")
    template = _read(shipped("templates") / name)
    target = Path(dest)
    if target.suffix != ".ipynb":
        target = target / f"{name}.ipynb"
    copies = {template.notebook: target} | {file: target.parent / file.name for file in _companions(template)}
    _nothing_in_the_way(copies)
    target.parent.mkdir(parents=True, exist_ok=True)
    for source, copy in copies.items():
        _copy_new(source, copy)
    return target


def _read(folder: Path) -> Template:
    manifest = yaml.safe_load((folder / _MANIFEST).read_text(encoding="utf-8"))
    return Template(folder.name, manifest["title"], manifest["summary"], dict(manifest["parameters"]), folder)


def _companions(template: Template) -> list[Path]:
    """Return the files beside the notebook that it reads: everything but the manifest and what explains it."""
    own = {_MANIFEST, _NOTEBOOK, "README.md"}
    return sorted(
        path for path in template.folder.iterdir() if path.is_file() and path.name not in own and path.name[0] != "."
    )


def _nothing_in_the_way(copies: dict[Path, Path]) -> None:
    for source, copy in copies.items():
        if copy.exists() and not (
            copy.is_file() and copy.read_bytes() == source.read_bytes() and copy.suffix != ".ipynb"
        ):
            raise OptionError(f"{copy} exists already and is not overwritten. Name a new notebook: .../my-study.ipynb.")
        folder = next(parent for parent in copy.parents if parent.exists())
        if not folder.is_dir():
            raise OptionError(f"{folder} is a file, so nothing can be put into it. Name another folder.")


def _unfilled(template: Path) -> bytes:
    """Return a notebook without its outputs: its claims are about the template's data, not about the analyst's."""
    import nbformat  # not at the top: the list of templates needs none of it

    from mapkit.workbench.cells import forget_outputs

    notebook = nbformat.read(template, as_version=4)
    forget_outputs(notebook)
    return str(nbformat.writes(notebook)).encode()


def _copy_new(source: Path, copy: Path) -> None:
    try:
        # "x": what appeared since we looked is not overwritten either.
        with copy.open("xb") as made:
            made.write(_unfilled(source) if source.suffix == ".ipynb" else source.read_bytes())
    except FileExistsError:
        if copy.suffix == ".ipynb":
            raise OptionError(f"{copy} exists already and is not overwritten. Name a new notebook.") from None
