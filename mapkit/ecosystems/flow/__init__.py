"""How influence gets from one actor to another: the strongest chains, and who is within reach."""

from mapkit.ecosystems.flow.paths import find_paths
from mapkit.ecosystems.flow.paths_result import InfluencePaths
from mapkit.ecosystems.flow.search import Reached, strongest_paths
from mapkit.ecosystems.flow.step_reach import StepReach, measure_step_reach

__all__ = ["InfluencePaths", "Reached", "StepReach", "find_paths", "measure_step_reach", "strongest_paths"]
