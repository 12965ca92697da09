"""Every score: its name, what it says, and where its definition comes from. Literal tables, by theme."""

from __future__ import annotations

from runbench.metrics.metric import Better, Interval, Score
from runbench.metrics.predictions.accuracy_definitions import ACCURACY_SCORES
from runbench.metrics.predictions.agreement_definitions import AGREEMENT_SCORES
from runbench.metrics.predictions.confidence_definitions import CONFIDENCE_SCORES
from runbench.metrics.predictions.pairs import ATTAINED_BINS
from runbench.metrics.predictions.pairs_definitions import PAIRS_SCORES

__all__ = ["SCORES", "SUBSETS", "Better", "Interval", "Score"]

_THEMES = (*ACCURACY_SCORES, *AGREEMENT_SCORES, *CONFIDENCE_SCORES, *PAIRS_SCORES)

SCORES: dict[str, Score] = {
    score.name: score for score in sorted(_THEMES, key=lambda score: score.over == "sweep")
}
"""Every score by its name, those of one level before those of the sweep."""

SUBSETS: dict[str, str] = {
    "all": "every image at every level",
    "unambiguous": "without the images whose label the transform makes ambiguous, at the levels where it does",
    **{
        name: f"the images whose objects cover each other by {low:g} to {high:g} of the smaller bounding box"
        for name, (low, high) in ATTAINED_BINS.items()
    },
}
"""Every subset of images, and which ones it holds."""
