"""Personas drafted from segments: what each is like, with its n, and what sets it apart from the others."""

from mapkit.maps.personas.draft import draft_personas
from mapkit.maps.personas.drafted import DraftedPersonas

__all__ = ["DraftedPersonas", "draft_personas"]
