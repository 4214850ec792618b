"""Pictures of experiments."""

from mapkit.plots.experiments import backlog, experiment, sample_size

__all__ = ["backlog", "experiment", "sample_size"]
