"""The AARRR scorecard, and the growth that customers bring: referral, virality, downlines."""

from mapkit.journeys.growth.aarrr import measure_aarrr
from mapkit.journeys.growth.activation import Activation, find_activation
from mapkit.journeys.growth.cascades import Cascades, measure_cascades
from mapkit.journeys.growth.downline import Downline, measure_downline
from mapkit.journeys.growth.referral import Referral, measure_referral
from mapkit.journeys.growth.scorecard import AARRRScorecard
from mapkit.journeys.growth.simulation import Growth, simulate_growth

__all__ = [
    "AARRRScorecard",
    "Activation",
    "Cascades",
    "Downline",
    "Growth",
    "Referral",
    "find_activation",
    "measure_aarrr",
    "measure_cascades",
    "measure_downline",
    "measure_referral",
    "simulate_growth",
]
