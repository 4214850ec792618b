"""Pictures of communities and of brokers."""

from mapkit.plots.communities import brokerage, communities

__all__ = ["brokerage", "communities"]
