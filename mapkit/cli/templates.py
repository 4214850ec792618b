"""`mapkit new` and `mapkit templates`: notebooks and documents to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mapkit.cli.screen import say


def new(
    template: Annotated[str, typer.Argument(help="Which template; `mapkit templates` lists them.")],
    dest: Annotated[Path, typer.Argument(help="The new notebook or document, or a folder for it.")],
) -> None:
    """Copy a template to a new notebook or document. Nothing is ever overwritten.

    **Examples**

    `mapkit new funnel-study may.ipynb` a notebook of that name

    `mapkit new funnel-study studies/may/` studies/may/funnel-study.ipynb, folders made where missing

    `mapkit new journey-map maps/household.yaml` a journey map as a document
    """
    from mapkit.workbench import new_from_template
    from mapkit.workbench.templates import find_template

    made = new_from_template(template, dest)
    say(str(made))
    say(find_template(template).then.replace("{folder}", str(made.parent)).replace("{file}", str(made)))


def templates() -> None:
    """List the templates and the parameters each one asks for."""
    from mapkit.workbench import list_templates

    for template in list_templates():
        say(template.name, style="bold")
        say(f"  {template.summary}")
        width = max(map(len, template.parameters), default=0)
        for name, meaning in template.parameters.items():
            say(f"    {name:<{width}}  {meaning}")
