"""Studies: ordered lists of notebooks that end in claims."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mapkit.errors import SourceError, listed, nearest
from mapkit.workbench.shipped import shipped

_DATASET = re.compile(r"""load_dataset\(\s*["']([\w-]+)["']""")


@dataclass(frozen=True)
class Study:
    """A name and the notebooks that are run one after another, each in a kernel of its own."""

    name: str
    notebooks: tuple[Path, ...]


def list_studies() -> list[str]:
    """Return the names of the studies that come with mapkit."""
    folder = shipped("notebooks") / "studies"
    folders = {path.name for path in folder.glob("*") if path.is_dir() and _notebooks_in(path)}
    return sorted(folders | {path.stem for path in _notebooks_in(folder)})


def find_study(name_or_path: str | Path) -> Study:
    """Return a study by its name, or made of a notebook or of a folder's notebooks in the order of their file names.

    Raises
    ------
    SourceError
        There is no such study, notebook or folder; the message names the known studies and the nearest.
    """
    folder = shipped("notebooks") / "studies"
    wanted = str(name_or_path)
    candidates = [Path(wanted)]
    if re.fullmatch(r"[\w-]+", wanted):
        candidates = [folder / wanted, folder / f"{wanted}.ipynb", *candidates]
    for path in candidates:
        if path.suffix == ".ipynb" and path.is_file():
            return Study(path.stem, (path.resolve(),))
        if path.is_dir() and (notebooks := _notebooks_in(path)):
            return Study(path.resolve().name, tuple(notebook.resolve() for notebook in notebooks))
    studies = list_studies()
    raise SourceError(
        f"{wanted!r} is neither a study nor a notebook (.ipynb) nor a folder of notebooks. "
        f"The studies are {listed(studies)}.{nearest(wanted, studies)}"
    )


def datasets_used(notebook: Any) -> list[str]:
    """Return the names of the datasets that a notebook loads, in order, each once."""
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    return list(dict.fromkeys(_DATASET.findall(code)))


def _notebooks_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.ipynb") if not path.name.startswith("."))
