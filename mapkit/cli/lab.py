"""`mapkit lab`: JupyterLab, opened where to begin."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from mapkit.cli.screen import say

# Nothing of ours looks outside, so JupyterLab is asked not to look for updates and news either.
_QUIET = ("--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",)


def lab(
    options: Annotated[
        list[str] | None, typer.Argument(help="Options for JupyterLab itself, after two dashes: -- --port 9000")
    ] = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Start the server alone and print its address.")
    ] = False,
) -> None:
    """Open JupyterLab on the first notebook, with the templates beside it.

    In a checkout the notebooks are opened where they are. From an installed package they are copied to
    ./mapkit-notebooks first; files of yours that are there already stay as they are.
    """
    from mapkit.workbench.desk import lay_out, quiet_environment

    root, first = lay_out(Path.cwd())
    say(f"JupyterLab in {root}; stop it with Ctrl-C.")
    command = [sys.executable, "-m", "jupyterlab", str(first or root), f"--ServerApp.root_dir={root}", *_QUIET]
    try:
        code = subprocess.run(
            [*command, *(["--no-browser"] if no_browser else []), *(options or [])],
            check=False,
            env=quiet_environment(),
        ).returncode
    except KeyboardInterrupt:
        code = 0
    raise typer.Exit(code)
