"""Result -> matplotlib: one `plot(result)` that knows every result, in one visual language.

Importing this folder registers every picture. A new picture is a new file here, named below.
"""

from mapkit.plots import coverage, funnel, spread, stages, time_to_convert, trend
from mapkit.plots.files import picture_html, render_picture, save_picture
from mapkit.plots.page import blank_page
from mapkit.plots.plot import alt_text, describe, plot

__all__ = [
    "alt_text",
    "blank_page",
    "coverage",
    "describe",
    "funnel",
    "picture_html",
    "plot",
    "render_picture",
    "save_picture",
    "spread",
    "stages",
    "time_to_convert",
    "trend",
]
