"""Pictures of demand."""

from mapkit.plots.demand import demand, forecast, staffing

__all__ = ["demand", "forecast", "staffing"]
