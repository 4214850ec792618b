"""Templates: notebooks and documents to copy and fill in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from mapkit.errors import OptionError, SourceError, listed, nearest
from mapkit.workbench.shipped import known, shipped

_MANIFEST = "template.yaml"
_NOTEBOOK = "template.ipynb"
_THEN = "Open it in JupyterLab, set its parameters, run it. Then its report: mapkit study {file}"


@dataclass(frozen=True)
class Template:
    """A template's name, title, one line that says what it answers, and its parameters with their meaning.

    ``then`` says what to do with the copy; ``{file}`` in it stands for the copy.
    """

    name: str
    title: str
    summary: str
    parameters: dict[str, str]
    folder: Path
    then: str = _THEN

    @property
    def notebook(self) -> Path | None:
        """The notebook that is copied, if there is one."""
        return _if_there(self.folder / _NOTEBOOK)

    @property
    def document(self) -> Path | None:
        """The YAML document that is copied, if there is one."""
        return _if_there(self.folder / f"{self.name}.yaml")


def list_templates() -> list[Template]:
    """Return every template that comes with mapkit, in alphabetical order."""
    return [_read(shipped("templates") / name) for name in known("templates", _MANIFEST)]


def new_from_template(name: str, dest: str | Path) -> Path:
    """Copy a template's notebook or document, and the files it needs, and return the path of the copy.

    ``dest`` is a new notebook (``reports/may.ipynb``), a new document (``maps/may.yaml``), or a folder, in which the
    copy takes the template's name. Folders are made where they are missing. A file that exists is never overwritten.

    Raises
    ------
    SourceError
        No template has this name; the nearest is offered.
    OptionError
        Something is in the way, or the template has no file of this kind.
    """
    template = find_template(name)
    copies = _copies(template, Path(dest))
    target = next(iter(copies.values()))
    _nothing_in_the_way(copies, target)
    target.parent.mkdir(parents=True, exist_ok=True)
    for source, copy in copies.items():
        _copy_new(source, copy)
    return target


def find_template(name: str) -> Template:
    """Return a template by its name. Raises SourceError, with the nearest name, when there is none such."""
    names = known("templates", _MANIFEST)
    if name not in names:
        raise SourceError(f"There is no template {name!r}. There are {listed(names)}.{nearest(name, names)}")
    return _read(shipped("templates") / name)


def _copies(template: Template, dest: Path) -> dict[Path, Path]:
    """Return where each file goes, the one that is asked for first."""
    kinds = {".ipynb": template.notebook, ".yaml": template.document}
    wanted = kinds.get(dest.suffix)
    if dest.suffix in kinds and wanted is None:
        other = next(ending for ending, file in kinds.items() if file is not None)
        raise OptionError(f"The template {template.name!r} is no {dest.suffix} file. Name the copy {dest.stem}{other}.")
    if wanted is not None:
        # A notebook brings its document along; a document is enough by itself.
        beside = [template.document] if dest.suffix == ".ipynb" and template.document is not None else []
        files = {wanted: dest} | {file: dest.parent / file.name for file in beside}
        return files | {file: dest.parent / file.name for file in _companions(template)}
    own = [file for file in kinds.values() if file is not None]
    return {file: dest / f"{template.name}{file.suffix}" for file in own} | {
        file: dest / file.name for file in _companions(template)
    }


def _if_there(path: Path) -> Path | None:
    return path if path.is_file() else None


def _read(folder: Path) -> Template:
    manifest = yaml.safe_load((folder / _MANIFEST).read_text(encoding="utf-8"))
    parameters = dict(manifest.get("parameters", {}))
    then = manifest.get("then", _THEN)
    return Template(folder.name, manifest["title"], manifest["summary"], parameters, folder, then)


def _companions(template: Template) -> list[Path]:
    """Return the files that the notebook or document needs: everything but the manifest and what explains it."""
    own = {_MANIFEST, _NOTEBOOK, f"{template.name}.yaml", "README.md"}
    return sorted(
        path for path in template.folder.iterdir() if path.is_file() and path.name not in own and path.name[0] != "."
    )


def _nothing_in_the_way(copies: dict[Path, Path], target: Path) -> None:
    for source, copy in copies.items():
        shared = copy != target and copy.suffix != ".ipynb"
        if copy.exists() and not (shared and copy.is_file() and copy.read_bytes() == source.read_bytes()):
            raise OptionError(f"{copy} exists already and is not overwritten. Name a new file or folder.")
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
