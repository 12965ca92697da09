"""Frames in, figures out; neither is changed. No torch."""

from bench.plots.costs import plot_accuracy_against_costs
from bench.plots.gallery import plot_gallery, plot_samples
from bench.plots.levels import curves_over_seeds, plot_around_circle, plot_beside_chance, plot_by_level
from bench.plots.models import long_scores, plot_against, plot_range, plot_side_by_side, plot_zoomed
from bench.plots.overview import plot_heat_map
from bench.plots.style import Look, Looks, axis_title, figure_files, level_text, looks_of, style
from bench.plots.subsets import plot_by_subset
from bench.plots.training import plot_training

__all__ = [
    "Look",
    "Looks",
    "axis_title",
    "curves_over_seeds",
    "figure_files",
    "level_text",
    "long_scores",
    "looks_of",
    "plot_accuracy_against_costs",
    "plot_against",
    "plot_around_circle",
    "plot_beside_chance",
    "plot_by_level",
    "plot_by_subset",
    "plot_gallery",
    "plot_heat_map",
    "plot_range",
    "plot_samples",
    "plot_side_by_side",
    "plot_training",
    "plot_zoomed",
    "style",
]
