"""Customers put into segments: by recency, frequency and money, by behaviour, and by rules."""

from mapkit.journeys.segmenting.clusters import Clusters, find_clusters
from mapkit.journeys.segmenting.mapper import map_segments
from mapkit.journeys.segmenting.rfm import RFM, measure_rfm, usual_segments
from mapkit.journeys.segmenting.rules import SegmentRule, SegmentRules

__all__ = [
    "RFM",
    "Clusters",
    "SegmentRule",
    "SegmentRules",
    "find_clusters",
    "map_segments",
    "measure_rfm",
    "usual_segments",
]
