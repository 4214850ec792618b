"""Where the notebooks, templates and datasets lie: in a checkout, or inside the installed package."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from mapkit.errors import MapkitError

_PACKAGE = Path(__file__).parents[1]

Shelf = Literal["notebooks", "templates", "datasets"]


def shipped(shelf: Shelf) -> Path:
    """Return the folder of everything of one kind that comes with mapkit.

    Raises
    ------
    MapkitError
        The installation lacks it.
    """
    # An installed wheel has `_shipped`, a checkout never does; in site-packages a stranger's `templates` may lie
    # beside the package, so the wheel's own folder is looked at first.
    for folder in (_PACKAGE / "_shipped" / shelf, _PACKAGE.parent / shelf):
        if folder.is_dir():
            return folder
    raise MapkitError(f"This installation of mapkit has no {shelf} at {_PACKAGE}. Install mapkit again.")


def in_checkout() -> bool:
    """Say whether mapkit runs from a checkout, where its notebooks may be edited in place."""
    return not (_PACKAGE / "_shipped").is_dir() and (_PACKAGE.parent / "pyproject.toml").is_file()


def known(shelf: Shelf, holds: str) -> list[str]:
    """Return the names of the folders on a shelf that hold a file called ``holds``, in alphabetical order."""
    return sorted(path.parent.name for path in shipped(shelf).glob(f"*/{holds}"))
