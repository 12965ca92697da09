"""Frames in, figures out; neither is changed. No torch."""

from runbench.plots.animation import animate_learning
from runbench.plots.capsules import plot_coupling, plot_dimensions, plot_reconstructed_pairs, plot_reconstructions
from runbench.plots.costs import plot_accuracy_against_costs
from runbench.plots.gallery import plot_gallery, plot_samples
from runbench.plots.layers import (
    Profile,
    measures_over_seeds,
    plot_distance_maps,
    plot_profiles,
    plot_ratio_maps,
)
from runbench.plots.levels import curves_over_seeds, plot_around_circle, plot_beside_chance, plot_by_level
from runbench.plots.models import long_scores, plot_range, plot_side_by_side, plot_zoomed
from runbench.plots.overview import plot_heat_map
from runbench.plots.pairs import plot_agreement, plot_differences
from runbench.plots.poses import plot_linearity, plot_numbers_by_level, plot_pose_against_variance
from runbench.plots.probabilities import plot_probabilities
from runbench.plots.style import Look, Looks, axis_title, figure_files, level_text, looks_of, style
from runbench.plots.subsets import plot_by_subset
from runbench.plots.training import plot_training
from runbench.plots.transformers import (
    plot_attended,
    plot_attended_along_axis,
    plot_learning,
    plot_recovered,
    plot_theta,
)

__all__ = [
    "Look",
    "Looks",
    "Profile",
    "animate_learning",
    "axis_title",
    "curves_over_seeds",
    "figure_files",
    "level_text",
    "long_scores",
    "looks_of",
    "measures_over_seeds",
    "plot_accuracy_against_costs",
    "plot_agreement",
    "plot_around_circle",
    "plot_attended",
    "plot_attended_along_axis",
    "plot_beside_chance",
    "plot_by_level",
    "plot_by_subset",
    "plot_coupling",
    "plot_differences",
    "plot_dimensions",
    "plot_distance_maps",
    "plot_gallery",
    "plot_heat_map",
    "plot_learning",
    "plot_linearity",
    "plot_numbers_by_level",
    "plot_pose_against_variance",
    "plot_probabilities",
    "plot_profiles",
    "plot_range",
    "plot_ratio_maps",
    "plot_reconstructed_pairs",
    "plot_reconstructions",
    "plot_recovered",
    "plot_samples",
    "plot_side_by_side",
    "plot_theta",
    "plot_training",
    "plot_zoomed",
    "style",
]
