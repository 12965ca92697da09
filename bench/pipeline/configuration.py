"""What a run was asked for, with every name resolved, and the identity that decides its numbers. No torch."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

from runbench.data.catalogue import DatasetSpec
from runbench.environment import numeric_versions
from runbench.models.recipes import Preset
from runbench.models.spec import ModelSpec
from runbench.store.folders import CHECKPOINTS
from runbench.suites import Suite

EVALUATION_SEED = 20170
"""Seeds the parameters of test images; training never uses it."""


@dataclass(frozen=True)
class Configuration:
    """Hold what the command line asked for.

    `limit` keeps the first test images; `weights` gives files of trained weights to measure instead of training;
    `plugins` are loaded again wherever a model is rebuilt in another process. `left_out` says of suites that do
    not suit the data why not. `models_of` names the models of suites that are not measured with all of them.
    """

    name: str
    suites: tuple[Suite, ...]
    models: tuple[ModelSpec, ...]
    seeds: tuple[int, ...]
    dataset: DatasetSpec
    data: Path
    preset: Preset
    device: str
    precision: str
    batch_size: int
    limit: int | None
    threads: int
    output: Path
    reports: Path
    plugins: tuple[str, ...]
    weights: Mapping[str, Path]
    left_out: Mapping[str, str]
    models_of: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def pairs(self) -> tuple[tuple[Suite, ModelSpec], ...]:
        """Return which models are measured on which suites, suite by suite."""
        return tuple(
            (suite, model)
            for suite in self.suites
            for model in self.models
            if model.name in self.models_of.get(suite.name, (model.name,))
        )

    @property
    def folder(self) -> Path:
        """Return where the run's tables are kept."""
        return self.output / self.name

    @property
    def checkpoints(self) -> Path:
        """Return where trained weights are kept, shared by all runs."""
        return self.output / CHECKPOINTS


@dataclass(frozen=True)
class Cell:
    """Name one model, seed and suite: the unit of work and of resumption."""

    suite: Suite
    model: ModelSpec
    seed: int

    @property
    def address(self) -> str:
        """Return the cell's name within its run, which is also where its files are."""
        return f"{self.suite.name}/{self.model.name}-seed{self.seed}"


def cells(configuration: Configuration) -> tuple[Cell, ...]:
    """Return the cells of a run: suite by suite, seed by seed, model by model."""
    return tuple(
        Cell(suite, model, seed)
        for suite in configuration.suites
        for seed in configuration.seeds
        for paired, model in configuration.pairs
        if paired is suite
    )


def run_identity(configuration: Configuration, data_sha256: str, device_type: str) -> dict[str, Any]:
    """Return what decides the numbers of every cell of a run alike; a run holds one such identity."""
    return {
        "dataset": configuration.dataset.name,
        "data sha256": data_sha256,
        "preset": configuration.preset,
        "limit": configuration.limit,
        "device": device_type,
        "precision": configuration.precision,
        "threads": configuration.threads,
        **{f"{package} version": number for package, number in numeric_versions().items()},
    }


def training_identity(cell: Cell, run: Mapping[str, Any], weights_sha256: str | None) -> dict[str, Any]:
    """Return what decides a model's trained weights: models that agree here are trained once.

    `weights_sha256` is that of a file of given weights; beside them only the network's own code decides.
    """
    suite, model = cell.suite, cell.model
    if weights_sha256 is not None:
        given = {"weights sha256": weights_sha256, "plug-in sha256": model.source}
        return {**given, "network": model.network, "canvas": suite.canvas}
    augmentation = {**_change(suite), "training range": list(suite.training_range)}
    return {
        **{key: value for key, value in run.items() if key != "limit"},
        "network": model.network,
        "plug-in sha256": model.source,
        "recipe": asdict(model.recipe(run["preset"])),
        "regime": model.regime,
        "canvas": suite.canvas,
        "placement": suite.placement,
        "seed": cell.seed,
        **{f"{package} version": version(package) for package in model.packages},
        **(augmentation if model.regime == "augmented" else {}),
    }


def cell_identity(cell: Cell, run: Mapping[str, Any], training: Mapping[str, Any]) -> dict[str, Any]:
    """Return what decides a cell's stored rows."""
    return {
        "training": key_of(training),
        "limit": run["limit"],
        "data sha256": run["data sha256"],
        **_change(cell.suite),
        "placement": cell.suite.placement,
        "levels": list(cell.suite.levels),
        "evaluation seed": EVALUATION_SEED,
    }


def _change(suite: Suite) -> dict[str, Any]:
    """Return what decides how a suite changes images, as JSON gives it back."""
    options = {name: list(value) if isinstance(value, tuple) else value for name, value in suite.options.items()}
    return {"transform": suite.transform, "options": options, "objects": suite.objects, "task": suite.task.name}


def key_of(identity: Mapping[str, Any]) -> str:
    """Return a short name for an identity: the first 32 digits of the sha256 of its JSON."""
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:32]
