"""Feedback measured: scores, feelings and opportunities, by touchpoint, stage, segment, wave and rater."""

from mapkit.experience.feedback.ces import Ces, measure_ces
from mapkit.experience.feedback.csat import Csat, measure_csat
from mapkit.experience.feedback.emotion import Emotion, measure_emotion
from mapkit.experience.feedback.nps import Nps, measure_nps
from mapkit.experience.feedback.opportunity import Opportunity, measure_opportunity
from mapkit.experience.feedback.scores import Scores

__all__ = [
    "Ces",
    "Csat",
    "Emotion",
    "Nps",
    "Opportunity",
    "Scores",
    "measure_ces",
    "measure_csat",
    "measure_emotion",
    "measure_nps",
    "measure_opportunity",
]
