"""The one look of every picture: colours, type sizes, measures. No plot sets a colour or a size of its own.

Everything here is put on the artists themselves. Nothing is written to matplotlib's rcParams, so a reader's own style
neither changes a mapkit picture nor is changed by one.
"""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex, to_rgb

# Okabe and Ito's palette, which readers with any of the usual colour-vision deficiencies can tell apart.
BLUE = "#0072B2"
ORANGE = "#E69F00"
GREEN = "#009E73"
VERMILION = "#D55E00"
SKY = "#56B4E9"
PURPLE = "#CC79A7"
YELLOW = "#F0E442"  # for fills only: too light for lines and text
INK = "#222222"
PAPER = "#FFFFFF"
LIGHT = "#E8E8E8"  # context: wedges, grids, strips
MID = "#8A8A8A"  # lines and marks of the second rank
QUIET = "#666666"  # text of the second rank; MID itself is too light to read at half size

GOOD, BAD = BLUE, VERMILION
BAD_TEXT = "#9C4400"  # vermilion, dark enough for small text on its own tint
SERIES = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILION, INK, "#A6761D")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "p")
OTHER = MID

TITLE, LABEL, SMALL, NOTE = 13.0, 10.0, 9.0, 8.0  # points
LEADING = 1.3  # line height in type sizes
PAGE_WIDTH = 540.0  # points: 7.5 inches
MARGIN = 12.0  # points around a page
DPI = 144

THIN_N = 30  # a cell that rests on fewer fades
FADED = 0.4
BAND = 0.18
MOST_SERIES = 8

_RAMP = LinearSegmentedColormap.from_list("mapkit stages", ["#9CCBEA", BLUE, "#00324F"])


def ramp(steps: int) -> list[str]:
    """Return one colour a step from light to dark, so that the order of stages is seen, also in grey.

    >>> ramp(1)
    ['#0072b2']
    """
    if steps == 1:
        return [to_hex(BLUE)]
    return [to_hex(_RAMP(k / (steps - 1))) for k in range(steps)]


def readable(colour: str) -> str:
    """Return a palette colour dark enough for text on paper."""
    red, green, blue = to_rgb(colour)
    lightness = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    keep = 0.36 / max(lightness, 0.36)
    return to_hex((red * keep, green * keep, blue * keep))


def bare(ax: Axes) -> None:
    """Take box, ticks, grid and background colour from an axes: the picture then draws what it needs."""
    ax.grid(False)
    ax.set_facecolor(PAPER)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.tick_params(which="both", left=False, right=False, top=False, bottom=False, labelleft=False, labelbottom=False)
