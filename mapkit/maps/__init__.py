"""Maps and what is claimed about them."""

from mapkit.maps.claims import STATES, Claim, claim, headline

__all__ = ["STATES", "Claim", "claim", "headline"]
