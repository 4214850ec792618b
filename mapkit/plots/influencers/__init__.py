"""Influencers drawn: the board, the map around a brand, engagement, voice, overlap and campaigns."""

from mapkit.plots.influencers import campaign, engagement, overlap, profile, ranking, voice

__all__ = ["campaign", "engagement", "overlap", "profile", "ranking", "voice"]
