"""Paths: which step follows which, what happens at each step, the ways most travelled, and sessions."""

from mapkit.journeys.paths.sessions import Sessions, map_sessions, measure_sessions
from mapkit.journeys.paths.step_matrix import StepMatrix, measure_step_matrix
from mapkit.journeys.paths.transitions import Transitions, measure_transitions
from mapkit.journeys.paths.ways import Paths, measure_paths

__all__ = [
    "Paths",
    "Sessions",
    "StepMatrix",
    "Transitions",
    "map_sessions",
    "measure_paths",
    "measure_sessions",
    "measure_step_matrix",
    "measure_transitions",
]
