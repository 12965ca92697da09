"""Frames in, figures out; neither is changed. No torch."""

from bench.plots.costs import plot_accuracy_against_costs
from bench.plots.gallery import plot_gallery
from bench.plots.levels import curves_over_seeds, plot_around_circle, plot_by_level
from bench.plots.models import long_scores, plot_against, plot_range, plot_side_by_side
from bench.plots.style import Look, Looks, figure_files, looks_of, style
from bench.plots.training import plot_training

__all__ = [
    "Look",
    "Looks",
    "curves_over_seeds",
    "figure_files",
    "long_scores",
    "looks_of",
    "plot_accuracy_against_costs",
    "plot_against",
    "plot_around_circle",
    "plot_by_level",
    "plot_gallery",
    "plot_range",
    "plot_side_by_side",
    "plot_training",
    "style",
]
