"""Pictures of partnerships: pairs that should know each other, and where nobody works with anybody."""

from mapkit.plots.partners import pairs, white_spaces

__all__ = ["pairs", "white_spaces"]
