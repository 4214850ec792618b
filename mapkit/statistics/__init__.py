"""Intervals, estimates and the frozen result: the arithmetic that every measure shares."""

from mapkit.statistics.estimates import Condition, Estimate
from mapkit.statistics.intervals import difference_interval, wilson_interval
from mapkit.statistics.result import Result

__all__ = ["Condition", "Estimate", "Result", "difference_interval", "wilson_interval"]
