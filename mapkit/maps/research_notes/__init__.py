"""Research notes as a document: what was said and seen, for the cells of a map to cite."""

from mapkit.maps.research_notes.notes import ResearchNote, ResearchNotes

__all__ = ["ResearchNote", "ResearchNotes"]
