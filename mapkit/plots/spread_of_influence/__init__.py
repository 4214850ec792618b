"""Pictures of spread along ties: seeds, simulated spread, seeds dropped, fitted hazard."""

from mapkit.plots.spread_of_influence import dropped, fitting, seeds, simulation

__all__ = ["dropped", "fitting", "seeds", "simulation"]
