"""Position in the network: who stands where, how sure a rank is, what a removal does, how the whole is built."""

from mapkit.ecosystems.position.position import measure_position
from mapkit.ecosystems.position.position_result import Position
from mapkit.ecosystems.position.ranking import rank_actors
from mapkit.ecosystems.position.ranking_result import Ranking
from mapkit.ecosystems.position.removal import simulate_removal
from mapkit.ecosystems.position.removal_result import Removal
from mapkit.ecosystems.position.structure import measure_structure
from mapkit.ecosystems.position.structure_result import Structure

__all__ = [
    "Position",
    "Ranking",
    "Removal",
    "Structure",
    "measure_position",
    "measure_structure",
    "rank_actors",
    "simulate_removal",
]
