"""The lines of Python that make the funnel a reader sees, for copying into a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mapkit.journeys import Step

_WIDTH = 88


def funnel_code(steps: Sequence[str | Step], *, model: str = "", **options: Any) -> str:
    """Return the code of a funnel over a variable ``events``; ``model`` is the expression of the stage model, if any.

    >>> print(funnel_code(["visit", "buy"], model="mk.AARRR", window="7d"))
    import mapkit as mk
    <BLANKLINE>
    staged = mk.map_stages(events, mk.AARRR, unmapped="keep")
    funnel = mk.measure_funnel(staged, ['visit', 'buy'], window='7d')
    """
    lines = ["import mapkit as mk", ""]
    if model:
        lines.append(f'staged = mk.map_stages(events, {model}, unmapped="keep")')
    table = "staged" if model else "events"
    said = [_step(step) for step in steps]
    given = [f"{name}={value!r}" for name, value in options.items()]
    arguments = [table, f"[{', '.join(said)}]", *given]
    one_line = f"funnel = mk.measure_funnel({', '.join(arguments)})"
    if len(one_line) <= _WIDTH:
        return "\n".join([*lines, one_line])
    one_list = f"    [{', '.join(said)}],"
    listed = [one_list] if len(one_list) <= _WIDTH else ["    [", *(f"        {step}," for step in said), "    ],"]
    arguments = [f"    {table},", *listed, *(f"    {each}," for each in given)]
    return "\n".join([*lines, "funnel = mk.measure_funnel(", *arguments, ")"])


def _step(step: str | Step) -> str:
    if isinstance(step, str):
        return repr(step)
    asked = {"event": step.event, "where": step.where, "stage": step.stage}
    more = "".join(f", {name}={value!r}" for name, value in asked.items() if value is not None)
    return f"mk.Step({step.name!r}{more})"
