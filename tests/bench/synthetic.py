"""Tables and run folders as the measuring half would write them, made up from a seed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from bench import records
from bench.scores import score_predictions, summarise
from bench.suites import SUITES, Suite

MODELS: dict[str, tuple[str, str]] = {
    "baseline": ("cnn", "clean"),
    "augmented": ("cnn", "augmented"),
    "stn": ("stn", "augmented"),
    "stn-clean": ("stn", "clean"),
    "capsnet": ("capsnet", "clean"),
    "capsnet-augmented": ("capsnet", "augmented"),
}

CLASSES = 10

STEPS = np.linspace(-0.25, 0.25, 11)
"""By how much a capsule's dimension is moved."""

SHIFT = Suite(
    name="shift",
    question="What happens when the object moves?",
    axis="displacement",
    unit="pixels",
    transform="transforms.geometric:Translation",
    levels=(-4.0, -1.0, 0.0, 2.0, 8.0),
    identity=0.0,
    training_range=(-2.0, 2.0),
    canvas=40,
    domain=(-8.0, 8.0),
)
"""A suite that is not in SUITES: unequal levels, no period, a training range inside the levels."""

TURN = Suite(
    name="turn",
    question="What happens at right angles?",
    axis="quarter turns",
    unit="turns",
    transform="transforms.geometric:Rotation",
    levels=(-1.0, 0.0, 1.0, 2.0),
    identity=0.0,
    training_range=(-2.0, 2.0),
    canvas=20,
    domain=(-2.0, 2.0),
    period=4.0,
)
"""A suite that is not in SUITES: few levels on a circle, which is quick to draw."""

BREAK = Suite(
    name="break",
    question="What happens when the object falls to pieces?",
    axis="share of pieces moved",
    unit="share",
    transform="transforms.parts:Exchange",
    levels=(0.0, 1 / 3, 1.0),
    identity=0.0,
    training_range=(0.0, 0.5),
    canvas=20,
    domain=(0.0, 1.0),
    group="pieces",
    further_scores=("intact_auroc",),
    note="Protocol of our own: pieces <move> at random.",
)
"""A suite that is not in SUITES: asks whether confidence notices what is broken; levels with endless decimals."""

COVER = Suite(
    name="cover",
    question="What happens when two objects cover each other?",
    axis="overlap",
    unit="share",
    transform="transforms.overlap:Overlap",
    levels=(0.0, 0.3, 0.6),
    identity=0.0,
    training_range=(0.0, 0.4),
    canvas=20,
    domain=(0.0, 1.0),
    kind="pairs",
    objects=2,
    further_scores=("digit_recall", "attained_level"),
)
"""A suite that is not in SUITES: pairs along an axis."""

STREWN = Suite(
    name="strewn",
    question="Are two digits found wherever they lie?",
    axis="",
    unit="px",
    transform="transforms.overlap:MultiMNIST",
    levels=(4.0,),
    identity=0.0,
    training_range=(4.0, 4.0),
    canvas=20,
    domain=(0.0, 8.0),
    kind="pairs",
    objects=2,
    further_scores=("digit_recall", "attained_level"),
)
"""A suite that is not in SUITES: a set of pairs, without an axis."""


def cell_rows(
    predicted: npt.NDArray[Any],
    labels: npt.NDArray[Any],
    levels: npt.ArrayLike,
    suite: str = "rotation",
    model: str = "baseline",
    seed: int = 0,
    confidence: npt.NDArray[Any] | None = None,
    ambiguous: npt.NDArray[np.bool_] | None = None,
    in_range: npt.NDArray[np.bool_] | None = None,
    attained: npt.NDArray[Any] | None = None,
) -> pd.DataFrame:
    """Return one cell's prediction rows; predicted (n, L) with -1 for scores that were not finite.

    labels are (n,); for pairs predicted is (n, L, 2) and labels (n, 2). All else is (n, L).
    """
    images, count = predicted.shape[:2]
    architecture, regime = MODELS.get(model, (model, "clean"))
    kind = "single" if predicted.ndim == 2 else "pairs"
    answers = np.sort(predicted.reshape(images * count, -1), axis=1)
    truths = np.repeat(np.sort(labels.reshape(images, -1), axis=1), count, axis=0)
    finite = (answers >= 0).all(axis=1)
    share = np.full((images, count), 0.9) if confidence is None else confidence
    none = np.zeros((images, count), dtype=bool)
    rows = images * count
    return pd.DataFrame(
        {
            "suite": pd.Categorical([suite] * rows),
            "kind": pd.Categorical([kind] * rows),
            "model": pd.Categorical([model] * rows),
            "architecture": pd.Categorical([architecture] * rows),
            "regime": pd.Categorical([regime] * rows),
            "seed": seed,
            "level": np.tile(np.asarray(levels, dtype=float), images),
            "attained": np.full(rows, np.nan, np.float32)
            if attained is None
            else attained.ravel().astype(np.float32),
            "sample": np.repeat(np.arange(images, dtype=np.int32), count),
            "label": truths[:, 0].astype(np.int16),
            "label_2": _second(truths),
            "predicted": answers[:, 0].astype(np.int16),
            "predicted_2": _second(answers),
            "probabilities": list(np.full((rows, CLASSES), 1 / CLASSES, dtype=np.float32)),
            "confidence": np.where(finite, share.ravel(), 0).astype(np.float32),
            "correct": (answers == truths).all(axis=1),
            "finite": finite,
            "ambiguous": (none if ambiguous is None else ambiguous).ravel(),
            "in_range": (none if in_range is None else in_range).ravel(),
        }
    )


def _second(classes: npt.NDArray[Any]) -> pd.api.extensions.ExtensionArray:
    """Return the second of one or two classes per row, null where there is one."""
    second = classes[:, 1] if classes.shape[1] == 2 else [pd.NA] * len(classes)
    return pd.array(second, dtype="Int16")


def model_rows(suite: Suite, model: str, seed: int = 0, images: int = 60) -> pd.DataFrame:
    """Return a cell whose accuracy falls away from the identity, slowly under augmentation.

    Where the suite asks what was attained, images attain a little more or less than the level; on a set without
    an axis they attain anything from 0 to 1, and accuracy falls with that.
    """
    generator = np.random.default_rng([seed, *model.encode()])
    levels = np.asarray(suite.levels)
    shape = (images, len(levels))
    _, regime = MODELS.get(model, (model, "clean"))
    labels = np.arange(images) % CLASSES
    distance = np.abs(levels - suite.identity) / np.abs(levels - suite.identity).max()
    attained = None
    if "attained_level" in suite.further_scores:
        # What an image attains is the image's, not the model's or the seed's.
        miss = np.random.default_rng(0).uniform(size=(images, 1))
        near = np.clip(levels + 0.08 * (miss - 0.5) * (distance > 0), *suite.domain)
        attained = near if suite.axis else miss
        distance = distance if suite.axis else attained
    chance = 0.985 - (0.04 if regime == "augmented" else 0.8) * distance**1.3
    difficulty = generator.uniform(size=(images, 1)) * 0.6 + generator.uniform(size=shape) * 0.4
    right = difficulty < chance
    low, high = suite.trained_range(regime) or (np.inf, -np.inf)
    if suite.kind == "pairs":
        labels = np.stack([labels, (labels + 1 + np.arange(images) // CLASSES % (CLASSES - 1)) % CLASSES], axis=1)
        predicted = _two_classes(labels, right, generator)
    else:
        wrong = (labels[:, np.newaxis] + generator.integers(1, CLASSES, shape)) % CLASSES
        predicted = np.where(right, labels[:, np.newaxis], wrong)
    turned = np.isin(labels, (6, 9)).reshape(images, -1)[:, :1] & (distance > 0.5)
    return cell_rows(
        predicted,
        labels,
        levels,
        suite.name,
        model,
        seed,
        confidence=np.clip(1.1 - difficulty * 0.8, 0.2, 1),
        ambiguous=turned if suite.axis and suite.kind == "single" else None,
        in_range=np.broadcast_to((levels >= low) & (levels <= high), shape),
        attained=attained,
    )


def _two_classes(
    labels: npt.NDArray[Any], right: npt.NDArray[np.bool_], generator: np.random.Generator
) -> npt.NDArray[Any]:
    """Return two classes per image and level, (n, L, 2): both labels (n, 2) where right (n, L), else fewer."""
    second = right | (generator.uniform(size=right.shape) < 0.5)
    scores = generator.uniform(size=(*right.shape, CLASSES))
    found = np.stack([right, second], axis=2)
    np.put_along_axis(scores, labels[:, np.newaxis], np.where(found, 2.0, -1.0), axis=2)
    return np.argsort(scores, axis=2)[:, :, -2:]


def cost_rows(suite: str, model: str) -> pd.DataFrame:
    """Return the costs of one model."""
    architecture, regime = MODELS.get(model, (model, "clean"))
    scale = 1 + 3 * (architecture == "capsnet") + 0.4 * (architecture == "stn")
    counted = {
        "parameters": ("count", 100_000 + 500 * len(architecture)),
        "auxiliary_parameters": ("count", 40_000 if architecture == "capsnet" else 0),
        "multiply_adds": ("count", 2_000_000 * scale),
    }
    timed = {
        "throughput": ("images/s", 20_000 / scale),
        "latency": ("ms", 0.6 * scale),
        "training_step": ("ms", 9.0 * scale),
        "peak_memory": ("MiB", 120.0 * scale),
        "training_peak_memory": ("MiB", 310.0 * scale),
    }
    address = {
        "suite": suite,
        "model": model,
        "architecture": architecture,
        "regime": regime,
        "device": "cpu",
        "precision": "fp32",
        "threads": 2,
    }
    rows: list[dict[str, Any]] = [
        {**address, "batch_size": 1, "cost": name, "unit": unit, "value": value, "count": 1}
        for name, (unit, value) in counted.items()
    ]
    rows += [
        {
            **address,
            "batch_size": 1 if name == "latency" else 256,
            "cost": name,
            "unit": unit,
            "value": value,
            "low": value * 0.93,
            "high": value * 1.1,
            "count": 40,
        }
        for name, (unit, value) in timed.items()
    ]
    return pd.DataFrame(rows, columns=list(records.COSTS_COLUMNS))


def history_rows(suite: str, model: str, seed: int = 0, epochs: int = 6) -> pd.DataFrame:
    """Return how one model's training went."""
    architecture, regime = MODELS.get(model, (model, "clean"))
    rows = [
        {
            "suite": suite,
            "model": model,
            "architecture": architecture,
            "regime": regime,
            "seed": seed,
            "epoch": epoch,
            "measure": measure,
            "value": value,
        }
        for epoch in range(1, epochs + 1)
        for measure, value in (
            ("training loss", (1 + len(model) % 4) / 2 / epoch),
            ("validation accuracy", 1 - 0.1 / epoch),
        )
    ]
    return pd.DataFrame(rows, columns=list(records.HISTORY_COLUMNS))


def manifest(name: str, states: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return a manifest with the given cell states."""
    return {
        "name": name,
        "command": "python run_bench.py --suite rotation --preset smoke",
        "configuration": {"dataset": "mnist10k", "preset": "smoke", "seeds": [0], "precision": "fp32"},
        "versions": {"bench": "0.1.0", "torch": "2.11.0", "python": "3.12.3"},
        "hardware": {"device": "cpu", "cpu": "two cores", "threads": 2},
        "data": {"mnist10k": "sha256 0123456789abcdef", "test images": 60},
        "git_commit": "0" * 40,
        "started": "2026-01-02T03:04:05+00:00",
        "finished": "2026-01-02T03:05:06+00:00",
        "cells": states,
    }


def gallery_arrays(suite: Suite, samples: int = 4) -> dict[str, npt.NDArray[Any]]:
    """Return sample images along the sweep: a bright bar that wanders; labels (S,), of pairs (S, 2)."""
    levels = np.asarray(suite.levels)
    images = np.zeros((samples, len(levels), 1, suite.canvas, suite.canvas), dtype=np.uint8)
    for index in range(len(levels)):
        images[:, index, :, 4:-4, 5 + index % 8] = 220
    labels = np.arange(samples) % CLASSES
    return {
        "images": images,
        "levels": levels,
        "sample": np.arange(samples),
        "labels": labels if suite.kind == "single" else np.sort([labels, (labels + 3) % CLASSES], axis=0).T,
    }


def glyph(side: int, degrees: float = 0.0, scale: float = 1.0, bar: float = 0.5) -> npt.NDArray[np.uint8]:
    """Return a flag, an upright bar with one arm to the right, turned counter-clockwise, (1, side, side)."""
    radians = np.radians(degrees)
    y, x = (np.indices((side, side)) - (side - 1) / 2) / (side / 2 * scale)
    # From the turned image back to the upright one; y points down.
    across = np.cos(radians) * x - np.sin(radians) * y
    down = np.sin(radians) * x + np.cos(radians) * y
    pole = (np.abs(across + 0.2) < 0.1) & (np.abs(down) < 0.6)
    arm = (np.abs(down + 0.45) < 0.15) & (across > -0.3) & (across < bar)
    return (np.where(pole | arm, 230, 0).astype(np.uint8))[np.newaxis]


def turning(degrees: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """Return the matrices (..., 3, 3) of a transformer that undoes turns by `degrees`, counter-clockwise."""
    radians = np.radians(np.asarray(degrees, dtype=float))
    theta = np.zeros((*radians.shape, 3, 3), dtype=np.float32)
    theta[..., 0, 0] = theta[..., 1, 1] = np.cos(radians)
    theta[..., 0, 1], theta[..., 1, 0] = np.sin(radians), -np.sin(radians)
    theta[..., 2, 2] = 1
    return theta


def transformer_arrays(suite: Suite, samples: int, side: int = 20, epochs: int = 5) -> dict[str, npt.NDArray[Any]]:
    """Return what a transformer stores that undoes seven tenths of a turn, and learns to in `epochs`."""
    generator = np.random.default_rng(5)
    levels = np.asarray(suite.levels)
    applied = levels * 360 / (suite.period or 16)
    tilt = generator.normal(0, 12, size=(40, 1)) + generator.normal(0, 9, size=(40, len(levels)))
    share = np.linspace(0, 0.7, epochs + 1)[:, np.newaxis]
    watched = np.linspace(-90, 90, 8)
    left = (1 - share) * watched
    return {
        "attended": np.stack([[glyph(side, 0.3 * angle, 1.2) for angle in applied]] * samples),
        "theta": turning(0.7 * applied + 20 + tilt),
        "theta_epochs": np.arange(epochs + 1),
        "theta_by_epoch": turning(share * watched) * [[0.9, 0.9, 1], [0.9, 0.9, 1], [1, 1, 1]],
        "attended_by_epoch": np.stack([[glyph(side, angle, 1.1) for angle in row] for row in left]),
        "watched": np.stack([glyph(suite.canvas, angle) for angle in watched]),
    }


def capsule_arrays(suite: Suite, samples: int, drawn: int = 14) -> dict[str, npt.NDArray[Any]]:
    """Return what capsules store: drawings of flags, longer by class, and coupling that is high at the pole."""
    side, wide = suite.canvas, suite.sought
    labels = np.stack([(np.arange(drawn) + 3 * place) % CLASSES for place in range(wide)], axis=1)
    predicted = labels.copy()
    predicted[2::4, 0] = (predicted[2::4, 0] + 1) % CLASSES

    def of(classes: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
        flags = [glyph(side, 36.0 * number, 0.9, 0.1 + 0.05 * number) for number in classes.ravel()]
        return np.stack(flags).reshape(*classes.shape, 1, side, side)

    absent = (labels[:, 0] + 5) % CLASSES
    dimensions = np.array(
        [
            [
                [glyph(side, step * 40 * (row % 4), 1 + step * (row // 4) / 2, 0.5) for step in STEPS]
                for row in range(16)
            ]
        ]
        * 3
    )
    coupling = np.full((samples, 2, 6, 6), 0.1, dtype=np.float32)
    coupling[:, 0, :, 2], coupling[:, 1, 1:4, 3] = 0.45, 0.3
    arrays = {
        "reconstruction_images": of(labels).max(axis=1),
        "reconstruction_labels": labels,
        "reconstruction_predicted": predicted,
        "reconstruction_by_label": of(labels),
        "reconstruction_by_prediction": of(predicted),
        "dimensions": dimensions,
        "dimension_labels": np.array([0, 4, 7]),
        "dimension_steps": STEPS,
        "coupling": coupling,
        "coupling_levels": np.array([suite.identity if suite.axis else suite.levels[0], suite.levels[-1]]),
    }
    if wide == 2:
        arrays |= {"reconstruction_absent": of(absent) // 3, "reconstruction_absent_class": absent}
    return arrays


def probability_arrays(suite: Suite, labels: npt.NDArray[Any]) -> dict[str, npt.NDArray[Any]]:
    """Return probabilities that move from the labels (S,) or (S, 2) to the next classes away from the identity."""
    levels = np.asarray(suite.levels)
    distance = np.abs(levels - suite.identity)
    kept = 0.95 - 0.8 * (distance / distance.max())[np.newaxis, :, np.newaxis]
    truth = np.eye(CLASSES)[labels.reshape(len(labels), -1)].sum(axis=1)[:, np.newaxis]
    shares = kept * truth + (1 - kept) * (0.7 * np.roll(truth, 1, axis=2) + 0.3 / CLASSES)
    return {"probabilities": shares.astype(np.float32)}


def write_portraits(folder: Path, suites: tuple[Suite, ...], seed: int = 0) -> Path:
    """Add to the galleries of a run what its models' architectures have to show; return the folder."""
    inside = {"stn": transformer_arrays, "capsnet": capsule_arrays}
    for suite in suites:
        labels = gallery_arrays(suite)["labels"]
        for path in sorted((folder / "gallery" / suite.name).glob(f"*-seed{seed}.npz")):
            architecture, _ = MODELS[path.stem.removesuffix(f"-seed{seed}")]
            shown = inside[architecture](suite, len(labels)) if architecture in inside else {}
            arrays = records.read_arrays(path) | probability_arrays(suite, labels) | shown
            records.write_arrays(path, **arrays)
    return folder


def write_run(
    folder: Path,
    models: tuple[str, ...] = tuple(MODELS),
    suites: tuple[Suite, ...] = (SUITES["rotation"],),
    seeds: tuple[int, ...] = (0,),
    images: int = 60,
) -> Path:
    """Write a whole run folder and return it."""
    known = {suite.name: suite for suite in suites}
    cells = [(suite, model, seed) for suite in suites for model in models for seed in seeds]
    predictions = pd.concat(
        [model_rows(suite, model, seed, images) for suite, model, seed in cells], ignore_index=True
    )
    metrics = score_predictions(predictions, known)
    pairs = [(suite.name, model) for suite in suites for model in models]
    costs = pd.concat([cost_rows(*pair) for pair in pairs], ignore_index=True)
    history = pd.concat([history_rows(suite.name, model, seed) for suite, model, seed in cells])
    records.write_csv(folder / "metrics.csv", metrics)
    records.write_csv(folder / "costs.csv", costs)
    records.write_csv(folder / "summary.csv", summarise(metrics, costs, predictions, known))
    records.write_csv(folder / "history.csv", history)
    for suite in suites:
        arrays = gallery_arrays(suite)
        records.write_arrays(folder / "gallery" / suite.name / "samples.npz", **arrays)
        shape = arrays["images"].shape[:2]
        labels = arrays["labels"]
        predicted = np.broadcast_to(labels[:, np.newaxis], (*shape, *labels.shape[1:])).copy()
        predicted[0, 0], predicted[-1, -1] = 8, -1
        for model in models:
            records.write_arrays(
                folder / "gallery" / suite.name / f"{model}-seed{seeds[0]}.npz",
                predicted=predicted,
                confidence=np.full(shape, 0.8, dtype=np.float32),
            )
    states = {
        f"{suite.name}/{model}-seed{seed}": {"state": "done", "seconds": 12.5} for suite, model, seed in cells
    }
    records.write_json(folder / "manifest.json", manifest(folder.name, states))
    return folder
