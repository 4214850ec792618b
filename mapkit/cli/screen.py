"""What the commands print: coloured on a terminal, plain text anywhere else."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

# Text from the data must not move the cursor, change the title or ring the bell of a terminal.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@cache
def console(*, errors: bool = False) -> Console:
    """Return the console of the standard output, or of the standard error."""
    from rich.console import Console

    return Console(stderr=errors, markup=False, highlight=False, emoji=False)


def say(text: str = "", *, style: str = "") -> None:
    """Print a text; ``style`` colours it on a terminal only. Long lines are left to the terminal."""
    console().print(clean(text), style=style or None, soft_wrap=True)


def say_error(text: str) -> None:
    """Print an error to the standard error: a red block on a terminal, plain lines elsewhere."""
    screen = console(errors=True)
    if screen.is_terminal:
        from rich.panel import Panel
        from rich.text import Text

        screen.print(Panel(Text(clean(text)), title="error", title_align="left", border_style="red"))
    else:
        screen.print(f"error: {clean(text)}", soft_wrap=True)


def clean(text: str) -> str:
    """Return the text without control characters, new lines and tabs excepted."""
    return _CONTROL.sub("", text)
