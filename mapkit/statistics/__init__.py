"""Intervals, estimates, comparisons and the frozen result: the arithmetic that every measure shares."""

from mapkit.statistics.comparable import Comparable
from mapkit.statistics.comparison import Comparison, adjust_p_values, compare
from mapkit.statistics.estimates import Condition, Estimate
from mapkit.statistics.intervals import difference_interval, wilson_interval
from mapkit.statistics.result import Result

__all__ = [
    "Comparable",
    "Comparison",
    "Condition",
    "Estimate",
    "Result",
    "adjust_p_values",
    "compare",
    "difference_interval",
    "wilson_interval",
]
