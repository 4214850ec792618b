"""Walks through each customer's events in time order: one question, two engines, the same answer."""

from mapkit.sequences.chains import ChainQuestion, Chains, Forbidden
from mapkit.sequences.progress import progress_to, show_progress
from mapkit.sequences.walk import walk_chains

__all__ = ["ChainQuestion", "Chains", "Forbidden", "progress_to", "show_progress", "walk_chains"]
