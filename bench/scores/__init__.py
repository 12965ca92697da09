"""Stored rows in, scores out: everything that follows from predictions without a model. No torch."""

from bench.scores.definitions import SCORES, SUBSETS, Score
from bench.scores.summary import SUMMARY_COSTS, SUMMARY_SCORES, summarise
from bench.scores.table import score_predictions

__all__ = [
    "SCORES",
    "SUBSETS",
    "SUMMARY_COSTS",
    "SUMMARY_SCORES",
    "Score",
    "score_predictions",
    "summarise",
]
