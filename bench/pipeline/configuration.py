"""What a run was asked for, with every name resolved. No torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import final

from runbench.data.catalogue import DatasetSpec
from runbench.experiment import Cell
from runbench.models.recipes import Preset
from runbench.models.spec import ModelSpec
from runbench.store.folders import CHECKPOINTS, RunFolder
from runbench.suites import Suite


@final
@dataclass(frozen=True)
class Configuration:
    """What a run was asked for.

    `limit` keeps the first test images; `weights` gives files of trained weights to measure instead of training;
    `plugins` are loaded again wherever a model is rebuilt in another process. `left_out` says of suites that do
    not suit the data why not. `models_of` names the models of suites that are not measured with all of them.
    `broken` says of plug-ins that could not be loaded why not.
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
    plugins: tuple[str, ...]
    weights: Mapping[str, Path]
    left_out: Mapping[str, str]
    models_of: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    broken: tuple[str, ...] = ()

    @property
    def suites_and_models(self) -> tuple[tuple[Suite, ModelSpec], ...]:
        """Return which models are measured on which suites, suite by suite."""
        return tuple(
            (suite, model)
            for suite in self.suites
            for model in self.models
            if model.name in self.models_of.get(suite.name, (model.name,))
        )

    @property
    def folder(self) -> RunFolder:
        """Return where the run is stored."""
        return RunFolder(self.output / self.name)

    @property
    def checkpoints(self) -> Path:
        """Return where trained weights are kept, shared by all runs."""
        return self.output / CHECKPOINTS


def cells(configuration: Configuration) -> tuple[Cell, ...]:
    """Return the cells of a run: suite by suite, seed by seed, model by model."""
    return tuple(
        Cell(suite, model, seed)
        for suite in configuration.suites
        for seed in configuration.seeds
        for measured_on, model in configuration.suites_and_models
        if measured_on is suite
    )
