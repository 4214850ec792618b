"""Influence joined to the journey: what it does at each stage, who feeds it, whom to engage, and which map to draw."""

from mapkit.maps.influence.by_stage import measure_influence_by_stage
from mapkit.maps.influence.by_stage_result import InfluenceByStage
from mapkit.maps.influence.channel_feed import ChannelFeed, measure_channel_feed
from mapkit.maps.influence.chooser import MapChoice, choose_map
from mapkit.maps.influence.questionnaire import OBJECTIVES
from mapkit.maps.influence.right_influencers import find_right_influencers
from mapkit.maps.influence.right_result import RightInfluencers

__all__ = [
    "OBJECTIVES",
    "ChannelFeed",
    "InfluenceByStage",
    "MapChoice",
    "RightInfluencers",
    "choose_map",
    "find_right_influencers",
    "measure_channel_feed",
    "measure_influence_by_stage",
]
