"""Result -> matplotlib: one `plot(result)` that knows every result, in one visual language.

Importing this folder registers every picture. A new picture is a new file here, named below.
"""

from mapkit.plots import (
    attribution,
    comparison,
    coverage,
    demand,
    drivers,
    experiments,
    feedback,
    funnel,
    growth,
    integrity,
    journey_map,
    paths,
    retention,
    segmenting,
    spread,
    stages,
    time_to_convert,
    touchpoints,
    trend,
    two_sources,
    value,
)
from mapkit.plots.files import picture_html, render_picture, save_picture
from mapkit.plots.page import blank_page
from mapkit.plots.plot import alt_text, describe, plot

__all__ = [
    "alt_text",
    "attribution",
    "blank_page",
    "comparison",
    "coverage",
    "demand",
    "describe",
    "drivers",
    "experiments",
    "feedback",
    "funnel",
    "growth",
    "integrity",
    "journey_map",
    "paths",
    "picture_html",
    "plot",
    "render_picture",
    "retention",
    "save_picture",
    "segmenting",
    "spread",
    "stages",
    "time_to_convert",
    "touchpoints",
    "trend",
    "two_sources",
    "value",
]
