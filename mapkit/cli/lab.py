"""`mapkit lab`: JupyterLab, opened where to begin."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from mapkit.cli.screen import say


def lab(
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Start the server alone and print its address.")
    ] = False,
) -> None:
    """Open JupyterLab on the first notebook, with the templates beside it.

    In a checkout the notebooks are opened where they are. From an installed package they are copied to
    ./mapkit-notebooks first; files of yours that are there already stay as they are.
    """
    from mapkit.workbench.desk import lay_out

    root, first = lay_out(Path.cwd())
    say(f"JupyterLab in {root}; stop it with Ctrl-C.")
    command = [sys.executable, "-m", "jupyterlab", str(first or root), f"--ServerApp.root_dir={root}"]
    try:
        code = subprocess.run([*command, *(["--no-browser"] if no_browser else [])], check=False).returncode
    except KeyboardInterrupt:
        code = 0
    raise typer.Exit(code)
