"""Touchpoints judged: effectiveness three ways, what hurts, what decides, what to keep, and what removing one costs."""

from mapkit.maps.touchpoints.effectiveness import measure_touchpoints
from mapkit.maps.touchpoints.effectiveness_result import Touchpoints
from mapkit.maps.touchpoints.moments import MomentsOfTruth, find_moments_of_truth
from mapkit.maps.touchpoints.pain_points import PainPoints, rank_pain_points
from mapkit.maps.touchpoints.removal import TouchpointRemoval, simulate_touchpoint_removal
from mapkit.maps.touchpoints.triage import Triage, triage_touchpoints

__all__ = [
    "MomentsOfTruth",
    "PainPoints",
    "TouchpointRemoval",
    "Touchpoints",
    "Triage",
    "find_moments_of_truth",
    "measure_touchpoints",
    "rank_pain_points",
    "simulate_touchpoint_removal",
    "triage_touchpoints",
]
