"""A sheet of boxes and lines of text at places in points, gathered first and drawn at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.font_manager import FontProperties

from mapkit.plots.names import families
from mapkit.plots.style import INK, NOTE


@dataclass(frozen=True)
class Box:
    """A rectangle: left and top, width and height, in points from the sheet's upper left corner."""

    left: float
    top: float
    wide: float
    high: float
    face: str = "none"
    edge: str = "none"


@dataclass(frozen=True)
class Line:
    """One line of text; ``y`` is its baseline."""

    x: float
    y: float
    text: str
    colour: str = INK
    size: float = NOTE
    bold: bool = False
    align: str = "left"


@dataclass
class Sheet:
    """What is to be drawn. A map has thousands of parts, so boxes become one artist and fonts are made once."""

    boxes: list[Box] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def draw(self, ax: Axes) -> None:
        """Put everything on an axes whose scales are points, y downwards."""
        corners = [
            ((b.left, b.top), (b.left + b.wide, b.top), (b.left + b.wide, b.top + b.high), (b.left, b.top + b.high))
            for b in self.boxes
        ]
        faces, edges = [b.face for b in self.boxes], [b.edge for b in self.boxes]
        ax.add_collection(PolyCollection(corners, facecolors=faces, edgecolors=edges, linewidths=0.8), autolim=False)
        fonts: dict[tuple[tuple[str, ...], float, bool], FontProperties] = {}
        for line in self.lines:
            look = (families(line.text), line.size, line.bold)
            if look not in fonts:
                weight = "bold" if line.bold else "normal"
                fonts[look] = FontProperties(family=list(look[0]), size=line.size, weight=weight)
            # Never as mathematics: the text may be from anybody.
            ax.text(
                line.x, line.y, line.text, fontproperties=fonts[look], color=line.colour, ha=line.align, va="baseline",
                parse_math=False,
            )  # fmt: skip
