"""The `mapkit` command: its sub-commands, and how it says that something is wrong.

Exit codes: 0 all is well, 1 a finding fails (a reversed claim, a cell that cannot run, a map with errors), 2
wrong usage or input.
"""

from __future__ import annotations

import os
from typing import Any

import typer
from typer.core import TyperGroup

from mapkit.cli.data import data, profile
from mapkit.cli.lab import lab
from mapkit.cli.maps import maps
from mapkit.cli.screen import say, say_error
from mapkit.cli.study import study
from mapkit.cli.templates import new, templates
from mapkit.errors import MapkitError

WRONG_INPUT = 2


class _Commands(TyperGroup):
    """Says an error in one block; MAPKIT_DEBUG=1 shows where it was raised."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (MapkitError, OSError) as wrong:
            if os.environ.get("MAPKIT_DEBUG"):
                raise
            say_error(str(wrong))
            raise typer.Exit(WRONG_INPUT) from None


app = typer.Typer(
    name="mapkit",
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Journey maps and ecosystem maps from customer data. Everything runs here; nothing is sent anywhere.",
    epilog=(
        "**Begin here:** `mapkit study` runs the example study and writes its report. "
        "`mapkit new funnel-study may.ipynb` gives you a notebook to fill in with your own data. "
        "`mapkit profile orders.csv` says what is in a file. "
        "`mapkit map check map.yaml` says what a journey map lacks. "
        "Exit codes: 0 all is well, 1 a claim is reversed or a cell fails, 2 wrong usage or input."
    ),
)

for command in (study, new, templates, data, profile, lab):
    app.command()(command)
app.add_typer(maps, name="map")


@app.command()
def version() -> None:
    """Print the versions of mapkit and Python."""
    import platform
    from importlib.metadata import version as version_of

    say(f"mapkit {version_of('mapkit')}, Python {platform.python_version()}")
