"""Pictures of what customers are worth."""

from mapkit.plots.value import calibration, customer_value, historic, simple

__all__ = ["calibration", "customer_value", "historic", "simple"]
