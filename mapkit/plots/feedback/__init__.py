"""Pictures of what people say: scores, feelings, and where satisfaction falls short of what matters."""

from mapkit.plots.feedback import emotion, nps, opportunity, scores

__all__ = ["emotion", "nps", "opportunity", "scores"]
