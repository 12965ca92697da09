"""What decides the numbers of a cell, and nothing else: cells that agree here are trained and measured once.

Where a builder lies, captions and the version of this package are no part of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from runbench.data.test_images import EVALUATION_SEED
from runbench.environment import numeric_versions
from runbench.experiment import Cell
from runbench.pipeline.configuration import Configuration
from runbench.suites import Suite

NUMERICS_VERSION = 1
"""Raised by hand when numbers move: by another way to train, transform or measure, not by another release."""


def run_identity(configuration: Configuration, data_sha256: str, device_type: str) -> dict[str, Any]:
    """Return what decides the numbers of every cell of a run alike; a run holds one such identity."""
    return {
        "dataset": configuration.dataset.name,
        "data_sha256": data_sha256,
        "preset": configuration.preset,
        "limit": configuration.limit,
        "device": device_type,
        "precision": configuration.precision,
        "threads": configuration.threads,
        "numerics_version": NUMERICS_VERSION,
        **{f"{package}_version": number for package, number in numeric_versions().items()},
    }


def training_identity(
    cell: Cell, run: Mapping[str, Any], network: str, weights_sha256: str | None
) -> dict[str, Any]:
    """Return what decides a model's trained weights: models that agree here are trained once.

    `network` is the fingerprint of the network as it is built, `weights_sha256` that of a file of given weights,
    beside which only the network decides.
    """
    suite, model = cell.suite, cell.model
    if weights_sha256 is not None:
        return {"weights_sha256": weights_sha256, "network": network, "canvas": suite.canvas}
    augmentation = {**_change(suite), "training_range": list(suite.training_range)}
    return {
        **{key: value for key, value in run.items() if key != "limit"},
        "network": network,
        "recipe": asdict(model.recipe(run["preset"])),
        "regime": model.regime,
        "canvas": suite.canvas,
        "placement": suite.placement,
        "seed": cell.seed,
        **(augmentation if model.regime == "augmented" else {}),
    }


def cell_identity(cell: Cell, run: Mapping[str, Any], training: Mapping[str, Any]) -> dict[str, Any]:
    """Return what decides a cell's stored rows."""
    return {
        "training": key_of(training),
        "limit": run["limit"],
        "data_sha256": run["data_sha256"],
        **_change(cell.suite),
        "placement": cell.suite.placement,
        "levels": list(cell.suite.levels),
        "evaluation_seed": EVALUATION_SEED,
    }


def _change(suite: Suite) -> dict[str, Any]:
    """Return what decides how a suite changes images, as JSON gives it back."""
    options = {name: list(value) if isinstance(value, tuple) else value for name, value in suite.options.items()}
    return {
        "transform": suite.transform.rpartition(":")[2],
        "options": options,
        "objects": suite.objects,
        "task": suite.task.name,
    }


def key_of(identity: Mapping[str, Any]) -> str:
    """Return a short name for an identity: the first 32 digits of the sha256 of its JSON."""
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:32]
