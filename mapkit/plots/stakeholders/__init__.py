"""Pictures of stakeholders: the power-interest grid and the classes of salience."""

from mapkit.plots.stakeholders import grid

__all__ = ["grid"]
