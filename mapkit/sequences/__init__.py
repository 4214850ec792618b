"""Walks through each customer's events in time order: one question, two engines, the same answer."""

from mapkit.sequences.chains import Chains, ChainQuestion, Forbidden, walk_chains

__all__ = ["ChainQuestion", "Chains", "Forbidden", "walk_chains"]
