"""A journey map as a picture for a board paper, and as a page that reads without one."""

from mapkit.plots.journey_map import figure
from mapkit.plots.journey_map.page_html import map_html
from mapkit.plots.journey_map.saving import save_journey_map

__all__ = ["figure", "map_html", "save_journey_map"]
