"""Walks through each customer's events in time order: one question, two engines, the same answer."""

from mapkit.sequences.chains import ChainQuestion, Chains, Forbidden
from mapkit.sequences.moves import END, START, MoveQuestion
from mapkit.sequences.moves_walk import count_moves
from mapkit.sequences.progress import progress_to, show_progress
from mapkit.sequences.touches import Journeys, gathered_touches
from mapkit.sequences.walk import walk_chains

__all__ = [
    "END",
    "START",
    "ChainQuestion",
    "Chains",
    "Forbidden",
    "Journeys",
    "MoveQuestion",
    "count_moves",
    "gathered_touches",
    "progress_to",
    "show_progress",
    "walk_chains",
]
