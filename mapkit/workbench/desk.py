"""The folder that JupyterLab opens: notebooks and templates side by side."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from mapkit.workbench.shipped import in_checkout, shipped

FOLDER = "mapkit-notebooks"
FIRST = "00_start_here.ipynb"


def lay_out(here: Path) -> tuple[Path, Path | None]:
    """Return the folder to open and the notebook to begin with (None where there is none).

    A checkout is opened as it is. An installed package's notebooks and templates are copied to
    ``here/mapkit-notebooks``, and what exists there is not overwritten.
    """
    if in_checkout():
        root = shipped("notebooks").parent
    else:
        root = here / FOLDER
        _copy_missing(shipped("notebooks"), root / "notebooks")
        _copy_missing(shipped("templates"), root / "templates")
    first = root / "notebooks" / FIRST
    return root, first if first.exists() else None


def quiet_environment() -> dict[str, str]:
    """Return the environment in which JupyterLab shows no news and asks for none."""
    ours = str(Path(__file__).parent / "static" / "lab")
    paths = [ours, *filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")])]
    return {**os.environ, "JUPYTER_CONFIG_PATH": os.pathsep.join(paths)}


def _copy_missing(source: Path, target: Path) -> None:
    for path in sorted(source.rglob("*")):
        copy = target / path.relative_to(source)
        if path.is_file() and "__pycache__" not in path.parts and not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
