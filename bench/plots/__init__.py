"""Frames in, figures out; neither is changed. No torch."""

from runbench.plots.features.layers import (
    Profile,
    features_over_seeds,
    plot_distance_maps,
    plot_profiles,
    plot_ratio_maps,
)
from runbench.plots.features.poses import plot_linearity, plot_numbers_by_level, plot_pose_against_variance
from runbench.plots.images.animation import animate_learning
from runbench.plots.images.capsules import (
    plot_coupling,
    plot_dimensions,
    plot_reconstructed_digits,
    plot_reconstructions,
)
from runbench.plots.images.probabilities import plot_probabilities
from runbench.plots.images.samples import plot_samples, plot_samples_along_axis
from runbench.plots.images.transformers import (
    plot_attended,
    plot_attended_along_axis,
    plot_learning,
    plot_recovered,
    plot_theta,
)
from runbench.plots.metrics.costs import plot_accuracy_against_costs
from runbench.plots.metrics.levels import curves_over_seeds, plot_around_circle, plot_beside_chance, plot_by_level
from runbench.plots.metrics.models import long_scores, plot_range, plot_side_by_side, plot_zoomed
from runbench.plots.metrics.overview import plot_heat_map
from runbench.plots.metrics.pairs import plot_agreement, plot_differences
from runbench.plots.metrics.subsets import plot_by_subset
from runbench.plots.metrics.training import plot_training
from runbench.plots.style import (
    ModelStyle,
    ModelStyles,
    axis_title,
    figure_files,
    figure_style,
    level_text,
    styles_of,
)

__all__ = [
    "ModelStyle",
    "ModelStyles",
    "Profile",
    "animate_learning",
    "axis_title",
    "curves_over_seeds",
    "features_over_seeds",
    "figure_files",
    "figure_style",
    "level_text",
    "long_scores",
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
    "plot_heat_map",
    "plot_learning",
    "plot_linearity",
    "plot_numbers_by_level",
    "plot_pose_against_variance",
    "plot_probabilities",
    "plot_profiles",
    "plot_range",
    "plot_ratio_maps",
    "plot_reconstructed_digits",
    "plot_reconstructions",
    "plot_recovered",
    "plot_samples",
    "plot_samples_along_axis",
    "plot_side_by_side",
    "plot_theta",
    "plot_training",
    "plot_zoomed",
    "styles_of",
]
