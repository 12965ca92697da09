"""A section's pictures of how a model's layers respond to the change."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from runbench import plots
from runbench.formatting import listed
from runbench.report import captions
from runbench.report.exhibit import Exhibit, Family, SuiteTables
from runbench.report.figures import poses, profiles
from runbench.report.figures.profiles import ORDER, error_over_floor, first_models, images


def family(tables: SuiteTables) -> Iterator[Family]:
    """Show what there is of measures of features, if anything."""
    exhibits = (
        *_predictions(tables),
        *_invariance(tables),
        *profiles.invariance(tables),
        *_equivariance(tables),
        *profiles.equivariance(tables),
        *poses.decodability(tables),
        *poses.linearity(tables),
        *poses.canonicalisation(tables),
        *poses.reconstruction(tables),
    )
    if exhibits:
        yield Family("layers", "Inside the layers", exhibits, tuple(_notes(tables)))


def _predictions(tables: SuiteTables) -> Iterator[Exhibit]:
    distances = tables.measured("prediction_distance").assign(title="Jensen-Shannon distance")
    if distances["level"].nunique() < 2:
        return
    yield Exhibit(
        f"{tables.suite.name}-prediction-distance",
        f"Distance of predictions against {tables.suite.axis}",
        "How far a model's probabilities for the changed image lie from those for the unchanged one: 0 for the "
        "same probabilities, 1 for certainty of different classes. Unlike consistency it also sees a change of "
        f"confidence that leaves the answer as it is. {captions.looks(tables.models, tables.looks)} "
        f"{captions.bands(distances, 'bootstrap over images')}",
        partial(plots.plot_numbers_by_level, distances, tables.suite, tables.looks),
        distances,
    )


def _invariance(tables: SuiteTables) -> Iterator[Exhibit]:
    distances = tables.measured("feature_distance")
    if distances["level"].nunique() < 2:
        return
    drawn, left_out = first_models(distances)
    yield Exhibit(
        f"{tables.suite.name}-layers-invariance",
        f"Invariance error by layer and {tables.suite.axis}",
        "Distance of a layer's features of the changed and the unchanged image, over the mean distance of those "
        "of different images: 0 does not notice the change, 1 is no closer than another image. An early layer "
        "that moves with the image has an error here without having lost anything; the answer depends on the last "
        f"layers. {ORDER} One scale of colours for all models. {images(distances)}{left_out}",
        partial(plots.plot_distance_maps, drawn, tables.suite, "invariance error (1: as far as another image)"),
        distances,
    )


def _equivariance(tables: SuiteTables) -> Iterator[Exhibit]:
    errors = error_over_floor(tables.measured("equivariance_error"))
    if errors["ratio"].isna().all() or errors["level"].nunique() < 2:
        return
    drawn, left_out = first_models(errors)
    exact = " (the next figure shows the error itself)" * bool(len(tables.measured("exact_equivariance_error")))
    yield Exhibit(
        f"{tables.suite.name}-layers-equivariance",
        f"Equivariance error by layer and {tables.suite.axis}",
        "Distance of the features of the moved image from the moved features of the image, over its floor: what "
        "moving these features there and back costs by resampling alone. At 1 or less a layer moves with the "
        "image as well as resampling lets one see, at 10 it misses by ten times that. Hatched: nothing is "
        f"resampled, so there is no ratio{exact}, or no unit is free of the image's border. {ORDER} One scale of "
        f"colours, a logarithmic one, for all models. {images(errors)}{left_out}",
        partial(
            plots.plot_ratio_maps,
            drawn.assign(value=drawn["ratio"]),
            tables.suite,
            "equivariance error over its floor",
        ),
        errors,
    )


def _notes(tables: SuiteTables) -> Iterator[str]:
    """Say what no figure shows."""
    distances = tables.measured("prediction_distance")
    if not tables.suite.axis and len(distances):
        written = [f"{row['value']:.3f} for {row['model']}" for row in distances.to_dict(orient="records")]
        yield f"Mean Jensen-Shannon distance of predictions for changed and unchanged images: {listed(written)}."
    placed = set(tables.measured("equivariance_error")["model"])
    measured = dict.fromkeys(tables.measured("feature_distance")["model"])
    nowhere = [model for model in measured if model not in placed]
    if placed:
        without = f"; {listed(nowhere)} {'have' if len(nowhere) > 1 else 'has'} none" if nowhere else ""
        yield (
            "Equivariance is measured of layers whose units have a fixed place in the image, so not behind a "
            f"spatial transformer or another change of coordinates, nor of layers without a map{without}."
        )
