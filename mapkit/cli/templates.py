"""`mapkit new` and `mapkit templates`: notebooks to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mapkit.cli.screen import say


def new(
    template: Annotated[str, typer.Argument(help="Which template; `mapkit templates` lists them.")],
    dest: Annotated[Path, typer.Argument(help="The new notebook, or a folder for it.")],
) -> None:
    """Copy a template to a new notebook. Nothing is ever overwritten.

    **Examples**

    `mapkit new funnel-study may.ipynb` a notebook of that name

    `mapkit new funnel-study studies/may/` studies/may/funnel-study.ipynb, folders made where missing
    """
    from mapkit.workbench import new_from_template

    notebook = new_from_template(template, dest)
    say(str(notebook))
    say(f"Open it in JupyterLab, set its parameters, run it. Then its report: mapkit study {notebook}")


def templates() -> None:
    """List the templates and the parameters each one asks for."""
    from mapkit.workbench import list_templates

    for template in list_templates():
        say(template.name, style="bold")
        say(f"  {template.summary}")
        width = max(map(len, template.parameters), default=0)
        for name, meaning in template.parameters.items():
            say(f"    {name:<{width}}  {meaning}")
