"""The page a picture stands on: its axes, the title that states the finding, the grey subtitle, the note at the foot.

All texts hang on the axes at offsets in points, so a page works on a figure of its own and inside a grid alike.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import Any, Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from mapkit.plots.names import families, wrapped
from mapkit.plots.style import (
    INK,
    LABEL,
    LEADING,
    MARGIN,
    NOTE,
    PAGE_WIDTH,
    PAPER,
    QUIET,
    SMALL,
    TITLE,
    bare,
)

NOTE_LINES = 6

# Figures whose height follows the picture drawn on them: see blank_page.
_elastic: weakref.WeakSet[Figure] = weakref.WeakSet()


@dataclass(frozen=True)
class Heading:
    """What a page says in words: the finding, the definition with its n, and a caution."""

    title: str
    subtitle: str = ""
    note: str = ""


def blank_page(width: float = PAGE_WIDTH) -> Axes:
    """Return an empty axes on a figure of its own that takes the height its picture needs; ``width`` is in points.

    The figure is unknown to pyplot, so nothing has to be closed: for widgets, reports and files.
    """
    figure = Figure(figsize=(width / 72, width / 108), facecolor=PAPER)
    _elastic.add(figure)
    return figure.add_subplot()


def open_page(
    ax: Axes | None, heading: Heading, *, height: float, left: float = 0, right: float = 0, bottom: float = 0
) -> Axes:
    """Return an axes that is clean, placed, and titled.

    ``height`` is that of the drawing in points; ``left``, ``right`` and ``bottom`` are points outside the axes kept
    for tick labels. An axes that is alone on its figure is placed to fill it; one among others stays where it is. What
    was drawn on ``ax`` before is replaced.
    """
    if ax is None:
        from matplotlib import pyplot  # only here: pyplot knows the figure, so a notebook shows it once

        own = pyplot.figure(figsize=(PAGE_WIDTH / 72, PAGE_WIDTH / 108), facecolor=PAPER)
        ax = own.add_subplot()
        _elastic.add(own)
    ax.clear()
    bare(ax)
    figure = ax.figure
    alone = isinstance(figure, Figure) and figure.axes == [ax] and figure.get_layout_engine() is None
    room = figure.bbox.width / figure.dpi * 72 - 2 * MARGIN if alone else points_wide(ax) + left + right
    above, below = _set_lines(ax, heading, room, left, bottom)
    if alone and isinstance(figure, Figure):
        _place(figure, ax, height, (left, right, above, below))
    return ax


def _set_lines(ax: Axes, heading: Heading, room: float, left: float, bottom: float) -> tuple[float, float]:
    """Write title and subtitle upwards from the axes' top, the note downwards; return the points they take."""
    up = 10.0
    for text, size, colour, bold in ((heading.subtitle, SMALL, QUIET, False), (heading.title, TITLE, INK, True)):
        for line in reversed(wrapped(text, room, size, bold) if text else []):
            say(ax, 0, 1, line, at="axes", dx=-left, dy=up, size=size, colour=colour, bold=bold, vertical="baseline")
            up += size * LEADING
        up += 3
    down = bottom
    for line in wrapped(heading.note, room, NOTE, most=NOTE_LINES) if heading.note else []:
        down += NOTE * LEADING
        say(ax, 0, 0, line, at="axes", dx=-left, dy=-down - 3, size=NOTE, colour=QUIET, vertical="baseline")
    return up, down + 6


def _place(figure: Figure, ax: Axes, height: float, around: tuple[float, float, float, float]) -> None:
    left, right, above, below = around
    if figure in _elastic:
        figure.set_size_inches(figure.get_figwidth(), (height + above + below + 1.5 * MARGIN) / 72)
    wide, high = figure.get_figwidth() * 72, figure.get_figheight() * 72
    x, y = MARGIN + left, MARGIN + below
    across, up = wide - x - MARGIN - right, high - y - above - MARGIN / 2
    ax.set_position((x / wide, y / high, max(across, 1) / wide, max(up, 1) / high))


def points_wide(ax: Axes) -> float:
    """Return the width of an axes in points."""
    figure = ax.get_figure(root=True)
    return float(ax.bbox.width / (figure.dpi if figure else 72) * 72)


def points_high(ax: Axes) -> float:
    """Return the height of an axes in points."""
    figure = ax.get_figure(root=True)
    return float(ax.bbox.height / (figure.dpi if figure else 72) * 72)


_PLACES: dict[str, Any] = {"data": "data", "axes": "axes fraction", "row": ("axes fraction", "data")}


def say(
    ax: Axes,
    x: Any,
    y: float,
    text: str,
    *,
    at: Literal["data", "axes", "row"] = "data",
    dx: float = 0,
    dy: float = 0,
    size: float = LABEL,
    colour: str = INK,
    bold: bool = False,
    align: str = "left",
    vertical: str = "center_baseline",
) -> Annotation:
    """Write ``text`` at a place, moved by ``dx``, ``dy`` points.

    ``at`` says what ``x`` and ``y`` are: "data", "axes" (shares of the axes), or "row": x a share, y data.

    The text is drawn as it stands: matplotlib's mathematics is off. Names go through ``shown`` or ``fitted`` first.
    """
    return ax.annotate(
        text,
        (x, y),
        (dx, dy),
        xycoords=_PLACES[at],
        textcoords="offset points",
        annotation_clip=False,
        fontfamily=list(families(text)),
        fontsize=size,
        color=colour,
        fontweight="bold" if bold else "normal",
        ha=align,
        va=vertical,
        parse_math=False,
    )


def nothing_to_draw(ax: Axes | None, title: str, reason: str) -> Axes:
    """Return a page that says why there is no picture."""
    ax = open_page(ax, Heading(title), height=64)
    ax.set_facecolor("#F7F7F7")
    lines = wrapped(f"nothing to draw: {reason}", max(points_wide(ax) - 2 * MARGIN, 1), LABEL)
    for k, line in enumerate(lines):
        down = (len(lines) / 2 - k - 0.5) * LABEL * LEADING
        say(ax, 0.5, 0.5, line, at="axes", dy=down, colour=QUIET, align="center")
    return ax
