"""The two-source map: what a map claims beside what the data shows, cell by cell."""

from mapkit.maps.two_sources.draft import draft_map
from mapkit.maps.two_sources.observe import observe_map
from mapkit.maps.two_sources.observed_map import ObservedMap

__all__ = ["ObservedMap", "draft_map", "observe_map"]
