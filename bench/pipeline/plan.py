"""What a run will do: its cells, what is there of each already, and what that leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, final

import torch

from runbench.data.loading import Dataset, load_dataset
from runbench.environment import resolve_device
from runbench.errors import ModelFaultError, UnusableEnvironmentError
from runbench.experiment import Cell
from runbench.models.base import Classifier
from runbench.models.fingerprint import network_fingerprint
from runbench.models.recipes import Preset
from runbench.models.spec import ModelSpec
from runbench.pipeline.configuration import Configuration, cells
from runbench.pipeline.keys import cell_identity, key_of, run_identity, training_identity
from runbench.pipeline.presets import PRESET_SIZES
from runbench.store import contents, files
from runbench.store.manifest import refuse_conflict
from runbench.training.checkpoints import Checkpoint, load_weights
from runbench.training.train import build_model


@final
@dataclass(frozen=True)
class PlannedCell:
    """A cell, the identities of its training and of its rows, and whether those rows are stored already."""

    cell: Cell
    training: dict[str, Any]
    identity: dict[str, Any]
    checkpoint: Checkpoint
    stored: bool


@final
@dataclass(frozen=True)
class Plan:
    """Everything that a run needs before its first step, all of it checked.

    Of the `dataset`, training and validation hold what the preset uses; of the test images, which are whole, the
    first `test_count` are measured, all for None. `networks` are the fingerprints of networks by name and canvas.
    """

    configuration: Configuration
    device: torch.device
    dataset: Dataset
    test_count: int | None
    identity: Mapping[str, Any]
    manifest: Mapping[str, Any] | None
    cells: tuple[PlannedCell, ...]
    networks: Mapping[tuple[str, int], str]


def make_plan(configuration: Configuration, manifest: Mapping[str, Any] | None) -> Plan:
    """Load the data, find the device and what is stored under `manifest`; change nothing.

    Raises ConflictError where the run's folder holds another configuration, UnusableEnvironmentError for a
    device, data or weights that are not as they must be.
    """
    device = resolve_device(configuration.device)
    whole, sizes = load_dataset(configuration.dataset, configuration.data), PRESET_SIZES[configuration.preset]
    dataset = replace(
        whole, train=whole.train.first(sizes.train), validation=whole.validation.first(sizes.validation)
    )
    identity = run_identity(configuration, dataset.sha256, device.type)
    for model in configuration.models:
        if model.name in configuration.weights:
            _check_weights(configuration, model, dataset)
    if manifest is not None:
        refuse_conflict(manifest["identity"], identity, configuration.folder.path)
    channels, classes = dataset.train.images.shape[1], len(dataset.spec.classes)
    networks = {
        (model.network, suite.canvas): _network_of(model, channels, classes, suite.canvas, configuration.preset)
        for suite, model in configuration.suites_and_models
    }
    planned = tuple(
        _plan_cell(cell, configuration, identity, networks[cell.model.network, cell.suite.canvas], manifest)
        for cell in cells(configuration)
    )
    count = sizes.test if configuration.limit is None else configuration.limit
    return Plan(configuration, device, dataset, count, identity, manifest, planned, networks)


def built(configuration: Configuration, dataset: Dataset, cell: Cell) -> Classifier:
    """Build the network of a cell with the weights that it starts from."""
    channels, classes = dataset.train.images.shape[1], len(dataset.spec.classes)
    return build_model(cell.model, channels, classes, cell.suite.canvas, configuration.preset, cell.seed)


def _check_weights(configuration: Configuration, model: ModelSpec, dataset: Dataset) -> None:
    """Raise UnusableEnvironmentError where given weights are not a model's."""
    path = configuration.weights[model.name]
    for suite in configuration.suites:
        try:
            classifier = built(configuration, dataset, Cell(suite, model, seed=0))
        except Exception as error:
            raise UnusableEnvironmentError(f"the model {model.name!r} cannot be built: {error}") from error
        try:
            load_weights(classifier, path)
        except ModelFaultError as error:
            raise UnusableEnvironmentError(
                f"the model {model.name!r} at {suite.canvas}x{suite.canvas}: {error}"
            ) from error


def _plan_cell(
    cell: Cell,
    configuration: Configuration,
    run: Mapping[str, Any],
    network: str,
    manifest: Mapping[str, Any] | None,
) -> PlannedCell:
    given = configuration.weights.get(cell.model.name)
    training = training_identity(cell, run, network, None if given is None else files.sha256(given))
    identity = cell_identity(cell, run, training)
    folder = configuration.folder
    state = {} if manifest is None else manifest["cells"].get(cell.address, {})
    done = state.get("state") == "done"
    if done:
        place = folder.path / cell.address
        refuse_conflict(state["training"] | state["identity"], training | identity, place)
    stored = done and contents.is_whole(folder, cell.address, state.get("files", {}))
    return PlannedCell(cell, training, identity, Checkpoint(configuration.checkpoints, key_of(training)), stored)


def _network_of(model: ModelSpec, channels: int, classes: int, canvas: int, preset: Preset) -> str:
    """Return the fingerprint of a network; where it cannot be built, why: its cells will fail with that."""
    try:
        return network_fingerprint(model, channels, classes, (canvas, canvas), preset)
    except Exception as error:  # noqa: BLE001 - a plug-in may raise anything
        return f"not built: {type(error).__name__}"
