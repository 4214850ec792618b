"""Measures on actors and ties: who matters, how influence flows, whom to engage."""

from mapkit.ecosystems.ecosystem import Ecosystem

__all__ = ["Ecosystem"]
