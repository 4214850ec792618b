"""Measures on event logs: what customers do, in order, and where they stop."""

from mapkit.journeys.drivers import measure_drivers
from mapkit.journeys.drivers_result import Drivers
from mapkit.journeys.funnel import measure_funnel
from mapkit.journeys.results import Funnel, FunnelSpread, FunnelTrend, Standout, TimeToConvert, WeakestStep
from mapkit.journeys.spread import measure_funnel_spread
from mapkit.journeys.stages import StageScorecard, measure_stages
from mapkit.journeys.steps import Exclusion, Step
from mapkit.journeys.time_to_convert import measure_time_to_convert
from mapkit.journeys.trend import measure_funnel_trend

__all__ = [
    "Drivers",
    "Exclusion",
    "Funnel",
    "FunnelSpread",
    "FunnelTrend",
    "StageScorecard",
    "Standout",
    "Step",
    "TimeToConvert",
    "WeakestStep",
    "measure_drivers",
    "measure_funnel",
    "measure_funnel_spread",
    "measure_funnel_trend",
    "measure_stages",
    "measure_time_to_convert",
]
