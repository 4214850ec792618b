"""Pictures of retention."""

from mapkit.plots.retention import cohorts, lifecycle, stickiness

__all__ = ["cohorts", "lifecycle", "stickiness"]
