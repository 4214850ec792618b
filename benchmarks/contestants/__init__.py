"""How each contestant answers each question. A function takes a Parquet path and returns the numbers."""

from benchmarks.contestants.attribution import JOURNEYS
from benchmarks.contestants.cohorts import COHORTS
from benchmarks.contestants.funnel import UNWINDOWED, WINDOWED
from benchmarks.contestants.opened import Contestant
from benchmarks.contestants.stages import PER_STAGE
from benchmarks.contestants.transitions import TRANSITIONS

__all__ = ["GOALS", "MOST_MB", "QUESTIONS", "Contestant"]

QUESTIONS: dict[str, dict[str, Contestant]] = {
    "windowed funnel of 4 steps": WINDOWED,
    "funnel of 4 steps without a window": UNWINDOWED,
    "customers per stage": PER_STAGE,
    "transitions": TRANSITIONS,
    "weekly cohorts": COHORTS,
    "attribution journeys": JOURNEYS,
}
# What mapkit must stay within: its cost as a multiple of the peer's, by CPU time; and megabytes at ten million events.
GOALS: dict[str, dict[str, float]] = {
    "windowed funnel of 4 steps": {"chdb windowFunnel": 0.6, "polars as-of chain": 1.0},
    "funnel of 4 steps without a window": {"retentioneering": 0.1},
    "customers per stage": {"chdb": 0.6, "polars": 1.0},
    "transitions": {"chdb arrays": 0.7, "pm4py": 1 / 14, "retentioneering": 0.05},
    "weekly cohorts": {"chdb groupBitOr": 1.0, "polars, distinct weeks": 0.7},
    "attribution journeys": {"polars": 0.2},
}
MOST_MB = {
    "windowed funnel of 4 steps": 350,
    "customers per stage": 350,
    "transitions": 600,
    "weekly cohorts": 250,
    "attribution journeys": 600,
}
