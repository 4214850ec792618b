"""Pictures of attribution."""

from mapkit.plots.attribution import attribution

__all__ = ["attribution"]
