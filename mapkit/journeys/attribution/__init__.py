"""Which touches conversions are credited to, by every usual rule, side by side and with intervals."""

from mapkit.journeys.attribution.events import measure_attribution
from mapkit.journeys.attribution.path_list import measure_attribution_paths
from mapkit.journeys.attribution.result import Attribution

__all__ = ["Attribution", "measure_attribution", "measure_attribution_paths"]
