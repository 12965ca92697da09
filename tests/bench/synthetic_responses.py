"""Measures of features as the measuring half would write them, made up from a formula."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench import records
from bench.suites import Suite
from tests.bench.synthetic import MODELS

Row = dict[str, Any]

LAYERS: dict[str, tuple[tuple[str, bool], ...]] = {
    "cnn": (
        ("features.0 (convolution)", True),
        ("features.1 (pooling)", True),
        ("features.4 (convolution)", True),
        ("features.5 (pooling)", True),
        ("penultimate", False),
    ),
    "stn": (
        ("transformer.localisation.layers.0 (convolution)", True),
        ("transformer.localisation.layers.1 (pooling)", True),
        ("trunk.features.0 (convolution)", False),
        ("trunk.features.1 (pooling)", False),
        ("penultimate", False),
    ),
    "capsnet": (
        ("stem (convolution)", True),
        ("primary.convolution (convolution)", True),
        ("primary (capsules)", False),
        ("routing (capsules)", False),
    ),
}
"""The layers of each architecture in the order of passing, and whether their units lie on a lattice."""

FLAT = ("penultimate", "primary (capsules)", "routing (capsules)")
"""Those that are no maps, of which poses are read."""

DIMENSIONS = 16
IMAGES = 60


def response_rows(suite: Suite, model: str, seed: int = 0) -> list[Row]:
    """Return a cell's rows: errors grow with the depth of the layer and the distance from the identity."""
    architecture, regime = MODELS.get(model, (model, "clean"))
    strength = {"stn": 0.75, "capsnet": 0.9}.get(architecture, 1.0)
    slope = strength * (0.6 if regime == "augmented" else 1.0) * (1 + 0.05 * seed)
    address = {
        "suite": suite.name,
        "kind": suite.kind,
        "model": model,
        "architecture": architecture,
        "regime": regime,
        "seed": seed,
        "count": IMAGES,
    }
    rows = [*_of_layers(suite, architecture, slope), *_of_network(suite, architecture, slope)]
    return [address | row for row in rows]


def _of_layers(suite: Suite, architecture: str, slope: float) -> Iterator[Row]:
    far = _distances(suite)
    for depth, (layer, lattice) in enumerate(LAYERS.get(architecture, LAYERS["cnn"]), start=1):
        for level, distance in zip(suite.levels, far, strict=True):
            moved = slope * distance * depth
            yield _row("feature_distance", 0.3 * moved, layer, level)
            if lattice and distance > 0:
                whole = suite.period is not None and (4 * level / suite.period).is_integer()
                floor = 0.0 if whole else 0.02 + 0.01 * depth
                error = 1e-7 * depth if whole else floor + 0.15 * moved
                yield _row("equivariance_error", error, layer, level) | {"floor": floor}
                if whole:
                    yield _row("exact_equivariance_error", error, layer, level)
        yield _row("dead_units", 0.01 * depth, layer)
        if len(suite.levels) > 1:
            yield _bare("normalised_variance", slope / (0.5 + 0.3 * depth), layer)
            yield _bare("firing_ratio", 4.0 * depth / slope, layer)
        if lattice:
            yield _row("relative_lie_derivative", 10.0 ** (-5 + depth) * slope, layer)
        if layer in FLAT:
            yield _row("pose_decodability", 0.9 - 0.3 * slope + 0.02 * depth, layer)
            for level, distance in zip(suite.levels, far, strict=True):
                if distance > 0:
                    share = 0.95 - 0.5 * distance * slope
                    yield _row("learned_map", share, layer, level) | {"floor": share - 0.9 * distance}
    if suite.axis:
        yield _row("relative_lie_derivative", 0.4 * slope, "scores")


def _of_network(suite: Suite, architecture: str, slope: float) -> Iterator[Row]:
    for level, distance in zip(suite.levels, _distances(suite), strict=True):
        yield _row("prediction_distance", min(0.8 * slope * distance, 1.0), None, level)
        if architecture == "stn":
            yield _row("canonicalisation_error", 1.8 * slope * distance, None, level)
            yield _row("canonicalisation_image_error", 0.7 * slope * distance, None, level)
        if architecture == "capsnet":
            yield _row("reconstruction_error", 0.02 + 0.05 * slope * distance, None, level)
    if architecture == "stn" and suite.period:
        yield _row("recovered_correlation", 0.9 - 0.2 * slope)
    if architecture == "capsnet":
        for level in dict.fromkeys((suite.identity, suite.levels[-1])):
            yield _bare("reconstruction_ignored", 0.3 + 0.1 * slope, None) | {"level": level}
        for dimension in range(DIMENSIONS if suite.kind == "single" else 0):
            share = 0.15 + 0.8 * slope * ((7 * dimension) % DIMENSIONS) / (DIMENSIONS * 1.2)
            yield _bare("pose_linearity", share, None) | {"dimension": dimension, "floor": 0.2}


def _distances(suite: Suite) -> np.ndarray:
    """Return how far each level is from the identity, 1 for the furthest."""
    away = np.abs(np.asarray(suite.levels) - suite.identity)
    return away / away.max()


def _row(measure: str, value: float, layer: str | None = None, level: float | None = None) -> Row:
    bounds = {"low": 0.9 * value, "high": 1.1 * value}
    return {"measure": measure, "layer": layer, "level": level, "value": value} | bounds


def _bare(measure: str, value: float, layer: str | None) -> Row:
    return {"measure": measure, "layer": layer, "value": value}


def write_responses(
    folder: Path, models: tuple[str, ...], suites: tuple[Suite, ...], seeds: tuple[int, ...] = (0,)
) -> Path:
    """Add the measures of features of each cell to a run folder; return it."""
    for suite in suites:
        for model in models:
            for seed in seeds:
                path = folder / "responses" / suite.name / f"{model}-seed{seed}.parquet"
                records.write_responses(path, response_rows(suite, model, seed))
    return folder
