"""Experiments: lift with its interval, how many are needed, and what to try next."""

from mapkit.journeys.experiments.backlog import Backlog, rank_backlog
from mapkit.journeys.experiments.experiment import measure_experiment
from mapkit.journeys.experiments.results import Experiment
from mapkit.journeys.experiments.sample_size import SampleSize, find_sample_size

__all__ = [
    "Backlog",
    "Experiment",
    "SampleSize",
    "find_sample_size",
    "measure_experiment",
    "rank_backlog",
]
