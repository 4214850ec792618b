"""The key of an ecosystem map: what shapes, colours, sizes and widths mean, with how many there are of each."""

from __future__ import annotations

from matplotlib.axes import Axes

from mapkit.plots.ecosystem.drawing import shape_share
from mapkit.plots.ecosystem.scene import Scene
from mapkit.plots.names import fitted, width_of
from mapkit.plots.numbers import count
from mapkit.plots.page import say
from mapkit.plots.style import LEADING, MID, QUIET, SMALL

_ROW = SMALL * LEADING + 3
_DOT = 3.6
_MOST_WIDE = 150.0
_ABOVE = 12.0

Entry = tuple[str, str, str]


def key_height(scene: Scene, wide: float) -> float:
    """Return how many points the key takes below the map."""
    rows = _rows(scene, wide)
    return _ABOVE + _ROW * len(rows) if rows else 0.0


def draw_key(ax: Axes, scene: Scene, page: tuple[float, float]) -> None:
    """Draw the key below the map."""
    y = page[1] + _ABOVE + _ROW / 2
    for row in _rows(scene, page[0]):
        x = 0.0
        for marker, colour, text in row:
            ax.scatter(
                [x + _DOT], [y], s=(2 * _DOT) ** 2 * shape_share(marker), marker=marker, c=[colour], linewidths=0
            )
            say(ax, x + 2 * _DOT + 4, y, text, size=SMALL, colour=QUIET)
            x += _wide(text)
        y += _ROW


def _rows(scene: Scene, wide: float) -> list[list[Entry]]:
    """Return the entries in rows that fit: types with their shapes, and colours where they say something else."""
    rows: list[list[Entry]] = []
    for entries in _entries(scene):
        row: list[Entry] = []
        for entry in entries:
            if row and sum(_wide(text) for *_, text in row) + _wide(entry[2]) > wide:
                rows.append(row)
                row = []
            row.append(entry)
        if row:
            rows.append(row)
    return rows


def _wide(text: str) -> float:
    return 2 * _DOT + 4 + width_of(text, SMALL) + 14


def _entries(scene: Scene) -> list[list[Entry]]:
    shapes, colours = scene.shapes, scene.colours
    told = len(shapes.names) > 1 or shapes.names != ("not known",)
    if colours.what == shapes.what:
        pairs = zip(shapes.markers, colours.colours, shapes.names, shapes.counts, strict=True)
        return [[(marker, colour, _said(name, n)) for marker, colour, name, n in pairs]] if told else []
    listed = []
    if told:
        listed.append(
            [
                (marker, MID, _said(name, n))
                for marker, name, n in zip(shapes.markers, shapes.names, shapes.counts, strict=True)
            ]
        )
    if not scene.by_community:
        listed.append(
            [
                ("o", colour, _said(name, n))
                for colour, name, n in zip(colours.colours, colours.names, colours.counts, strict=True)
            ]
        )
    return listed


def _said(name: str, n: int) -> str:
    return f"{fitted(name, _MOST_WIDE, SMALL)} {count(n)}"
