"""The persona card as a document: who a segment is, each statement with its share, n and evidence."""

from mapkit.maps.persona_card.card import LISTS, PersonaCard, Statement

__all__ = ["LISTS", "PersonaCard", "Statement"]
