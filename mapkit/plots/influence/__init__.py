"""Pictures of influence joined to the journey."""

from mapkit.plots.influence import by_stage, channel_feed, chooser, right_influencers

__all__ = ["by_stage", "channel_feed", "chooser", "right_influencers"]
