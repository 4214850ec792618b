"""How something spreads along ties: simulated, begun by the best seeds, and fitted to what was adopted."""

from mapkit.ecosystems.spread.dropped import SeedsDropped, rank_seeds_dropped
from mapkit.ecosystems.spread.fitting import SpreadFit, fit_spread
from mapkit.ecosystems.spread.seeds import find_seeds
from mapkit.ecosystems.spread.seeds_result import Seeds
from mapkit.ecosystems.spread.simulation import Spread, simulate_spread

__all__ = [
    "Seeds",
    "SeedsDropped",
    "Spread",
    "SpreadFit",
    "find_seeds",
    "fit_spread",
    "rank_seeds_dropped",
    "simulate_spread",
]
