"""The frozen result: what every measure returns."""

from __future__ import annotations

import html
import importlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from mapkit.errors import OptionError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mapkit.statistics.comparable import Comparable


@dataclass(frozen=True, eq=False)
class Result:
    """A measure's answer.

    ``title`` says what was measured, ``table`` is a tidy pandas frame that holds every number, ``notes`` lists the
    choices the measure was made with and the cautions a reader needs. Measures subclass this and add small
    properties; they never add state that changes.
    """

    title: str
    table: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...] = ()

    def plot(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Draw the result; the same call as ``mapkit.plot(result, ax=ax)``."""
        # The one look upwards in the house: by name and at the call, so that no measure depends on a picture.
        plot = importlib.import_module("mapkit.plots").plot
        axes: Axes = plot(self, ax=ax, **options)
        return axes

    def comparable(self) -> Comparable:
        """Return the numbers that ``compare`` sets beside those of another result of this kind.

        Raises
        ------
        OptionError
            This kind of result has no such numbers.
        """
        raise OptionError(f"A {type(self).__name__} has no numbers that can be compared one by one.")

    def __str__(self) -> str:
        lines = [self.title, "", self.table.to_string(index=False, max_rows=40), *(f"- {note}" for note in self.notes)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        shown = self.table.head(40)
        cut = f"<p>{len(self.table) - 40:,} more rows in <code>.table</code></p>" if len(self.table) > 40 else ""
        notes = "".join(f"<li>{html.escape(note)}</li>" for note in self.notes)
        return (
            f"<h4>{html.escape(self.title)}</h4>"
            f"{shown.to_html(index=False, escape=True, border=0, na_rep='', formatters=_formatters(shown))}{cut}"
            f"<ul style='color:#555'>{notes}</ul>"
        )


def _formatters(table: pd.DataFrame) -> dict[str, Callable[[Any], str]]:
    """Return how the numbers of each column are written: thousands apart, and four significant digits of a fraction."""
    formatters: dict[str, Callable[[Any], str]] = {}
    for name, column in table.items():
        if pd.api.types.is_integer_dtype(column):
            formatters[str(name)] = "{:,}".format
        elif pd.api.types.is_float_dtype(column):
            formatters[str(name)] = _fraction
    return formatters


def _fraction(number: float) -> str:
    if pd.isna(number):
        return ""
    return f"{number:,.0f}" if abs(number) >= 1_000 else f"{number:.4g}"
