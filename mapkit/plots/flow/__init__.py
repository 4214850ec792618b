"""Pictures of how influence gets from one actor to another."""

from mapkit.plots.flow import paths, step_reach

__all__ = ["paths", "step_reach"]
