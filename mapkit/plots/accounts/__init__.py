"""Pictures of accounts: buying groups, ranks with tiers, pipeline velocity, and lists that overlap."""

from mapkit.plots.accounts import groups, overlap, pipeline, ranking

__all__ = ["groups", "overlap", "pipeline", "ranking"]
