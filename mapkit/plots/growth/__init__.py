"""Pictures of growth: the AARRR tiles, activation, referral, growth curves, cascades and downlines."""

from mapkit.plots.growth import aarrr, activation, cascades, downline, growth, referral

__all__ = ["aarrr", "activation", "cascades", "downline", "growth", "referral"]
