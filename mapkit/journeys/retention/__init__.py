"""Who comes back: cohorts, the life of a customer base, and how sticky it is."""

from mapkit.journeys.retention.cohorts import Retention
from mapkit.journeys.retention.lifecycle import Lifecycle, measure_lifecycle
from mapkit.journeys.retention.retention import measure_retention
from mapkit.journeys.retention.stickiness import Stickiness, measure_stickiness

__all__ = ["Lifecycle", "Retention", "Stickiness", "measure_lifecycle", "measure_retention", "measure_stickiness"]
