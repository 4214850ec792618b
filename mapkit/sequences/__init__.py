"""Walks through each customer's events in time order: one question, two engines, the same answer."""

from mapkit.sequences.chains import ChainQuestion, Chains, Forbidden, walk_chains
from mapkit.sequences.progress import progress_to, show_progress

__all__ = ["ChainQuestion", "Chains", "Forbidden", "progress_to", "show_progress", "walk_chains"]
