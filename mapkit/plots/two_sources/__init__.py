"""The two-source map drawn as a board: claimed beside observed, the heaviest disagreement first."""

from mapkit.plots.two_sources import board

__all__ = ["board"]
