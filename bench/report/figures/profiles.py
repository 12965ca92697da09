"""A section's measures of features layer by layer, for the whole sweep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import pandas as pd

from runbench import plots
from runbench.formatting import MINUS, listed
from runbench.plots import Profile
from runbench.report import captions
from runbench.report.exhibit import Exhibit, SuiteTables

MOST_MODELS = 12
"""Models that are drawn layer by layer; the tables hold them all."""

LEAST_FLOOR = 1e-4
"""Below this nothing was resampled, and there is no ratio to it."""

EXACT = 1e-5
"""What counts as 0 up to rounding."""

TINY, SELDOM = 1e-9, 0.1
"""Where 0 and what is nearly 0 stand on logarithmic axes: of errors and of ratios, for which 1 is no effect."""

ORDER = "Layers stand in the order in which an image passes them."

Told = tuple[Profile, str]
"""A profile and what the caption says of it."""


def invariance(tables: SuiteTables) -> Iterator[Exhibit]:
    """Draw how much each layer notices of the change, over the sweep or of a set."""
    told = _of_orbit(tables) if tables.suite.axis else _of_set(tables)
    dead = tables.measured("dead_units").assign(metric="dead units")
    yield from _exhibit(tables, "invariance-by-layer", "Invariance, layer by layer", told, dead)


def equivariance(tables: SuiteTables) -> Iterator[Exhibit]:
    """Draw whether layers move with the image where resampling does not blur the answer."""
    told = [
        (
            Profile(
                "error, exact subset", _greatest(tables.measured("exact_equivariance_error")), "log", EXACT, TINY
            ),
            "Exact subset: the greatest equivariance error at levels that move every pixel and every unit of a "
            "layer onto another, so that nothing is resampled. Left of the dashed line, at 1e-5, it is 0 to "
            "rounding; a layer clearly right of it is not equivariant.",
        ),
        (
            Profile("relative LEE", tables.measured("relative_lie_derivative"), "log", None, TINY),
            "Relative LEE: how fast features change at the identity beyond moving with the image, and scores "
            f"altogether, as a mean square per squared unit of the change ({tables.suite.unit}) over their own "
            "mean square.",
        ),
    ]
    over = [] if tables.suite.axis else [_over_floor(tables)]
    no_more = pd.DataFrame()
    yield from _exhibit(tables, "equivariance-by-layer", "Equivariance, layer by layer", [*over, *told], no_more)


def error_over_floor(errors: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with `ratio`, value over floor; null where the floor is below LEAST_FLOOR."""
    floor = errors["floor"].where(errors["floor"] >= LEAST_FLOOR)
    return errors.assign(ratio=errors["value"] / floor)


def first_models(rows: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return the rows of the models that are drawn, and say which are not."""
    left_out = list(dict.fromkeys(rows["model"]))[MOST_MODELS:]
    said = f" Only in the table: {listed(left_out)}." if left_out else ""
    return rows[~rows["model"].isin(left_out)], said


def images(rows: pd.DataFrame) -> str:
    """Say on how many images and seeds rows stand."""
    seeds = int(rows["seeds"].max())
    means = f", means over {seeds} seeds" if seeds > 1 else ""
    return f"{int(rows['count'].max()):,} images{means}."


def _of_orbit(tables: SuiteTables) -> list[Told]:
    return [
        (
            Profile("normalised variance", tables.measured("normalised_variance")),
            "Normalised variance: how much units vary along an image's orbit, all its versions in the sweep, over "
            "how much they vary between images (0 is invariant).",
        ),
        (
            Profile("conditional firing ratio", tables.measured("firing_ratio"), "log", 1.0, SELDOM),
            "Conditional firing ratio: how much more often units fire along the orbit of images at which they "
            "fire than at large (1, dashed, is chance; 100 is invariant).",
        ),
    ]


def _of_set(tables: SuiteTables) -> list[Told]:
    return [
        (
            Profile("invariance error", tables.measured("feature_distance")),
            "Invariance error: distance of the features of the changed and the unchanged image, over the mean "
            "distance of those of different images (0 is invariant, 1 no closer than another image).",
        ),
        (
            Profile("pose decodability", tables.measured("pose_decodability"), least=-1.0),
            "Pose decodability: share of the variance of the change's parameters that a linear map of the "
            "features explains on images that did not fit it (0: the pose is lost; less than "
            f"{MINUS}1 stands at the edge).",
        ),
    ]


def _over_floor(tables: SuiteTables) -> Told:
    errors = error_over_floor(tables.measured("equivariance_error")).dropna(subset=["ratio"])
    times = errors["ratio"] / errors["value"]
    rows = errors.assign(value=errors["ratio"], low=errors["low"] * times, high=errors["high"] * times)
    return (
        Profile("error over its floor", rows, "log", 1.0, SELDOM),
        "Error over its floor: distance of the features of the moved image from the moved features of the image, "
        "over what moving features there and back costs by resampling alone (1, dashed: nothing beyond that).",
    )


def _exhibit(
    tables: SuiteTables, name: str, title: str, told: Sequence[Told], more: pd.DataFrame
) -> Iterator[Exhibit]:
    """Show those of the profiles that have rows; `more` stands only in the table."""
    kept = [(profile, meaning) for profile, meaning in told if len(profile.rows)]
    if not kept:
        return
    rows = pd.concat([profile.rows.assign(metric=profile.title) for profile, _ in kept], ignore_index=True)
    drawn, left_out = first_models(rows)
    spread = f" {captions.spread(rows)}" if rows["low"].notna().any() else ""
    yield Exhibit(
        f"{tables.suite.name}-{name}",
        title,
        f"{' '.join(meaning for _, meaning in kept)} {ORDER} {images(rows)}{spread}{left_out}",
        partial(
            plots.plot_profiles,
            [profile for profile, _ in kept],
            _layers(tables.responses, drawn),
            tables.looks,
        ),
        pd.concat([rows, more], ignore_index=True) if len(more) else rows,
    )


def _layers(responses: pd.DataFrame, rows: pd.DataFrame) -> dict[str, list[str]]:
    """Return the layers of each model that `rows` name, in the order in which they are stored."""
    named = set(zip(rows["model"], rows["layer"], strict=True))
    stored = responses.dropna(subset=["layer"]).drop_duplicates(["model", "layer"])
    pairs = [pair for pair in zip(stored["model"], stored["layer"], strict=True) if pair in named]
    return {model: [layer for owner, layer in pairs if owner == model] for model in dict.fromkeys(rows["model"])}


def _greatest(errors: pd.DataFrame) -> pd.DataFrame:
    """Return of each model and layer the row of the level with the greatest value, in the order of the layers."""
    worst = errors.sort_values("value", ascending=False, kind="stable").drop_duplicates(["model", "layer"])
    return worst.sort_index().reset_index(drop=True)
