"""Influencers: engagement, reach, relevance and resonance, audiences, voice and campaigns."""

from mapkit.ecosystems.influencers.campaign import Campaign, measure_campaign
from mapkit.ecosystems.influencers.engagement import Engagement, measure_engagement
from mapkit.ecosystems.influencers.goals import GOALS
from mapkit.ecosystems.influencers.overlap import AudienceOverlap, measure_audience_overlap
from mapkit.ecosystems.influencers.prepared import Prepared, prepare_ranking
from mapkit.ecosystems.influencers.profile import InfluencerProfile, profile_influencer
from mapkit.ecosystems.influencers.ranking import InfluencerRanking, rank_influencers, rank_prepared
from mapkit.ecosystems.influencers.tiers import KOL_TYPES, TIERS
from mapkit.ecosystems.influencers.voice import ShareOfVoice, measure_share_of_voice

__all__ = [
    "GOALS",
    "KOL_TYPES",
    "TIERS",
    "AudienceOverlap",
    "Campaign",
    "Engagement",
    "InfluencerProfile",
    "InfluencerRanking",
    "Prepared",
    "ShareOfVoice",
    "measure_audience_overlap",
    "measure_campaign",
    "measure_engagement",
    "measure_share_of_voice",
    "prepare_ranking",
    "profile_influencer",
    "rank_influencers",
    "rank_prepared",
]
